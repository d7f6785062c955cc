package pool

import (
	"slices"
	"time"
)

// CPU is the time for which the worker's threads have computed: turns, and what else its loop does, such as to read sockets. ok is false on
// systems that do not tell.
func (w *Worker) CPU() (sum time.Duration, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	sum = w.ended
	for _, l := range w.lanes {
		d, known := l.thread.CPU()
		if !known {
			return 0, false
		}
		sum += d
	}
	return sum, true
}

// begins notes a lane whose thread is there.
func (l *lane) begins() {
	w := l.worker
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lanes = append(w.lanes, l)
}

// ends forgets a lane whose thread is about to go.
func (l *lane) ends() {
	w := l.worker
	w.mu.Lock()
	defer w.mu.Unlock()
	if d, ok := l.thread.CPU(); ok {
		w.ended += d
	}
	w.lanes = slices.DeleteFunc(w.lanes, func(other *lane) bool { return other == l })
}

// Long is how many long turns wait for their next slice, and how many turns hold their window without polling.
func (w *Worker) Long() (waiting, stalled int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.long), len(w.stalled)
}
