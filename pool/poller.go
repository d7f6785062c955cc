package pool

import "time"

// Poller is what a worker's loop serves besides its queue: the sockets of the sessions that live on it. What comes in there for a
// context of the worker crosses no thread.
type Poller interface {
	// Wait waits until there is something to handle, or until Wake, for d at most; negative: for ever. It is called on the worker's
	// loop, and so is Handle after it.
	Wait(d time.Duration)
	// Handle handles what there is. It must not block, and runs no JavaScript: it posts tasks.
	Handle()
	// Pending reports whether there is something to handle. It is called in the middle of a long turn, which then makes room.
	Pending() bool
	// Wake ends a Wait, or the next one if there is none. It is called from any goroutine.
	Wake()
}

// pollEvery is how long a busy worker lets its poller wait, in nanoseconds.
const pollEvery = 100_000
