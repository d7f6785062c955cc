package front

import (
	"sync/atomic"

	"rowan/daemon/rate"
)

// meters measure what a client sends against Options.Rates.
type meters struct{ messages, bytes rate.Meter }

// spendFrames notes frames that the decoder has read. The error is a *closeError.
func (c *Conn) spendFrames(n int) error {
	r := c.opts.Rates
	if r == nil || n == 0 || c.meters.messages.Take(r.Messages, n, rate.At(c.lastRead)) {
		return nil
	}
	return c.tooFast(&c.opts.Stats.overMessages, "messages")
}

// spendBytes notes bytes that have come, or that a compressed message has become. The error is a *closeError.
func (c *Conn) spendBytes(n int) error {
	r := c.opts.Rates
	if r == nil || c.meters.bytes.Take(r.Bytes, n, rate.At(c.lastRead)) {
		return nil
	}
	return c.tooFast(&c.opts.Stats.overBytes, "bytes")
}

// tooFast ends the connection of a client that sends too much.
func (c *Conn) tooFast(count *atomic.Int64, what string) error {
	count.Add(1)
	return &closeError{StatusPolicyViolation, "too many " + what + " a second"}
}
