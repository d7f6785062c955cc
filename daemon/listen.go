package daemon

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"
)

// open opens one of the server's listeners.
func (s *Server) open(name, address string) (net.Listener, error) {
	listen := s.opts.Listen
	if listen == nil {
		listen = func(_, address string) (net.Listener, error) { return net.Listen("tcp", address) }
	}
	l, err := listen(name, address)
	if err == nil {
		s.opened.Store(name, l)
	}
	return l, err
}

// Listeners are those that are open, by their names, see Options.Listen.
func (s *Server) Listeners() map[string]net.Listener {
	listeners := map[string]net.Listener{}
	s.opened.Range(func(name, l any) bool {
		listeners[name.(string)] = l.(net.Listener)
		return true
	})
	return listeners
}

// listen opens the configured address.
func (s *Server) listen() (net.Listener, error) {
	l, err := s.open("http", s.opts.Config.Listen.String())
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			return nil, fmt.Errorf("cannot listen on %s: %v (choose another address with --listen)", s.opts.Config.Listen, op.Err)
		}
		return nil, fmt.Errorf("cannot listen on %s: %w", s.opts.Config.Listen, err)
	}
	return l, nil
}

// Listen opens the configured address. ":0" picks a port; Addr tells which.
func (s *Server) Listen() error {
	l, err := s.listen()
	if err != nil {
		return err
	}
	s.listener = l
	s.accepted = make([]atomic.Int64, s.opts.Config.Acceptors)
	if err := s.openTLS(s.opts.Config.TLS); err != nil {
		l.Close()
		return err
	}
	s.monitor.accepting.Store(true) // what connects from now on waits for Serve
	if err := s.openAdmin(); err != nil {
		s.closeRedirect()
		l.Close()
		return err
	}
	return nil
}

// Addr is the address that the server listens on.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// URL is where to open the app.
func (s *Server) URL() string {
	host, port, _ := net.SplitHostPort(s.Addr().String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	scheme := "http"
	if s.tls != nil {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/"
}
