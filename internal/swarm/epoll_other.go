//go:build !linux

package swarm

import "syscall"

func newTransport(s *Swarm) (transport, error) { return newRoutines(s), nil }

func lateBind(_, _ string, _ syscall.RawConn) error { return nil }
