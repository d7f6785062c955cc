package front

import (
	"sync/atomic"

	"rowan/daemon/rate"
)

// Meters measure what one client sends against Rates. The zero Meters are ready. They are for one goroutine at a time.
type Meters struct{ messages, bytes rate.Meter }

// Messages notes n messages, or bytes, that have come. If they are more than r allows, stats counts it, and the client is to be closed with
// StatusPolicyViolation and that reason. A nil r allows all.
func (m *Meters) Messages(r *Rates, stats *Stats, n int, now rate.Time) (reason string) {
	if r == nil || n == 0 || m.messages.Take(r.Messages, n, now) {
		return ""
	}
	return tooMany(&stats.tally(0).overMessages, "messages")
}

// Bytes is Messages for bytes.
func (m *Meters) Bytes(r *Rates, stats *Stats, n int, now rate.Time) (reason string) {
	if r == nil || m.bytes.Take(r.Bytes, n, now) {
		return ""
	}
	return tooMany(&stats.tally(0).overBytes, "bytes")
}

func tooMany(count *atomic.Int64, what string) string {
	count.Add(1)
	return "too many " + what + " a second"
}

// spendFrames notes frames that the decoder has read. The error is a *closeError.
func (c *Conn) spendFrames(n int) error {
	if c.opts.Rates == nil {
		return nil
	}
	return tooFast(c.meters.Messages(c.opts.Rates, c.opts.Stats, n, rate.At(c.lastRead)))
}

// spendBytes notes bytes that have come, or that a compressed message has become. The error is a *closeError.
func (c *Conn) spendBytes(n int) error {
	if c.opts.Rates == nil {
		return nil
	}
	return tooFast(c.meters.Bytes(c.opts.Rates, c.opts.Stats, n, rate.At(c.lastRead)))
}

func tooFast(reason string) error {
	if reason == "" {
		return nil
	}
	return &closeError{StatusPolicyViolation, reason}
}
