package swarm

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/gobwas/ws"
)

// mask is that of all frames. It is not zero, so that a server has to unmask.
var mask = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// Text is the frame of a text message, for Send.
func Text(text string) []byte { return frame(ws.NewTextFrame([]byte(text))) }

func frame(f ws.Frame) []byte { return ws.MustCompileFrame(ws.MaskFrameWith(f, mask)) }

// Digits is the length of a number in a Stencil's message.
const Digits = 16

// Stencil is a message in which nothing changes but a number, as a frame that need not be made anew.
type Stencil struct {
	frame  []byte
	header int
	at     []int
}

// NewStencil makes the stencil of a message with room for the number's digits at some places.
func NewStencil(text bool, message []byte, at ...int) *Stencil {
	f := ws.NewBinaryFrame(message)
	if text {
		f = ws.NewTextFrame(message)
	}
	s := &Stencil{frame: frame(f), at: at}
	s.header = len(s.frame) - len(message)
	return s
}

// Frame is the frame with a number, in lower-case hexadecimal digits. It is valid until the next call.
func (s *Stencil) Frame(n uint64) []byte {
	var digits [Digits]byte
	hex.Encode(digits[:], binary.BigEndian.AppendUint64(nil, n))
	for _, at := range s.at {
		for i, d := range digits {
			s.frame[s.header+at+i] = d ^ mask[(at+i)&3]
		}
	}
	return s.frame
}

// ParseNumber reads the number that a Stencil wrote.
func ParseNumber(digits []byte) (n uint64, ok bool) {
	if len(digits) != Digits {
		return 0, false
	}
	for _, d := range digits {
		switch {
		case '0' <= d && d <= '9':
			n = n<<4 | uint64(d-'0')
		case 'a' <= d && d <= 'f':
			n = n<<4 | uint64(d-'a'+10)
		default:
			return 0, false
		}
	}
	return n, true
}

// maxMessage bounds a message of the server.
const maxMessage = 64 << 20

// reading is what a client knows of a message that has not come whole. While there is none it is empty.
type reading struct {
	rest       []byte // of a frame
	fragments  []byte
	fragmented bool
}

// decoder cuts what a server sends into messages. What it keeps between two calls lies in the client.
type decoder struct {
	in     bytes.Reader
	header [ws.MaxHeaderSize]byte
}

// feed takes bytes that have come for a client. An error ends the connection.
func (d *decoder) feed(c *Client, data []byte) error {
	if len(c.state.rest) > 0 {
		c.state.rest = append(c.state.rest, data...)
		data = c.state.rest
	}
	for len(data) > 0 {
		d.in.Reset(data)
		h, err := ws.ReadHeaderBuffer(&d.in, d.header[:])
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := d.check(c, h); err != nil {
			return err
		}
		if int64(d.in.Len()) < h.Length {
			break
		}
		start := len(data) - d.in.Len()
		end := start + int(h.Length)
		if err := c.take(h, data[start:end]); err != nil || c.link == nil {
			return err
		}
		data = data[end:]
	}
	if len(data) == 0 {
		c.state.rest = nil // so that an idle client has no buffer
	} else {
		c.state.rest = append(c.state.rest[:0], data...)
	}
	return nil
}

func (d *decoder) check(c *Client, h ws.Header) error {
	state := ws.StateClientSide
	if c.state.fragmented {
		state = state.Set(ws.StateFragmented)
	}
	if err := ws.CheckHeader(h, state); err != nil {
		return fmt.Errorf("the server sends a wrong frame: %w", err)
	}
	if h.Length+int64(len(c.state.fragments)) > maxMessage {
		return fmt.Errorf("the server sends a message of more than %d bytes", maxMessage)
	}
	return nil
}

// take takes a whole frame.
func (c *Client) take(h ws.Header, payload []byte) error {
	switch {
	case h.OpCode == ws.OpPing:
		c.Send(frame(ws.NewPongFrame(payload))) // a server that reads nothing gets none
	case h.OpCode == ws.OpPong:
	case h.OpCode == ws.OpClose:
		c.link.send(frame(ws.NewCloseFrame(payload)))
		if len(payload) < 2 {
			return &CloseError{Code: int(ws.StatusNoStatusRcvd)}
		}
		code, reason := ws.ParseCloseFrameData(payload)
		return &CloseError{int(code), reason}
	case !h.Fin:
		c.state.fragments = append(c.state.fragments, payload...)
		c.state.fragmented = true
	case c.state.fragmented:
		message := append(c.state.fragments, payload...)
		c.state.fragments, c.state.fragmented = nil, false
		c.deliver(message)
	default:
		c.deliver(payload)
	}
	return nil
}

func (c *Client) deliver(message []byte) {
	if c.swarm.Message != nil {
		c.swarm.Message(c, message)
	}
}

func closeText(code int, reason string) string {
	if reason == "" {
		return fmt.Sprintf("the server closed with %d", code)
	}
	return fmt.Sprintf("the server closed with %d %q", code, reason)
}
