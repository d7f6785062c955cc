package actors

import (
	"container/heap"
	"sync"
	"time"
)

// alarms calls functions at given times. One timer serves them all.
type alarms struct {
	start time.Time

	mu     sync.Mutex
	heap   alarmHeap
	timer  *time.Timer
	closed bool
}

// alarm is a function to be called at a time. It is set for one time at most, and belongs to its alarms.
type alarm struct {
	ring func(now int64) // set once, before the alarm is
	at   int64           // guarded by alarms.mu, as is index
	slot int             // in the heap, from 1; 0: not set
}

func newAlarms() *alarms { return &alarms{start: time.Now()} }

// now is the time that alarms are set by, in nanoseconds.
func (s *alarms) now() int64 { return int64(time.Since(s.start)) }

// set has a called at a time, or earlier if it is set for an earlier one already.
func (s *alarms) set(a *alarm, at int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed || a.slot > 0 && a.at <= at:
		return
	case a.slot > 0:
		a.at = at
		heap.Fix(&s.heap, a.slot-1)
	default:
		a.at = at
		heap.Push(&s.heap, a)
	}
	if s.heap[0] == a {
		s.armLocked(s.now())
	}
}

// clear unsets an alarm. It may be ringing at this moment.
func (s *alarms) clear(a *alarm) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.slot > 0 {
		heap.Remove(&s.heap, a.slot-1)
	}
}

// armLocked sets the timer to the first alarm.
func (s *alarms) armLocked(now int64) {
	if len(s.heap) == 0 || s.closed {
		return
	}
	wait := time.Duration(max(0, s.heap[0].at-now))
	if s.timer == nil {
		s.timer = time.AfterFunc(wait, s.run)
	} else {
		s.timer.Reset(wait)
	}
}

// run rings the alarms that are due.
func (s *alarms) run() {
	now := s.now()
	s.mu.Lock()
	for len(s.heap) > 0 && s.heap[0].at <= now && !s.closed {
		a := heap.Pop(&s.heap).(*alarm)
		s.mu.Unlock()
		a.ring(now)
		s.mu.Lock()
	}
	s.armLocked(s.now())
	s.mu.Unlock()
}

// close unsets all alarms for good. One may be ringing at this moment.
func (s *alarms) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for len(s.heap) > 0 {
		heap.Pop(&s.heap)
	}
	if s.timer != nil {
		s.timer.Stop()
	}
}

// alarmHeap orders alarms by time.
type alarmHeap []*alarm

func (h alarmHeap) Len() int           { return len(h) }
func (h alarmHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h alarmHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].slot, h[j].slot = i+1, j+1
}

func (h *alarmHeap) Push(x any) {
	a := x.(*alarm)
	*h = append(*h, a)
	a.slot = len(*h)
}

func (h *alarmHeap) Pop() any {
	old := *h
	a := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	a.slot = 0
	return a
}
