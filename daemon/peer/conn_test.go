package peer

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"rowan/daemon/rate"
)

// listen accepts connections by the rules, and hands them on.
func listen(t *testing.T, rules Rules) (p *Peers, dial func(sent string) net.Conn, admitted chan net.Conn, refused chan Refusal) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	admitted, refused = make(chan net.Conn, 10), make(chan Refusal, 10)
	p = New(rules, func(why Refusal, _ netip.Addr) { refused <- why })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if c, ok := p.Accept(c); ok {
				admitted <- c
			}
		}
	}()
	t.Cleanup(func() { l.Close() })
	dial = func(sent string) net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if errors.Is(err, syscall.ECONNRESET) { // it was refused at once
			c, _ = net.Pipe()
			c.Close()
			return c
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		io.WriteString(c, sent)
		return c
	}
	return p, dial, admitted, refused
}

func TestAcceptLimits(t *testing.T) {
	p, dial, admitted, refused := listen(t, Rules{Connections: 2})
	dial("")
	dial("")
	first, second := <-admitted, <-admitted
	ended := dial("")
	if why := <-refused; why != TooMany {
		t.Errorf("refused for %v", why)
	}
	ended.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := ended.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
		t.Errorf("a connection too many reads %v", err)
	}
	first.Close()
	first.Close()
	dial("")
	third := <-admitted
	// One is taken over: it counts until its address leaves.
	below, _ := third.(*Conn).Unwrap()
	below.Close()
	dial("")
	<-refused
	third.RemoteAddr().(*Addr).Leave()
	dial("")
	(<-admitted).Close()
	second.Close()
	if n := p.Addresses(); n != 0 {
		t.Errorf("%d addresses are left", n)
	}
}

func TestAcceptRate(t *testing.T) {
	_, dial, admitted, refused := listen(t, Rules{Connects: rate.PerSecond(1, 3*time.Second)})
	for range 3 {
		dial("")
		(<-admitted).Close()
	}
	dial("")
	if why := <-refused; why != TooFast {
		t.Errorf("refused for %v", why)
	}
}

func TestAcceptExempt(t *testing.T) {
	for name, rules := range map[string]Rules{
		"exempt": {Connections: 1, Exempt: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
		"proxy":  {Connections: 1, Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
	} {
		p, dial, admitted, _ := listen(t, rules)
		for range 3 {
			dial("")
			<-admitted
		}
		if n := p.Addresses(); n != 0 {
			t.Errorf("%s: %d addresses are counted", name, n)
		}
	}
}

// version2 is the header of a TCP connection over IPv4.
func version2(client string, command byte) string {
	at := netip.MustParseAddrPort(client)
	b := []byte("\r\n\r\n\x00\r\nQUIT\n")
	b = append(b, 0x20|command, 0x11)
	b = binary.BigEndian.AppendUint16(b, 12)
	b = append(b, at.Addr().AsSlice()...)
	b = append(b, 127, 0, 0, 1)
	b = binary.BigEndian.AppendUint16(b, at.Port())
	return string(binary.BigEndian.AppendUint16(b, 80))
}

func TestProtocol(t *testing.T) {
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for name, test := range map[string]struct {
		header, remote string // remote: "" for the proxy's own
		refused        bool
	}{
		"version 1":         {"PROXY TCP4 1.2.3.4 127.0.0.1 5 80\r\n", "1.2.3.4:5", false},
		"version 1, IPv6":   {"PROXY TCP6 2001:db8::1 ::1 5 80\r\n", "[2001:db8::1]:5", false},
		"version 1, none":   {"PROXY UNKNOWN\r\n", "", false},
		"version 2":         {version2("1.2.3.4:5", 1), "1.2.3.4:5", false},
		"version 2, local":  {version2("1.2.3.4:5", 0), "", false},
		"none":              {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "", true},
		"too long":          {"PROXY TCP4 " + strings.Repeat("1", 200), "", true},
		"not an address":    {"PROXY TCP4 1.2.3 127.0.0.1 5 80\r\n", "", true},
		"nothing in time":   {"", "", true},
		"a part, then none": {version2("1.2.3.4:5", 1)[:20], "", true},
	} {
		t.Run(name, func(t *testing.T) {
			p, dial, admitted, refused := listen(t, Rules{Trusted: loopback, Protocol: true, HeaderTimeout: 100 * time.Millisecond, Connections: 1})
			sent := test.header
			if !test.refused {
				sent += "hello"
			}
			client := dial(sent)
			c := <-admitted
			remote, got := c.RemoteAddr().String(), make([]byte, 5)
			_, err := io.ReadFull(c, got)
			switch {
			case test.refused:
				if err == nil || <-refused != Malformed {
					t.Errorf("read %q, %v", got, err)
				}
			case err != nil || string(got) != "hello" || test.remote != "" && remote != test.remote || test.remote == "" && remote != client.LocalAddr().String():
				t.Errorf("from %s: %q, %v", remote, got, err)
			}
			c.Close()
			if n := p.Addresses(); n != 0 {
				t.Errorf("%d addresses are left", n)
			}
		})
	}
}

// The limits hold for the client that a proxy names.
func TestProtocolLimits(t *testing.T) {
	_, dial, admitted, refused := listen(t, Rules{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Protocol: true, HeaderTimeout: 10 * time.Second, Connections: 1})
	dial("PROXY TCP4 1.2.3.4 127.0.0.1 5 80\r\n")
	first := <-admitted
	first.RemoteAddr()
	dial("PROXY TCP4 1.2.3.4 127.0.0.1 6 80\r\nhello")
	second := <-admitted
	if _, err := second.Read(make([]byte, 5)); err == nil || <-refused != TooMany {
		t.Errorf("a second one reads %v", err)
	}
	first.Close()
	dial("PROXY TCP4 1.2.3.4 127.0.0.1 7 80\r\nhello")
	third := <-admitted
	if _, err := third.Read(make([]byte, 5)); err != nil {
		t.Errorf("one more when the first has gone: %v", err)
	}
}

// Addresses that come once do not stay for ever.
func TestTableForgets(t *testing.T) {
	var tab table
	rules := &Rules{Connects: rate.PerSecond(1000, time.Second)}
	for i := range 100_000 {
		a := netip.AddrFrom4([4]byte{1, byte(i >> 16), byte(i >> 8), byte(i)})
		at := rate.Time(i) * rate.Time(10*time.Microsecond)
		if _, ok := tab.enter(a, rules, at); !ok {
			t.Fatal("refused")
		}
		tab.leave(a, at) // it still owes a millisecond, in which there are a hundred others
	}
	if n := tab.len(); n > 3000 {
		t.Errorf("%d addresses are left", n)
	}
}

func BenchmarkAccept(b *testing.B) {
	p := New(Rules{Connections: 10, Connects: rate.PerSecond(1<<30, time.Hour)}, nil)
	at := netip.MustParseAddrPort("[2001:db8::1]:1")
	for b.Loop() {
		a, _ := p.enter(at, p.rules.Load(), true)
		a.Leave()
	}
}

func FuzzProtocol(f *testing.F) {
	f.Add([]byte("PROXY TCP4 1.2.3.4 127.0.0.1 5 80\r\nGET"))
	f.Add([]byte("PROXY UNKNOWN ffff\r\n"))
	f.Add([]byte(version2("1.2.3.4:5", 1) + "GET"))
	f.Add([]byte(version2("1.2.3.4:5", 0)))
	f.Fuzz(func(t *testing.T, sent []byte) {
		r := bufio.NewReader(bytes.NewReader(sent))
		client, err := readHeader(r)
		rest, _ := io.ReadAll(r)
		if err == nil && !bytes.HasSuffix(sent, rest) {
			t.Errorf("%q is left of %q", rest, sent)
		}
		if err == nil && client.IsValid() && client.Addr().Is4In6() {
			t.Errorf("client %v", client)
		}
	})
}
