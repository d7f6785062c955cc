package daemon

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"rowan/daemon/config"
	"rowan/daemon/front"
	"rowan/daemon/peer"
	"rowan/daemon/rate"
)

// peerRules are what the settings say of proxies and of how much one address may have.
func peerRules(c *config.Config) (rules peer.Rules, err error) {
	if rules.Trusted, err = peer.ParseNetworks(c.Proxy.Trusted); err != nil {
		return rules, fmt.Errorf("trusted in [proxy]: %w", err)
	}
	if rules.Exempt, err = peer.ParseNetworks(c.Limits.Exempt); err != nil {
		return rules, fmt.Errorf("exempt in [limits]: %w", err)
	}
	rules.Standard = c.Proxy.Header == "forwarded"
	rules.Protocol = c.Proxy.Protocol
	rules.HeaderTimeout = time.Duration(c.HTTP.HeaderTimeout)
	rules.Connections = int(c.Limits.ConnectionsPerAddress)
	perSecond := int(c.Limits.ConnectsPerSecond)
	rules.Connects = rate.PerSecond(perSecond, time.Second*time.Duration(rules.Connections)/time.Duration(perSecond))
	return rules, nil
}

// refusals is how long nothing is said of addresses that are refused, after it was said.
const refusals = time.Minute

// peerRefused takes note of an address that is not admitted.
func (s *Server) peerRefused(why peer.Refusal, a netip.Addr) {
	if !s.refusals.due(refusals) {
		return
	}
	reason := "it has as many as connections_per_address in [limits]"
	switch why {
	case peer.TooFast:
		reason = "there are more than connects_per_second in [limits]"
	case peer.Malformed:
		reason = "they do not begin with a header of the PROXY protocol, as protocol in [proxy] demands"
	}
	s.log.Warn(fmt.Sprintf("connections of %s are refused: %s; a proxy belongs into trusted in [proxy]", a, reason))
}

// clientKey is where a request's context has the *peer.Addr of a client that came by a proxy, which a session takes over.
type clientKey struct{}

// arrive finds out who sends a request, and bounds the time for its body. Without ok it has been answered. leave is to be called at its end.
func (s *Server) arrive(w http.ResponseWriter, r *http.Request) (request *http.Request, leave func(), ok bool) {
	claimed := peer.Forwards(r.Header)
	client, ok := s.peers.Client(r)
	if !ok {
		w.Header().Set("Retry-After", retryAfter)
		http.Error(w, "too many connections", http.StatusTooManyRequests)
		return r, nil, false
	}
	if !s.ownHost(r.Host) {
		if client != nil {
			client.Leave()
		}
		http.Error(w, "this server is not "+r.Host+": its names are hosts in [http]", http.StatusMisdirectedRequest)
		return r, nil, false
	}
	timeBody(w, r, time.Duration(s.opts.Config.HTTP.BodyTimeout))
	if client == nil {
		if claimed && len(s.settings().Proxy.Trusted) == 0 && s.hinted.due(never) {
			s.log.Warn(fmt.Sprintf("a request from %s says that it was forwarded; if that is a proxy of yours, name it as trusted in [proxy], so that the client's address is known", r.RemoteAddr))
		}
		return r, func() {}, true
	}
	if r.ProtoMajor > 1 { // nothing of it outlives the request
		return r, client.Leave, true
	}
	return r.WithContext(context.WithValue(r.Context(), clientKey{}, client)), client.Leave, true
}

// ownHost reports whether a request is for this server, by the host that it names. A page that reaches it by a name of its own, which it has
// pointed here, would count as one of the server's; developers' machines are found that way.
func (s *Server) ownHost(host string) bool {
	names := s.opts.Config.HTTP.Hosts
	if len(names) == 0 && !s.opts.Dev {
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if len(names) == 0 {
		if _, err := netip.ParseAddr(host); err == nil {
			return true
		}
		names = config.Names{"localhost", "*.localhost"}
	}
	return slices.ContainsFunc(names, func(name string) bool {
		parent, below := strings.CutPrefix(strings.ToLower(name), "*")
		return host == parent || below && strings.HasSuffix(host, parent)
	})
}

// admits reports whether the page that a request comes from may connect, by the origins of a table of the settings. That it may not,
// its browser tells nobody but its console, and there without a reason.
func (s *Server) admits(origins front.Origins, r *http.Request, table string) bool {
	if origins.Allow(r) {
		return true
	}
	if s.foreign.due(refusals) {
		s.log.Warn(fmt.Sprintf("pages of %q may not open sockets at %q; if they are yours, name them in origins of [%s]", r.Header.Get("Origin"), r.Host, table))
	}
	return false
}

// upgrade answers a handshake. The connection counts for its client until leave.
func upgrade(w http.ResponseWriter, r *http.Request, opts front.UpgradeOptions) (*front.Conn, error) {
	client, proxied := r.Context().Value(clientKey{}).(*peer.Addr)
	if !proxied {
		return front.Upgrade(w, r, opts)
	}
	client = client.HandOver()
	opts.Remote = client
	conn, err := front.Upgrade(w, r, opts)
	if err != nil {
		client.Leave()
	}
	return conn, err
}

// upgradeSession is upgrade for a session of an app.
func (s *Server) upgradeSession(w http.ResponseWriter, r *http.Request, a *app, header http.Header) (*front.Conn, error) {
	return upgrade(w, r, front.UpgradeOptions{Options: a.front, Protocols: offered(r), Origins: a.origins, Header: header})
}

// leave ends what a connection counts for its client.
func leave(c *front.Conn) {
	if a, ok := c.RemoteAddr().(*peer.Addr); ok {
		a.Leave()
	}
}
