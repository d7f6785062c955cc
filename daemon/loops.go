package daemon

import (
	"errors"
	"fmt"

	"rowan/daemon/front"
	"rowan/pool"
)

// newLoops makes the loops that serve the sockets of so many workers; none where the system has no such thing.
func newLoops(workers int) ([]*front.Loop, error) {
	loops := make([]*front.Loop, workers)
	for i := range loops {
		l, err := front.NewLoop()
		if errors.Is(err, errors.ErrUnsupported) {
			return nil, nil
		}
		if err != nil {
			for _, made := range loops[:i] {
				made.Close()
			}
			return nil, fmt.Errorf("cannot serve sockets: %w", err)
		}
		loops[i] = l
	}
	return loops, nil
}

// loopOf is the loop of the worker on which a context lives; nil for none.
func (s *Server) loopOf(c *pool.Context) *front.Loop {
	if s.loops == nil {
		return nil
	}
	return s.loops[c.Shard()]
}
