package netguard

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		entries    string
		host, port string
		allowed    bool
	}{
		{"", "example.com", "443", false},
		{"public", "example.com", "443", true}, // as far as its name goes
		{"public", "93.184.216.34", "80", true},
		{"public", "127.0.0.1", "80", false},
		{"public", "[::1]", "80", false},
		{"public", "::ffff:127.0.0.1", "80", false},
		{"public", "169.254.169.254", "80", false},
		{"public", "10.0.0.1", "80", false},
		{"public", "100.100.100.200", "80", false},
		{"public", "64:ff9b::7f00:1", "80", false},
		{"public", "2002:7f00:1::", "80", false},
		{"public", "0.0.0.0", "80", false},
		{"public", "fe80::1%eth0", "80", false},
		{"public", "2606:2800:220:1:248:1893:25c8:1946", "80", true},
		{"private", "10.0.0.1", "80", true},
		{"private", "93.184.216.34", "80", false},
		{"10.1.0.0/16", "10.1.2.3", "80", true},
		{"10.1.0.0/16", "10.2.2.3", "80", false},
		{"example.com", "example.com", "80", true},
		{"Example.COM", "EXAMPLE.com.", "80", true},
		{"example.com", "www.example.com", "80", false},
		{"example.com", "93.184.216.34", "80", false},
		{"example.com:8080", "example.com", "8080", true},
		{"example.com:8080", "example.com", "80", false},
		{"*.example.com", "www.example.com", "80", true},
		{"*.example.com", "a.b.example.com", "80", true},
		{"*.example.com", "example.com", "80", false},
		{"*.example.com", "notexample.com", "80", false},
		{"127.0.0.1:3000", "127.0.0.1", "3000", true},
		{"127.0.0.1:3000", "127.0.0.1", "3001", false},
		{"::1", "[::1]", "80", true},
		{"[::1]:80", "[0:0::1]", "80", true},
	}
	for _, test := range tests {
		p, err := Parse(strings.Fields(test.entries))
		if err != nil {
			t.Errorf("Parse(%q): %v", test.entries, err)
			continue
		}
		if err := p.Check(test.host, test.port); (err == nil) != test.allowed {
			t.Errorf("Parse(%q).Check(%s, %s) = %v, want allowed: %t", test.entries, test.host, test.port, err, test.allowed)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, entry := range []string{"", "*", "10.0.0.0/99", "a b", "http://example.com", "*.*.com", "user@host"} {
		if _, err := Parse([]string{entry}); err == nil {
			t.Errorf("Parse(%q) does not fail", entry)
		}
	}
}

// A name is judged by what it resolves to, not by how it looks.
func TestAddressOfName(t *testing.T) {
	loopback := netip.MustParseAddrPort("127.0.0.1:80")
	for entries, allowed := range map[string]bool{
		"public": false, "private": true, "rebound.example": true, "*.example": false, "*.example 127.0.0.0/8": true,
	} {
		p, _ := Parse(strings.Fields(entries))
		g, err := p.grant("rebound.example", "80")
		if err != nil {
			t.Errorf("%s refuses the name: %v", entries, err)
			continue
		}
		if err := g.address(loopback); (err == nil) != allowed {
			t.Errorf("%s: %v, want allowed: %t", entries, err, allowed)
		}
	}
}

func TestDialContext(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())

	var denied *DeniedError
	if _, err := Public().DialContext(t.Context(), "tcp", net.JoinHostPort("localhost", port)); !errors.As(err, &denied) {
		t.Errorf("the public policy reached localhost: %v", err)
	}
	for _, p := range []*Policy{Everything(), must(Parse([]string{"localhost:" + port})), must(Parse([]string{"127.0.0.0/8", "::1"}))} {
		c, err := p.DialContext(t.Context(), "tcp", net.JoinHostPort("localhost", port))
		if err != nil {
			t.Errorf("localhost: %v", err)
			continue
		}
		c.Close()
	}
}

func must(p *Policy, err error) *Policy {
	if err != nil {
		panic(err)
	}
	return p
}

// What All makes allows what each of its lists does.
func TestAll(t *testing.T) {
	p, err := All([]string{"public", "private"}, []string{"127.0.0.1", "*.example.com"}, []string{"127.0.0.0/8", "public"})
	if err != nil {
		t.Fatal(err)
	}
	for host, allowed := range map[string]bool{"127.0.0.1": true, "127.0.0.2": false, "10.0.0.1": false, "93.184.216.34": false, "a.example.com": true, "example.com": false} {
		if err := p.Check(host, "80"); (err == nil) != allowed {
			t.Errorf("%s: %v", host, err)
		}
	}
	if _, err := All([]string{"public"}, []string{"a b"}); err == nil {
		t.Error("no error for a host that is none")
	}
	none, err := All()
	if err != nil || none.Check("example.com", "443") == nil {
		t.Errorf("no list at all allows something: %v", err)
	}
}
