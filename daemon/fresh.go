package daemon

import (
	"net"
	"net/http"
	"sync"
)

// freshConns are the connections on which no request has come yet. Browsers open some ahead of need, and
// http.Server.Shutdown waits five seconds for each of them.
type freshConns struct {
	mu     sync.Mutex
	set    map[net.Conn]struct{}
	closed bool
}

// note is the server's ConnState.
func (f *freshConns) note(c net.Conn, state http.ConnState) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(f.set, c)
	case f.closed:
		c.Close()
	default:
		if f.set == nil {
			f.set = map[net.Conn]struct{}{}
		}
		f.set[c] = struct{}{}
	}
}

// close closes them, and those to come.
func (f *freshConns) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for c := range f.set {
		c.Close()
	}
	f.set = nil
}
