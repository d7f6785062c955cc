package daemon

import (
	"slices"
	"sync"
	"testing"
)

func TestOpenSet(t *testing.T) {
	var s openSet[*int]
	if list, gone := s.all(); len(list) != 0 {
		t.Errorf("%d of none", len(list))
	} else {
		<-gone
	}
	open := make([]*int, 1000)
	var adding sync.WaitGroup
	for i := range open {
		open[i] = new(int)
		adding.Go(func() { s.add(open[i]) })
	}
	adding.Wait()
	s.add(open[0]) // it is there already
	if n := len(slices.Collect(s.each())); n != len(open) || s.len() != n {
		t.Errorf("%d, and %d, of %d", n, s.len(), len(open))
	}
	list, gone := s.all()
	if len(list) != len(open) {
		t.Errorf("%d of %d", len(list), len(open))
	}
	for _, c := range open[1:] {
		go s.remove(c)
	}
	s.remove(new(int)) // it was never there
	select {
	case <-gone:
		t.Error("gone while one is open")
	default:
	}
	s.remove(open[0])
	s.remove(open[0])
	<-gone
	for range s.each() {
		t.Error("one is left")
	}
	if s.len() != 0 {
		t.Errorf("%d are left", s.len())
	}
}
