package front

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
)

// Loop serves connections on one goroutine: whoever calls Poll, or Wait and Handle, reads their sockets, calls their handlers and keeps their
// deadlines. A connection on a loop that is idle has no goroutine, no buffer and no timer.
//
// A worker of the pool polls the loop whenever it has nothing else to do, so that a session's messages are read where its script
// runs. Everything else of a Conn may be called from any goroutine as ever.
type Loop struct {
	poller *poller
	number uint32 // of Stats' tallies
	buf    []byte // what is read before it is decoded
	bySock []*loopSocket
	due    deadlines
	now    time.Time // when the last wait ended
	count  atomic.Int64
	closed atomic.Bool

	// inflating is how long this call of Handle may yet inflate messages itself.
	inflating time.Duration

	mu      sync.Mutex
	todo    []*loopSocket // to be looked at
	done    []*loopSocket // the slice of the last time
	waiting bool          // Wait waits, or is about to
}

// loopBuffer is how much is read from a socket at once, in bytes.
const loopBuffer = 64 << 10

// loopInflates is how long one call of Handle inflates messages itself. Beyond that goroutines do it.
const loopInflates = 2 * time.Millisecond

// loopsMade numbers loops.
var loopsMade atomic.Uint32

// NewLoop makes a loop. It fails with errors.ErrUnsupported where the system has no epoll; connections then have a goroutine each.
func NewLoop() (*Loop, error) {
	p, err := newPoller()
	if err != nil {
		return nil, err
	}
	return &Loop{poller: p, number: loopsMade.Add(1), buf: make([]byte, loopBuffer), now: time.Now()}, nil
}

// Close cuts off the connections that are left, calls their handlers' Close, and gives the loop's descriptors back. No Poll may be
// under way. A connection that comes later gets a goroutine.
func (l *Loop) Close() {
	l.closed.Store(true)
	for l.work(); l.count.Load() > 0; l.work() {
		for _, s := range l.bySock {
			if s != nil {
				s.conn.Terminate()
			}
		}
		time.Sleep(time.Millisecond) // for whoever writes to one of them, inflates for it, or is about to start it
	}
	l.poller.close()
}

// Conns is how many connections the loop serves.
func (l *Loop) Conns() int { return int(l.count.Load()) }

// Wake ends a Wait, or the next one if there is none. It may be called from any goroutine.
func (l *Loop) Wake() { l.poller.wake() }

// Poll waits and handles what there is then. Calls of Poll, Wait and Handle must not overlap.
func (l *Loop) Poll(d time.Duration) {
	l.Wait(d)
	l.Handle()
}

// Wait waits until there is something to handle, for d at most; negative: for ever.
func (l *Loop) Wait(d time.Duration) {
	if len(l.due) > 0 {
		// By the time of the last wait, since a clock costs as much as some of what is done in between, which does not take long.
		if until := max(0, l.due[0].due.Sub(l.now)); d < 0 || until < d {
			d = until
		}
	}
	if d != 0 && !l.aboutToWait() {
		d = 0
	}
	if d != 0 || l.count.Load() > 0 {
		l.poller.wait(d)
	}
	l.now = loopStart.Add(time.Since(loopStart))
	if d != 0 {
		l.mu.Lock()
		l.waiting = false
		l.mu.Unlock()
	}
}

// loopStart makes times of the monotonic clock alone, which is half as much to read.
var loopStart = time.Now()

// Handle handles what the connections need.
func (l *Loop) Handle() {
	l.inflating = loopInflates
	l.poller.handle(l.ready)
	l.expire()
	l.work()
}

// Pending reports whether there is something to handle. It is for who may call Poll.
func (l *Loop) Pending() bool {
	l.mu.Lock()
	todo := len(l.todo) > 0
	l.mu.Unlock()
	return todo || len(l.due) > 0 && !l.due[0].due.After(time.Now()) || l.count.Load() > 0 && l.poller.pending()
}

// aboutToWait says that whoever enqueues must wake the loop; false if there is something to do already.
func (l *Loop) aboutToWait() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = len(l.todo) == 0
	return l.waiting
}

// enqueue has a socket looked at soon.
func (l *Loop) enqueue(s *loopSocket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.queued {
		return
	}
	s.queued = true
	l.todo = append(l.todo, s)
	if l.waiting {
		l.waiting = false
		l.poller.wake()
	}
}

// work looks at the sockets that were enqueued.
func (l *Loop) work() {
	for {
		l.mu.Lock()
		todo := l.todo
		if len(todo) == 0 {
			l.mu.Unlock()
			return
		}
		l.todo = l.done[:0]
		for _, s := range todo {
			s.queued = false
		}
		l.mu.Unlock()
		for i, s := range todo {
			s.look()
			todo[i] = nil
		}
		if l.done = todo[:0]; cap(todo) > todoKeep {
			l.done = nil
		}
	}
}

// todoKeep is the capacity that the empty list of sockets keeps.
const todoKeep = 1024

// expire acts on the deadlines that have passed.
func (l *Loop) expire() {
	for len(l.due) > 0 && !l.due[0].due.After(l.now) {
		l.due[0].expired()
	}
}

// ready is told by the poller what a socket is ready for.
func (l *Loop) ready(fd int, read, write bool) {
	if fd >= len(l.bySock) || l.bySock[fd] == nil {
		return // it was closed since the poller saw it
	}
	s := l.bySock[fd]
	if write {
		s.writable()
	}
	if read && l.bySock[fd] == s {
		s.readable()
	}
}

// place puts a socket into the table of those that the loop serves.
func (l *Loop) place(s *loopSocket) {
	if n := s.fd + 1; n > len(l.bySock) {
		grown := make([]*loopSocket, max(n, 2*len(l.bySock)))
		copy(grown, l.bySock)
		l.bySock = grown
	}
	l.bySock[s.fd] = s
}

// StartOn is Start for a connection that a loop is to serve. With a nil loop, and for a connection that no loop can serve, such as one
// with TLS, it is Start.
func (c *Conn) StartOn(l *Loop, h Handler) {
	if l == nil || !c.moveTo(l, h) {
		c.Start(h)
	}
}

// moveTo makes the connection one of the loop's.
func (c *Conn) moveTo(l *Loop, h Handler) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.handler != nil {
		panic("front: Conn.Start called twice")
	}
	if c.flushing || c.ReadyState() == Closed {
		return false // what it does already has begun on its own socket
	}
	l.count.Add(1)
	if l.closed.Load() { // and so does not wait for this one
		l.count.Add(-1)
		return false
	}
	fd, ok := detach(c.sock)
	if !ok {
		l.count.Add(-1)
		return false
	}
	c.loop = &loopSocket{loop: l, conn: c, fd: fd, at: notDue}
	c.sock = c.loop
	c.stats = c.opts.Stats.tally(l.number)
	c.handler = h
	c.lastRead = time.Now()
	if c.ReadyState() == Open {
		c.armReadLocked()
	} else {
		c.sock.SetReadDeadline(c.closeBy)
	}
	l.enqueue(c.loop)
	return true
}

var errHeld = errors.New("the handler takes no more for now")

// consume decodes p and acts on what it holds, as Conn.consume does, but never waits for the handler: what it refuses is held.
func (s *loopSocket) consume(p []byte) error {
	c := s.conn
	frames := c.dec.frames
	pongs, err := c.consumeEvents(p, s.deliver)
	c.stats.framesIn.Add(int64(c.dec.frames - frames))
	if pongs {
		c.Flush()
	}
	return err
}

// deliver gives a message to the handler, inflated. What would take long to inflate is held meanwhile, with what follows.
func (s *loopSocket) deliver(ev event, rest []byte) error {
	if !ev.compressed {
		return s.offer(ev.data, rest, ev.op == ws.OpText)
	}
	c, l := s.conn, s.loop
	if c.notOpen() {
		return nil
	}
	m := newInflation(&c.dec, ev)
	var done bool
	var err error
	if m.small() && l.inflating > 0 {
		begin := time.Now()
		done, err = m.step(inflateStep)
		l.inflating -= time.Since(begin)
	}
	if !done && err == nil {
		s.hold(&heldMessage{inflation: m, inflating: true, rest: bytes.Clone(rest)})
		go s.inflate()
		return errHeld
	}
	defer m.free()
	if err == nil {
		err = c.spendBytes(len(m.data()))
	}
	if err != nil {
		return err
	}
	return s.offer(m.data(), rest, m.text)
}

// inflate goes on with the held message, on a goroutine of its own.
func (s *loopSocket) inflate() {
	err := s.held.inflation.finish(s.conn.notOpen)
	s.conn.mu.Lock()
	s.held.inflating, s.held.err = false, err
	s.conn.mu.Unlock()
	s.loop.enqueue(s)
}

// hold keeps a message. Nothing is read until it is gone.
func (s *loopSocket) hold(m *heldMessage) {
	s.conn.mu.Lock()
	s.held = m
	s.watchLocked()
	s.conn.mu.Unlock()
}

// offer gives a plain message to the handler. If that refuses it, it is held, with what follows.
func (s *loopSocket) offer(data, rest []byte, text bool) error {
	c := s.conn
	for c.ReadyState() == Open && !c.handler.Message(c, data, text) {
		c.mu.Lock()
		resumed := c.resumed
		c.resumed = false
		if !resumed {
			s.held = &heldMessage{data: append([]byte(nil), data...), text: text, rest: append([]byte(nil), rest...)}
			s.watchLocked()
		}
		c.mu.Unlock()
		if !resumed {
			return errHeld
		}
	}
	return nil
}

// heldMessage is a message that the handler has refused, or that is being inflated, and what came behind it.
type heldMessage struct {
	data []byte
	text bool
	rest []byte

	inflation *inflation // in place of data and text
	inflating bool       // it is a goroutine's; the connection's mutex guards this and err
	err       error      // of inflating
}

// dueLocked reports whether the message can be offered.
func (m *heldMessage) dueLocked(c *Conn) bool {
	if m.inflation != nil {
		return !m.inflating
	}
	return c.resumed || c.ReadyState() != Open
}

// readable reads what has come, once, so that all sockets get their turn.
func (s *loopSocket) readable() {
	c := s.conn
	if s.held != nil || s.finishing {
		return
	}
	into := c.dec.directRead()
	buf := into
	if buf == nil || s.lingering {
		buf = s.loop.buf
	}
	n, err := readFD(s.fd, buf)
	switch {
	case err == errAgain:
		return
	case err == nil && n == 0:
		err = io.EOF
	}
	if s.lingering {
		if err != nil {
			s.end(err)
		}
		return
	}
	if err == nil {
		c.lastRead, c.pinged, c.lastCall = s.loop.now, false, false
		c.stats.bytesIn.Add(int64(n))
		err = c.spendBytes(n)
		data := buf[:n]
		if into != nil && err == nil {
			err, data = c.dec.directDone(n), nil
		}
		if err == nil {
			err = s.consume(data)
		}
	}
	s.after(err)
}

// after acts on how reading went.
func (s *loopSocket) after(err error) {
	c := s.conn
	failure, isFailure := errors.AsType[*closeError](err)
	switch {
	case err == nil, err == errHeld:
		return
	case err == errHandshakeDone:
		c.mu.Lock()
		c.flushNowLocked() // corked or not
		s.finishing = true
		s.watchLocked()
		c.mu.Unlock()
		s.look()
	case isFailure:
		// As linger does: the peer gets time to hear what it did wrong.
		c.mu.Lock()
		c.closeLocked(failure.code, failure.reason)
		c.flushNowLocked()
		if c.flushing || s.blocked {
			c.halfClose = true
		} else {
			s.closeWrite()
		}
		s.lingering = true
		c.mu.Unlock()
	default:
		s.end(err)
	}
}

// end ends the connection.
func (s *loopSocket) end(err error) {
	s.conn.mu.Lock()
	s.conn.cutLocked(endReason(err))
	s.conn.mu.Unlock()
	s.look()
}

// look acts on what others have changed: a connection that was closed, a message that can be offered again, a deadline, an
// empty queue that the handler waits for.
func (s *loopSocket) look() {
	c := s.conn
	if s.finished {
		return
	}
	if !s.placed {
		s.begin()
		if s.finished {
			return
		}
	}
	c.mu.Lock()
	if s.finishing && c.out.empty() && !c.flushing {
		c.cutLocked("closing handshake done")
	}
	switch {
	case c.ReadyState() == Closed:
		if !c.flushing && (s.held == nil || !s.held.inflating) { // else whoever writes, or inflates, has it looked at again
			s.finishLocked()
			return
		}
	case s.held != nil && s.held.dueLocked(c):
		c.resumed = false
		c.mu.Unlock()
		s.offerAgain()
		c.mu.Lock()
		if s.finished { // what came behind the message was the end
			c.mu.Unlock()
			return
		}
	case c.drainDueLocked() && c.out.empty() && !c.flushing:
		c.wantDrain = false
		c.corks++
		c.mu.Unlock()
		c.handler.Drain(c)
		c.Uncork()
		c.mu.Lock()
	}
	s.scheduleLocked()
	c.mu.Unlock()
}

// begin takes the socket over.
func (s *loopSocket) begin() {
	c := s.conn
	s.loop.place(s)
	c.mu.Lock()
	s.placed = true
	s.watchLocked()
	c.mu.Unlock()
	early := c.early
	c.early = nil
	if len(early) > 0 {
		c.stats.bytesIn.Add(int64(len(early)))
		s.after(s.consume(early))
	}
}

// offerAgain gives the handler what it has refused.
func (s *loopSocket) offerAgain() {
	c, held := s.conn, s.held
	c.mu.Lock()
	s.held = nil
	c.lastRead = s.loop.now // the time in which it refused does not count
	if c.ReadyState() == Open {
		c.armReadLocked()
	}
	c.mu.Unlock()
	err := s.offerHeld(held)
	if err == nil {
		err = s.consume(held.rest)
	}
	c.mu.Lock()
	s.watchLocked()
	c.mu.Unlock()
	s.after(err)
}

// offerHeld gives the handler what was held.
func (s *loopSocket) offerHeld(held *heldMessage) error {
	m := held.inflation
	if m == nil {
		return s.offer(held.data, held.rest, held.text)
	}
	defer m.free()
	switch held.err {
	case nil:
		if err := s.conn.spendBytes(len(m.data())); err != nil {
			return err
		}
		return s.offer(m.data(), held.rest, m.text)
	case errInflateStopped: // it would be discarded
		return nil
	}
	return held.err
}

// finishLocked ends the socket: nothing of it is left afterwards. It unlocks the connection.
func (s *loopSocket) finishLocked() {
	c, l := s.conn, s.loop
	s.finished = true
	code, reason := c.endCode, c.endReason
	s.watchLocked() // takes it out of the poller
	c.mu.Unlock()
	l.due.remove(s)
	l.bySock[s.fd] = nil
	closeFD(s.fd)
	l.count.Add(-1)
	c.dec.release()
	if s.held != nil && s.held.inflation != nil {
		s.held.inflation.free()
	}
	s.held = nil
	c.handler.Close(c, code, reason)
}
