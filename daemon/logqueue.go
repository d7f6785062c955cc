package daemon

import (
	"io"
	"sync"
	"time"
)

// Bounds of what waits to be written to the log.
const (
	logQueueMax  = 1 << 20  // bytes; lines beyond are lost, and counted
	logQueueKeep = 64 << 10 // bytes that are kept for the next lines
	logSyncTime  = time.Second
)

// logQueue writes lines on a goroutine of its own, so that no worker waits for who reads them: a terminal that is held, a pipe that is full.
// The goroutine lasts for as long as there is something to write.
type logQueue struct {
	out  io.Writer
	lost func(lines int) []byte // the line that tells of those that are lost

	mu      sync.Mutex
	lines   []byte
	spare   []byte // what lines have been written from
	missing int
	written chan struct{} // closed when nothing waits any more; nil when nothing does
}

// Write takes a line. It never waits.
func (q *logQueue) Write(line []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.lines) > 0 && len(q.lines)+len(line) > logQueueMax {
		q.missing++
		return len(line), nil
	}
	q.tellLocked()
	q.lines = append(q.lines, line...)
	if q.written == nil {
		q.written = make(chan struct{})
		go q.run()
	}
	return len(line), nil
}

// tellLocked adds that lines are lost, where they would be.
func (q *logQueue) tellLocked() {
	if q.missing > 0 {
		q.lines = append(q.lines, q.lost(q.missing)...)
		q.missing = 0
	}
}

func (q *logQueue) run() {
	for {
		lines := q.next()
		if lines == nil {
			return
		}
		q.out.Write(lines)
	}
}

// next is what waits, nil if nothing does.
func (q *logQueue) next() []byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tellLocked()
	if len(q.lines) == 0 {
		close(q.written)
		q.written = nil
		return nil
	}
	lines := q.lines
	q.lines, q.spare = q.spare[:0], nil
	if cap(lines) <= logQueueKeep {
		q.spare = lines
	}
	return lines
}

// Sync waits until all is written, for a second at most.
func (q *logQueue) Sync() error {
	q.mu.Lock()
	written := q.written
	q.mu.Unlock()
	if written == nil {
		return nil
	}
	select {
	case <-written:
	case <-time.After(logSyncTime):
	}
	return nil
}
