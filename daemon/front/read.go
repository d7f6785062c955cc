package front

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/gobwas/ws"
)

// idleGrace is how long an idle connection is read once more before it is
// closed. After a stall of the process or its machine the deadline has passed,
// although bytes may have come in time.
const idleGrace = 50 * time.Millisecond

// errHandshakeDone ends reading when the peer's close frame has come.
var errHandshakeDone = errors.New("front: closing handshake done")

// run is the reading goroutine: it lives from Start until it has called
// Handler.Close.
func (c *Conn) run(h Handler) {
	err := c.readAll(h)
	if failure, ok := errors.AsType[*closeError](err); ok {
		c.linger(failure)
	}
	c.mu.Lock()
	if err == errHandshakeDone {
		c.awaitFlushLocked()
	}
	c.cutLocked(endReason(err))
	for c.flushing {
		c.changed.Wait()
	}
	code, reason := c.endCode, c.endReason
	c.mu.Unlock()
	c.dec.release()
	h.Close(c, code, reason)
}

// endReason says why reading ended, for a connection that nobody closed.
func endReason(err error) string {
	if err == io.EOF {
		return "connection ended without a close frame"
	}
	return err.Error()
}

// readAll reads and delivers until the connection ends, and returns why:
// errHandshakeDone, a *closeError to tell the peer, or what the socket said.
func (c *Conn) readAll(h Handler) error {
	early := c.early
	c.early = nil
	c.stats.bytesIn.Add(int64(len(early)))
	if err := c.consume(h, early); err != nil {
		return err
	}
	for {
		into := c.dec.directRead()
		data, borrowed, err := c.sock.read(into)
		if err == nil {
			c.lastRead, c.pinged, c.lastCall = time.Now(), false, false
			c.stats.bytesIn.Add(int64(len(data)))
			err = c.spendBytes(len(data))
			if into != nil && err == nil {
				err = c.dec.directDone(len(data))
				data = nil
			}
			if err == nil {
				err = c.consume(h, data)
			}
		} else if errors.Is(err, os.ErrDeadlineExceeded) {
			err = c.readTimedOut()
		}
		if borrowed != nil {
			borrowed.free()
		}
		if err != nil {
			return err
		}
	}
}

// consume decodes p and acts on what it holds.
func (c *Conn) consume(h Handler, p []byte) error {
	frames := c.dec.frames
	pongs, err := c.consumeEvents(p, func(ev event, _ []byte) error {
		if ev.compressed {
			return c.deliverCompressed(h, ev)
		}
		c.deliver(h, ev.data, ev.op == ws.OpText)
		return nil
	})
	c.stats.framesIn.Add(int64(c.dec.frames - frames))
	if pongs {
		c.Flush()
	}
	return err
}

// consumeEvents is consume without what is done once for all of p. It reports
// whether it has queued pongs, which leave together. deliver takes each message,
// and what follows it in p; its error ends the work.
func (c *Conn) consumeEvents(p []byte, deliver func(ev event, rest []byte) error) (pongs bool, err error) {
	frames := c.dec.frames
	for {
		var ev event
		ev, p, err = c.dec.next(p)
		if err == nil {
			err = c.spendFrames(c.dec.frames - frames)
			frames = c.dec.frames
		}
		if err != nil {
			return pongs, err
		}
		switch ev.op {
		case 0:
			return pongs, nil
		case ws.OpPing:
			c.mu.Lock()
			c.pongLocked(ev.data)
			c.mu.Unlock()
			pongs = true
		case ws.OpPong: // its bytes have shown that the client lives
		case ws.OpClose:
			return pongs, c.peerClosed(ev.data)
		default:
			c.stats.messagesIn.Add(1)
			if err := deliver(ev, p); err != nil {
				return pongs, err
			}
		}
	}
}

// deliver gives a message to the handler, again and again while it refuses.
func (c *Conn) deliver(h Handler, data []byte, text bool) {
	for c.ReadyState() == Open && !h.Message(c, data, text) {
		c.mu.Lock()
		c.flushLocked() // pongs do not wait for the handler
		for !c.resumed && c.ReadyState() == Open {
			c.changed.Wait()
		}
		c.resumed = false
		c.mu.Unlock()
		c.lastRead = time.Now()
	}
}

// deliverCompressed is deliver for a message that is yet to be inflated. The error is the client's.
func (c *Conn) deliverCompressed(h Handler, ev event) (err error) {
	m := newInflation(&c.dec, ev)
	defer m.free()
	done := false
	if m.small() {
		done, err = m.step(inflateStep)
	}
	if !done && err == nil {
		err = m.finish(c.notOpen)
	}
	if err == nil {
		err = c.spendBytes(len(m.data()))
	}
	if err == nil {
		c.deliver(h, m.data(), m.text)
	}
	if err == errInflateStopped { // it would be discarded
		return nil
	}
	return err
}

// notOpen reports whether messages that come are discarded.
func (c *Conn) notOpen() bool { return c.ReadyState() != Open }

// peerClosed answers the peer's close frame, if it is not itself the answer.
func (c *Conn) peerClosed(payload []byte) error {
	code, reason, failure := parseClosePayload(payload)
	if failure != nil {
		return failure
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.endLocked(code, reason)
	c.closeLocked(code, "")
	return errHandshakeDone
}

// awaitFlushLocked waits until everything is written, the close frame last, at
// most until closeBy.
func (c *Conn) awaitFlushLocked() {
	c.flushNowLocked() // corked or not: nothing will come that is worth waiting for
	if c.flushing && c.ReadyState() != Closed {
		c.sock.SetWriteDeadline(c.closeBy) // for a write that began before
	}
	for c.flushing {
		c.changed.Wait()
	}
}

// linger tells the peer what it did wrong and gives it time to hear it: a
// socket that is closed with bytes unread resets the connection, which can
// destroy the close frame on its way. What still comes has no meaning any more
// and is thrown away.
func (c *Conn) linger(failure *closeError) {
	c.mu.Lock()
	c.closeLocked(failure.code, failure.reason)
	c.flushNowLocked()
	if c.flushing {
		c.halfClose = true
	} else {
		c.sock.closeWrite()
	}
	c.mu.Unlock()
	for {
		_, borrowed, err := c.sock.read(nil)
		if borrowed != nil {
			borrowed.free()
		}
		if err != nil {
			return
		}
	}
}

// readTimedOut acts on a passed read deadline. It returns the reason to end, if
// it is one.
func (c *Conn) readTimedOut() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if c.ReadyState() != Open {
		if now.Before(c.closeBy) {
			c.sock.SetReadDeadline(c.closeBy)
			return nil
		}
		return errors.New("closing handshake timed out")
	}
	timeout, pings := c.opts.IdleTimeout, !c.opts.DisablePings
	switch idle := now.Sub(c.lastRead); {
	case idle >= timeout && c.lastCall:
		c.closeLocked(c.opts.IdleCode, "idle timeout")
	case pings && !c.pinged && idle >= timeout/2:
		c.pinged, c.lastCall = true, idle >= timeout
		c.sock.SetReadDeadline(now.Add(timeout / 2))
		c.queueLocked().push(ws.OpPing, nil)
		c.stats.framesOut.Add(1)
		c.flushLocked()
	case idle >= timeout:
		c.lastCall = true
		c.sock.SetReadDeadline(now.Add(idleGrace))
	default:
		c.armReadLocked()
	}
	return nil
}

// armReadLocked sets the read deadline to the next thing that idleness would
// cause. It is set when it has passed, not at every read, which leaves the
// timer of a busy connection alone.
func (c *Conn) armReadLocked() {
	timeout := c.opts.IdleTimeout
	if timeout < 0 {
		return
	}
	if !c.opts.DisablePings && !c.pinged {
		timeout /= 2
	}
	c.sock.SetReadDeadline(c.lastRead.Add(timeout))
}
