// Package handover passes a server's listening sockets from one process to the next, so that no connection is refused while one takes
// over from the other.
//
// Sockets come as systemd's socket activation passes them, see sd_listen_fds(3): as descriptors from 3 on, with LISTEN_FDS and
// LISTEN_FDNAMES in the environment. LISTEN_PID says for which process they are; a server that starts its own successor does not
// know that yet, and says LISTEN_PPID, its own number. That successor gets one descriptor more, a pipe by which it says that it
// serves.
package handover

import (
	"errors"
	"net"
	"os"
	"sync"
)

// The names of a server's listeners.
const (
	Main     = "http"     // where clients come
	Redirect = "redirect" // for clients without TLS
	Admin    = "admin"
)

// Inherited is what a process was started with.
type Inherited struct {
	mu        sync.Mutex
	listeners map[string]net.Listener
	ready     *os.File // tells the predecessor; nil without one
}

// Listen returns the listener of that name that was inherited, once, or else opens the address.
func (in *Inherited) Listen(name, address string) (net.Listener, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if l := in.listeners[name]; l != nil {
		delete(in.listeners, name)
		return l, nil
	}
	return net.Listen("tcp", address)
}

// Ready says that the process serves: its predecessor, if it has one, ends then. Listeners that nobody has asked for are closed.
func (in *Inherited) Ready() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, l := range in.listeners {
		l.Close()
	}
	in.listeners = nil
	if in.ready == nil {
		return nil
	}
	_, err := in.ready.Write([]byte{ready})
	return errors.Join(err, in.ready.Close())
}

// ready is what goes through the pipe.
const ready = '+'
