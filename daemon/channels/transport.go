package channels

import (
	"rowan/bridge"
	"rowan/daemon/front"
)

// Transport brings messages to a client. None of its methods waits.
type Transport interface {
	// TextOnly reports whether it takes no binary messages: then bytes go as {"base64": …}.
	TextOnly() bool
	// Send sends a message, which it copies.
	Send(message []byte, text bool)
	// Queue sends a message that is shared, with whatever is sent next or at Flush.
	Queue(f *front.Frame)
	Flush()
	// Close tells the client that the socket ends, with a close code, and ends it. Closed of the socket is called when it has ended.
	Close(code int, reason string)
}

// Script is the context that runs a socket's handlers. Its methods queue an event for it, and fail where there is no room or the
// context has ended.
type Script interface {
	// Shard is the worker on which the context lives.
	Shard() int
	Join(j Join) error
	// Push is a client's event. ref is raw JSON.
	Push(channel int, event, ref, payload []byte, binary bool) error
	// Left is a client's leave.
	Left(channel int, ref []byte) error
	// Out is a broadcast for the channel's out handler: its event and payload, encoded one behind the other.
	Out(channel int, cast []byte) error
	// Info is a message of a topic that the channel listens to.
	Info(channel int, m *bridge.Message) error
	// End ends a channel without an answer. It is always taken.
	End(channel int, reason string)
	// TimedOut logs that a handler's promise has been waited for too long.
	TimedOut(topic string)
}

// Join is a client's join.
type Join struct {
	Channel int // its number
	Pattern string
	Topic   string
	Payload []byte
	Binary  bool
	// Leaving is a channel on the same topic that the client has left: the join waits for its end. 0: none.
	Leaving int
	// Replaced is one that the client has joined and not left: it ends first. 0: none.
	Replaced int
}
