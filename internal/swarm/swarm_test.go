package swarm

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 5 * time.Second

// serve runs a server whose connections are handled by f, on a goroutine each.
func serve(t *testing.T, f func(conn net.Conn)) (url string) {
	server := httptest.NewServer(handler(f))
	t.Cleanup(server.Close)
	return "ws" + strings.TrimPrefix(server.URL, "http")
}

func handler(f func(conn net.Conn)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, _, err := ws.UpgradeHTTP(r, w)
		if err != nil {
			return
		}
		defer conn.Close()
		f(conn)
	})
}

func echo(conn net.Conn) {
	for {
		data, op, err := wsutil.ReadClientData(conn)
		if err != nil || wsutil.WriteServerMessage(conn, op, data) != nil {
			return
		}
	}
}

// bothWays runs a test with epoll, where there is one, and with goroutines.
func bothWays(t *testing.T, f func(t *testing.T, o Options)) {
	t.Run("default", func(t *testing.T) { f(t, Options{}) })
	t.Run("goroutines", func(t *testing.T) { f(t, Options{Goroutines: true}) })
}

// connect opens n clients.
func connect(t *testing.T, o Options, n int) *Swarm {
	t.Helper()
	s, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Open(t.Context(), n, 0, nil); err != nil {
		t.Fatal(err)
	}
	return s
}

func until(t *testing.T, s *Swarm, done func() bool) {
	t.Helper()
	if err := s.Until(done, patience); err != nil {
		t.Fatal(err)
	}
}

func TestEcho(t *testing.T) {
	bothWays(t, func(t *testing.T, o Options) {
		o.URL = serve(t, echo)
		s := connect(t, o, 20)
		got := map[int]string{}
		s.Message = func(c *Client, data []byte) { got[c.Number] += string(data) }
		want := strings.Repeat("x", 100_000)
		for _, c := range s.Clients {
			for _, message := range [][]byte{Text("text"), frame(ws.NewBinaryFrame([]byte{1, 2})), Text(want)} {
				if err := c.Send(message); err != nil {
					t.Fatal(err)
				}
			}
		}
		want = "text\x01\x02" + want
		until(t, s, func() bool {
			return len(got) == 20 && !slices.ContainsFunc(s.Clients, func(c *Client) bool { return len(got[c.Number]) < len(want) })
		})
		for i, text := range got {
			if text != want {
				t.Errorf("client %d got %.20q…", i, text)
			}
		}
	})
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(handler(echo))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of the client that refuses
	server.StartTLS()
	defer server.Close()
	o := Options{URL: "wss" + strings.TrimPrefix(server.URL, "https")}
	s, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Open(t.Context(), 1, 0, nil); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("with a certificate of nobody: %v", err)
	}
	s.Close()
	o.TLS = &tls.Config{InsecureSkipVerify: true}
	s = connect(t, o, 3)
	answers := 0
	s.Message = func(_ *Client, data []byte) { answers++ }
	for _, c := range s.Clients {
		c.Send(Text("hello"))
	}
	until(t, s, func() bool { return answers == 3 })
}

// TestEarly has the server speak before anybody asks, in the packet of its handshake.
func TestEarly(t *testing.T) {
	bothWays(t, func(t *testing.T, o Options) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			both := &gathered{Conn: conn}
			ws.Upgrade(both)
			wsutil.WriteServerText(both, []byte("welcome"))
			both.flush()
			io.Copy(io.Discard, conn)
		}()
		s, err := New(t.Context(), Options{URL: "ws://" + l.Addr().String(), Goroutines: o.Goroutines})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		got := ""
		s.Message = func(_ *Client, data []byte) { got += string(data) }
		if err := s.Open(t.Context(), 1, 0, nil); err != nil {
			t.Fatal(err)
		}
		until(t, s, func() bool { return got == "welcome" })
	})
}

// gathered writes all at once.
type gathered struct {
	net.Conn
	data []byte
}

func (g *gathered) Write(data []byte) (int, error) {
	g.data = append(g.data, data...)
	return len(data), nil
}

func (g *gathered) flush() { g.Conn.Write(g.data) }

func TestServerEnds(t *testing.T) {
	cases := []struct {
		name string
		end  func(conn net.Conn)
		want string
	}{
		{"close frame", func(conn net.Conn) {
			ws.WriteFrame(conn, ws.NewCloseFrame(ws.NewCloseFrameBody(1013, "full")))
			io.Copy(io.Discard, conn)
		}, `the server closed with 1013 "full"`},
		{"close frame without a code", func(conn net.Conn) {
			ws.WriteFrame(conn, ws.NewCloseFrame(nil))
			io.Copy(io.Discard, conn)
		}, `the server closed with 1005`},
		{"end of the connection", func(net.Conn) {}, io.ErrUnexpectedEOF.Error()},
		{"reset", func(conn net.Conn) { conn.(*net.TCPConn).SetLinger(0) }, "connection reset by peer"},
		{"masked frame", func(conn net.Conn) {
			conn.Write(Text("x"))
			io.Copy(io.Discard, conn)
		}, "the server sends a wrong frame"},
		{"promise of 2^62 bytes", func(conn net.Conn) {
			conn.Write([]byte{0x82, 127, 0x40, 0, 0, 0, 0, 0, 0, 0})
			io.Copy(io.Discard, conn)
		}, "a message of more than"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bothWays(t, func(t *testing.T, o Options) {
				o.URL = serve(t, c.end)
				s := connect(t, o, 1)
				err := s.Until(func() bool { return false }, patience)
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %s", err, c.want)
				}
				if !s.Clients[0].Ended() || s.Clients[0].Send(Text("x")) != ErrEnded {
					t.Error("the client goes on")
				}
			})
		})
	}
}

// TestNotRead sends to a server that reads nothing: up to a bound it waits, and all of it arrives once the server reads.
func TestNotRead(t *testing.T) {
	bothWays(t, func(t *testing.T, o Options) {
		read := make(chan bool)
		o.URL = serve(t, func(conn net.Conn) {
			<-read
			echo(conn)
		})
		s := connect(t, o, 1)
		frame, sent, answers := Text(strings.Repeat("x", 50_000)), 0, 0
		s.Message = func(*Client, []byte) { answers++ }
		for ; sent < 5000; sent++ {
			if err := s.Clients[0].Send(frame); err != nil {
				if err != ErrFull {
					t.Fatal(err)
				}
				break
			}
		}
		if sent == 5000 {
			t.Error("no bound")
		}
		close(read)
		until(t, s, func() bool { return answers == sent })
	})
}

func TestRefused(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "not today", http.StatusForbidden)
	}))
	defer server.Close()
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for address, want := range map[string]string{
		server.Listener.Addr().String(): `the handshake is answered with 403 Forbidden: "not today"`,
		nobody.Addr().String():          "refused",
		silent.Addr().String():          "takes no WebSocket within 200ms",
	} {
		s, err := New(t.Context(), Options{URL: "ws://" + address, Timeout: 200 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Open(t.Context(), 3, 0, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		s.Close()
	}
}

func TestNewFails(t *testing.T) {
	for _, url := range []string{"", "127.0.0.1:4000", "http://127.0.0.1", "ws://", "ws://no.such.host.invalid/"} {
		if s, err := New(t.Context(), Options{URL: url, Timeout: patience}); err == nil {
			s.Close()
			t.Errorf("%q is taken", url)
		}
	}
}

func TestOpenAtARate(t *testing.T) {
	s, err := New(t.Context(), Options{URL: serve(t, echo)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	start := time.Now()
	if err := s.Open(t.Context(), 11, 100, nil); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < 100*time.Millisecond {
		t.Errorf("11 clients at 100 a second took %v", took)
	}
}

func TestOpenIsInterrupted(t *testing.T) {
	s, err := New(t.Context(), Options{URL: serve(t, echo)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := s.Open(ctx, 1000, 50, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestFrom(t *testing.T) {
	peers := make(chan string, 4)
	url := serve(t, func(conn net.Conn) {
		host, _, _ := net.SplitHostPort(conn.RemoteAddr().String())
		peers <- host
		echo(conn)
	})
	from := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")}
	s, err := New(t.Context(), Options{URL: url, From: from})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Open(t.Context(), 4, 0, nil); err != nil {
		t.Skip("needs more than one loopback address: ", err)
	}
	count := map[string]int{}
	for range 4 {
		count[<-peers]++
	}
	if count["127.0.0.1"] != 2 || count["127.0.0.2"] != 2 {
		t.Errorf("connections come from %v", count)
	}
}

// TestWaitIsExact waits for a fraction of a millisecond, which epoll_wait cannot.
func TestWaitIsExact(t *testing.T) {
	s := connect(t, Options{URL: serve(t, echo)}, 1)
	best := time.Hour
	for range 50 {
		start := time.Now()
		if err := s.Until(func() bool { return false }, 200*time.Microsecond); err != context.DeadlineExceeded {
			t.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	if best < 200*time.Microsecond || best > 5*time.Millisecond {
		t.Errorf("waited %v at least", best)
	}
}
