package swarm

import (
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"time"
)

// routines is the transport with TLS, and of systems without epoll: a goroutine that reads and one that writes for each client.
type routines struct {
	swarm   *Swarm
	arrived chan arrival
	done    chan struct{} // closed at the end
	group   sync.WaitGroup
	timer   *time.Timer
}

// arrival is what a reader has to tell.
type arrival struct {
	c    *Client
	data []byte
	err  error
}

// stream is a client's connection.
type stream struct {
	conn   net.Conn
	frames chan []byte
}

// framesWaiting bounds the frames that wait for a writer.
const framesWaiting = 1024

// goodbyeTimeout is for writing what waits when a connection is closed.
const goodbyeTimeout = time.Second

func newRoutines(s *Swarm) *routines {
	return &routines{swarm: s, arrived: make(chan arrival, 1024), done: make(chan struct{}), timer: time.NewTimer(time.Hour)}
}

func (r *routines) add(c *Client, conn net.Conn) (link, error) {
	t := &stream{conn: conn, frames: make(chan []byte, framesWaiting)}
	r.group.Go(func() { r.read(c, conn) })
	r.group.Go(t.write)
	return t, nil
}

func (r *routines) read(c *Client, conn net.Conn) {
	buf := make([]byte, 16<<10)
	for {
		n, err := conn.Read(buf)
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		select {
		case r.arrived <- arrival{c, slices.Clone(buf[:n]), err}:
		case <-r.done:
			return
		}
		if err != nil {
			return
		}
	}
}

func (r *routines) wait(d time.Duration) error {
	if d > 0 {
		r.timer.Reset(d)
		select {
		case a := <-r.arrived:
			r.take(a)
		case <-r.timer.C:
			return nil
		}
	}
	for range cap(r.arrived) {
		select {
		case a := <-r.arrived:
			r.take(a)
		default:
			return nil
		}
	}
	return nil
}

func (r *routines) take(a arrival) {
	if a.c.link == nil {
		return
	}
	if len(a.data) > 0 {
		r.swarm.receive(a.c, a.data)
	}
	if a.err != nil {
		r.swarm.end(a.c, a.err)
	}
}

func (r *routines) close() {
	close(r.done)
	r.group.Wait()
}

// write writes until the stream is closed, then what waits, and ends the connection, which ends its reader too.
func (t *stream) write() {
	var failed error
	for frame := range t.frames {
		if failed == nil {
			_, failed = t.conn.Write(frame)
		}
	}
	t.conn.Close()
}

func (t *stream) send(frame []byte) error {
	select {
	case t.frames <- slices.Clone(frame):
		return nil
	default:
		return ErrFull
	}
}

func (t *stream) close() {
	t.conn.SetWriteDeadline(time.Now().Add(goodbyeTimeout))
	close(t.frames)
}
