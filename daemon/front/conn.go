package front

import (
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
)

// Handler receives what happens on one connection. Message and Close are called
// one at a time; Drain may run beside Message. Nothing is called before
// Conn.Start, and nothing after Close. A panic in a handler is not recovered.
type Handler interface {
	// Message takes a whole message. data is valid during the call and may be
	// changed; text says that it is UTF-8 text. Returning false refuses the
	// message because the receiver is full: the connection keeps it and offers
	// it again after Conn.Resume. Until then it reads nothing more, so that
	// TCP holds the peer back, and may not notice that the peer is gone. After
	// Conn.Close messages are discarded without a call.
	Message(c *Conn, data []byte, text bool) bool

	// Drain says that the send queue has emptied after a send returned -1, or 0
	// for want of room. What it sends leaves in one write after it returns. It
	// must not wait for Close.
	Drain(c *Conn)

	// Close is the last call. code and reason are those of whichever came
	// first: what this side said (Conn.Close, a limit, a protocol error), what
	// the peer said (StatusNone if its close frame had no code), or
	// StatusAbnormal with the error that ended the connection.
	Close(c *Conn, code int, reason string)
}

// ReadyState is the state of a connection, in the numbers of the Web API.
type ReadyState uint32

// The states of a connection. There is no Connecting: Upgrade returns when the
// handshake is done.
const (
	Open    ReadyState = 1
	Closing ReadyState = 2 // a close frame is queued or sent
	Closed  ReadyState = 3 // the socket is closed
)

// Conn is one WebSocket connection. Its methods may be called from any
// goroutine, also from its handler, and after its end.
type Conn struct {
	sock     socket
	loop     *loopSocket // sock, if a Loop serves the connection
	remote   net.Addr
	protocol string
	window   uint8 // for deflate; 0: messages are not compressed
	opts     Options
	stats    *tally        // of opts.Stats
	state    atomic.Uint32 // a ReadyState; written with mu held

	mu      sync.Mutex
	changed sync.Cond // flushing, resumed or state changed
	handler Handler   // set by Start

	// Writing. Whoever sets flushing owns the socket's writing side until it
	// clears it; everyone else only queues.
	out        *queue // nil when empty
	flushing   bool
	corks      int
	pressed    bool   // backpressure: the kernel's buffer was full, or the queue long; until it is empty
	wantDrain  bool   // a send has been told of backpressure
	latestPong []byte // owed after the one in the queue; nil: none
	halfClose  bool   // end the sending half when the queue is empty

	// The end. The first cause stays.
	endCode   int // 0: none yet
	endReason string
	closeBy   time.Time // end of the closing handshake; zero while open

	resumed bool // Resume was called since the last refused message

	// The reading goroutine's own.
	dec      decoder
	meters   Meters
	early    []byte // bytes that came with the handshake
	lastRead time.Time
	pinged   bool // a ping was sent since lastRead
	lastCall bool // the idle timeout has passed, and was read past once
}

func newConn(conn net.Conn, early []byte, protocol string, opts Options) *Conn {
	opts = opts.withDefaults()
	c := &Conn{
		sock:     newSocket(conn),
		protocol: protocol,
		opts:     opts,
		stats:    opts.Stats.tally(0),
		dec:      decoder{limit: opts.MaxPayloadLength},
		early:    early,
	}
	c.changed.L = &c.mu
	c.setState(Open)
	c.stats.open.Add(1)
	c.stats.opened.Add(1)
	return c
}

// Start begins to read and to call h. It returns at once. It panics when
// called twice.
func (c *Conn) Start(h Handler) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.handler != nil {
		panic("front: Conn.Start called twice")
	}
	c.handler = h
	c.lastRead = time.Now()
	if c.state.Load() == uint32(Open) {
		c.armReadLocked()
	}
	if c.drainDueLocked() && !c.flushing && c.out.empty() {
		c.startWriterLocked()
	}
	go c.run(h)
}

// Protocol returns the negotiated sub-protocol, or "".
func (c *Conn) Protocol() string { return c.protocol }

// Compresses reports whether messages may be compressed: the client has offered
// it, and Options.PerMessageDeflate allows it.
func (c *Conn) Compresses() bool { return c.window != 0 }

// RemoteAddr returns the peer's address.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// ReadyState returns the connection's state.
func (c *Conn) ReadyState() ReadyState { return ReadyState(c.state.Load()) }

// BufferedAmount returns how many bytes wait in the send queue, frame headers
// included. What the kernel has taken does not count.
func (c *Conn) BufferedAmount() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ReadyState() == Closed {
		return 0 // a write that is just failing may still hold the queue
	}
	return c.out.bytes()
}

// Close begins the closing handshake: a close frame goes out behind what is
// queued, sends return 0 from now on, and what the peer still sends is
// discarded until its close frame arrives or Options.CloseTimeout has passed.
// StatusNone sends no code. A reason beyond 123 bytes is cut. It does nothing
// on a connection that is already closing.
//
// The error is for a code that no close frame may carry; nothing happens then.
func (c *Conn) Close(code int, reason string) error {
	if code != StatusNone && !sendableCode(code) {
		return fmt.Errorf("front: close: code %d cannot be sent: use 1000 to 1003, 1007 to 1014 or 3000 to 4999", code)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closeLocked(code, reason)
	return nil
}

// Terminate closes the socket at once, without a close frame. Whatever is
// queued is lost.
func (c *Conn) Terminate() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cutLocked("terminated")
}

// Resume tells the connection that its handler, which refused a message, can
// take it now. It does nothing on a connection that waits for nothing, but the
// next refusal is then offered again at once.
func (c *Conn) Resume() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.resumed = true
	c.changed.Broadcast()
	if c.loop != nil {
		c.loop.loop.enqueue(c.loop)
	}
}

// closeLocked queues a close frame and starts the time of the handshake.
func (c *Conn) closeLocked(code int, reason string) {
	if c.ReadyState() != Open {
		return
	}
	c.endLocked(code, reason)
	c.setState(Closing)
	c.latestPong = nil // no frame may follow the close frame
	c.closeBy = time.Now().Add(c.opts.CloseTimeout)
	c.sock.SetReadDeadline(c.closeBy)
	c.queueLocked().push(ws.OpClose, appendClosePayload(nil, code, reason))
	c.stats.framesOut.Add(1)
	c.flushLocked()
	c.changed.Broadcast()
}

// cutLocked closes the socket, which ends a read and a write under way.
func (c *Conn) cutLocked(reason string) {
	if c.ReadyState() == Closed {
		return
	}
	c.endLocked(StatusAbnormal, reason)
	c.setState(Closed)
	c.sock.Close()
	if !c.flushing {
		c.freeQueueLocked() // otherwise the flusher does, when its write has failed
	}
	c.stats.open.Add(-1)
	c.stats.closed[closeSlot(c.endCode)].Add(1)
	c.changed.Broadcast()
}

// endLocked notes why the connection ends, unless that is known.
func (c *Conn) endLocked(code int, reason string) {
	if c.endCode == 0 {
		c.endCode, c.endReason = code, reason
	}
}

func (c *Conn) setState(s ReadyState) { c.state.Store(uint32(s)) }
