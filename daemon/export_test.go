package daemon

import "rowan/pool"

// NewEncoder is that of the log, see NewLogger.
var NewEncoder = newEncoder

// NewLogQueue is what the log's lines go through.
var NewLogQueue = newLogQueue

// Workers are the pool's.
func (s *Server) Workers() []*pool.Worker { return s.pool.Workers() }
