package engine

import "time"

// Counts is what has happened in a window since it was opened.
type Counts struct {
	Forks       uint64        // contexts that were made
	Parks       uint64        // times that a context made room for another one
	Resumes     uint64        // times that a context came back
	Collections uint64        // of garbage in cycles
	Collecting  time.Duration // that they took
}

// Add adds what has happened in another window.
func (c *Counts) Add(other Counts) {
	c.Forks += other.Forks
	c.Parks += other.Parks
	c.Resumes += other.Resumes
	c.Collections += other.Collections
	c.Collecting += other.Collecting
}

// Counts returns what has happened in the window.
func (w *Window) Counts() Counts { return w.counts }

// ResidentBytes is the heap of the context that is in the window now, above the image. ok is false if there is none.
func (w *Window) ResidentBytes() (n int, ok bool) {
	if w.occupant == nil {
		return 0, false
	}
	return max(0, int(w.heap())-int(w.imageHeap)), true
}
