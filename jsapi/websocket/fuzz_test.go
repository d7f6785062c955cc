package websocket

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// peer is a connection to a server that has sent all that it ever sends.
type peer struct {
	net.Conn // nil
	io.Reader
}

func (p peer) Read(b []byte) (int, error)       { return p.Reader.Read(b) }
func (peer) Write(b []byte) (int, error)        { return len(b), nil }
func (peer) Close() error                       { return nil }
func (peer) SetReadDeadline(time.Time) error    { return nil }
func (peer) SetWriteDeadline(t time.Time) error { return nil }

// FuzzSocket reads what a server sends to a script's WebSocket. Whatever it is, it ends, with no more than was sent.
func FuzzSocket(f *testing.F) {
	for _, frames := range [][]ws.Frame{
		{ws.NewTextFrame([]byte("hello")), ws.NewPingFrame([]byte("?")), ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "bye"))},
		{ws.NewFrame(ws.OpText, false, []byte("\xc3")), ws.NewFrame(ws.OpContinuation, true, []byte("\xa9"))},
		{ws.NewFrame(ws.OpContinuation, true, nil)},
	} {
		var b bytes.Buffer
		for _, frame := range frames {
			ws.WriteFrame(&b, frame)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte{0x82, 0x7f, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, sent []byte) {
		s := newSocket(peer{Reader: bytes.NewReader(sent)}, nil)
		for size := 0; ; {
			m, err := s.read()
			if err != nil || m.closing {
				return
			}
			if size += len(m.data); size > len(sent) || m.text && !utf8.Valid(m.data) {
				t.Fatalf("a message of %d bytes, text %v, of %d that were sent", len(m.data), m.text, len(sent))
			}
		}
	})
}
