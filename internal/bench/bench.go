// Package bench measures WebSocket servers: it sends messages at a steady rate over many connections, whether answers come or not, and
// reports how long the answers took, from the time at which each message was due.
//
// A client that waits for an answer before it sends again sends less while the server stands still, and so hardly sees it (coordinated
// omission). Here message k is due at k/rate, on connection k modulo their number. When the server, or the generator itself, is late, each
// message that was due meanwhile shows it.
package bench

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"runtime"
	"time"

	"rowan/internal/swarm"
)

// Options say what is measured. All but URL have a default in Defaults.
type Options struct {
	URL           string        // ws://, wss://, or http:// and https:// for the same
	Connections   int           // that send in turn, or that receive broadcasts
	Rate          float64       // messages a second in all; 0 has the connections stay idle
	Payload       int           // bytes of a message, 16 at least
	Duration      time.Duration // that is measured
	Warmup        time.Duration // before, under the same load
	Timeout       time.Duration // for connecting, for the first answer, and for the last ones
	Settle        time.Duration // that the connections are idle before memory is read
	Binary        bool          // send bytes, not text
	Broadcast     bool          // one more connection sends, and each message is to reach all others
	Channels      bool          // speak Phoenix Channels
	ConnectRate   float64       // connections that are opened a second; 0 for as fast as it goes
	From          []netip.Addr  // where connections come from; default chosen by the system, or enough of 127.0.0.0/8
	Insecure      bool          // trust any certificate
	PID           int           // of the server, if it runs on this machine; 0 for none
	Collect       bool          // have that process collect its garbage before its memory is read, by SIGUSR2
	Metrics       string        // URL of the server's metrics, as for Prometheus; empty for none
	MetricsHeader http.Header   // of requests for them

	// Progress is called now and then with how it goes. Default: never.
	Progress func(Progress)
}

// Defaults are the options of a run of which nothing is said.
func Defaults() Options {
	return Options{Connections: 100, Rate: 1000, Payload: 64, Duration: 10 * time.Second, Warmup: time.Second, Timeout: 5 * time.Second, Settle: time.Second}
}

// Bounds of options.
const (
	maxPayload  = 1 << 20
	maxRate     = 10_000_000
	maxMessages = 1 << 32 // of one run; a bit is kept for each
)

// check says what is wrong with options.
func (o *Options) check() error {
	switch {
	case o.Connections < 1:
		return fmt.Errorf("connections cannot be %d", o.Connections)
	case o.Payload < swarm.Digits || o.Payload > maxPayload:
		return fmt.Errorf("a payload has %d to %d bytes, its number among them, not %d", swarm.Digits, maxPayload, o.Payload)
	case !(o.Rate >= 0 && o.Rate <= maxRate):
		return fmt.Errorf("a rate is 0 to %d messages a second, not %v", maxRate, o.Rate)
	case !(o.ConnectRate >= 0):
		return fmt.Errorf("a rate of connecting cannot be %v", o.ConnectRate)
	case o.Duration < 0 || o.Warmup < 0 || o.Settle < 0 || o.Timeout <= 0:
		return errors.New("a time cannot be negative, nor the timeout 0")
	case o.Rate*(o.Warmup+o.Duration).Seconds() > maxMessages:
		return fmt.Errorf("more than %d messages", int64(maxMessages))
	case o.Channels && o.Binary:
		return errors.New("channels carry JSON: choose channels or binary messages")
	case o.PID != 0 && o.Metrics != "":
		return errors.New("the server's memory is read of its process or of its metrics, not of both")
	case o.Collect && o.PID == 0:
		return errors.New("which process is to collect its garbage? give its number")
	}
	return nil
}

// clients is how many connections there are in all.
func (o *Options) clients() int {
	if o.Broadcast {
		return o.Connections + 1
	}
	return o.Connections
}

// protocol chooses what messages look like.
func (o *Options) protocol() *protocol {
	if o.Channels {
		return channels(o.Payload, o.Broadcast)
	}
	return echo(o.Payload, o.Binary)
}

// address is the URL with ws for http, and what a protocol adds to an address without a path.
func (o *Options) address(p *protocol) (string, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return "", err
	}
	if ws := map[string]string{"http": "ws", "https": "wss"}[u.Scheme]; ws != "" {
		u.Scheme = ws
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = cmp.Or(p.path, "/")
	}
	u.RawQuery = cmp.Or(u.RawQuery, p.query)
	return u.String(), nil
}

// OptionError is an option that is wrong, or asks for more than this machine gives.
type OptionError struct{ Err error }

func (e *OptionError) Error() string { return e.Err.Error() }
func (e *OptionError) Unwrap() error { return e.Err }

// spareFiles are the descriptors that a run needs besides its connections: those that are being opened, and the process's own.
const spareFiles = 100

// checkFiles says whether as many connections can be open.
func checkFiles(clients int) error {
	limit, known := openFiles()
	if !known || uint64(clients)+spareFiles <= limit {
		return nil
	}
	return fmt.Errorf("%d connections need %d open files, and this process may have %d (the hard limit, ulimit -Hn): raise it, or open %d connections at most",
		clients, clients+spareFiles, limit, max(int64(limit)-spareFiles, 0))
}

// Run measures a server. A context that ends before ends the run, with a report of what was seen.
//
// # Errors
//
// An *OptionError; a server that cannot be reached, refuses the first connection, or does not answer its first message rightly. What goes
// wrong from then on is counted in the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	if err := o.check(); err != nil {
		return nil, &OptionError{err}
	}
	if err := checkFiles(o.clients()); err != nil {
		return nil, &OptionError{err}
	}
	p := o.protocol()
	address, err := o.address(p)
	if err != nil {
		return nil, &OptionError{err}
	}
	s, err := swarm.New(ctx, swarm.Options{URL: address, From: o.From, Timeout: o.Timeout, TLS: &tls.Config{InsecureSkipVerify: o.Insecure}})
	if err != nil {
		return nil, err
	}
	if len(o.From) == 0 && runtime.GOOS == "linux" && s.Target().Addr().Is4() && s.Target().Addr().IsLoopback() {
		s.SetFrom(swarm.LoopbackFrom(o.clients()))
	}
	r := newRun(o, s, p)
	r.report.URL = address
	defer s.Close()
	if err := r.run(ctx); err != nil {
		return nil, err
	}
	return &r.report, nil
}

// due is when message k is to be sent, from the start.
func due(k uint64, rate float64) time.Duration {
	return time.Duration(float64(k) / rate * float64(time.Second))
}

// dueBefore is how many messages are due before a time.
func dueBefore(t time.Duration, rate float64) uint64 {
	return uint64(math.Ceil(rate * t.Seconds()))
}
