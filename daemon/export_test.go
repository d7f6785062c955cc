package daemon

import "rowan/pool"

// NewEncoder is that of the log, see NewLogger.
var NewEncoder = newEncoder

// Workers are the pool's.
func (s *Server) Workers() []*pool.Worker { return s.pool.Workers() }
