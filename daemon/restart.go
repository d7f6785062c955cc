package daemon

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// restartTimeout is how long a process that is to take over may take until it serves.
const restartTimeout = time.Minute

// Restart has another process take the server's place, by Options.Restart, and returns its number. That one accepts connections from
// now on, and this server is to be ended by Shutdown. It may be called from any goroutine.
func (s *Server) Restart() (pid int, err error) {
	s.restarts.Lock()
	defer s.restarts.Unlock()
	switch {
	case s.opts.Restart == nil:
		return 0, errors.New("this server cannot restart itself")
	case s.stopping.Load() || s.isReplaced():
		return 0, errClosing
	}
	ctx, cancel := context.WithTimeout(context.Background(), restartTimeout)
	defer cancel()
	s.log.Info("starting a process that takes over")
	if pid, err = s.opts.Restart(ctx); err != nil {
		s.log.Error("no other process has taken over: " + err.Error())
		return 0, err
	}
	s.log.Info(fmt.Sprintf("process %d has taken over; this one ends when its clients have gone", pid))
	close(s.replaced)
	return pid, nil
}

// Replaced is closed when another process has taken over.
func (s *Server) Replaced() <-chan struct{} { return s.replaced }

func (s *Server) isReplaced() bool {
	select {
	case <-s.replaced:
		return true
	default:
		return false
	}
}
