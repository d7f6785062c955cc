// Package peer knows who is at the other end of a connection: the client, also where proxies stand between, and how many connections
// its address has.
//
//	peers := peer.New(peer.Rules{Trusted: proxies, Connections: 1000})
//	conn, ok := peers.Accept(tcp)      // of a listener; false: refused, and closed
//	client, ok := peers.Client(r)      // of a request: who sends it, told by the proxies that are trusted
//
// An address is admitted by being counted, and is counted until [Addr.Leave]. IPv6 addresses count by their /64, which is what one
// subscriber has.
package peer

import (
	"net/netip"
	"sync/atomic"
	"time"

	"rowan/daemon/rate"
)

// Rules say who is believed, and how much one address may have. They are not changed once they are in use.
type Rules struct {
	// Trusted are the networks of proxies that are believed what they say of the client. What comes from them is counted for the
	// client.
	Trusted []netip.Prefix

	// Standard has the header Forwarded (RFC 7239) read in place of X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host. A proxy
	// that writes the one lets through what a client has written into the other.
	Standard bool

	// Protocol says that trusted proxies begin each connection with a header of the PROXY protocol, version 1 or 2.
	Protocol bool

	// HeaderTimeout is the time for that header to come.
	HeaderTimeout time.Duration

	// Connections is how many one address may have at a time; 0: any number.
	Connections int

	// Connects is how many connections one address may begin.
	Connects rate.Limit

	// Exempt are the networks whose addresses are not limited.
	Exempt []netip.Prefix
}

// trusts reports whether an address is a proxy's.
func (r *Rules) trusts(a netip.Addr) bool { return contains(r.Trusted, a) }

func contains(list []netip.Prefix, a netip.Addr) bool {
	for _, n := range list {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// Peers counts the connections of each address. Its methods may be called from any goroutine.
type Peers struct {
	rules   atomic.Pointer[Rules]
	refused func(why Refusal, a netip.Addr)
	table   table
	counts  [refusals]atomic.Int64
}

// A Refusal is why an address has not been admitted.
type Refusal int

// The reasons.
const (
	TooMany   Refusal = iota // Rules.Connections
	TooFast                  // Rules.Connects
	Malformed                // no header of the PROXY protocol, where there must be one
	refusals
)

func (r Refusal) String() string { return [...]string{"too_many", "too_fast", "malformed"}[r] }

// New makes one without connections. refused is told of each refusal; it may be called from any goroutine.
func New(rules Rules, refused func(why Refusal, a netip.Addr)) *Peers {
	p := &Peers{refused: refused}
	p.rules.Store(&rules)
	return p
}

// SetRules changes what holds from now on. Who has more connections than that keeps them.
func (p *Peers) SetRules(rules Rules) { p.rules.Store(&rules) }

// Refused returns how often each reason has refused someone.
func (p *Peers) Refused() map[Refusal]int64 {
	counts := map[Refusal]int64{}
	for why := range p.counts {
		counts[Refusal(why)] = p.counts[why].Load()
	}
	return counts
}

func (p *Peers) refuse(why Refusal, a netip.Addr) {
	p.counts[why].Add(1)
	p.refused(why, a)
}

// Addresses is how many addresses are counted.
func (p *Peers) Addresses() int { return p.table.len() }

// Addr is the address of a client that is counted until it leaves. It is a net.Addr.
type Addr struct {
	netip.AddrPort
	peers *Peers // nil: not counted
	left  atomic.Bool
}

// Network is "tcp".
func (a *Addr) Network() string { return "tcp" }

// Leave ends the count. Further calls do nothing.
func (a *Addr) Leave() {
	if a.peers != nil && !a.left.Swap(true) {
		a.peers.table.leave(key(a.Addr()), now())
	}
}

// HandOver returns an Addr that counts in place of a, for something that outlives what a counts: to a, Leave does nothing any more.
func (a *Addr) HandOver() *Addr {
	heir := &Addr{AddrPort: a.AddrPort, peers: a.peers}
	heir.left.Store(a.left.Swap(true))
	return heir
}

// enter counts an address, if it may have one more connection. A fresh one is begun now, and counts for how fast they are begun.
func (p *Peers) enter(at netip.AddrPort, rules *Rules, fresh bool) (*Addr, bool) {
	a := at.Addr()
	if contains(rules.Exempt, a) {
		return &Addr{AddrPort: at}, true
	}
	asked := *rules
	if !fresh {
		asked.Connects = rate.Limit{}
	}
	if why, ok := p.table.enter(key(a), &asked, now()); !ok {
		p.refuse(why, a)
		return nil, false
	}
	return &Addr{AddrPort: at, peers: p}, true
}

// key is what an address counts as.
func key(a netip.Addr) netip.Addr {
	if a.Is4() {
		return a
	}
	n, _ := a.WithZone("").Prefix(64)
	return n.Addr()
}

func now() rate.Time { return rate.At(time.Now()) }
