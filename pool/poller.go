package pool

import "time"

// Poller is what a worker's loop serves besides its queue: the sockets of the sessions that live on it. What comes in there for a
// context of the worker crosses no thread.
type Poller interface {
	// Poll handles what there is, on the worker's loop. If there is nothing it waits for d at most, negative: for ever, or until
	// Wake. It must not block otherwise, and runs no JavaScript: it posts tasks.
	Poll(d time.Duration)
	// Pending reports whether Poll would find something. It is called in the middle of a long turn, which then makes room.
	Pending() bool
	// Wake ends a Poll that waits, or the wait of the next one. It is called from any goroutine.
	Wake()
}

// pollEvery is how long a busy worker lets its poller wait, in nanoseconds.
const pollEvery = 100_000
