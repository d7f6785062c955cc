package daemon

import "sync"

// openSet is the set of connections of one sort that are open.
type openSet[T comparable] struct {
	mu  sync.Mutex
	set map[T]struct{}
	// empty is closed when the last one goes while the server waits for that.
	empty chan struct{}
}

func (l *openSet[T]) add(c T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.set == nil {
		l.set = map[T]struct{}{}
	}
	l.set[c] = struct{}{}
}

func (l *openSet[T]) remove(c T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.set, c)
	if len(l.set) == 0 && l.empty != nil {
		close(l.empty)
		l.empty = nil
	}
}

// all returns those that are open, and a channel that is closed when they have gone.
func (l *openSet[T]) all() ([]T, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	gone := make(chan struct{})
	list := make([]T, 0, len(l.set))
	for c := range l.set {
		list = append(list, c)
	}
	if len(list) == 0 {
		close(gone)
	} else {
		l.empty = gone
	}
	return list, gone
}

func (l *openSet[T]) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.set)
}
