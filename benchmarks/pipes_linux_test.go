package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"rowan/daemon"
)

// BenchmarkSessionPipes is 100,000 sessions in one process, each of which has echoed a message, where fewer descriptors are allowed: their
// sockets are pairs in memory. The figure is of both ends, and of sessions as they are without epoll, with a goroutine and a
// read buffer each; see BenchmarkSessionMemory for real sockets.
func BenchmarkSessionPipes(b *testing.B) {
	const sessions = 100_000
	b.Run("rowan", func(b *testing.B) {
		for b.Loop() {
			p := startChild(b, "pipes "+writeApp(b, sessionsApp))
			var size [2]int
			for i, n := range []int{sessions / 10, sessions} {
				if got := p.ask(b, fmt.Sprintf("sessions %d", n)); got != n {
					b.Fatalf("%d sessions, want %d", got, n)
				}
				size[i] = p.resident(b)
			}
			b.ReportMetric(float64(size[1]-size[0])/(sessions-sessions/10), "B/session")
			b.ReportMetric(float64(size[1])/1e6, "MB")
			b.ReportMetric(0, "ns/op")
			p.stop()
		}
	})
}

func TestPipes(t *testing.T) {
	p := startChild(t, "pipes "+writeApp(t, sessionsApp))
	if got := p.ask(t, "sessions 20"); got != 20 {
		t.Errorf("%d sessions", got)
	}
}

// pipes is a listener of connections in memory, and the other ends of those.
type pipes struct {
	accept chan net.Conn
	closed chan struct{}
	once   sync.Once
	ends   []net.Conn
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// grow opens sessions until there are n, and has each new one echo a message.
func (p *pipes) grow(n int) error {
	for len(p.ends) < n {
		far, near := net.Pipe()
		p.accept <- far
		near.SetDeadline(time.Now().Add(patience))
		request := "GET / HTTP/1.1\r\nHost: pipe\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
		if _, err := near.Write([]byte(request)); err != nil {
			return err
		}
		answer, err := readUntil(near, "\r\n\r\n")
		if err != nil || !strings.HasPrefix(answer, "HTTP/1.1 101 ") {
			return fmt.Errorf("the handshake is answered with %q, %v", answer, err)
		}
		frame := append([]byte{0x81, 0x80 | byte(len(sixtyFour)), 0, 0, 0, 0}, sixtyFour...)
		if _, err := near.Write(frame); err != nil {
			return err
		}
		if echo, err := readUntil(near, sixtyFour); err != nil {
			return fmt.Errorf("the echo is %q, %w", echo, err)
		}
		p.ends = append(p.ends, near)
	}
	return nil
}

// readUntil reads up to the end of what is wanted.
func readUntil(c net.Conn, want string) (string, error) {
	var text strings.Builder
	buf := make([]byte, 1024)
	for !strings.HasSuffix(text.String(), want) {
		n, err := c.Read(buf)
		text.Write(buf[:n])
		if err != nil {
			return text.String(), err
		}
	}
	return text.String(), nil
}

// servePipes serves an app over pipes. It answers "sessions N" by opening so many in all.
func servePipes(path string) error {
	p := &pipes{accept: make(chan net.Conn), closed: make(chan struct{})}
	c := settings()
	c.WebSocket.SendPings = false // nobody reads them
	s, err := daemon.New(daemon.Options{App: path, Config: c, Listen: func(string, string) (net.Listener, error) { return p, nil }})
	if err != nil {
		return err
	}
	if err := s.Listen(); err != nil {
		return err
	}
	served := make(chan error)
	go func() { served <- s.Serve() }()
	err = answer(s.Addr(), func(line string) (int, error) {
		var n int
		if _, err := fmt.Sscanf(line, "sessions %d", &n); err != nil {
			return 0, err
		}
		err := p.grow(n)
		return s.Sessions(), err
	})
	for _, end := range p.ends {
		end.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return errors.Join(err, s.Shutdown(ctx), <-served)
}
