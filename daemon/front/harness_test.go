package front

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// patience is how long a test waits for what should come at once.
const patience = 30 * time.Second

// transports are the ways to a socket, on which every behaviour is the same.
var transports = []struct {
	name string
	wrap func(net.Conn) net.Conn
	loop bool
}{
	{"descriptor", nil, false},
	{"stream", func(c net.Conn) net.Conn { return struct{ halfConn }{c.(*net.TCPConn)} }, false},
	{"loop", nil, true},
}

// halfConn is what a wrapper of a listener leaves of a TCP connection.
type halfConn interface {
	net.Conn
	CloseWrite() error
}

// server accepts WebSockets on a port of its own.
type server struct {
	addr  string
	conns chan *Conn // upgraded, not started
	errs  chan error
	loop  *Loop
}

// startLoop makes a loop that is polled until the end of the test; nil where the system has none.
func startLoop(t testing.TB) *Loop {
	l, err := NewLoop()
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var stop atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		for !stop.Load() || l.Conns() > 0 {
			l.Poll(-1)
		}
	}()
	t.Cleanup(func() {
		stop.Store(true)
		l.Wake()
		<-done
		l.Close()
	})
	return l
}

// loops are those of the connections that a test has accepted.
var loops sync.Map

// begin starts a connection on its server's loop, if that has one.
func begin(c *Conn, h Handler) {
	l, _ := loops.LoadAndDelete(c)
	loop, _ := l.(*Loop)
	c.StartOn(loop, h)
}

type serverConfig struct {
	loop       bool // connections are served by a Loop
	upgrade    UpgradeOptions
	wrap       func(net.Conn) net.Conn
	sendBuffer int // bytes of the kernel's buffer; 0: as it is
}

func newServer(t testing.TB, cfg serverConfig) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{addr: listener.Addr().String(), conns: make(chan *Conn, 2000), errs: make(chan error, 100)}
	h := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := Upgrade(w, r, cfg.upgrade)
		if err != nil {
			s.errs <- err
			return
		}
		s.conns <- c
	})}
	if cfg.loop {
		s.loop = startLoop(t)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Serve(&testListener{listener, cfg})
	}()
	t.Cleanup(func() {
		h.Close()
		<-done
	})
	return s
}

type testListener struct {
	net.Listener
	cfg serverConfig
}

func (l *testListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if n := l.cfg.sendBuffer; n > 0 {
		c.(*net.TCPConn).SetWriteBuffer(n)
	}
	if l.cfg.wrap != nil {
		c = l.cfg.wrap(c)
	}
	return c, nil
}

// accept returns the next upgraded connection and ends it after the test.
func (s *server) accept(t testing.TB) *Conn {
	t.Helper()
	select {
	case c := <-s.conns:
		t.Cleanup(c.Terminate)
		loops.Store(c, s.loop)
		return c
	case err := <-s.errs:
		t.Fatalf("upgrade: %v", err)
	case <-time.After(patience):
		t.Fatal("no connection was upgraded")
	}
	return nil
}

// pair is both ends of a connection, started with a recorder.
func pair(t testing.TB, cfg serverConfig) (*Conn, *recorder, *client) {
	t.Helper()
	s := newServer(t, cfg)
	cl := dial(t, s.addr)
	c := s.accept(t)
	r := newRecorder()
	begin(c, r)
	return c, r, cl
}

// recorder is a handler that notes what it is told.
type recorder struct {
	messages  chan message
	drains    chan struct{}
	closed    chan closing
	onMessage func(c *Conn, data []byte, text bool) bool // in place of noting
	onDrain   func(c *Conn)                              // besides noting
	after     atomic.Int32                               // calls after Close
}

type message struct {
	data string
	text bool
}

type closing struct {
	code   int
	reason string
}

func newRecorder() *recorder {
	return &recorder{
		messages: make(chan message, 10000),
		drains:   make(chan struct{}, 1000),
		closed:   make(chan closing, 2),
	}
}

func (r *recorder) Message(c *Conn, data []byte, text bool) bool {
	r.noteLate()
	if r.onMessage != nil {
		return r.onMessage(c, data, text)
	}
	r.messages <- message{string(data), text}
	return true
}

func (r *recorder) Drain(c *Conn) {
	r.noteLate()
	if r.onDrain != nil {
		r.onDrain(c)
	}
	r.drains <- struct{}{}
}

func (r *recorder) Close(_ *Conn, code int, reason string) { r.closed <- closing{code, reason} }

func (r *recorder) noteLate() {
	if len(r.closed) > 0 {
		r.after.Add(1)
	}
}

func (r *recorder) message(t testing.TB) message {
	t.Helper()
	return receive(t, r.messages, "message")
}

// close waits for Handler.Close and checks that it came once and last.
func (r *recorder) close(t testing.TB) closing {
	t.Helper()
	got := receive(t, r.closed, "Handler.Close")
	if n := r.after.Load(); n > 0 || len(r.closed) > 0 {
		t.Errorf("%d calls after Close, %d more Close", n, len(r.closed))
	}
	return got
}

func receive[T any](t testing.TB, from <-chan T, what string) (value T) {
	t.Helper()
	select {
	case value = <-from:
	case <-time.After(patience):
		t.Fatalf("no %s came", what)
	}
	return value
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// client is a peer that can break every rule.
type client struct {
	net.Conn
	t       testing.TB
	br      *bufio.Reader
	deflate bool // messages may be compressed
}

const testKey = "dGhlIHNhbXBsZSBub25jZQ=="

// dial connects and does the handshake by hand.
func dial(t testing.TB, addr string) *client {
	t.Helper()
	cl := dialRaw(t, addr)
	cl.upgrade(addr)
	return cl
}

func (cl *client) upgrade(host string, more ...string) {
	cl.t.Helper()
	cl.write(handshake(host, more...))
	response, err := http.ReadResponse(cl.br, nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		cl.t.Fatalf("handshake: %v, %v", response, err)
	}
}

func dialRaw(t testing.TB, addr string) *client {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return newClient(t, conn)
}

func newClient(t testing.TB, conn net.Conn) *client {
	return &client{Conn: conn, t: t, br: bufio.NewReader(conn)}
}

// handshake is a request, with more header lines if wanted.
func handshake(addr string, more ...string) []byte {
	lines := append([]string{
		"GET /socket HTTP/1.1",
		"Host: " + addr,
		"Connection: keep-alive, Upgrade",
		"Upgrade: websocket",
		"Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Key: " + testKey,
	}, more...)
	return []byte(strings.Join(lines, "\r\n") + "\r\n\r\n")
}

func (cl *client) write(p []byte) {
	cl.t.Helper()
	if _, err := cl.Write(p); err != nil {
		cl.t.Fatalf("client write: %v", err)
	}
}

// frame reads the server's next frame.
func (cl *client) frame() (ws.OpCode, []byte) {
	cl.t.Helper()
	op, payload, err := cl.tryFrame()
	if err != nil {
		cl.t.Fatalf("client read: %v", err)
	}
	return op, payload
}

func (cl *client) tryFrame() (ws.OpCode, []byte, error) {
	h, payload, err := cl.tryRawFrame()
	if err == nil && h.Rsv != 0 {
		payload, err = inflate(payload)
	}
	return h.OpCode, payload, err
}

// rawFrame reads the server's next frame as it is on the wire.
func (cl *client) rawFrame() (ws.Header, []byte) {
	cl.t.Helper()
	h, payload, err := cl.tryRawFrame()
	if err != nil {
		cl.t.Fatalf("client read: %v", err)
	}
	return h, payload
}

func (cl *client) tryRawFrame() (ws.Header, []byte, error) {
	cl.SetReadDeadline(time.Now().Add(patience))
	h, err := ws.ReadHeader(cl.br)
	if err != nil {
		return h, nil, err
	}
	rsv := byte(0)
	if cl.deflate && h.OpCode.IsData() {
		rsv = h.Rsv & 4
	}
	if h.Masked || !h.Fin || h.Rsv != rsv {
		return h, nil, fmt.Errorf("bad header from the server: %+v", h)
	}
	payload := make([]byte, h.Length)
	_, err = io.ReadFull(cl.br, payload)
	return h, payload, err
}

// expect reads one frame and compares it.
func (cl *client) expect(op ws.OpCode, payload string) {
	cl.t.Helper()
	gotOp, got := cl.frame()
	if gotOp != op || string(got) != payload {
		cl.t.Fatalf("frame %#x %.40q, want %#x %.40q", gotOp, got, op, payload)
	}
}

// closeFrame skips to the server's close frame and returns what it says.
func (cl *client) closeFrame() closing {
	cl.t.Helper()
	for {
		op, payload := cl.frame()
		if op != ws.OpClose {
			continue
		}
		if len(payload) == 0 {
			return closing{StatusNone, ""}
		}
		return closing{int(binary.BigEndian.Uint16(payload)), string(payload[2:])}
	}
}

// expectEnd reads until the server ends the stream properly.
func (cl *client) expectEnd() {
	cl.t.Helper()
	cl.SetReadDeadline(time.Now().Add(patience))
	if rest, err := io.ReadAll(cl.br); err != nil || len(rest) > 0 {
		cl.t.Fatalf("after the close frame: %d bytes, %v", len(rest), err)
	}
}

// frameBits makes a client's frame with a first byte of any bits.
func frameBits(first byte, payload string) []byte {
	p := appendFrame(nil, 0, []byte(payload))
	p[0] = first
	header := len(p) - len(payload)
	mask := [4]byte{0x37, 0xFA, 0x21, 0x3D}
	p[1] |= 0x80
	masked := append([]byte(payload)[:0:0], payload...)
	ws.Cipher(masked, mask, 0)
	return bytes.Join([][]byte{p[:header], mask[:], masked}, nil)
}

const (
	fin   = 0x80
	text  = fin | byte(ws.OpText)
	bin   = fin | byte(ws.OpBinary)
	ping  = fin | byte(ws.OpPing)
	pong  = fin | byte(ws.OpPong)
	clos  = fin | byte(ws.OpClose)
	start = byte(ws.OpText) // first fragment
	more  = byte(ws.OpContinuation)
	last  = fin | byte(ws.OpContinuation)
)

// frames joins client frames given as first byte and payload in turn.
func frames(parts ...any) []byte {
	var p []byte
	for i := 0; i < len(parts); i += 2 {
		p = append(p, frameBits(byteOf(parts[i]), parts[i+1].(string))...)
	}
	return p
}

func byteOf(v any) byte {
	switch v := v.(type) {
	case byte:
		return v
	case int:
		return byte(v)
	}
	panic(fmt.Sprintf("frame bits of type %T", v))
}

// closePayload is the payload of a close frame.
func closePayload(code int, reason string) string {
	return string(binary.BigEndian.AppendUint16(nil, uint16(code))) + reason
}
