package daemon_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"rowan/internal/daemontest"
)

// nameServer answers names as a test wants, in place of the system's resolver.
type nameServer struct {
	conn net.PacketConn

	mu    sync.Mutex
	names map[string][]string // addresses; of a name with several, each answer takes the next one, and the last one stays
}

// startNameServer has all names of this process looked up there, until the end of the test.
func startNameServer(t *testing.T, names map[string][]string) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &nameServer{conn: conn, names: names}
	go n.serve()
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	t.Cleanup(func() {
		net.DefaultResolver = before
		conn.Close()
	})
}

func (n *nameServer) serve() {
	for b := make([]byte, 1500); ; {
		size, from, err := n.conn.ReadFrom(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		var m dnsmessage.Message
		if err != nil || m.Unpack(b[:size]) != nil || len(m.Questions) != 1 {
			continue
		}
		m.Response, m.Authoritative, m.Additionals = true, true, nil
		n.answer(&m)
		if reply, err := m.Pack(); err == nil {
			n.conn.WriteTo(reply, from)
		}
	}
}

func (n *nameServer) answer(m *dnsmessage.Message) {
	q := m.Questions[0]
	n.mu.Lock()
	defer n.mu.Unlock()
	name := strings.TrimSuffix(strings.ToLower(q.Name.String()), ".")
	list := n.names[name]
	if len(list) == 0 {
		m.RCode = dnsmessage.RCodeNameError
		return
	}
	ip := net.ParseIP(list[0])
	header := dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, Type: q.Type}
	switch four := ip.To4(); {
	case q.Type == dnsmessage.TypeA && four != nil:
		m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: [4]byte(four)}})
		if len(list) > 1 {
			n.names[name] = list[1:]
		}
	case q.Type == dnsmessage.TypeAAAA && four == nil:
		m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: [16]byte(ip)}})
	}
}

// startAt starts a server at an address of this machine, on a port that is free, or the given one.
func startAt(t *testing.T, address string, h http.HandlerFunc) (port string) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(h)
	s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

// TestAttackPrivateNetwork has a script that asks for whatever address a client names reach for what is not public. What it may reach is played by
// 127.0.0.5; what it may not, by 127.0.0.1 on the same port, which must never be asked.
func TestAttackPrivateNetwork(t *testing.T) {
	var port string
	var secrets atomic.Int64
	port = startAt(t, "127.0.0.5:0", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close") // so that names are looked up anew
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		fmt.Fprint(w, "public")
	})
	startAt(t, "127.0.0.1:"+port, func(w http.ResponseWriter, _ *http.Request) {
		secrets.Add(1)
		fmt.Fprint(w, "secret")
	})
	startNameServer(t, map[string][]string{
		"open.test":     {"127.0.0.5"},
		"rebound.test":  {"127.0.0.5", "127.0.0.1"},
		"inside.test":   {"127.0.0.1"},
		"metadata.test": {"169.254.169.254"},
		"six.test":      {"::ffff:127.0.0.1"},
		"unique.test":   {"fd00::1"},
		"nat64.test":    {"64:ff9b::7f00:1"},
	})
	s := daemontest.Serve(t, `
-- rowan.toml --
session.hosts = ["public", "127.0.0.5/32"]
-- app.ts --
const why = (e) => e.code ?? e.cause?.code ?? e.name;
export default { websocket: { async message(ws, text) {
	const [how, url] = text.split(" ");
	if (how === "fetch") {
		ws.send(await fetch(url, { headers: { connection: "close" } }).then((r) => r.text(), (e) => "failed: " + e.message));
	} else {
		const source = how === "socket" ? new WebSocket(url) : new EventSource(url);
		source.onopen = () => ws.send("opened");
		source.onerror = () => { source.close(); ws.send("failed: " + how); };
	}
} } };
`)
	c := s.Dial()
	try := func(how, url string) string {
		c.Send(how + " " + strings.ReplaceAll(url, "PORT", port))
		return c.Next()
	}
	for _, url := range []string{"http://127.0.0.5:PORT/", "http://open.test:PORT/", "http://rebound.test:PORT/", "http://open.test:PORT/?to=http://127.0.0.5:" + port} {
		if got := try("fetch", url); got != "public" {
			t.Errorf("%s: %s", url, got)
		}
	}
	denied := []string{
		"http://127.0.0.1:PORT/", "http://localhost:PORT/", "http://2130706433:PORT/", "http://0x7f000001:PORT/", "http://0177.0.0.1:PORT/", "http://127.1:PORT/",
		"http://[::1]:PORT/", "http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/", "http://[::127.0.0.1]:PORT/", "http://[64:ff9b::7f00:1]:PORT/",
		"http://0:PORT/", "http://0.0.0.0:PORT/", "http://[::]:PORT/", "http://１２７.0.0.1:PORT/", "http://127。0。0。1:PORT/",
		"http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/latest/meta-data/", "http://100.100.100.200/", "http://2852039166/", "http://10.0.0.1/", "http://192.168.0.1/", "http://172.16.0.1/",
		"http://inside.test:PORT/", "http://metadata.test/", "http://rebound.test:PORT/", // which is at 127.0.0.1 by now
		"http://six.test:PORT/", "http://unique.test:PORT/", "http://nat64.test:PORT/", "http://INSIDE.TEST.:PORT/", "http://user:password@127.0.0.1:PORT/", "http://127.0.0.5:PORT@127.0.0.1:PORT/",
	}
	for _, url := range denied {
		if got := try("fetch", url); !strings.HasPrefix(got, "failed: ") {
			t.Errorf("%s: %s", url, got)
		}
		if got := try("fetch", "http://127.0.0.5:PORT/?to="+url); !strings.HasPrefix(got, "failed: ") {
			t.Errorf("a redirect to %s: %s", url, got)
		}
	}
	for _, url := range []string{"file:///etc/passwd", "http://127.0.0.5:PORT/?to=file:///etc/passwd", "http://127.0.0.5:25/", "ftp://127.0.0.5:PORT/", "gopher://127.0.0.5:PORT/"} {
		if got := try("fetch", url); !strings.HasPrefix(got, "failed: ") {
			t.Errorf("%s: %s", url, got)
		}
	}
	for how, scheme := range map[string]string{"socket": "ws", "source": "http"} {
		for _, host := range []string{"127.0.0.1", "[::ffff:127.0.0.1]", "inside.test", "localhost"} {
			if got := try(how, scheme+"://"+host+":PORT/"); got != "failed: "+how {
				t.Errorf("%s to %s: %s", how, host, got)
			}
		}
	}
	if n := secrets.Load(); n > 0 {
		t.Errorf("what is not public was asked %d times", n)
	}
}
