package websocket

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

const (
	// closeTimeout bounds how long the peer may take to answer a close frame.
	closeTimeout = 30 * time.Second
	// endTimeout bounds how long the server may take to close the connection after both close frames, as it is to do.
	endTimeout = 2 * time.Second
	// writeTimeout bounds how long the peer may take nothing of what is written.
	writeTimeout = 2 * time.Minute
)

// socket is a connection after its opening handshake. One goroutine reads from it at a time, any number write.
type socket struct {
	conn net.Conn
	br   *bufio.Reader

	mu        sync.Mutex // held while frames are written
	sentClose atomic.Bool
}

// message is one that is received or sent; closing: the peer's close frame, with its code, and its reason as data.
type message struct {
	data    []byte
	text    bool
	closing bool
	code    int
}

func newSocket(conn net.Conn, br *bufio.Reader) *socket {
	if br == nil {
		br = bufio.NewReader(conn)
	}
	return &socket{conn: conn, br: br}
}

// Close drops the connection.
func (s *socket) Close() { s.conn.Close() }

// write sends messages, in order.
func (s *socket) write(messages []message) error {
	frames := make([]ws.Frame, len(messages))
	for i, m := range messages {
		op := ws.OpBinary
		if m.text {
			op = ws.OpText
		}
		frames[i] = ws.NewFrame(op, true, m.data)
	}
	return s.writeFrames(frames...)
}

// writeFrames sends nothing after a close frame.
func (s *socket) writeFrames(frames ...ws.Frame) error {
	var b bytes.Buffer
	for _, f := range frames {
		if err := ws.WriteFrame(&b, ws.MaskFrame(f)); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sentClose.Load() {
		return nil
	}
	return s.flush(b.Bytes())
}

func (s *socket) flush(b []byte) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	_, err := s.conn.Write(b)
	return err
}

// sendClose begins the closing handshake, or answers it. No code is code 0.
func (s *socket) sendClose(code int, reason string) error {
	var body []byte
	if code != 0 {
		body = ws.NewCloseFrameBody(ws.StatusCode(code), reason)
	}
	var b bytes.Buffer
	if err := ws.WriteFrame(&b, ws.MaskFrame(ws.NewCloseFrame(body))); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sentClose.Swap(true) {
		return nil
	}
	if err := s.conn.SetReadDeadline(time.Now().Add(closeTimeout)); err != nil {
		return err
	}
	return s.flush(b.Bytes())
}

// end waits for the server to close the connection, and closes it.
func (s *socket) end() {
	s.conn.SetReadDeadline(time.Now().Add(endTimeout))
	io.Copy(io.Discard, io.LimitReader(s.br, messageMax))
	s.conn.Close()
}

// read returns the next message. When the peer breaks the protocol, it is told why.
func (s *socket) read() (message, error) {
	m, err := s.readMessage()
	var broken *brokenError
	if errors.As(err, &broken) {
		s.sendClose(int(broken.code), "") // the connection ends either way
		s.conn.Close()
	}
	return m, err
}

// brokenError is what a peer did that it may not do.
type brokenError struct {
	code ws.StatusCode
	why  string
}

func (e *brokenError) Error() string { return e.why }

func broken(code ws.StatusCode, why string) error { return &brokenError{code, why} }

func (s *socket) readMessage() (message, error) {
	var m message
	state := ws.StateClientSide
	for {
		h, err := ws.ReadHeader(s.br)
		if err != nil {
			return m, err
		}
		if err := ws.CheckHeader(h, state); err != nil {
			return m, broken(ws.StatusProtocolError, err.Error())
		}
		if h.OpCode.IsControl() {
			done, closing, err := s.control(h)
			if done || err != nil {
				return closing, err
			}
			continue
		}
		if h.Length > messageMax-int64(len(m.data)) {
			return m, broken(ws.StatusMessageTooBig, "the message is too long")
		}
		if m.data, err = s.payload(m.data, h.Length); err != nil {
			return m, err
		}
		if h.OpCode != ws.OpContinuation {
			m.text = h.OpCode == ws.OpText
		}
		if h.Fin {
			if m.text && !utf8.Valid(m.data) {
				return m, broken(ws.StatusInvalidFramePayloadData, "the text is not UTF-8")
			}
			return m, nil
		}
		state |= ws.StateFragmented
	}
}

// payload appends what a frame carries. Memory is taken as the bytes arrive: a length is only said.
func (s *socket) payload(data []byte, length int64) ([]byte, error) {
	b := bytes.NewBuffer(data)
	n, err := io.CopyN(b, s.br, length)
	if err == io.EOF && n < length {
		err = io.ErrUnexpectedEOF
	}
	return b.Bytes(), err
}

// control deals with a ping, a pong or a close frame. done: the message is one for the script.
func (s *socket) control(h ws.Header) (done bool, m message, err error) {
	data, err := s.payload(nil, h.Length)
	if err != nil {
		return false, m, err
	}
	switch h.OpCode {
	case ws.OpPing:
		return false, m, s.writeFrames(ws.NewPongFrame(data))
	case ws.OpClose:
		m = message{closing: true, code: int(ws.StatusNoStatusRcvd)}
		if len(data) > 0 {
			code, reason := ws.ParseCloseFrameData(data)
			if err := ws.CheckCloseFrameData(code, reason); err != nil {
				return false, m, broken(ws.StatusProtocolError, err.Error())
			}
			m.code, m.data = int(code), []byte(reason)
		}
		return true, m, nil
	}
	return false, m, nil
}
