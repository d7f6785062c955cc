package daemon

import (
	"fmt"
	"time"
)

// lowDescriptors is the limit of open files below which a server says so when it starts.
const lowDescriptors = 10_000

// warnOfDescriptors says how many sockets fit, if those are few.
func (s *Server) warnOfDescriptors() {
	limit, open, err := descriptors()
	if err != nil || limit >= lowDescriptors {
		return
	}
	s.log.Warn(fmt.Sprintf("about %d sockets fit, since at most %d files may be open: raise that limit before the start, "+
		"with ulimit -n in a shell or LimitNOFILE of systemd", max(0, int(limit)-open), limit))
}

// acceptWarnings is how long nothing is said of connections that cannot be accepted, after it was said.
const acceptWarnings = time.Minute

// acceptFailed takes note of a connection that could not be accepted for now. It waits in the kernel: http.Server tries again after
// a pause of 5 ms, then twice as long each time, up to a second.
func (s *Server) acceptFailed(err error) {
	s.failed.Add(1)
	if s.warned.due(acceptWarnings) {
		s.log.Warn(fmt.Sprintf("new connections wait: %v (limit of open files: ulimit -n)", err))
	}
}
