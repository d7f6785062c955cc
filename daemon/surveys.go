package daemon

import (
	"sync"
	"time"

	"rowan/pool"
)

// surveyWait is how long a worker's loop has to answer.
const surveyWait = time.Second

// surveyKeep is how long what was found is good enough for the next who asks, so that asking often disturbs nobody.
const surveyKeep = 100 * time.Millisecond

// look is what one worker's loop has answered.
type look struct {
	found    pool.Survey   // the last that it did answer
	took     time.Duration // to answer; surveyWait if it did not
	answered bool
}

// surveys asks the loops of workers how they are: for the numbers, and for /livez.
type surveys struct {
	mu    sync.Mutex // held while they are asked
	at    time.Time
	looks []look
}

// latest asks all workers at once, waits for them up to surveyWait, and returns what is known of each. The caller must not change it.
func (s *surveys) latest(workers []*pool.Worker) []look {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.looks != nil && time.Since(s.at) < surveyKeep {
		return s.looks
	}
	type answer struct {
		worker int
		found  pool.Survey
		took   time.Duration
	}
	answers := make(chan answer, len(workers)) // those who come too late do not wait
	start, asked := time.Now(), 0
	looks := make([]look, len(workers))
	for i, w := range workers {
		looks[i] = look{took: surveyWait}
		if s.looks != nil {
			looks[i].found = s.looks[i].found
		}
		if w.Survey(func(found pool.Survey) { answers <- answer{i, found, time.Since(start)} }) == nil {
			asked++
		}
	}
	timeout := time.NewTimer(surveyWait)
	defer timeout.Stop()
	for range asked {
		select {
		case a := <-answers:
			looks[a.worker] = look{a.found, a.took, true}
			continue
		case <-timeout.C:
		}
		break
	}
	s.looks, s.at = looks, time.Now()
	return looks
}
