package daemon

import "rowan/pool"

// Workers are the pool's.
func (s *Server) Workers() []*pool.Worker { return s.pool.Workers() }
