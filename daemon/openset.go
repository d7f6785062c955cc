package daemon

import (
	"hash/maphash"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
)

// openSet is the set of what is open of one sort: connections, requests. It is in stripes, so that workers seldom meet at a lock, and so that
// looking at all of them keeps nobody waiting.
type openSet[T comparable] struct {
	stripes [openStripes]openStripe[T]
	count   atomic.Int64
	waiting atomic.Bool // empty is not nil

	mu sync.Mutex
	// empty is closed when the last one goes while the server waits for that.
	empty chan struct{}
}

const openStripes = 64

type openStripe[T comparable] struct {
	mu  sync.Mutex
	set map[T]struct{}
}

var openSeed = maphash.MakeSeed()

func (l *openSet[T]) stripe(c T) *openStripe[T] {
	return &l.stripes[maphash.Comparable(openSeed, c)%openStripes]
}

func (l *openSet[T]) add(c T) {
	s := l.stripe(c)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set == nil {
		s.set = map[T]struct{}{}
	}
	if _, there := s.set[c]; !there {
		s.set[c] = struct{}{}
		l.count.Add(1)
	}
}

// remove takes c out, if it is there.
func (l *openSet[T]) remove(c T) {
	s := l.stripe(c)
	s.mu.Lock()
	_, there := s.set[c]
	delete(s.set, c)
	s.mu.Unlock()
	if there && l.count.Add(-1) == 0 && l.waiting.Load() {
		l.tell()
	}
}

// tell closes empty if nothing is open.
func (l *openSet[T]) tell() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.empty != nil && l.count.Load() == 0 {
		close(l.empty)
		l.empty = nil
		l.waiting.Store(false)
	}
}

// all returns those that are open, and a channel that is closed when they have gone.
func (l *openSet[T]) all() ([]T, <-chan struct{}) {
	gone := make(chan struct{})
	l.mu.Lock()
	l.empty = gone
	l.waiting.Store(true)
	l.mu.Unlock()
	list := slices.AppendSeq(make([]T, 0, l.len()), l.each())
	l.tell() // there may be none
	return list, gone
}

// each goes through those that are open, with no lock in the loop's body. Those that come or go meanwhile may be left out.
func (l *openSet[T]) each() iter.Seq[T] {
	return func(yield func(T) bool) {
		var list []T
		for i := range l.stripes {
			s := &l.stripes[i]
			list = list[:0]
			s.mu.Lock()
			for c := range s.set {
				list = append(list, c)
			}
			s.mu.Unlock()
			for _, c := range list {
				if !yield(c) {
					return
				}
			}
		}
	}
}

func (l *openSet[T]) len() int { return int(l.count.Load()) }
