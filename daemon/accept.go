package daemon

import (
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// acceptor is the listener as one of the goroutines has it that accept connections.
type acceptor struct {
	net.Listener
	accepted *atomic.Int64
	failed   func(error)    // told of what keeps it from accepting for now, such as too many open files
	await    func(net.Conn) // returns when the connection may be served
	admit    func(net.Conn) (admitted net.Conn, ok bool)
}

func (a *acceptor) Accept() (net.Conn, error) {
	for {
		c, err := a.Listener.Accept()
		if err != nil {
			if temporary, ok := errors.AsType[interface {
				error
				Temporary() bool
			}](err); ok && temporary.Temporary() { // as http.Server sees it
				a.failed(err)
			}
			return nil, err
		}
		a.await(c)
		a.accepted.Add(1)
		if c, ok := a.admit(c); ok {
			return c, nil
		}
	}
}

// Close closes the listener, which every acceptor does.
func (a *acceptor) Close() error {
	if err := a.Listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// accept accepts connections until Shutdown.
func (s *Server) accept() error {
	defer s.monitor.accepting.Store(false)
	n := len(s.accepted)
	ended := make(chan error, n)
	for i := range n {
		go func() {
			ended <- s.http.Serve(s.encrypted(&acceptor{s.listener, &s.accepted[i], s.acceptFailed, s.awaitDescriptors, s.peers.Accept}))
		}()
	}
	var redirecting sync.WaitGroup
	if s.redirect != nil {
		l := &acceptor{s.redirects, new(atomic.Int64), s.acceptFailed, s.awaitDescriptors, s.peers.Accept}
		redirecting.Go(func() { s.redirect.Serve(l) })
	}
	var failed error
	for range n {
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) && !s.stopping.Load() && failed == nil {
			failed = err
			s.http.Close() // so that the others end
		}
	}
	s.closeRedirect()
	redirecting.Wait()
	return failed
}
