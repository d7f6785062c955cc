package daemon

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// freshConns are the connections on which no request has come yet. Browsers open some ahead of need, and
// http.Server.Shutdown waits five seconds for each of them.
type freshConns struct {
	mu     sync.Mutex
	set    map[net.Conn]time.Time // when they came
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
			f.set = map[net.Conn]time.Time{}
		}
		f.set[c] = time.Now()
	}
}

// freshTime is how long a connection that has just come is waited for to bring its request, when the server is about to end.
const freshTime = 500 * time.Millisecond

// wait waits for the requests of those that have just come, until ctx is done. No more are accepted.
func (f *freshConns) wait(ctx context.Context) {
	time.Sleep(freshPause) // for those that have been accepted and not been noted
	for ctx.Err() == nil && f.justCame() {
		time.Sleep(freshPause)
	}
	time.Sleep(freshPause) // for requests that have just come
}

const freshPause = 10 * time.Millisecond

func (f *freshConns) justCame() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, at := range f.set {
		if time.Since(at) < freshTime {
			return true
		}
	}
	return false
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
