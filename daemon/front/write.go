package front

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/gobwas/ws"
)

// pressureMin is the length of the queue, in bytes, from which it counts as
// backpressure although the kernel has not refused anything.
const pressureMin = 64 << 10

// corkMax is how much a corked connection gathers before it writes all the
// same, in bytes.
const corkMax = 64 << 10

// flushRounds is how many writes a sending goroutine does for frames that
// others queue meanwhile. Then a writer takes over.
const flushRounds = 4

// Send sends a message, compressed if the client can read that. It copies data and
// never waits for the peer. Messages
// sent from one goroutine arrive in that order. Text must be UTF-8.
//
// It returns the length of data (1 for an empty message) when the message was
// written or only waits for a write under way or for Uncork; -1 when it is
// queued under backpressure; 0 when it was dropped, because the queue is full
// or the connection is no longer open. After -1, and after 0 from a full queue,
// Handler.Drain tells when the queue is empty.
func (c *Conn) Send(data []byte, text bool) int {
	return c.send(dataOpCode(text), data, nil, true)
}

// SendFrame is Send for an encoded message, which the queue shares instead of
// copying it.
func (c *Conn) SendFrame(f *Frame) int { return c.send(0, nil, f, true) }

// QueueFrame is SendFrame without the write: the frame leaves with whatever is sent next, or with Flush, which its caller owes.
func (c *Conn) QueueFrame(f *Frame) int { return c.send(0, nil, f, false) }

// Flush writes what is queued, as far as that goes without waiting.
func (c *Conn) Flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flushLocked()
}

// Ping sends a ping. It is bounded and returns as Send does; with more than 125
// bytes of data it does nothing and returns 0.
func (c *Conn) Ping(data []byte) int {
	if len(data) > ws.MaxControlFramePayloadSize {
		return 0
	}
	return c.send(ws.OpPing, data, nil, true)
}

// Cork holds back what is sent from now on, by anyone, so that it leaves in one
// write at Uncork (or earlier, in writes of 64 KiB). Each Cork needs one
// Uncork.
func (c *Conn) Cork() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.corks++
}

// Uncork ends the last Cork. It panics without one.
func (c *Conn) Uncork() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.corks == 0 {
		panic("front: Conn.Uncork without Cork")
	}
	c.corks--
	c.flushLocked()
}

// send queues a frame, given by f or by op and data, and flushes if it is told to, or if much has gathered.
func (c *Conn) send(op ws.OpCode, data []byte, f *Frame, flush bool) int {
	length := len(data)
	var wire []byte
	switch {
	case f != nil:
		length, wire = f.payloadSize, f.wireFor(c.window)
	case c.window != 0 && op.IsData() && deflates(length) && c.ReadyState() == Open:
		if b := deflate(data, c.window); b != nil {
			defer b.free()
			op, data = op|rsv1, b.data
		}
	}
	size := frameSize(len(data))
	if f != nil {
		size = len(wire)
	}

	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ReadyState() != Open || !c.admitLocked(size) {
		return 0
	}
	c.notePressureLocked()
	q := c.queueLocked()
	if f != nil {
		q.pushShared(wire)
	} else {
		q.push(op, data)
	}
	c.stats.framesOut.Add(1)
	if op != ws.OpPing {
		c.stats.messagesOut.Add(1)
	}
	if flush || q.bytes() >= corkMax {
		c.flushLocked()
	}

	if c.ReadyState() == Closed {
		return 0 // the write found the connection broken
	}
	if c.pressed {
		c.wantDrain = true
		return -1
	}
	return max(length, 1)
}

// admitLocked reports whether a frame of size bytes may be queued, and does
// what a full queue demands if not.
func (c *Conn) admitLocked(size int) bool {
	if c.fitsLocked(size) {
		return true
	}
	c.flushNowLocked() // what is held back by choice is no reason to drop
	if c.ReadyState() != Open {
		return false
	}
	if c.fitsLocked(size) {
		return true
	}
	c.stats.dropped.Add(1)
	c.wantDrain = true
	if c.opts.CloseOnBackpressureLimit {
		c.closeLocked(StatusTryAgainLater, "send queue full")
	}
	return false
}

func (c *Conn) fitsLocked(size int) bool {
	return c.out.empty() || c.out.bytes()+size <= c.opts.BackpressureLimit
}

// notePressureLocked notes backpressure if the queue has become long while
// someone else writes.
func (c *Conn) notePressureLocked() {
	if (c.flushing || c.loop != nil && c.loop.blocked) && c.out.bytes() > pressureMin {
		c.pressed = true
	}
}

// queueLocked returns the queue, which it takes from the pool if it is empty.
func (c *Conn) queueLocked() *queue {
	if c.out == nil {
		c.out = queuePool.Get().(*queue)
	}
	return c.out
}

func (c *Conn) freeQueueLocked() {
	if c.out != nil {
		c.out.free()
		c.out = nil
	}
}

// flushLocked writes the queue unless it is corked.
func (c *Conn) flushLocked() {
	if c.corks == 0 || c.out.bytes() > corkMax {
		c.flushNowLocked()
	}
}

// flushNowLocked writes the queue as far as that goes without waiting, and
// starts a writer for the rest. It unlocks while it writes. If someone else is
// writing it does nothing: that one goes on until the queue is empty.
func (c *Conn) flushNowLocked() {
	if c.flushing || c.out.empty() || c.loop != nil && c.loop.blocked {
		return
	}
	c.flushing = true
	for range flushRounds {
		p := c.out.front()
		c.mu.Unlock()
		n, full, err := c.sock.tryWrite(p)
		c.mu.Lock()
		if !c.wroteLocked(n, err) {
			c.endFlushLocked()
			return
		}
		if c.out.empty() {
			c.pressed = false
			if c.drainDueLocked() {
				break // the handler is called by a writer, not by a sender
			}
			c.endFlushLocked()
			return
		}
		if n < len(p) {
			c.pressed = c.pressed || full
			break
		}
	}
	if c.loop == nil {
		go c.writeLoop()
		return
	}
	c.endFlushLocked()
	if c.out.empty() {
		c.loop.loop.enqueue(c.loop) // for the handler's Drain
	} else {
		c.loop.blockLocked()
	}
}

// startWriterLocked starts a writer where nobody is writing.
func (c *Conn) startWriterLocked() {
	c.flushing = true
	go c.writeLoop()
}

// writeLoop writes the queue, waiting for the peer, and ends when it is empty.
// It is started with flushing set, and clears it.
func (c *Conn) writeLoop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.endFlushLocked()
	for {
		for !c.out.empty() {
			p := c.out.front()
			c.sock.SetWriteDeadline(c.writeDeadlineLocked())
			c.mu.Unlock()
			n, err := c.sock.write(p)
			c.mu.Lock()
			if !c.wroteLocked(n, err) {
				return
			}
		}
		c.pressed = false
		// Without this a passed deadline would fail the next write.
		c.sock.SetWriteDeadline(time.Time{})
		if !c.drainDueLocked() {
			return
		}
		c.wantDrain = false
		h := c.handler
		c.mu.Unlock()
		h.Drain(c) // flushing stays set: what it sends waits for the next round
		c.mu.Lock()
	}
}

// writeDeadlineLocked is when a write that starts now must have made progress.
func (c *Conn) writeDeadlineLocked() time.Time {
	deadline := time.Now().Add(c.opts.WriteTimeout)
	if !c.closeBy.IsZero() && c.closeBy.Before(deadline) {
		return c.closeBy
	}
	return deadline
}

// drainDueLocked reports whether Handler.Drain is to be called once the queue
// is empty.
func (c *Conn) drainDueLocked() bool {
	return c.wantDrain && c.handler != nil && c.ReadyState() == Open
}

// wroteLocked takes note of a write of n bytes. It reports false if the
// connection is at its end.
func (c *Conn) wroteLocked(n int, err error) bool {
	if n > 0 {
		c.stats.bytesOut.Add(int64(n))
		c.out.consume(n)
		c.pongLeftLocked()
		if c.out.empty() {
			c.freeQueueLocked()
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.cutLocked(fmt.Sprintf("no write progress for %v", c.opts.WriteTimeout))
	default:
		c.cutLocked(err.Error())
	}
	return c.ReadyState() != Closed
}

// endFlushLocked gives up the writing side.
func (c *Conn) endFlushLocked() {
	c.flushing = false
	if c.ReadyState() == Closed {
		c.freeQueueLocked()
	} else if c.halfClose && c.out.empty() {
		c.sock.closeWrite()
	}
	c.changed.Broadcast()
	if c.loop != nil && (c.ReadyState() == Closed || c.loop.finishing) {
		c.loop.loop.enqueue(c.loop)
	}
}

// pongLocked queues a pong without flushing. Under backpressure only one is in
// the queue and the latest is kept for after it, as RFC 6455, section 5.5.3,
// allows, so that a client that pings without reading cannot fill the queue.
func (c *Conn) pongLocked(payload []byte) {
	if c.ReadyState() != Open {
		return
	}
	c.notePressureLocked()
	switch {
	case !c.pressed:
		c.queueLocked().push(ws.OpPong, payload)
	case !c.queueLocked().pongHeld:
		c.queueLocked().pushHeldPong(payload)
	default:
		if c.latestPong == nil {
			c.latestPong = make([]byte, 0, ws.MaxControlFramePayloadSize)
		}
		c.latestPong = append(c.latestPong[:0], payload...)
		return
	}
	c.stats.framesOut.Add(1)
}

// pongLeftLocked queues the latest pong when the one in the queue has left.
func (c *Conn) pongLeftLocked() {
	if c.latestPong == nil || c.out.pongHeld {
		return
	}
	c.out.pushHeldPong(c.latestPong)
	c.stats.framesOut.Add(1)
	c.latestPong = nil
}
