// Package swarm is many WebSocket clients in one goroutine's hands, for measuring servers. They take as little as they can of the cores
// that they may share with the server: on Linux an epoll set without a goroutine or a buffer for each, elsewhere and with TLS two
// goroutines for each, by the same calls.
//
//	s, err := swarm.New(ctx, swarm.Options{URL: "ws://127.0.0.1:4000/"})
//	s.Message = func(c *swarm.Client, data []byte) { … }
//	err = s.Open(ctx, 1000, 0, nil)
//	err = s.Clients[0].Send(swarm.Text("hello"))
//	err = s.Wait(time.Second)
//	s.Close()
//
// A Swarm and its clients belong to one goroutine, and all functions that it is given are called on that one.
package swarm

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"time"

	"github.com/gobwas/ws"
)

// Options say what the clients connect to, and how.
type Options struct {
	// URL begins with ws: or wss:.
	URL string

	// From are the addresses that connections come from, in turn: one of them
	// has some 28,000 ports. Default: the system chooses.
	From []netip.Addr

	// Protocols are the sub-protocols that are offered. Default none.
	Protocols []string

	// TLS is for wss. Default: certificates are checked as usual.
	TLS *tls.Config

	// Timeout is for connecting and the handshake of one client. Default 10 s.
	Timeout time.Duration

	// Goroutines has clients served by goroutines where epoll could be used.
	Goroutines bool
}

// Swarm is the clients. New makes it.
type Swarm struct {
	// Message is called with each message, text or bytes. It must not keep data.
	Message func(c *Client, data []byte)

	// Closed is called when a connection has ended that Close did not end; a
	// *CloseError if the server said so. Default: Wait returns the error.
	Closed func(c *Client, err error)

	// Clients are those that were opened, ended ones among them, each at the
	// index that is its Number.
	Clients []*Client

	options   Options
	url       *url.URL
	target    string // the address that clients connect to
	dialed    int    // clients that Open has begun
	transport transport
	decoder   decoder
	failed    error // what Wait has to return
}

// Client is one of them.
type Client struct {
	Number int
	Count  int // for the user

	swarm *Swarm
	link  link // nil when the connection has ended
	state reading
}

// transport is how bytes come and go. The swarm's goroutine calls it.
type transport interface {
	// add takes a connection over. From then on what comes is given to Swarm.receive, and its end to Swarm.end.
	add(c *Client, conn net.Conn) (link, error)
	// wait is Swarm.Wait.
	wait(d time.Duration) error
	// close ends what is no link.
	close()
}

// link is a client's connection.
type link interface {
	// send keeps what the kernel does not take at once, up to maxWaiting bytes, and no reference to frame.
	send(frame []byte) error
	// close sends what waits, if the kernel takes it, and ends the connection.
	close()
}

// maxWaiting bounds the bytes that wait for a server that does not read.
const maxWaiting = 1 << 20

// ErrFull is what Send returns when a server does not read: the message is not sent.
var ErrFull = errors.New("the server reads no more: 1 MB waits for one connection")

// ErrEnded is what Send returns when the connection has ended.
var ErrEnded = errors.New("the connection has ended")

// CloseError is a close frame of the server.
type CloseError struct {
	Code   int // 1005 for none
	Reason string
}

func (e *CloseError) Error() string { return closeText(e.Code, e.Reason) }

// Close says goodbye to the server on all connections and ends them, without waiting for its answers.
func (s *Swarm) Close() {
	goodbye := frame(ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusNormalClosure, "")))
	for _, c := range s.Clients {
		if c.link != nil {
			c.link.send(goodbye)
			c.link.close()
			c.link = nil
		}
	}
	s.transport.close()
}

// Wait takes what has come. If there is nothing, it waits for something to come, for d at most, or less when a signal interrupts; d of 0 or
// less does not wait. The error is that of a connection that has ended, without Closed, or one of the system.
func (s *Swarm) Wait(d time.Duration) error {
	if s.failed == nil {
		if err := s.transport.wait(d); err != nil {
			return err
		}
	}
	return s.failed
}

// Until waits until done says so, or for so long in all.
func (s *Swarm) Until(done func() bool, patience time.Duration) error {
	for deadline := time.Now().Add(patience); !done(); {
		left := time.Until(deadline)
		if left <= 0 {
			return context.DeadlineExceeded
		}
		if err := s.Wait(left); err != nil {
			return err
		}
	}
	return nil
}

// Send sends a frame that Text, Bytes or a Stencil has made. What the kernel does not take at once leaves during Wait.
//
// # Errors
//
// ErrFull, ErrEnded, or what ended the connection just now, which Closed is told too.
func (c *Client) Send(frame []byte) error {
	if c.link == nil {
		return ErrEnded
	}
	err := c.link.send(frame)
	if err != nil && err != ErrFull {
		c.swarm.end(c, err)
	}
	return err
}

// Ended reports whether the connection has ended.
func (c *Client) Ended() bool { return c.link == nil }

// receive takes bytes that have come for a client.
func (s *Swarm) receive(c *Client, data []byte) {
	if err := s.decoder.feed(c, data); err != nil {
		s.end(c, err)
	}
}

// end ends a connection, once.
func (s *Swarm) end(c *Client, err error) {
	if c.link == nil {
		return
	}
	c.link.close()
	c.link, c.state = nil, reading{}
	switch {
	case s.Closed != nil:
		s.Closed(c, err)
	case s.failed == nil:
		s.failed = err
	}
}
