package daemon

import (
	"sync/atomic"

	"rowan/daemon/front"
	"rowan/pool"
)

// holdback keeps a connection from being read while its context's mailbox is full.
type holdback struct{ held atomic.Bool }

// hold says that a message was refused. The connection is resumed when there is room, or at once if there is by now.
func (h *holdback) hold(c *pool.Context, resume func()) {
	h.held.Store(true)
	if c.Queued() == 0 && h.held.Swap(false) { // it emptied meanwhile
		resume()
	}
}

// relieve resumes the connection if it was held and half of the mailbox is free. It is called after each event.
func (h *holdback) relieve(c *pool.Context, mailbox int, resume func()) {
	if h.held.Load() && c.Queued() <= mailbox/2 && h.held.Swap(false) {
		resume()
	}
}

// exitCode is the close code of a socket whose script has called Rowan.exit, or that was stopped.
func exitCode(reason string) int {
	if reason == "normal" {
		return front.StatusNormal
	}
	return front.StatusInternalError
}
