package daemon

import (
	"errors"
	"fmt"
	"net"
	"time"
)

// lowDescriptors is the limit of open files below which a server says so when it starts.
const lowDescriptors = 10_000

// spareDescriptors is how many open files clients leave to the server itself, or a quarter of all if that is less: for the admin side,
// without which it would look dead, for the database, and for a new version's files.
const spareDescriptors = 64

// countDescriptors finds out how many descriptors clients may take, and says how many sockets fit, if those are few.
func (s *Server) countDescriptors() {
	limit, open, err := descriptors()
	if err != nil {
		return
	}
	spare := min(limit/4, spareDescriptors)
	limit -= spare
	s.descriptors = limit
	if limit >= lowDescriptors {
		return
	}
	s.log.Warn(fmt.Sprintf("about %d sockets fit, since at most %d files may be open: raise that limit before the start, "+
		"with ulimit -n in a shell or LimitNOFILE of systemd", max(0, limit-open), limit+spare))
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

// descriptorPause is after how long a connection that waits looks for a free descriptor again.
const descriptorPause = 100 * time.Millisecond

var errDescriptors = errors.New("too many open files")

// awaitDescriptors has a connection that was accepted wait, as those behind it do in the kernel, while clients have all the descriptors
// that they may have. The system gives the lowest that is free, so that its number tells how many are in use.
func (s *Server) awaitDescriptors(c net.Conn) {
	if s.descriptors == 0 || descriptorOf(c) < s.descriptors {
		return
	}
	s.acceptFailed(errDescriptors)
	for !s.stopping.Load() && freeDescriptor() >= s.descriptors {
		time.Sleep(descriptorPause)
	}
}
