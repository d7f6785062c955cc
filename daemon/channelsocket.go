package daemon

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"rowan/bridge"
	"rowan/daemon/channels"
	"rowan/daemon/front"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/pool"
)

// channelSocket is a client of the app's channels: its connection, and the context that runs the handlers of all the channels it
// joins. It is what its channels.Socket knows as the script.
type channelSocket struct {
	server *Server
	app    atomic.Pointer[app] // another one when it has moved
	socket *channels.Socket
	link   link

	// What connect has made of the client.
	id      string // "" for none
	assigns []byte // encoded
	params  []byte // the same for what the client sent, a JSON text

	ctx atomic.Pointer[pool.Context] // another one when the first is lost
	holdback
	spans openSpans

	mu      sync.Mutex
	started bool   // it is a socket; before, connect decides
	early   func() // what has ended it before that: the loss of its context, or its script
}

// link is a connection over which frames come and go.
type link interface {
	channels.Transport
	Cork()
	Uncork()
	Resume()
	// Terminate ends the connection without a word.
	Terminate()
}

// webSocket is a WebSocket as a link.
type webSocket struct{ *front.Conn }

func (w webSocket) TextOnly() bool                 { return false }
func (w webSocket) Send(message []byte, text bool) { w.Conn.Send(message, text) }
func (w webSocket) Queue(f *front.Frame)           { w.Conn.QueueFrame(f) }
func (w webSocket) Close(code int, reason string)  { w.Conn.Close(code, reason) }

// newContext makes the context of a socket's handlers.
func (n *channelSocket) newContext() *pool.Context {
	a := n.app.Load()
	return n.server.pool.Open(a.session, a.limits, n)
}

// start begins the socket of a client that connect has admitted. Frames may come from now on.
func (n *channelSocket) start(l link, socket *channels.Socket) {
	n.mu.Lock()
	n.link, n.socket, n.started = l, socket, true
	n.server.sockets.add(n) // last, as a whole: from now on Shutdown may close it
	early := n.early
	n.mu.Unlock()
	if early != nil {
		early()
	}
}

// onceStarted calls f, now or when the socket starts. If it never does, its context is discarded anyway.
func (n *channelSocket) onceStarted(f func()) {
	n.mu.Lock()
	started := n.started
	if !started {
		n.early = f
	}
	n.mu.Unlock()
	if started {
		f()
	}
}

// receive takes a frame of the client; false if the mailbox is full, and then Resume tells when there is room.
func (n *channelSocket) receive(data []byte, text bool) bool {
	if n.socket.Receive(data, text) {
		return true
	}
	n.hold(n.ctx.Load(), n.link.Resume)
	return false
}

// closed ends the channels and the context of a socket whose connection has ended.
func (n *channelSocket) closed() {
	n.socket.Closed()
	n.spans.endAll(0, errNoReply)
	c := n.ctx.Load()
	c.Finish(n.ending(0, "closed"), func() {
		n.server.forgetContext(c)
		n.server.sockets.remove(n)
	})
}

// Message takes a message of a WebSocket.
func (n *channelSocket) Message(_ *front.Conn, data []byte, text bool) bool {
	return n.receive(data, text)
}

// Drain does nothing: a socket whose queue is full is closed.
func (n *channelSocket) Drain(*front.Conn) {}

// Close ends the socket of a WebSocket.
func (n *channelSocket) Close(c *front.Conn, _ int, _ string) {
	leave(c)
	n.closed()
}

func (n *channelSocket) cork()   { n.link.Cork() }
func (n *channelSocket) uncork() { n.link.Uncork() }

// eventDone crashes the channel whose turn was ended by a limit, and lets the connection go on if it had to wait.
func (n *channelSocket) eventDone(e *event, err error) {
	var lost *engine.LostError
	if err != nil && !errors.Is(err, engine.ErrClosed) && !errors.Is(err, pool.ErrPoolClosed) && !errors.As(err, &lost) {
		n.failed(e.channel, err)
		n.End(e.channel, "crashed")
	}
	n.relieve(n.ctx.Load(), n.app.Load().mailbox, n.link.Resume)
}

// failed logs what a handler threw, and crashes its channel.
func (n *channelSocket) failed(channel int, err error) {
	what := "channel"
	if topic := n.socket.Crash(channel); topic != "" {
		what += " " + topic
	}
	logUncaught(n.server.log, n.ctx.Load(), what+" crashed", err)
}

// uncaught takes an error of a turn that is of no channel, such as a timer's. Where a limit has ended the turn, what it cut off
// is most likely the rest of the one handler that is waited for, whose promise then never settles: its channel crashes now, not
// when time is up. That a context is lost is said by contextLost.
func (n *channelSocket) uncaught(err error) {
	var lost *engine.LostError
	if errors.As(err, &lost) {
		return
	}
	var limit *engine.LimitError
	if errors.As(err, &limit) {
		if channel := n.awaited(); channel != 0 {
			n.failed(channel, err)
			n.End(channel, "crashed")
			return
		}
	}
	logUncaught(n.server.log, n.ctx.Load(), "uncaught", err)
}

// awaited returns the one channel whose handler is waited for; 0 for none, or more.
func (n *channelSocket) awaited() (channel int) {
	n.mu.Lock()
	socket := n.socket
	n.mu.Unlock()
	if socket == nil { // connect has not admitted the client yet
		return 0
	}
	return socket.Awaited()
}

// contextLost crashes all channels. The client joins them anew, in a fresh context. Before there are any, connect fails by it.
func (n *channelSocket) contextLost(err error) {
	c := n.ctx.Load()
	n.onceStarted(func() {
		logUncaught(n.server.log, c, "the channels of a socket crashed", err)
		n.socket.ContextLost(func() { n.ctx.Store(n.newContext()) })
		c.Close(func() { n.server.forgetContext(c) })
	})
}

// exited closes the socket of a script that has called Rowan.exit, or that was stopped.
func (n *channelSocket) exited(reason string) {
	n.onceStarted(func() { n.link.Close(exitCode(reason), reason) })
}

// Shard is the worker of the context.
func (n *channelSocket) Shard() int { return n.ctx.Load().Shard() }

// event is an event for a channel, whose number is the first argument.
func (n *channelSocket) event(export string, channel int) *event {
	e := newEvent(n, export)
	e.channel = channel
	e.args = value.AppendInt(e.args, int64(channel))
	return e
}

func (n *channelSocket) post(e *event, args int) error {
	e.n = args
	return n.ctx.Load().Post(e)
}

// Join has the script make a channel.
func (n *channelSocket) Join(j channels.Join) error {
	e := n.event("app.channelJoin", j.Channel)
	if tracer := n.server.tracer; tracer != nil {
		n.trace(e, tracer.Begin("join "+j.Pattern, nil, "rowan.topic", j.Topic), joinRef)
	}
	e.args = value.AppendString(e.args, j.Pattern)
	e.args = value.AppendString(e.args, j.Topic)
	e.args = appendPayload(e.args, j.Payload, j.Binary)
	e.args = value.AppendInt(e.args, int64(j.Leaving))
	e.args = value.AppendInt(e.args, int64(j.Replaced))
	if n.id == "" {
		e.args = value.AppendNull(e.args)
	} else {
		e.args = value.AppendString(e.args, n.id)
	}
	e.args = append(e.args, n.assigns...)
	return n.post(e, 8)
}

// Push has a channel's handler called.
func (n *channelSocket) Push(channel int, name, ref, payload []byte, binary bool) error {
	e := n.event("app.channelPush", channel)
	if tracer := n.server.tracer; tracer != nil {
		n.trace(e, tracer.Begin("event "+string(name), nil), string(ref))
	}
	e.args = value.AppendString(e.args, textOf(name))
	e.args = appendPayload(e.args, payload, binary)
	e.args = value.AppendString(e.args, textOf(ref))
	return n.post(e, 4)
}

// Left tells a channel that the client leaves it.
func (n *channelSocket) Left(channel int, ref []byte) error {
	e := n.event("app.channelLeft", channel)
	e.args = value.AppendString(e.args, textOf(ref))
	return n.post(e, 2)
}

// Out hands a channel a broadcast.
func (n *channelSocket) Out(channel int, cast []byte) error {
	e := n.event("app.channelOut", channel)
	e.args = append(e.args, cast...)
	return n.post(e, 3)
}

// Info hands a channel a message of a topic.
func (n *channelSocket) Info(channel int, m *bridge.Message) error {
	e := n.event("app.channelInfo", channel)
	e.args = value.AppendString(e.args, m.Topic())
	e.args = append(e.args, m.Value()...)
	return n.post(e, 3)
}

// trace makes an event's turn a part of a span, which goes on until the reply, if one is wanted.
func (n *channelSocket) trace(e *event, s engine.Span, ref string) {
	e.span, e.replies = s, ref != ""
	n.spans.add(e.channel, ref, s)
}

// End ends a channel in the script, or all of them for 0.
func (n *channelSocket) End(channel int, reason string) {
	n.spans.endAll(channel, errNoReply)
	n.ctx.Load().PostAlways(n.ending(channel, reason))
}

// next has a channel run the next of the events that wait for it.
func (n *channelSocket) next(channel int) {
	e := n.event("app.channelNext", channel)
	e.n = 1
	n.ctx.Load().PostAlways(e)
}

// ending is the event behind End.
func (n *channelSocket) ending(channel int, reason string) *event {
	e := n.event("app.channelEnd", channel)
	e.args = value.AppendString(e.args, reason)
	e.n = 2
	return e
}

// TimedOut logs that a channel crashed since its handler did not come to an end.
func (n *channelSocket) TimedOut(topic string) {
	n.server.log.Error(fmt.Sprintf("channel %s crashed: a handler's promise has not settled within %v", topic, n.app.Load().config.Call.Timeout), contextFields(n.ctx.Load())...)
}

// appendPayload appends a payload as scripts get it: bytes, or a JSON text.
func appendPayload(dst, payload []byte, binary bool) []byte {
	if binary {
		return value.AppendBytes(dst, payload)
	}
	return value.AppendString(dst, textOf(payload))
}
