package benchmarks

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// swarm is many WebSocket clients on one thread: an epoll set, so that the clients take as little as they can of the cores that
// they share with the server.
type swarm struct {
	epoll   int
	clients []*client
	byFD    map[int32]*client
	buf     []byte
	// received is called with each message; it must not keep it.
	received func(c *client, message []byte)
}

// client is one of them.
type client struct {
	fd   int
	rest []byte // of a frame that has not come whole
	n    int    // for the user
}

func newSwarm() (*swarm, error) {
	fd, err := syscall.EpollCreate1(0)
	return &swarm{epoll: fd, byFD: map[int32]*client{}, buf: make([]byte, 256<<10)}, err
}

func (s *swarm) close() {
	for _, c := range s.clients {
		syscall.Close(c.fd)
	}
	syscall.Close(s.epoll)
}

// grow connects clients until there are n; first is a frame that each sends at once, nil for none.
func (s *swarm) grow(n int, address, path string, first func(i int) []byte) error {
	const dialers = 8
	var group sync.WaitGroup
	from := len(s.clients)
	made := make([]*client, n-from)
	errs := make([]error, dialers)
	for d := range dialers {
		group.Go(func() {
			for i := d; i < len(made); i += dialers {
				c, err := dial(address, path)
				if err == nil && first != nil {
					err = c.send(first(from + i))
				}
				if err != nil {
					errs[d] = fmt.Errorf("client %d: %w", from+i, err)
					return
				}
				made[i] = c
			}
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for _, c := range made {
		if err := syscall.SetNonblock(c.fd, true); err != nil {
			return err
		}
		s.clients = append(s.clients, c)
		s.byFD[int32(c.fd)] = c
		event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(c.fd)}
		if err := syscall.EpollCtl(s.epoll, syscall.EPOLL_CTL_ADD, c.fd, &event); err != nil {
			return err
		}
	}
	return nil
}

// dial connects a client and upgrades its connection. It blocks.
func dial(address, path string) (*client, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	c := &client{fd: fd}
	if err := c.upgrade(to, path); err != nil {
		syscall.Close(fd)
		return nil, err
	}
	return c, nil
}

func (c *client) upgrade(to netip.AddrPort, path string) error {
	if err := syscall.Connect(c.fd, &syscall.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}); err != nil {
		return err
	}
	syscall.SetsockoptInt(c.fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	request := "GET " + path + " HTTP/1.1\r\nHost: " + to.String() + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
	if _, err := syscall.Write(c.fd, []byte(request)); err != nil {
		return err
	}
	buf := make([]byte, 1024)
	n, err := syscall.Read(c.fd, buf)
	if err != nil {
		return err
	}
	answer := buf[:n]
	if !bytes.HasPrefix(answer, []byte("HTTP/1.1 101 ")) || !bytes.HasSuffix(answer, []byte("\r\n\r\n")) {
		return fmt.Errorf("the handshake is answered with %.100q", answer)
	}
	return nil
}

// send sends a frame that maskedText has made.
func (c *client) send(frame []byte) error {
	n, err := syscall.Write(c.fd, frame)
	if err == nil && n < len(frame) {
		err = errors.New("the connection takes no more")
	}
	return err
}

// maskedText is a text frame with a mask of zeros, which changes nothing.
func maskedText(text string) []byte {
	frame := []byte{0x81}
	if len(text) <= 125 {
		frame = append(frame, 0x80|byte(len(text)))
	} else {
		frame = binary.BigEndian.AppendUint16(append(frame, 0x80|126), uint16(len(text)))
	}
	return append(append(frame, 0, 0, 0, 0), text...)
}

// until reads what comes until done says so, or for so long without a message.
func (s *swarm) until(done func() bool, patience time.Duration) error {
	events := make([]syscall.EpollEvent, 512)
	for !done() {
		n, err := syscall.EpollWait(s.epoll, events, int(patience.Milliseconds()))
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return err
		case n == 0:
			return errors.New("nothing comes any more")
		}
		for i := range events[:n] {
			if err := s.read(s.byFD[events[i].Fd]); err != nil {
				return err
			}
		}
	}
	return nil
}

// read takes what has come for a client.
func (s *swarm) read(c *client) error {
	kept := copy(s.buf, c.rest)
	n, err := syscall.Read(c.fd, s.buf[kept:])
	if err != nil || n == 0 {
		return fmt.Errorf("the server has ended a connection: %v", err)
	}
	data := s.buf[:kept+n]
	for {
		message, rest, whole := cutFrame(data)
		if !whole {
			break
		}
		s.received(c, message)
		data = rest
	}
	c.rest = append(c.rest[:0], data...)
	if len(c.rest) == 0 {
		c.rest = nil
	}
	return nil
}

// cutFrame takes a server's frame off data.
func cutFrame(data []byte) (message, rest []byte, whole bool) {
	if len(data) < 2 {
		return nil, data, false
	}
	length, at := int(data[1]), 2
	switch {
	case length == 126 && len(data) >= 4:
		length, at = int(binary.BigEndian.Uint16(data[2:])), 4
	case length >= 126:
		return nil, data, false
	}
	if len(data) < at+length {
		return nil, data, false
	}
	return data[at : at+length], data[at+length:], true
}
