package front

import (
	"container/heap"
	"fmt"
	"time"
)

// loopSocket is the socket of a connection that a loop serves.
type loopSocket struct {
	loop *Loop
	conn *Conn
	fd   int

	queued bool // in the loop's todo; its mutex guards it

	// The loop's own.
	placed    bool // the loop has taken it over
	finished  bool
	lingering bool // the peer broke a rule: what it still sends is thrown away until it ends the connection
	finishing bool // the closing handshake is done: nothing is read any more, and the end comes when the queue is empty
	held      *heldMessage
	due       time.Time // the first of its deadlines
	at        int       // its place among the loop's deadlines

	// Guarded by the connection's mutex.
	blocked bool      // the kernel takes no more: the poller tells when it does
	readBy  time.Time // zero: never
	writeBy time.Time // while blocked
	watched interest  // what the poller is asked for
}

// interest is what a poller looks for at a socket.
type interest struct{ read, write bool }

// watchLocked tells the poller what the socket waits for now. A socket that waits for nothing is not in the poller, which would tell of
// its end again and again.
func (s *loopSocket) watchLocked() {
	want := interest{read: s.placed && s.held == nil && !s.finishing && !s.finished, write: s.placed && s.blocked && !s.finished}
	if want == s.watched {
		return
	}
	if err := s.loop.poller.change(s.fd, s.watched, want); err != nil {
		s.conn.cutLocked(err.Error()) // nobody would hear of it again
		return
	}
	s.watched = want
}

// blockLocked waits until the kernel takes more.
func (s *loopSocket) blockLocked() {
	s.blocked = true
	s.writeBy = time.Now().Add(s.conn.opts.WriteTimeout)
	s.watchLocked()
	s.loop.enqueue(s) // there is a deadline
}

// writable goes on with what waits.
func (s *loopSocket) writable() {
	c := s.conn
	c.mu.Lock()
	s.blocked = false
	c.flushNowLocked()
	s.watchLocked()
	c.mu.Unlock()
	s.look()
}

// scheduleLocked puts the socket among the deadlines by the first of its own. A connection that is closed has none: it ends when
// whoever writes to it has seen that.
func (s *loopSocket) scheduleLocked() {
	c := s.conn
	if c.ReadyState() == Closed {
		s.loop.due.remove(s)
		return
	}
	due := s.readBy
	if s.held != nil && c.ReadyState() == Open {
		due = time.Time{}
	}
	if s.blocked && (due.IsZero() || s.writeBy.Before(due)) {
		due = s.writeBy
	}
	if c.ReadyState() == Closed { // its end waits for whoever still works for it, not for a time
		due = time.Time{}
	}
	s.loop.due.set(s, due)
}

// expired acts on the passing of a deadline.
func (s *loopSocket) expired() {
	c := s.conn
	c.mu.Lock()
	if s.blocked && !s.writeBy.After(s.loop.now) {
		c.cutLocked(fmt.Sprintf("no write progress for %v", c.opts.WriteTimeout))
	}
	read := !s.readBy.IsZero() && !s.readBy.After(s.loop.now) && c.ReadyState() != Closed
	c.mu.Unlock()
	if read {
		if err := c.readTimedOut(); err != nil {
			s.end(err)
			return
		}
	}
	s.look()
}

func (s *loopSocket) tryWrite(p []byte) (n int, full bool, err error) {
	n, err = writeFD(s.fd, p)
	if err == errAgain {
		return 0, true, nil
	}
	return n, n < len(p), err
}

func (s *loopSocket) closeWrite() { shutdownFD(s.fd, false) }

// Close ends the stream both ways. The loop gives the descriptor back, so that nobody finds another one in its place.
func (s *loopSocket) Close() error {
	shutdownFD(s.fd, true)
	s.loop.enqueue(s)
	return nil
}

// SetReadDeadline sets when Conn.readTimedOut is called.
func (s *loopSocket) SetReadDeadline(t time.Time) error {
	s.readBy = t
	s.loop.enqueue(s)
	return nil
}

// read, write and SetWriteDeadline are for connections with goroutines.
func (s *loopSocket) read([]byte) ([]byte, *buffer, error) { panic("front: read of a loop's socket") }
func (s *loopSocket) write([]byte) (int, error)            { panic("front: write to a loop's socket") }
func (s *loopSocket) SetWriteDeadline(time.Time) error     { return nil }

// notDue is the place of a socket without a deadline.
const notDue = -1

// deadlines is a heap of sockets by their first deadline.
type deadlines []*loopSocket

func (d deadlines) Len() int           { return len(d) }
func (d deadlines) Less(i, j int) bool { return d[i].due.Before(d[j].due) }
func (d deadlines) Swap(i, j int) {
	d[i], d[j] = d[j], d[i]
	d[i].at, d[j].at = i, j
}

// Push and Pop are for package heap.
func (d *deadlines) Push(x any) {
	s := x.(*loopSocket)
	s.at = len(*d)
	*d = append(*d, s)
}

func (d *deadlines) Pop() any {
	last := len(*d) - 1
	s := (*d)[last]
	(*d)[last] = nil
	*d = (*d)[:last]
	s.at = notDue
	return s
}

// set moves a socket to its deadline; zero is none.
func (d *deadlines) set(s *loopSocket, due time.Time) {
	switch {
	case due.IsZero():
		d.remove(s)
	case s.at == notDue:
		s.due = due
		heap.Push(d, s)
	case !due.Equal(s.due):
		s.due = due
		heap.Fix(d, s.at)
	}
}

func (d *deadlines) remove(s *loopSocket) {
	if s.at != notDue {
		heap.Remove(d, s.at)
	}
}
