package daemon

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// serveLive answers /livez: 200 as long as each worker's loop answers within a second, whatever scripts do. What is not alive is better
// started afresh.
func (s *Server) serveLive(w http.ResponseWriter, _ *http.Request) { answerHealth(w, s.liveness()) }

// serveReady answers /readyz: 200 when connections should come here.
func (s *Server) serveReady(w http.ResponseWriter, _ *http.Request) { answerHealth(w, s.readiness()) }

func answerHealth(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, strings.ReplaceAll(err.Error(), "\n", "; "))
		return
	}
	fmt.Fprintln(w, "ok")
}

// liveness is nil, or says which workers do not answer.
func (s *Server) liveness() error {
	var errs []error
	for i, l := range s.monitor.surveys.latest(s.pool.Workers()) {
		if !l.answered {
			errs = append(errs, fmt.Errorf("worker %d does not answer", i))
		}
	}
	return errors.Join(errs...)
}

// readiness is nil, or says why no connections should come.
func (s *Server) readiness() error {
	switch {
	case s.stopping.Load():
		return errors.New("shutting down")
	case !s.monitor.accepting.Load():
		return errors.New("not accepting connections")
	}
	if err := s.monitor.storage.check(s.storage.Writable); err != nil {
		return fmt.Errorf("the storage cannot be written: %w", err)
	}
	return nil
}

// storageKeep is how long it is known that the storage can be written, so that asking often disturbs nobody.
const storageKeep = time.Second

// storageCheck keeps whether the storage can be written.
type storageCheck struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

func (c *storageCheck) check(write func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.at) > storageKeep {
		c.err = write()
		c.at = time.Now()
	}
	return c.err
}
