// Package netguard decides which hosts scripts may reach, for every API group that opens connections: fetch,
// WebSocket, EventSource.
//
// A [Policy] is asked twice. The host that a script named is looked at before anything is sent, and the address that its
// name stands for is looked at by [Policy.DialContext] when the socket is made: a name that resolves to 127.0.0.1, or that
// resolves elsewhere the second time it is asked for, reaches nothing that the policy does not allow. A redirect is a
// request of its own and is judged like one.
//
// Proxies of the environment are left out: behind one, an address could not be judged.
package netguard

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Policy is a list of what may be reached. The zero value allows nothing. It is not changed once it is in use.
type Policy struct {
	public, private bool
	names           []name
	networks        []netip.Prefix
	also            []*Policy // which must allow it too
}

// name is a host by its name, or all those below a domain.
type name struct {
	host      string // in lower case; of "*.example.com", "example.com"
	subdomain bool
	port      string // "" for every port
}

// Everything is the policy for scripts that the user runs by hand.
func Everything() *Policy { return &Policy{public: true, private: true} }

// Public is the default policy of a server: hosts with addresses of the public Internet.
func Public() *Policy { return &Policy{public: true} }

// All makes a policy of several lists of entries for Parse: it allows what each of them does.
func All(lists ...[]string) (*Policy, error) {
	var first Policy
	for i, entries := range lists {
		p, err := Parse(entries)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			first = *p
		} else {
			first.also = append(first.also, p)
		}
	}
	return &first, nil
}

// Parse makes a policy of its entries, each of which allows more:
//
//   - "public": every host whose address is on the public Internet;
//   - "private": every host with another address, such as this machine's own, its network's, or link-local ones;
//   - a network, such as "10.1.0.0/16": every host with an address in it;
//   - an address, such as "127.0.0.1" or "::1", or the name of a host, such as "db.internal": that host, also when its
//     address is private, for it was named;
//   - "*.example.com": the hosts below that domain, as long as their addresses are public, for who runs the domain
//     decides them.
//
// An address or a name may have a port: "localhost:8080", "[::1]:8080".
func Parse(entries []string) (*Policy, error) {
	p := &Policy{}
	for _, e := range entries {
		if err := p.add(e); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *Policy) add(entry string) error {
	switch entry {
	case "public":
		p.public = true
		return nil
	case "private":
		p.private = true
		return nil
	}
	if strings.Contains(entry, "/") {
		network, err := netip.ParsePrefix(entry)
		if err != nil {
			return fmt.Errorf("%q is no network such as 10.1.0.0/16", entry)
		}
		p.networks = append(p.networks, network.Masked())
		return nil
	}
	n := name{host: canonical(entry)}
	if _, err := netip.ParseAddr(entry); err != nil { // else it may have colons of its own
		if host, port, err := net.SplitHostPort(entry); err == nil {
			n.host, n.port = canonical(host), port
		}
	}
	n.host, n.subdomain = strings.CutPrefix(n.host, "*.")
	if _, err := netip.ParseAddr(n.host); err != nil && (n.host == "" || strings.ContainsAny(n.host, "*:[]@ ")) {
		return fmt.Errorf(`%q is no host; give "public", "private", a name, an address or a network`, entry)
	}
	p.names = append(p.names, n)
	return nil
}

// canonical is the one way in which a host is written here: in lower case, an address in its shortest form, and without
// the brackets of an IPv6 address or the dot at the end of a full name.
func canonical(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if inner, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(inner, "]")
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().String()
	}
	return host
}

// DeniedError says that the policy does not allow a host.
type DeniedError struct {
	Host string         // as the script named it
	Addr netip.AddrPort // what the name stands for, if it got that far
}

func (e *DeniedError) Error() string {
	if e.Addr.IsValid() && e.Addr.Addr().String() != canonical(e.Host) {
		return fmt.Sprintf("scripts may not reach %s, which is at %s", e.Host, e.Addr.Addr())
	}
	return fmt.Sprintf("scripts may not reach %s", e.Host)
}

// grant is what a policy makes of a host before its address is known.
type grant struct {
	policy *Policy
	host   string
	// any: the host was named, whatever its address; public: its domain was.
	any, public bool
	also        []grant
}

// Check refuses a host that no address could make reachable. port is a number in decimal.
func (p *Policy) Check(host, port string) error {
	_, err := p.grant(host, port)
	return err
}

func (p *Policy) grant(host, port string) (grant, error) {
	g := grant{policy: p, host: host}
	for _, other := range p.also {
		o, err := other.grant(host, port)
		if err != nil {
			return g, err
		}
		g.also = append(g.also, o)
	}
	plain := canonical(host)
	for _, n := range p.names {
		if n.port != "" && n.port != port {
			continue
		}
		switch {
		case n.subdomain:
			g.public = g.public || strings.HasSuffix(plain, "."+n.host)
		case plain == n.host:
			g.any = true
		}
	}
	if g.any || g.public || p.public || p.private || len(p.networks) > 0 {
		if a, err := netip.ParseAddr(plain); err == nil {
			return g, g.address(netip.AddrPortFrom(a, 0))
		}
		return g, nil
	}
	return g, &DeniedError{Host: host}
}

// address judges an address that the host's name stands for.
func (g grant) address(at netip.AddrPort) error {
	for _, o := range g.also {
		if err := o.address(at); err != nil {
			return err
		}
	}
	a := at.Addr().Unmap().WithZone("")
	public := isPublic(a)
	switch {
	case g.any,
		public && (g.public || g.policy.public),
		!public && g.policy.private,
		slices.ContainsFunc(g.policy.networks, func(n netip.Prefix) bool { return n.Contains(a) }):
		return nil
	}
	return &DeniedError{Host: g.host, Addr: at}
}

// dialTimeout bounds how long a connection takes to be made.
const dialTimeout = 30 * time.Second

// DialContext connects to a host that the policy allows. It is what an http.Transport and a WebSocket client dial with.
func (p *Policy) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	g, err := p.grant(host, port)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{
		Timeout: dialTimeout,
		// Called with each address that is about to be connected to, after the name was resolved.
		ControlContext: func(_ context.Context, _, resolved string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(resolved)
			if err != nil {
				return err
			}
			return g.address(at)
		},
	}
	return d.DialContext(ctx, network, address)
}

// special are the blocks of the IANA special-purpose address registries that netip has no method for. Those that hold
// IPv4 addresses in IPv6 ones are among them, since a gateway could lead to any.
var special = func() (list []netip.Prefix) {
	for _, block := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
		"5f00::/16", "fec0::/10",
	} {
		list = append(list, netip.MustParsePrefix(block))
	}
	return list
}()

// isPublic reports whether an address is one of the public Internet.
func isPublic(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !slices.ContainsFunc(special, func(b netip.Prefix) bool { return b.Contains(a) })
}
