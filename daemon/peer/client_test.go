package peer

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func TestClient(t *testing.T) {
	tests := []struct {
		name, from string
		header     http.Header
		standard   bool
		want       string // address, scheme and host
	}{
		{"nothing said", "10.0.0.1:5", nil, false, "10.0.0.1:5 http own"},
		{"from someone", "1.2.3.4:5", http.Header{"X-Forwarded-For": {"9.9.9.9"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"evil"}}, false, "1.2.3.4:5 http own"},
		{"from a proxy", "10.0.0.1:5", http.Header{"X-Forwarded-For": {"1.2.3.4"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"example.com:8443"}}, false, "1.2.3.4:0 https example.com:8443"},
		{"a mapped proxy", "[::ffff:10.0.0.1]:5", http.Header{"X-Forwarded-For": {"1.2.3.4"}}, false, "1.2.3.4:0 http own"},
		{"forged before", "10.0.0.1:5", http.Header{"X-Forwarded-For": {"9.9.9.9, 1.2.3.4"}, "X-Forwarded-Proto": {"https, http"}, "X-Forwarded-Host": {"evil, example.com"}}, false, "1.2.3.4:0 http example.com"},
		{"forged in a line before", "10.0.0.1:5", http.Header{"X-Forwarded-For": {"9.9.9.9", "1.2.3.4"}}, false, "1.2.3.4:0 http own"},
		{"two proxies", "10.0.0.1:5", http.Header{"X-Forwarded-For": {"9.9.9.9, 1.2.3.4, 10.0.0.2"}}, false, "1.2.3.4:0 http own"},
		{"quotes before", "10.0.0.1:5", http.Header{"X-Forwarded-For": {`", 1.2.3.4`}, "X-Forwarded-Proto": {`", https`}, "X-Forwarded-Host": {`", example.com`}}, false, "1.2.3.4:0 https example.com"},
		{"all are proxies", "10.0.0.1:5", http.Header{"X-Forwarded-For": {"10.0.0.3, 10.0.0.2"}}, false, "10.0.0.3:0 http own"},
		{"not an address", "10.0.0.1:5", http.Header{"X-Forwarded-For": {"1.2.3.4, unknown"}}, false, "10.0.0.1:5 http own"},
		{"nonsense behind a proxy", "10.0.0.1:5", http.Header{"X-Forwarded-For": {"x, 10.0.0.2"}}, false, "10.0.0.2:0 http own"},
		{"IPv6", "10.0.0.1:5", http.Header{"X-Forwarded-For": {"2001:db8::1"}}, false, "[2001:db8::1]:0 http own"},
		{"IPv6 in brackets, with a port", "10.0.0.1:5", http.Header{"X-Forwarded-For": {"[2001:db8::1]:80"}}, false, "[2001:db8::1]:80 http own"},
		{"a zone", "10.0.0.1:5", http.Header{"X-Forwarded-For": {"fe80::1%eth0"}}, false, "[fe80::1]:0 http own"},
		{"no scheme, no host", "10.0.0.1:5", http.Header{"X-Forwarded-Proto": {"javascript"}, "X-Forwarded-Host": {"evil/path?"}}, false, "10.0.0.1:5 http own"},
		{"the standard is not asked for", "10.0.0.1:5", http.Header{"Forwarded": {"for=1.2.3.4"}}, false, "10.0.0.1:5 http own"},

		{"standard", "10.0.0.1:5", http.Header{"Forwarded": {`for=1.2.3.4;proto=https;host=example.com`}}, true, "1.2.3.4:0 https example.com"},
		{"standard, X-Forwarded-For forged", "10.0.0.1:5", http.Header{"X-Forwarded-For": {"9.9.9.9"}, "Forwarded": {`for=1.2.3.4`}}, true, "1.2.3.4:0 http own"},
		{"standard, quoted", "10.0.0.1:5", http.Header{"Forwarded": {`For="[2001:db8:cafe::17]:4711"; Host="a.b"`}}, true, "[2001:db8:cafe::17]:4711 http a.b"},
		{"standard, two proxies", "10.0.0.1:5", http.Header{"Forwarded": {`for=9.9.9.9;host=evil, for=1.2.3.4;proto=https`, `for="10.0.0.2:80";proto=http`}}, true, "1.2.3.4:0 https own"},
		{"standard, hidden", "10.0.0.1:5", http.Header{"Forwarded": {`for=9.9.9.9, for=_hidden;proto=https`}}, true, "10.0.0.1:5 https own"},
		{"standard, a comma in quotes", "10.0.0.1:5", http.Header{"Forwarded": {`for=1.2.3.4;by="a, for=9.9.9.9"`}}, true, "1.2.3.4:0 http own"},
		{"standard, quotes that do not end", "10.0.0.1:5", http.Header{"Forwarded": {`for=1.2.3.4, for="9.9.9.9`}}, true, "10.0.0.1:5 http own"},
		{"standard, quotes before", "10.0.0.1:5", http.Header{"Forwarded": {`for=", for=1.2.3.4;proto=https`}}, true, "1.2.3.4:0 https own"},
		{"standard, quotes and a backslash before", "10.0.0.1:5", http.Header{"Forwarded": {`for="\, for="1.2.3.4"`}}, true, "1.2.3.4:0 http own"},
		{"standard, quotes in quotes", "10.0.0.1:5", http.Header{"Forwarded": {`for=9.9.9.9, for=1.2.3.4;by="a\", for=8.8.8.8;by=\"\\"`}}, true, "1.2.3.4:0 http own"},
		{"standard, escaped", "10.0.0.1:5", http.Header{"Forwarded": {`for="1.2.\3.4"`}}, true, "1.2.3.4:0 http own"},
	}
	for _, test := range tests {
		p := New(Rules{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Standard: test.standard}, nil)
		r, _ := http.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Host, r.Header = test.from, "own", test.header
		client, ok := p.Client(r)
		if got := r.RemoteAddr + " " + r.URL.Scheme + " " + r.Host; got != test.want || !ok {
			t.Errorf("%s: %s, %v; want %s", test.name, got, ok, test.want)
		}
		if client != nil && client.String() != r.RemoteAddr {
			t.Errorf("%s: counted is %v", test.name, client)
		}
	}
}

// A client that is forwarded has the limits of one that is not.
func TestClientIsCounted(t *testing.T) {
	var refused []Refusal
	p := New(Rules{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Connections: 2}, func(why Refusal, _ netip.Addr) { refused = append(refused, why) })
	ask := func(client string) (*Addr, bool) {
		r, _ := http.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Header = "10.0.0.1:5", http.Header{"X-Forwarded-For": {client}}
		return p.Client(r)
	}
	first, _ := ask("2001:db8::1")
	ask("2001:db8::3")
	if _, ok := ask("2001:db8::2"); ok || p.Refused()[TooMany] != 1 {
		t.Errorf("a third one of a /64: %v, refused %v", ok, refused)
	}
	if _, ok := ask("2001:db8:0:1::"); !ok {
		t.Error("another network is refused")
	}
	heir := first.HandOver()
	first.Leave()
	if _, ok := ask("2001:db8::2"); ok {
		t.Error("what was handed over no longer counts")
	}
	heir.Leave()
	heir.Leave()
	if _, ok := ask("2001:db8::2"); !ok {
		t.Error("one has left, and another is refused")
	}
}

// Of a connection with HTTP/2 each request counts, and of one with HTTP/1 the connection alone.
func TestRequestsOfHTTP2AreCounted(t *testing.T) {
	p := New(Rules{Connections: 2}, func(Refusal, netip.Addr) {})
	ask := func(proto int) (*Addr, bool) {
		r, _ := http.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.ProtoMajor = "1.2.3.4:5", proto
		return p.Client(r)
	}
	first, _ := ask(2)
	ask(2)
	if _, ok := ask(2); ok {
		t.Error("a third request is admitted")
	}
	if client, ok := ask(1); client != nil || !ok {
		t.Errorf("one with HTTP/1: %v, %v", client, ok)
	}
	first.Leave()
	if _, ok := ask(2); !ok {
		t.Error("one more is refused when the first has been answered")
	}
}

func FuzzForwarded(f *testing.F) {
	for _, s := range []string{`for="[2001:db8::1]:80";proto=https;host=a, for=10.0.0.1`, "1.2.3.4, 10.0.0.1", `for="\`, `;;,,=="`, "https", "[::1", strings.Repeat("10.0.0.1,", 100)} {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, client, proto, host string) {
		for _, standard := range []bool{false, true} {
			p := New(Rules{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Standard: standard, Connections: 1}, func(Refusal, netip.Addr) {})
			r, _ := http.NewRequest("GET", "/", nil)
			r.RemoteAddr, r.Host = "10.0.0.1:5", "own"
			r.Header = http.Header{"X-Forwarded-For": {client}, "X-Forwarded-Proto": {proto}, "X-Forwarded-Host": {host}, "Forwarded": {client, proto, host}}
			c, ok := p.Client(r)
			if _, err := netip.ParseAddrPort(r.RemoteAddr); err != nil || !ok {
				t.Errorf("from %q, %v", r.RemoteAddr, ok)
			}
			if r.URL.Scheme != "http" && r.URL.Scheme != "https" || strings.ContainsAny(r.Host, "/?#@\\ \t\r\n") || r.Host == "" {
				t.Errorf("scheme %q, host %q", r.URL.Scheme, r.Host)
			}
			if c != nil {
				c.Leave()
			}
			if p.Addresses() != 0 {
				t.Errorf("%d addresses are left", p.Addresses())
			}
		}
	})
}
