package swarm

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gobwas/ws"
)

// dialers is how many clients connect at a time. No more connections than that wait to be accepted.
const dialers = 64

// New makes a swarm without clients.
//
// # Errors
//
// A URL that is not one of a WebSocket; a host that is not found, or that refuses at all of its addresses.
func New(ctx context.Context, o Options) (*Swarm, error) {
	o.Timeout = cmp.Or(o.Timeout, 10*time.Second)
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, err
	}
	port := map[string]string{"ws": "80", "wss": "443"}[u.Scheme]
	if port == "" || u.Host == "" {
		return nil, fmt.Errorf("%q is no address of a WebSocket, such as ws://127.0.0.1:4000/", o.URL)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	s := &Swarm{options: o, url: u}
	if s.target, err = resolve(ctx, u.Hostname(), cmp.Or(u.Port(), port), o.Timeout); err != nil {
		return nil, err
	}
	if o.Goroutines || u.Scheme == "wss" {
		s.transport = newRoutines(s)
	} else {
		s.transport, err = newTransport(s)
	}
	return s, err
}

// Target is the address that clients connect to, with its port.
func (s *Swarm) Target() netip.AddrPort {
	target, _ := netip.ParseAddrPort(s.target)
	return target
}

// SetFrom changes Options.From for clients that are opened later.
func (s *Swarm) SetFrom(from []netip.Addr) { s.options.From = from }

// resolve looks a host up. Of several addresses it takes the first that accepts a connection.
func resolve(ctx context.Context, host, port string, timeout time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(found, func(a, b netip.Addr) int { return a.Unmap().BitLen() - b.Unmap().BitLen() })
	var errs []error
	for _, ip := range found {
		address := net.JoinHostPort(ip.Unmap().String(), port)
		if len(found) == 1 {
			return address, nil
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			conn.Close()
			return address, nil
		}
		errs = append(errs, err)
	}
	return "", errors.Join(errs...)
}

// dialed is what became of one client.
type dialed struct {
	conn  net.Conn
	early []byte // sent by the server right after the handshake
	took  time.Duration
	err   error
}

// Open connects n more clients, rate of them a second at most, 0 for as fast as it goes, 64 at a time, and serves those that are open
// meanwhile. opened is called for each, with how long it took to connect and for the handshake; if that failed, c is nil. Without opened the
// first failure ends Open. A context that ends ends it too.
func (s *Swarm) Open(ctx context.Context, n int, rate float64, opened func(c *Client, took time.Duration, err error)) error {
	var failed error
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if opened == nil {
		opened = func(_ *Client, _ time.Duration, err error) {
			if err != nil && failed == nil {
				failed = err
				cancel()
			}
		}
	}
	results := s.dialAll(ctx, n, rate)
	for {
		select {
		case d, more := <-results:
			switch {
			case !more:
				return cmp.Or(failed, ctx.Err())
			case failed != nil || ctx.Err() != nil:
				if d.conn != nil {
					d.conn.Close()
				}
				continue
			}
			c, err := s.add(d)
			opened(c, d.took, err)
			if c != nil && len(d.early) > 0 {
				s.receive(c, d.early)
			}
		default:
			// What dialers have is looked for a thousand times a second, which takes less than to be woken by each.
			if err := s.Wait(time.Millisecond); err != nil && failed == nil {
				failed = err
				cancel()
			}
			if failed != nil {
				time.Sleep(time.Millisecond)
			}
		}
	}
}

// add takes a client that has connected.
func (s *Swarm) add(d dialed) (*Client, error) {
	if d.err != nil {
		return nil, d.err
	}
	c := &Client{Number: len(s.Clients), swarm: s}
	l, err := s.transport.add(c, d.conn)
	if err != nil {
		return nil, err
	}
	c.link = l
	s.Clients = append(s.Clients, c)
	return c, nil
}

// dialAll has n clients connect. The channel is closed when all have, or the context has ended.
func (s *Swarm) dialAll(ctx context.Context, n int, rate float64) <-chan dialed {
	first := s.dialed
	s.dialed += n
	results, turns := make(chan dialed, 1024), make(chan int)
	var group sync.WaitGroup
	group.Go(func() {
		defer close(turns)
		start := time.Now()
		for i := range n {
			if rate > 0 {
				time.Sleep(time.Until(start.Add(time.Duration(float64(i) / rate * float64(time.Second)))))
			}
			select {
			case turns <- first + i:
			case <-ctx.Done():
				return
			}
		}
	})
	for range min(n, dialers) {
		group.Go(func() {
			for i := range turns {
				results <- s.dial(ctx, i)
			}
		})
	}
	go func() {
		group.Wait()
		close(results)
	}()
	return results
}

// dial connects client i and upgrades its connection.
func (s *Swarm) dial(ctx context.Context, i int) dialed {
	network := net.Dialer{KeepAlive: -1, Control: lateBind}
	if from := s.options.From; len(from) > 0 {
		network.LocalAddr = &net.TCPAddr{IP: from[i%len(from)].AsSlice()}
	}
	var answer string
	dialer := ws.Dialer{
		Timeout:   s.options.Timeout,
		Protocols: s.options.Protocols,
		TLSConfig: s.options.TLS,
		NetDial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return network.DialContext(ctx, "tcp", s.target)
		},
		OnStatusError: func(status int, reason []byte, response io.Reader) {
			answer = fmt.Sprintf("the handshake is answered with %d %s%s", status, reason, bodyText(response))
		},
	}
	start := time.Now()
	conn, buffered, _, err := dialer.Dial(ctx, s.url.String())
	d := dialed{conn: conn, took: time.Since(start), err: explain(err)}
	if err != nil {
		d.conn = nil
		switch {
		case answer != "":
			d.err = errors.New(answer)
		case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
			d.err = fmt.Errorf("%s takes no WebSocket within %v", s.target, s.options.Timeout)
		}
		return d
	}
	if buffered != nil {
		early, _ := buffered.Peek(buffered.Buffered())
		d.early = slices.Clone(early)
		ws.PutReader(buffered)
	}
	return d
}

// bodyText is the first line of a response's body.
func bodyText(response io.Reader) string {
	in := bufio.NewReader(io.LimitReader(response, 4<<10))
	for { // the head
		line, err := in.ReadString('\n')
		if err != nil {
			return ""
		}
		if strings.TrimSpace(line) == "" {
			break
		}
	}
	line := make([]byte, 100)
	n, _ := in.Read(line)
	text, _, _ := strings.Cut(strings.TrimSpace(string(line[:n])), "\n")
	if text == "" {
		return ""
	}
	return fmt.Sprintf(": %q", text)
}

// explain says what to do about errors that tell of this side's limits.
func explain(err error) error {
	switch {
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%w: the address that connections come from has no port left; use several of them (--from)", err)
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return fmt.Errorf("%w: raise the limit of open files (ulimit -n)", err)
	}
	return err
}
