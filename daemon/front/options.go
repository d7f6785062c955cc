package front

import (
	"time"

	"rowan/daemon/rate"
)

// Options are the limits of a connection. The zero value of a field means its
// default.
type Options struct {
	// MaxPayloadLength is the most bytes of one message, over all its
	// fragments. A longer one closes the connection with 1009. Default 16 MiB.
	MaxPayloadLength int

	// BackpressureLimit is the most bytes that wait in the send queue, frame
	// headers included. A message that does not fit is dropped. Default 1 MiB.
	BackpressureLimit int

	// CloseOnBackpressureLimit closes the connection with 1013 instead of
	// dropping the message.
	CloseOnBackpressureLimit bool

	// IdleTimeout is the time without a byte from the client after which the
	// connection closes with 1001. Time in which the handler refuses messages
	// does not count. Default 120 s; negative: never.
	IdleTimeout time.Duration

	// IdleCode is what an idle connection closes with instead of 1001.
	IdleCode int

	// DisablePings keeps the server from pinging a client that has been silent
	// for half of IdleTimeout. Without those pings a living but silent client
	// is closed.
	DisablePings bool

	// WriteTimeout is the time in which a client must take at least one byte of
	// what waits for it. Then the connection is cut. Default 30 s.
	WriteTimeout time.Duration

	// CloseTimeout is the time for the closing handshake, what is queued
	// before it included. Then the connection is cut. Default 5 s.
	CloseTimeout time.Duration

	// PerMessageDeflate accepts the offers of clients that can compress messages
	// (RFC 7692), always without context takeover, so that an idle connection
	// takes no more memory than one without. Messages to such a client are
	// compressed from 256 bytes to 1 MiB, where that makes them shorter. The
	// limits above count what is on the wire, but for MaxPayloadLength, which
	// counts what a message is when it is inflated. Default false.
	PerMessageDeflate bool

	// Rates bounds how much the client may send in a time. More closes the
	// connection with 1008. Connections may share one. Default nil: no bound.
	Rates *Rates

	// Stats counts what happens on the connection. Connections may share one.
	// Default: counted nowhere.
	Stats *Stats
}

// Rates are how much one client may send.
type Rates struct {
	Messages rate.Limit // control frames, and fragments, count like messages
	Bytes    rate.Limit // as they are on the wire, and those that compressed messages become
}

// withDefaults returns o with every default filled in.
func (o Options) withDefaults() Options {
	setDefault(&o.MaxPayloadLength, 16<<20)
	setDefault(&o.BackpressureLimit, 1<<20)
	setDefault(&o.IdleTimeout, 120*time.Second)
	setDefault(&o.IdleCode, StatusGoingAway)
	setDefault(&o.WriteTimeout, 30*time.Second)
	setDefault(&o.CloseTimeout, 5*time.Second)
	setDefault(&o.Stats, &uncounted)
	return o
}

// uncounted takes the counts that nobody wants.
var uncounted Stats

// setDefault sets *field to value if it is zero.
func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
