package daemon

import "testing"

// TestSocketsAreWhole looks at sockets as Shutdown does while they begin: each has its connection by then, which would be closed.
func TestSocketsAreWhole(t *testing.T) {
	s := new(Server)
	begun := make(chan struct{})
	go func() {
		defer close(begun)
		for range 20_000 {
			n := &channelSocket{server: s}
			n.start(webSocket{}, nil)
			s.sockets.remove(n)
		}
	}()
	for {
		for n := range s.sockets.each() {
			if n.link == nil {
				t.Fatal("a socket without a connection")
			}
		}
		select {
		case <-begun:
			return
		default:
		}
	}
}
