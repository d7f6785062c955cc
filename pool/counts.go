package pool

import (
	"errors"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"rowan/engine"
)

// What happens in contexts is counted by their kind and worker, so that a turn touches no memory that other workers write. Kinds of
// one name are counted together: a new version of the app goes on where the old one was.

// TurnBuckets is how many turns are told apart by the time that they took: bucket i has those of less than TurnBound(i), the last
// one the rest.
const TurnBuckets = 22

// turnShift is the binary logarithm of the first bucket's bound in nanoseconds.
const turnShift = 10

// TurnBound is the bound of a bucket: 1.024 µs for the first, twice as much for each further one, to 1.07 s.
func TurnBound(i int) time.Duration { return 1 << (turnShift + i) }

// countedKinds bounds the names of kinds that are told apart.
const countedKinds = 100

// otherKinds is the name under which the rest is counted.
const otherKinds = "other"

// Limits that end a turn, or cost a context, as they are counted.
const (
	limitTime = iota
	limitHeap
	limitJobs
	limitKilled // a native loop ran far beyond the turn's time: the context is lost
	limitLost   // a context was lost otherwise
	limitCount
)

// LimitNames are the names of the limits of KindStats.
var LimitNames = [limitCount]string{"time", "heap", "microtasks", "killed", "lost"}

// kindCounts is what is counted of the contexts of one kind on one worker. It fills cache lines of its own.
type kindCounts struct {
	turns    [TurnBuckets]atomic.Uint64
	nanos    atomic.Int64
	contexts atomic.Int64
	refused  atomic.Uint64 // tasks, for want of room
	errors   atomic.Uint64
	limits   [limitCount]atomic.Uint64
	closed   engine.Counts // of windows that have been closed; the worker's own
	_        [96]byte
}

// turn counts a turn that took some nanoseconds.
func (k *kindCounts) turn(nanos int64) {
	k.turns[min(bits.Len64(uint64(nanos)>>turnShift), TurnBuckets-1)].Add(1)
	k.nanos.Add(nanos)
}

// failed counts a turn that was ended.
func (k *kindCounts) failed(err error) {
	var lost *engine.LostError
	var limit *engine.LimitError
	switch {
	case errors.As(err, &lost) && lost.Killed:
		k.limits[limitKilled].Add(1)
	case lost != nil:
		k.limits[limitLost].Add(1)
	case !errors.As(err, &limit):
	case limit.Limit == engine.LimitTime:
		k.limits[limitTime].Add(1)
	case limit.Limit == engine.LimitJobs:
		k.limits[limitJobs].Add(1)
	default:
		k.limits[limitHeap].Add(1)
	}
}

// kindRegistry has the counts of all kinds by their names, for each a slice by worker.
type kindRegistry struct {
	mu     sync.Mutex
	byName map[string][]kindCounts
}

// of returns the counts of a name, and the name under which they are kept.
func (r *kindRegistry) of(name string, workers int) (string, []kindCounts) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byName == nil {
		r.byName = map[string][]kindCounts{}
	}
	if r.byName[name] == nil && len(r.byName) >= countedKinds {
		name = otherKinds
	}
	if r.byName[name] == nil {
		r.byName[name] = make([]kindCounts, workers)
	}
	return name, r.byName[name]
}

// each goes through the names that are told apart, in order, with the counts.
func (r *kindRegistry) each(f func(name string, counts []kindCounts)) {
	r.mu.Lock()
	names := make([]string, 0, len(r.byName))
	for name := range r.byName {
		names = append(names, name)
	}
	counts := make([][]kindCounts, len(names))
	slices.Sort(names)
	for i, name := range names {
		counts[i] = r.byName[name]
	}
	r.mu.Unlock()
	for i, name := range names {
		f(name, counts[i])
	}
}

// KindStats are the contexts of one kind in numbers, those of all workers together. What is said to be as of now is known only by
// a Survey, and zero otherwise.
type KindStats struct {
	Kind     string
	Contexts int
	Turns    [TurnBuckets]uint64
	TurnTime time.Duration
	Refused  uint64             // tasks that found a full mailbox or a full queue
	Errors   uint64             // see Context.NoteError
	Limits   [limitCount]uint64 // turns that were ended, and contexts that were lost, by LimitNames
	Windows                     // as of now
}

// Windows are the windows of a kind.
type Windows struct {
	Windows    int
	Resident   int // contexts whose memory is in a window
	ImageBytes int // of all windows together
	DeltaBytes int // what distinguishes parked contexts from the image
	HeapBytes  int // of resident contexts, above the image
	engine.Counts
}

func (w *Windows) add(other Windows) {
	w.Windows += other.Windows
	w.Resident += other.Resident
	w.ImageBytes += other.ImageBytes
	w.DeltaBytes += other.DeltaBytes
	w.HeapBytes += other.HeapBytes
	w.Counts.Add(other.Counts)
}

// KindStats returns what is counted, by the names of kinds. surveys are those of the workers.
func (p *Pool) KindStats(surveys ...Survey) []KindStats {
	var all []KindStats
	p.kinds.each(func(name string, counts []kindCounts) {
		s := KindStats{Kind: name}
		for i := range counts {
			c := &counts[i]
			s.Contexts += int(c.contexts.Load())
			for b := range s.Turns {
				s.Turns[b] += c.turns[b].Load()
			}
			s.TurnTime += time.Duration(c.nanos.Load())
			s.Refused += c.refused.Load()
			s.Errors += c.errors.Load()
			for l := range s.Limits {
				s.Limits[l] += c.limits[l].Load()
			}
		}
		for _, survey := range surveys {
			s.Windows.add(survey[name])
		}
		all = append(all, s)
	})
	return all
}

// Survey is what a worker's loop has found in its windows, by the names of kinds.
type Survey map[string]Windows

// Survey has the worker's loop look at its windows, between two turns, and hands on what it found: that takes some microseconds.
// Windows in which a turn runs while the loop goes on are left out. It fails with ErrQueueFull or ErrPoolClosed.
func (w *Worker) Survey(found func(Survey)) error {
	return w.Do(func(*engine.Thread) { found(w.survey()) })
}

func (w *Worker) survey() Survey {
	s := Survey{}
	w.pool.kinds.each(func(name string, counts []kindCounts) {
		s[name] = Windows{Counts: counts[w.index].closed}
	})
	for k, list := range w.windows {
		of := s[k.counted]
		for _, win := range list {
			w.mu.Lock()
			stalled := w.stalled[win] != nil
			w.mu.Unlock()
			if !stalled {
				of.add(look(win))
			}
		}
		s[k.counted] = of
	}
	return s
}

func look(win *engine.Window) Windows {
	w := Windows{Windows: 1, ImageBytes: win.Image(), DeltaBytes: win.ParkedBytes(), Counts: win.Counts()}
	if n, ok := win.ResidentBytes(); ok {
		w.Resident, w.HeapBytes = 1, n
	}
	return w
}

// counts are those of the context's kind on its worker.
func (c *Context) counts() *kindCounts { return &c.Kind().counts[c.shard] }

// NoteError counts an error in the context that nobody has caught. It may be called from any goroutine.
func (c *Context) NoteError() { c.counts().errors.Add(1) }
