package daemon_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"rowan/daemon/config"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// The attacks of docs/security.md. Each is made on a server with a neighbour, a session that goes on talking, and must come to the end that
// the table says, while the neighbour notices nothing.

// attacked is the app under attack.
const attacked = `
-- rowan.toml --
call.timeout = "500ms"
[http]
header_timeout = "500ms"
body_timeout = "500ms"
[request]
max_body = "100KB"
[limits]
messages_per_second = 2000
burst = "1s"
-- public/file.txt --
a file
-- app.ts --
export default {
	async fetch(request, server) {
		const { pathname } = new URL(request.url);
		if (pathname === "/session" && server.upgrade(request)) return;
		if (pathname === "/body") return new Response((await request.text()).length);
		return new Response(request.url);
	},
	websocket: { message(ws, m) { ws.send(m); } },
	connect(params) { return params.never ? new Promise(() => {}) : { params: JSON.stringify(params), polluted: ({}).polluted ?? "no" }; },
	channels: { "room:*": { join(socket) { return socket.assigns; }, on: { echo(_, p) { return p; } } } },
};
`

// attack is a row of the table.
type attack struct {
	name    string
	change  func(c *config.Config) // of the settings
	make    func(t *testing.T, s *daemontest.Server)
	metric  string  // that tells of it, and its labels
	labels  string  //
	atLeast float64 // what it then is
	logs    string  // that is logged, if anything must be
}

func TestAttacks(t *testing.T) {
	skipShort(t)
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			options := []daemontest.Option{daemontest.Admin}
			if a.change != nil {
				options = append(options, daemontest.Configure(a.change))
			}
			s := daemontest.Serve(t, attacked, options...)
			n := startNeighbourAt(t, s, "/session")
			a.make(t, s)
			time.Sleep(50 * time.Millisecond) // it may have been short
			n.check(t, 2*time.Second)
			if a.metric != "" {
				if got := scrape(t, s, a.metric)[a.labels]; got < a.atLeast {
					t.Errorf("%s{%s} is %v, want %v", a.metric, a.labels, got, a.atLeast)
				}
			}
			if a.logs != "" {
				s.WaitLog(a.logs)
			}
		})
	}
}

var attacks = []attack{
	{
		name: "slow header",
		make: func(t *testing.T, s *daemontest.Server) {
			trickle(t, s, 30, "GET / HTTP/1.1\r\nHost: x\r\n", "X: y\r\n", func(answer string) bool { return answer == "" })
		},
	},
	{
		name: "slow body of a request",
		make: func(t *testing.T, s *daemontest.Server) {
			trickle(t, s, 30, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n", "x", status("408"))
		},
	},
	{
		name: "slow body that nobody reads",
		make: func(t *testing.T, s *daemontest.Server) {
			trickle(t, s, 30, "POST /file.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n", "x", status("200"))
		},
	},
	{
		name: "slow body of a long poll",
		make: func(t *testing.T, s *daemontest.Server) {
			resp, body := ask(t, client(t), "GET", s.URL()+"socket/longpoll?vsn=2.0.0", "")
			if resp.StatusCode != 200 {
				t.Fatal(body)
			}
			_, token, _ := strings.Cut(body, `"token":"`)
			token, _, _ = strings.Cut(token, `"`)
			trickle(t, s, 10, "POST /socket/longpoll?vsn=2.0.0&token="+token+" HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n", "x",
				func(answer string) bool {
					return strings.Contains(answer, `"status":400`) || strings.Contains(answer, `"status":408`)
				})
		},
	},
	{
		name: "handshakes that the app does not answer",
		make: func(t *testing.T, s *daemontest.Server) {
			var group sync.WaitGroup
			for range 30 {
				group.Go(func() {
					_, err := wstest.TryDial(t, s.URL()+"socket/websocket?vsn=2.0.0&never=1", ws.Dialer{})
					if err == nil || !strings.Contains(err.Error(), "500") {
						t.Errorf("the handshake ends with %v", err)
					}
				})
			}
			group.Wait()
			for range 30 {
				s.WaitLog("connect failed", "has not settled within")
			}
		},
	},
	{
		name: "frames in single bytes",
		make: func(t *testing.T, s *daemontest.Server) {
			for range 30 {
				c := dialRawAt(t, s, "/session")
				go func() {
					frame := append([]byte{0x82, 0xff, 0, 0, 0, 0, 0, 0xf0, 0, 0, 0, 0, 0, 0}, make([]byte, 1000)...) // promises 15 MB
					for i := range frame {
						if _, err := c.Write(frame[i : i+1]); err != nil {
							return
						}
						time.Sleep(time.Millisecond)
					}
				}()
			}
			time.Sleep(time.Second)
		},
	},
	{
		name:   "flood of connections",
		change: func(c *config.Config) { c.Limits.ConnectionsPerAddress, c.Limits.Exempt = 20, nil },
		make: func(t *testing.T, s *daemontest.Server) {
			open := 0
			for range 300 {
				if c, err := net.Dial("tcp", s.Addr().String()); err == nil {
					t.Cleanup(func() { c.Close() })
					open++
				}
			}
		},
		metric: "refused_total", labels: `reason="too_many"`, atLeast: 200, logs: "connections_per_address",
	},
	{
		name: "connections, one after the other",
		change: func(c *config.Config) {
			c.Limits.ConnectionsPerAddress, c.Limits.ConnectsPerSecond, c.Limits.Exempt = 20, 1, nil
		},
		make: func(t *testing.T, s *daemontest.Server) {
			for range 300 {
				if c, err := net.Dial("tcp", s.Addr().String()); err == nil {
					c.Close()
				}
			}
		},
		metric: "refused_total", labels: `reason="too_fast"`, atLeast: 200, logs: "connects_per_second",
	},
	{
		name: "flood of messages",
		make: func(t *testing.T, s *daemontest.Server) {
			flood(t, s, "", masked(0x81, "hello"), 1008)
		},
		metric: "rate_closes_total", labels: `limit="messages"`, atLeast: 5,
	},
	{
		name: "flood of pings",
		make: func(t *testing.T, s *daemontest.Server) {
			flood(t, s, "", masked(0x89, "ping"), 1008)
		},
		metric: "rate_closes_total", labels: `limit="messages"`, atLeast: 5,
	},
	{
		name: "flood of empty fragments",
		make: func(t *testing.T, s *daemontest.Server) {
			flood(t, s, masked(0x01, ""), masked(0x00, ""), 1008)
		},
		metric: "rate_closes_total", labels: `limit="messages"`, atLeast: 5,
	},
	{
		name: "flood of joins",
		make: func(t *testing.T, s *daemontest.Server) {
			c := s.DialPath("/socket/websocket?vsn=2.0.0")
			for i := range 1500 {
				c.Send(fmt.Sprintf(`["%[1]d","%[1]d","room:%[1]d","phx_join",{}]`, i))
			}
			joined, refused := 0, 0
			for joined+refused < 1500 {
				switch text := c.Next(); {
				case strings.Contains(text, `"status":"ok"`):
					joined++
				case strings.Contains(text, "too many channels joined"):
					refused++
				default:
					t.Fatalf("got %s", text)
				}
			}
			if joined != 100 {
				t.Errorf("%d channels joined", joined)
			}
		},
	},
	{
		// Each would have a context, for half a minute, and needs no connection.
		name: "flood of sockets over long polling",
		change: func(c *config.Config) {
			c.Limits.ConnectionsPerAddress, c.Limits.Exempt = 20, nil
		},
		make: func(t *testing.T, s *daemontest.Server) {
			c, begun, refused := client(t), 0, 0
			for range 100 {
				switch _, body := ask(t, c, "GET", s.URL()+"socket/longpoll?vsn=2.0.0", ""); {
				case strings.Contains(body, `"status":410`):
					begun++
				case strings.Contains(body, `"status":500`): // on which clients wait for a moment
					refused++
				default:
					t.Fatal(body)
				}
			}
			if begun > 20 || refused < 80 {
				t.Errorf("%d were begun, %d refused", begun, refused)
			}
		},
		metric: "refused_total", labels: `reason="too_many"`, atLeast: 80, logs: "connections_per_address",
	},
	{
		name: "large header",
		make: func(t *testing.T, s *daemontest.Server) {
			expectStatus(t, s, "GET / HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", 70<<10)+"\r\n\r\n", "431")
		},
	},
	{
		name: "many fields in a header",
		make: func(t *testing.T, s *daemontest.Server) {
			expectStatus(t, s, "GET / HTTP/1.1\r\nHost: x\r\n"+strings.Repeat("X: y\r\n", 12_000)+"\r\n", "431")
		},
	},
	{
		name: "long URL",
		make: func(t *testing.T, s *daemontest.Server) {
			expectStatus(t, s, "GET /"+strings.Repeat("x", 70<<10)+" HTTP/1.1\r\nHost: x\r\n\r\n", "431")
		},
	},
	{
		name: "large body",
		make: func(t *testing.T, s *daemontest.Server) {
			expectStatus(t, s, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000000\r\n\r\n", "413")
			endless := "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1000\r\n"+strings.Repeat("x", 4096)+"\r\n", 30)
			expectStatus(t, s, endless, "413")
		},
	},
	{
		name:   "large frames",
		change: func(c *config.Config) { c.WebSocket.MaxPayload, c.Channels.MaxPayload = 10<<10, 10<<10 },
		make: func(t *testing.T, s *daemontest.Server) {
			for _, path := range []string{"/session", "/socket/websocket?vsn=2.0.0"} {
				promised := s.DialPath(path)
				promised.SendFrame(ws.NewTextFrame(make([]byte, 20<<10)))
				promised.ExpectClose(1009)
				parts := s.DialPath(path)
				parts.SendFrame(ws.NewFrame(ws.OpText, false, make([]byte, 9<<10)))
				parts.SendFrame(ws.NewFrame(ws.OpContinuation, false, make([]byte, 9<<10)))
				parts.ExpectClose(1009)
			}
		},
		metric: "socket_closes_total", labels: `code="1009"`, atLeast: 4,
	},
	{
		name: "many parameters, and deep ones",
		make: func(t *testing.T, s *daemontest.Server) {
			for _, query := range []string{strings.Repeat("a=1&", 2000), "a" + strings.Repeat("[b]", 100) + "=1", "a=%FF"} {
				if resp, _ := ask(t, client(t), "GET", s.URL()+"socket/websocket?vsn=2.0.0&"+query, "", "Connection", "upgrade", "Upgrade", "websocket"); resp.StatusCode != 400 {
					t.Errorf("%.20s… has status %s", query, resp.Status)
				}
			}
		},
	},
	{
		name: "long names of topics and events",
		make: func(t *testing.T, s *daemontest.Server) {
			c := s.DialPath("/socket/websocket?vsn=2.0.0")
			long := strings.Repeat("x", 100_000)
			c.Send(`["1","1","room:` + long + `","phx_join",{}]`)
			if text := c.Next(); !strings.Contains(text, `"status":"error"`) {
				t.Errorf("a join is answered by %.200s", text)
			}
			c.Send(`["2","2","room:1","phx_join",{}]`)
			c.Next()
			c.Send(`["2","3","room:1","` + long + `",{}]`)
			c.Send(`["2","4","room:1","echo",{"still":"here"}]`)
			for !strings.Contains(c.Next(), `"still":"here"`) {
			}
		},
	},
	{
		name: "forged Host",
		make: func(t *testing.T, s *daemontest.Server) {
			expectStatus(t, s, "GET / HTTP/1.1\r\n\r\n", "400")
			expectStatus(t, s, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400")
			expectStatus(t, s, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400")
			expectStatus(t, s, "GET / HTTP/1.1\r\nHost: a/../b\r\n\r\n", "400")
		},
	},
	{
		name: "foreign Origin",
		make: func(t *testing.T, s *daemontest.Server) {
			for _, origin := range []string{"https://evil.example", "null", "file://", "http://127.0.0.1.evil.example", "http://evil.example/127.0.0.1", "http://127.0.0.1@evil.example"} {
				header := ws.HandshakeHeaderHTTP{"Origin": {origin}}
				for _, path := range []string{"session", "socket/websocket?vsn=2.0.0"} {
					if _, err := wstest.TryDial(t, s.URL()+path, ws.Dialer{Header: header}); err == nil {
						t.Errorf("a page of %s opens %s", origin, path)
					}
				}
				if _, body := ask(t, client(t), "GET", s.URL()+"socket/longpoll?vsn=2.0.0", "", "Origin", origin); !strings.Contains(body, `"status":403`) {
					t.Errorf("a page of %s polls: %s", origin, body)
				}
			}
		},
	},
	{
		// A second request that a proxy in between takes for a part of the first.
		name: "smuggled requests",
		make: func(t *testing.T, s *daemontest.Server) {
			const smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
			for name, request := range map[string]string{
				"two lengths":          "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 0\r\n\r\n" + smuggled,
				"a list of lengths":    "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 5\r\n\r\n" + smuggled,
				"a signed length":      "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n" + smuggled,
				"an unknown encoding":  "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n" + smuggled,
				"two encodings":        "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + smuggled,
				"blank before colon":   "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + smuggled,
				"a control character":  "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + smuggled,
				"a chunk size of hell": "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n" + smuggled,
				"a bare line feed":     "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;\nabcde\r\n0\r\n\r\n" + smuggled,
			} {
				if answer := exchange(t, s, request); strings.Contains(answer, "/smuggled") {
					t.Errorf("%s: %q", name, answer)
				}
			}
			// Both are allowed together, and the encoding decides (RFC 9112, section 6.3). A proxy that thinks so too has nothing smuggled through it.
			answer := exchange(t, s, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
			if !strings.HasPrefix(answer, "HTTP/1.1 200") || !strings.HasSuffix(answer, "\r\n\r\n3") {
				t.Errorf("both: %q", answer)
			}
		},
	},
	{
		name: "paths out of public",
		make: func(t *testing.T, s *daemontest.Server) {
			for _, path := range []string{"/../app.ts", "/..%2fapp.ts", "/%2e%2e/app.ts", "/..\\app.ts", "/..%5capp.ts", "//../app.ts", "/.env", "/file.txt/../../app.ts", "/file.txt%00.html"} {
				if answer := exchange(t, s, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); strings.Contains(answer, "export default") {
					t.Errorf("%s: %q", path, answer)
				}
			}
		},
	},
	{
		name: "polluted parameters",
		make: func(t *testing.T, s *daemontest.Server) {
			c := s.DialPath("/socket/websocket?vsn=2.0.0&__proto__[polluted]=yes&constructor[prototype][polluted]=yes&toJSON=x")
			c.Send(`["1","1","room:1","phx_join",{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}]`)
			if text := c.Next(); !strings.Contains(text, `"polluted":"no"`) || !strings.Contains(text, `"status":"ok"`) {
				t.Errorf("joined with %s", text)
			}
			c.Send(`["1","2","room:1","echo",{"__proto__":{"polluted":"yes"},"toJSON":"x","then":1}]`)
			c.Expect(`["1","2","room:1","phx_reply",{"response":{"__proto__":{"polluted":"yes"},"toJSON":"x","then":1},"status":"ok"}]`)
		},
	},
}

// startNeighbourAt is startNeighbour for a session at a path, without the one before it.
func startNeighbourAt(t *testing.T, s *daemontest.Server, path string) *neighbour {
	c := s.DialPath(path)
	c.Send("hello")
	c.Expect("hello")
	n := &neighbour{stop: make(chan struct{})}
	n.run(c)
	t.Cleanup(func() { n.end() })
	return n
}

// exchange sends bytes and returns all that comes back until the server ends the connection, or says nothing for a while.
func exchange(t *testing.T, s *daemontest.Server, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go io.WriteString(c, request)
	var answer []byte
	for b := make([]byte, 4096); ; {
		c.SetReadDeadline(time.Now().Add(time.Second))
		n, err := c.Read(b)
		if answer = append(answer, b[:n]...); err != nil {
			return string(answer)
		}
	}
}

// expectStatus fails the test if the answer has not that status.
func expectStatus(t *testing.T, s *daemontest.Server, request, want string) {
	t.Helper()
	if answer := exchange(t, s, request); !status(want)(answer) {
		t.Errorf("%.60q… is answered by %.200q, want %s", request, answer, want)
	}
}

// status tells whether an answer has that one.
func status(want string) func(answer string) bool {
	return func(answer string) bool { return strings.HasPrefix(answer, "HTTP/1.1 "+want+" ") }
}

// trickle sends the head on so many connections, and then a bit at a time. Each must be answered as is right, and then ended, before long.
func trickle(t *testing.T, s *daemontest.Server, connections int, head, bit string, right func(answer string) bool) {
	t.Helper()
	var group sync.WaitGroup
	for range connections {
		c, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		group.Go(func() {
			io.WriteString(c, head)
			go func() {
				for {
					if _, err := io.WriteString(c, bit); err != nil {
						return
					}
					time.Sleep(20 * time.Millisecond)
				}
			}()
			c.SetReadDeadline(time.Now().Add(wstest.Patience))
			answer, err := io.ReadAll(c)
			if timeout, ok := err.(net.Error); ok && timeout.Timeout() || !right(string(answer)) {
				t.Errorf("%q, %v", answer, err)
			}
		})
	}
	group.Wait()
}

// flood sends a first frame, and another one again and again on five connections, each of which must be closed with a code.
func flood(t *testing.T, s *daemontest.Server, first, frame string, code int) {
	t.Helper()
	var group sync.WaitGroup
	for range 5 {
		c := dialRawAt(t, s, "/session")
		group.Go(func() {
			go func() {
				io.WriteString(c, first)
				many := []byte(strings.Repeat(frame, 100))
				for {
					if _, err := c.Write(many); err != nil {
						return
					}
				}
			}()
			if got := closeCode(c); got != code {
				t.Errorf("closed with %d, want %d", got, code)
			}
			c.Close()
		})
	}
	group.Wait()
}

// Headers of proxies that nobody trusts are the client's own words: see TestForwardedIsBelievedOfTrustedProxies for those that are believed.
func TestAttackByForwardedHeaders(t *testing.T) {
	s := daemontest.Serve(t, whoIs, limits(func(l *config.Limits, _ *config.Proxy) { l.ConnectionsPerAddress, l.Exempt = 5, nil }))
	var open []net.Conn
	refused := 0
	for i := range 20 { // each says that it is somebody else
		c, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			refused++
			continue
		}
		defer c.Close()
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.%[1]d\r\nForwarded: for=192.0.2.%[1]d\r\nX-Real-IP: 192.0.2.%[1]d\r\n\r\n", i)
		c.SetReadDeadline(time.Now().Add(wstest.Patience))
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			refused++
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		if !strings.HasPrefix(string(body), "127.0.0.1 IPv4 http://x/") {
			t.Errorf("the script sees %s", body)
		}
		open = append(open, c)
	}
	if len(open) != 5 || refused != 15 {
		t.Errorf("%d connections were taken and %d refused", len(open), refused)
	}
	s.WaitLog("says that it was forwarded")
	s.WaitLog("connections of 127.0.0.1 are refused")
}
