package peer

import (
	"net/http"
	"net/netip"
	"strings"
)

// Client finds out who has sent a request, and what for: r.RemoteAddr becomes the client's address, r.Host what it has asked for, and
// r.URL.Scheme "http" or "https". From trusted proxies these are as the proxies' headers say, from others as the connection is.
//
// A request that has come by a trusted proxy, and one by HTTP/2, of which a connection has many, counts for the client's address until it
// leaves. client is nil for others, which their connection counts for. ok is false if the address may have no more.
func (p *Peers) Client(r *http.Request) (client *Addr, ok bool) {
	r.URL.Scheme = "http"
	if r.TLS != nil {
		r.URL.Scheme = "https"
	}
	rules := p.rules.Load()
	if len(rules.Trusted) == 0 && r.ProtoMajor < 2 {
		return nil, true
	}
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	switch {
	case err != nil:
		return nil, true
	case rules.trusts(at.Addr().Unmap()):
	case r.ProtoMajor < 2:
		return nil, true
	default:
		return p.enter(netip.AddrPortFrom(at.Addr().Unmap(), at.Port()), rules, false)
	}
	var said forwarded
	if rules.Standard {
		said = standard(r.Header, rules)
	} else {
		said = conventional(r.Header, rules)
	}
	if said.client.IsValid() {
		at = said.client
		r.RemoteAddr = at.String()
	}
	if said.scheme != "" {
		r.URL.Scheme = said.scheme
	}
	if said.host != "" {
		r.Host = said.host
	}
	if rules.trusts(at.Addr().Unmap()) { // the proxy's own, or one of its network
		return nil, true
	}
	return p.enter(netip.AddrPortFrom(at.Addr().Unmap(), at.Port()), rules, false)
}

// Hold counts the client that has sent a request, after Client, for something that is begun by it and stays when its connection has gone. ok
// is false if the address may have no more.
func (p *Peers) Hold(r *http.Request) (client *Addr, ok bool) {
	rules := p.rules.Load()
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	at = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	if err != nil || rules.trusts(at.Addr()) {
		return &Addr{AddrPort: at}, true
	}
	return p.enter(at, rules, true)
}

// Forwards reports whether a request claims to come by a proxy.
func Forwards(h http.Header) bool { return h["X-Forwarded-For"] != nil || h["Forwarded"] != nil }

// forwarded is what proxies say of a request. What they do not say, or not so that it can be believed, is zero.
type forwarded struct {
	client netip.AddrPort // port 0: not said
	scheme string
	host   string
}

// hops is how many proxies a request is followed back through. What a client has written before is of no use anyway.
const hops = 32

// conventional reads X-Forwarded-For, from its end, where the nearest proxy has written: the first address that is no trusted proxy's is
// the client's. The other two say what the nearest proxy has been asked.
func conventional(h http.Header, rules *Rules) (f forwarded) {
	back(h["X-Forwarded-For"], false, func(item string) (further bool) {
		at, ok := parseNode(item)
		if ok {
			f.client = at
		}
		return ok && rules.trusts(at.Addr())
	})
	back(h["X-Forwarded-Proto"], false, func(item string) bool { f.scheme = schemeOf(item); return false })
	back(h["X-Forwarded-Host"], false, func(item string) bool { f.host = hostOf(item); return false })
	return f
}

// standard reads Forwarded, from its end. Scheme and host are those of the request that the client has sent, as the proxy says that
// has taken it.
func standard(h http.Header, rules *Rules) (f forwarded) {
	back(h["Forwarded"], true, func(element string) (further bool) {
		var said forwarded
		named := false
		for pair := range pairsOf(element) {
			name, text, _ := strings.Cut(strings.TrimSpace(pair), "=")
			text, ok := unquote(text)
			if !ok {
				return false
			}
			switch strings.ToLower(name) {
			case "for":
				said.client, named = parseNode(text)
			case "proto":
				said.scheme = schemeOf(text)
			case "host":
				said.host = hostOf(text)
			}
		}
		if !named { // a proxy that does not tell: nothing before is any trusted one's word
			if f == (forwarded{}) {
				f.scheme, f.host = said.scheme, said.host
			}
			return false
		}
		f = said
		return rules.trusts(said.client.Addr())
	})
	return f
}

// back calls f with the items of a header's lists, from the last on, while it asks for more.
func back(lines []string, quotes bool, f func(item string) (further bool)) {
	left := hops
	for i := len(lines) - 1; i >= 0; i-- {
		for rest, more := lines[i], true; more; left-- {
			var item string
			rest, item, more = cutLast(rest, quotes)
			if left == 0 || !f(strings.TrimSpace(item)) {
				return
			}
		}
	}
}

// cutLast cuts the last item off a list: what follows the last comma, with quotes the last one that does not stand within them. It looks from
// the end, since who has written first may have begun quotes that swallow what a proxy has added.
func cutLast(list string, quotes bool) (rest, item string, more bool) {
	quoted := false
	for i := len(list) - 1; i >= 0; i-- {
		switch c := list[i]; {
		case c == ',' && !quoted:
			return list[:i], list[i+1:], true
		case c == '"' && quotes && !(quoted && escaped(list[:i])):
			quoted = !quoted
		}
	}
	return "", list, false
}

// escaped reports whether what follows s is escaped: by a backslash that is none of an escaped one.
func escaped(s string) bool { return (len(s)-len(strings.TrimRight(s, `\`)))%2 == 1 }

// pairsOf splits at semicolons that do not stand within quotes.
func pairsOf(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		quoted, begin := false, 0
		for i := 0; i < len(s); i++ {
			switch c := s[i]; {
			case quoted && c == '\\':
				i++
			case c == '"':
				quoted = !quoted
			case c == ';' && !quoted:
				if !yield(s[begin:i]) {
					return
				}
				begin = i + 1
			}
		}
		yield(s[begin:])
	}
}

// unquote is the value of a pair: a token, or a quoted string (RFC 9110, section 5.6.4).
func unquote(s string) (string, bool) {
	inner, quoted := strings.CutPrefix(s, `"`)
	if !quoted {
		return s, !strings.Contains(s, `"`)
	}
	inner, ended := strings.CutSuffix(inner, `"`)
	if !ended {
		return "", false
	}
	if !strings.Contains(inner, `\`) {
		return inner, true
	}
	var b strings.Builder
	for i := 0; i < len(inner); i++ {
		if inner[i] == '\\' {
			if i++; i == len(inner) {
				return "", false
			}
		}
		b.WriteByte(inner[i])
	}
	return b.String(), true
}

// parseNode parses an address, IPv6 with or without brackets, which may have a port. "unknown" and made-up names are none.
func parseNode(s string) (at netip.AddrPort, ok bool) {
	if a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")); err == nil {
		return netip.AddrPortFrom(a.WithZone("").Unmap(), 0), true
	}
	at, err := netip.ParseAddrPort(s)
	return netip.AddrPortFrom(at.Addr().WithZone("").Unmap(), at.Port()), err == nil
}

func schemeOf(s string) string {
	switch s = strings.ToLower(s); s {
	case "http", "https":
		return s
	case "ws":
		return "http"
	case "wss":
		return "https"
	}
	return ""
}

// hostOf is s if it can be a host with or without a port, of characters that cannot become another part of a URL.
func hostOf(s string) string {
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '.', c == '-', c == '_', c == ':', c == '[', c == ']':
		default:
			return ""
		}
	}
	return s
}
