// Package wstest is a WebSocket client for tests of servers.
//
//	c := wstest.Dial(t, server.URL())
//	c.Send("hello")
//	c.Expect("hello")
//	c.Close(1000, "done")
//
// Whatever goes wrong ends the test. A Client is for one goroutine at a time, that of its test.
package wstest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// Patience is how long a client waits for what should come at once.
const Patience = 30 * time.Second

// Client is the client's end of a WebSocket. While it reads it answers pings and the server's close frame.
type Client struct {
	t       testing.TB
	conn    net.Conn
	reader  *bufio.Reader
	closing bool // a close frame was sent

	// Handshake is what the server has chosen.
	Handshake ws.Handshake
}

// Dial connects to a server, whose address may begin with http: as well as with ws:. The connection ends with the test.
func Dial(t testing.TB, url string) *Client {
	t.Helper()
	return DialWith(t, url, ws.Dialer{})
}

// DialWith is Dial with a dialer's settings, such as header fields and sub-protocols.
func DialWith(t testing.TB, url string, dialer ws.Dialer) *Client {
	t.Helper()
	c, err := TryDial(t, url, dialer)
	if err != nil {
		t.Fatalf("wstest: dial %s: %v", url, err)
	}
	return c
}

// TryDial is DialWith for a server that may refuse.
func TryDial(t testing.TB, url string, dialer ws.Dialer) (*Client, error) {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	conn, reader, handshake, err := dialer.Dial(ctx, "ws"+strings.TrimPrefix(strings.TrimPrefix(url, "http"), "ws"))
	if err != nil {
		return nil, err
	}
	if reader == nil { // the server has sent nothing yet
		reader = bufio.NewReader(conn)
	}
	t.Cleanup(func() { conn.Close() })
	return &Client{t: t, conn: conn, reader: reader, Handshake: handshake}, nil
}

// Send sends a text message.
func (c *Client) Send(text string) {
	c.t.Helper()
	c.SendFrame(ws.NewTextFrame([]byte(text)))
}

// SendBinary sends a binary message.
func (c *Client) SendBinary(data []byte) {
	c.t.Helper()
	c.SendFrame(ws.NewBinaryFrame(data))
}

// SendFrame sends one frame, masked, whatever is in it.
func (c *Client) SendFrame(f ws.Frame) {
	c.t.Helper()
	if err := c.write(f); err != nil {
		c.t.Fatalf("wstest: send: %v", err)
	}
}

func (c *Client) write(f ws.Frame) error {
	c.closing = c.closing || f.Header.OpCode == ws.OpClose
	c.conn.SetWriteDeadline(time.Now().Add(Patience))
	return ws.WriteFrame(c.conn, ws.MaskFrame(f))
}

// SendJSON sends a value as a text message.
func (c *Client) SendJSON(v any) {
	c.t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		c.t.Fatalf("wstest: send: %v", err)
	}
	c.Send(string(text))
}

// CloseError is the server's end of the connection: the code and reason of its close frame, or 1006 if there was none.
type CloseError struct {
	Code   int
	Reason string
}

func (e *CloseError) Error() string { return fmt.Sprintf("closed with %d %q", e.Code, e.Reason) }

// Read returns the next message. A server that closes is a *CloseError; a message that does not come in time is
// os.ErrDeadlineExceeded.
func (c *Client) Read(timeout time.Duration) (data []byte, text bool, err error) {
	c.conn.SetReadDeadline(time.Now().Add(timeout))
	for {
		//lint:ignore SA1019 the peer is the server under test
		f, err := ws.ReadFrame(c.reader)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, false, err
		}
		if err != nil {
			return nil, false, &CloseError{1006, err.Error()}
		}
		switch f.Header.OpCode {
		case ws.OpPing:
			c.write(ws.NewPongFrame(f.Payload))
		case ws.OpPong:
		case ws.OpClose:
			if !c.closing {
				c.write(ws.NewCloseFrame(f.Payload))
			}
			io.Copy(io.Discard, c.reader) // it is the server that ends the connection
			c.conn.Close()
			if len(f.Payload) < 2 {
				return nil, false, &CloseError{Code: 1005}
			}
			code, reason := ws.ParseCloseFrameDataUnsafe(f.Payload)
			return nil, false, &CloseError{int(code), reason}
		default:
			return f.Payload, f.Header.OpCode == ws.OpText, nil
		}
	}
}

// Next returns the next message, which must be text.
func (c *Client) Next() string {
	c.t.Helper()
	data, text, err := c.Read(Patience)
	if err != nil {
		c.t.Fatalf("wstest: read: %v", err)
	}
	if !text {
		c.t.Fatalf("wstest: want text, got the bytes %x", data)
	}
	return string(data)
}

// NextBinary returns the next message, which must be binary.
func (c *Client) NextBinary() []byte {
	c.t.Helper()
	data, text, err := c.Read(Patience)
	if err != nil {
		c.t.Fatalf("wstest: read: %v", err)
	}
	if text {
		c.t.Fatalf("wstest: want bytes, got the text %q", data)
	}
	return data
}

// NextJSON decodes the next message, text, into v.
func (c *Client) NextJSON(v any) {
	c.t.Helper()
	text := c.Next()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		c.t.Fatalf("wstest: %v in %q", err, text)
	}
}

// Expect reads messages and compares each with the text that is wanted.
func (c *Client) Expect(texts ...string) {
	c.t.Helper()
	for _, want := range texts {
		if got := c.Next(); got != want {
			c.t.Fatalf("wstest: got %q, want %q", got, want)
		}
	}
}

// End reads up to the end of the connection and says how that was, as Read does. Unlike the other methods it may be called
// on a goroutine of its own.
func (c *Client) End() error {
	for {
		if _, _, err := c.Read(Patience); err != nil {
			return err
		}
	}
}

// ExpectClose waits for the server to close and returns the reason. The code must be as wanted; messages that come before
// are thrown away.
func (c *Client) ExpectClose(code int) (reason string) {
	c.t.Helper()
	err := c.End()
	closed, ok := err.(*CloseError)
	if !ok || closed.Code != code {
		c.t.Fatalf("wstest: the end is %v, want %d", err, code)
	}
	return closed.Reason
}

// ExpectNothing fails the test if the server sends anything in that time.
func (c *Client) ExpectNothing(d time.Duration) {
	c.t.Helper()
	if data, _, err := c.Read(d); !errors.Is(err, os.ErrDeadlineExceeded) {
		c.t.Fatalf("wstest: got %q, %v; want nothing", data, err)
	}
}

// Close says goodbye and waits for the server's answer; messages that come before are thrown away.
func (c *Client) Close(code int, reason string) {
	c.t.Helper()
	c.SendFrame(ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusCode(code), reason)))
	if err, ok := c.End().(*CloseError); !ok {
		c.t.Fatalf("wstest: close: %v", err)
	}
}

// Kill ends the connection without a word: a reset of TCP, as when a machine dies.
func (c *Client) Kill() {
	c.conn.(*net.TCPConn).SetLinger(0)
	c.conn.Close()
}
