package daemon_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"rowan/daemon"
	"rowan/daemon/config"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// whoIs tells whoever asks who they are, by HTTP, in a session, and in a channel.
const whoIs = `
-- app.ts --
export default {
	fetch(request, server) {
		if (new URL(request.url).pathname === "/session" && server.upgrade(request)) return;
		const ip = server.requestIP(request);
		return new Response(ip.address + " " + ip.family + " " + request.url);
	},
	websocket: { open(ws) { ws.send(ws.remoteAddress + " " + ws.url); } },
	connect(_, info) { return { who: info.remoteAddress + " " + info.url }; },
	channels: { "who": { join(socket) { return socket.assigns.who; } } },
};
`

// limits has a server's [limits] and [proxy] as a test wants them.
func limits(change func(l *config.Limits, p *config.Proxy)) daemontest.Option {
	return daemontest.Configure(func(c *config.Config) { change(&c.Limits, &c.Proxy) })
}

// dialUntilTaken opens a session when another one has ended, of which the server hears in a moment.
func dialUntilTaken(t *testing.T, s *daemontest.Server, dialer ws.Dialer) {
	t.Helper()
	dialUntil(t, func() error {
		c, err := wstest.TryDial(t, s.URL()+"session", dialer)
		if err == nil {
			c.Next()
		}
		return err
	})
}

func TestHosts(t *testing.T) {
	ip := func(s *daemontest.Server) string { return s.Addr().String() }
	for name, test := range map[string]struct {
		option       daemontest.Option
		own, foreign []string
	}{
		"any":   {func(*daemon.Options) {}, []string{"", "evil.example"}, nil},
		"dev":   {daemontest.Dev, []string{"", "localhost:1", "app.localhost", "[::1]:80", "[::1]"}, []string{"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "notlocalhost"}},
		"named": {daemontest.Configure(func(c *config.Config) { c.HTTP.Hosts = config.Names{"Example.com", "*.family.example"} }), []string{"example.com", "EXAMPLE.COM.:80", "a.family.example"}, []string{"", "localhost", "family.example", "evil.example", "xexample.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := daemontest.Serve(t, whoIs, test.option)
			status := func(host string) int {
				r, _ := http.NewRequest("GET", s.URL(), nil)
				if r.Host = host; host == "" {
					r.Host = ip(s)
				}
				resp, err := client(t).Do(r)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				return resp.StatusCode
			}
			for _, host := range test.own {
				if got := status(host); got != 200 {
					t.Errorf("%q has status %d", host, got)
				}
			}
			for _, host := range test.foreign {
				if got := status(host); got != 421 {
					t.Errorf("%q has status %d", host, got)
				}
			}
		})
	}
}

func TestForwardedIsBelievedOfTrustedProxies(t *testing.T) {
	for name, test := range map[string]struct {
		trusted []string
		want    string // %s is the server's own host
	}{
		"of nobody":   {nil, "127.0.0.1 IPv4 http://%s/a?b"},
		"of this one": {[]string{"127.0.0.1"}, "2001:db8::7 IPv6 https://example.com/a?b"},
		"of another":  {[]string{"10.0.0.0/8"}, "127.0.0.1 IPv4 http://%s/a?b"},
	} {
		t.Run(name, func(t *testing.T) {
			s := daemontest.Serve(t, whoIs, limits(func(_ *config.Limits, p *config.Proxy) { p.Trusted = test.trusted }))
			want := strings.Replace(test.want, "%s", s.Addr().String(), 1)
			said := []string{"X-Forwarded-For", "6.6.6.6, 2001:db8::7", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "example.com"}
			if _, body := ask(t, client(t), "GET", s.URL()+"a?b", "", said...); body != want {
				t.Errorf("a request is %q, want %q", body, want)
			}
			header := http.Header{}
			for i := 0; i < len(said); i += 2 {
				header.Set(said[i], said[i+1])
			}
			want = strings.Replace(strings.ReplaceAll(strings.ReplaceAll(want, " IPv4", ""), " IPv6", ""), "/a?b", "/session", 1)
			c := wstest.DialWith(t, s.URL()+"session", ws.Dialer{Header: ws.HandshakeHeaderHTTP(header)})
			c.Expect(want)
			c = wstest.DialWith(t, s.URL()+"socket/websocket?vsn=2.0.0", ws.Dialer{Header: ws.HandshakeHeaderHTTP(header)})
			c.Send(`["1","1","who","phx_join",{}]`)
			want = strings.Replace(want, "/session", "/socket/websocket?vsn=2.0.0", 1)
			c.Expect(`["1","1","who","phx_reply",{"response":"` + want + `","status":"ok"}]`)
			if test.trusted == nil {
				s.WaitLog("127.0.0.1", "name it as trusted in [proxy]")
			}
		})
	}
}

func TestConnectionsPerAddress(t *testing.T) {
	s := daemontest.Serve(t, whoIs, limits(func(l *config.Limits, _ *config.Proxy) { l.ConnectionsPerAddress, l.Exempt = 3, nil }))
	var open []*wstest.Client
	for range 3 {
		c := s.DialPath("/session")
		c.Next()
		open = append(open, c)
	}
	if _, err := wstest.TryDial(t, s.URL()+"session", ws.Dialer{}); err == nil {
		t.Error("a fourth connection is taken")
	}
	s.WaitLog("connections of 127.0.0.1 are refused", "connections_per_address")
	open[0].Close(1000, "")
	open[1].Kill()
	dialUntilTaken(t, s, ws.Dialer{})
	dialUntilTaken(t, s, ws.Dialer{})
	if _, err := wstest.TryDial(t, s.URL()+"session", ws.Dialer{}); err == nil {
		t.Error("a fourth connection is taken when others have gone")
	}
}

func TestConnectionsPerAddressBehindProxies(t *testing.T) {
	s := daemontest.Serve(t, whoIs, limits(func(l *config.Limits, p *config.Proxy) {
		l.ConnectionsPerAddress, p.Trusted = 3, []string{"127.0.0.0/8"}
	}))
	dial := func(client string) (*wstest.Client, error) {
		return wstest.TryDial(t, s.URL()+"session", ws.Dialer{Header: ws.HandshakeHeaderHTTP{"X-Forwarded-For": {client}}})
	}
	var open []*wstest.Client
	for i := range 3 {
		c, err := dial(fmt.Sprintf("2001:db8::%d", i))
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
	}
	if _, err := dial("2001:db8::9"); err == nil || !strings.Contains(err.Error(), "429") {
		t.Errorf("a fourth session of a /64: %v", err)
	}
	if resp, _ := ask(t, client(t), "GET", s.URL(), "", "X-Forwarded-For", "2001:db8::9"); resp.StatusCode != 429 {
		t.Errorf("its request has status %s", resp.Status)
	}
	if _, err := dial("2001:db8:0:1::9"); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	s.WaitLog("connections of 2001:db8::9 are refused")
	open[0].Close(1000, "")
	dialUntilTaken(t, s, ws.Dialer{Header: ws.HandshakeHeaderHTTP{"X-Forwarded-For": {"2001:db8::9"}}})
	for range 10 { // one after the other
		if resp, _ := ask(t, client(t), "GET", s.URL(), "", "X-Forwarded-For", "192.0.2.1"); resp.StatusCode != 200 {
			t.Errorf("a request has status %s", resp.Status)
		}
	}
}

// Over a connection with the PROXY protocol all is as over others.
func TestProxyProtocol(t *testing.T) {
	s := daemontest.Serve(t, whoIs, limits(func(l *config.Limits, p *config.Proxy) {
		l.ConnectionsPerAddress, p.Trusted, p.Protocol = 2, []string{"127.0.0.1"}, true
	}))
	dialer := ws.Dialer{WrapConn: func(c net.Conn) net.Conn {
		io.WriteString(c, "PROXY TCP4 192.0.2.7 127.0.0.1 5555 80\r\n")
		return c
	}}
	var open []*wstest.Client
	for range 2 {
		c := wstest.DialWith(t, s.URL()+"session", dialer)
		c.Expect("192.0.2.7 http://" + s.Addr().String() + "/session")
		open = append(open, c)
	}
	if _, err := wstest.TryDial(t, s.URL()+"session", dialer); err == nil {
		t.Error("a third connection is taken")
	}
	s.WaitLog("connections of 192.0.2.7 are refused")
	open[0].Close(1000, "")
	dialUntilTaken(t, s, dialer)
	if _, err := wstest.TryDial(t, s.URL()+"session", ws.Dialer{}); err == nil {
		t.Error("a connection without the header is taken")
	}
}

// A client that sends a body too slowly has its request refused, and one that is slow but steady has not.
func TestSlowBody(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { async fetch(request) {
	try { return new Response((await request.text()).length); } catch (e) { return new Response(e.message, { status: 408 }); }
} };
-- public/file.txt --
a file
-- rowan.toml --
http.body_timeout = "300ms"
`)
	exchange := func(parts ...string) string { // with a pause between two of them
		c, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		go func() {
			for _, part := range parts {
				io.WriteString(c, part)
				time.Sleep(100 * time.Millisecond)
			}
		}()
		c.SetReadDeadline(time.Now().Add(wstest.Patience))
		answer, _ := io.ReadAll(c)
		status, rest, _ := strings.Cut(string(answer), "\r\n")
		_, body, _ := strings.Cut(rest, "\r\n\r\n")
		return status + ": " + body
	}
	const head = " / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
	kilobyte := strings.Repeat("x", 1024)
	for name, test := range map[string]struct {
		parts []string
		want  string
	}{
		"small":           {[]string{"POST" + head + "Content-Length: 10\r\n\r\nabc"}, "HTTP/1.1 408 Request Timeout: Request Timeout\n"},
		"large":           {[]string{"POST" + head + "Content-Length: 100000\r\n\r\nabc"}, "HTTP/1.1 408 Request Timeout: Request Timeout\n"},
		"a trickle":       {append([]string{"POST" + head + "Transfer-Encoding: chunked\r\n\r\n"}, strings.Split(strings.Repeat("1\r\nx\r\n|", 30), "|")...), "HTTP/1.1 408 Request Timeout: Request Timeout\n"},
		"steady":          {[]string{"POST" + head + "Content-Length: 5120\r\n\r\n", kilobyte, kilobyte, kilobyte, kilobyte, kilobyte}, "HTTP/1.1 200 OK: 5120"},
		"nobody wants it": {[]string{"GET /file.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"}, "HTTP/1.1 200 OK: a file\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := exchange(test.parts...); !strings.HasPrefix(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
