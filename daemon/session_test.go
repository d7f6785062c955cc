package daemon_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"rowan/daemon/config"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// describing answers each message with what it was.
const describing = `
-- app.ts --
export default { websocket: {
	message(ws, m) {
		ws.send(typeof m === "string" ? "text " + m : m.constructor.name + " " + m.join());
	},
} };
`

func TestMessagesArriveAsTheyAre(t *testing.T) {
	c := daemontest.Serve(t, describing).Dial()
	c.Send("hello")
	c.Expect("text hello")
	c.Send("")
	c.Expect("text ")
	c.Send("zażółć 🦀")
	c.Expect("text zażółć 🦀")
	c.SendBinary([]byte{0, 1, 255})
	c.Expect("Uint8Array 0,1,255")
	c.SendBinary(nil)
	c.Expect("Uint8Array ")
}

func TestFragmentsAreOneMessage(t *testing.T) {
	c := daemontest.Serve(t, describing).Dial()
	crab := "🦀" // cut in the middle of a character
	c.SendFrame(ws.NewFrame(ws.OpText, false, []byte("a"+crab[:2])))
	c.SendFrame(ws.NewPingFrame([]byte("still there?")))
	c.SendFrame(ws.NewFrame(ws.OpContinuation, false, nil))
	c.SendFrame(ws.NewFrame(ws.OpContinuation, true, []byte(crab[2:]+"b")))
	c.Expect("text a🦀b")
}

func TestSendReturns(t *testing.T) {
	c := daemontest.Serve(t, `
-- app.ts --
export default { websocket: {
	message(ws, code) {
		let answer;
		try {
			answer = new Function("ws", "return " + code)(ws);
		} catch (error) {
			answer = error;
		}
		ws.send("=> " + answer);
	},
} };
`).Dial()
	tests := []struct {
		send, message, want string
	}{
		{`ws.send("abc")`, "abc", "3"},
		{`ws.send("")`, "", "1"},
		{`ws.send("é🦀")`, "é🦀", "6"},
		{`ws.send("a\ud800b")`, "a\ufffdb", "5"},
		{`ws.send(new Uint8Array([1, 2, 3]))`, "\x01\x02\x03", "3"},
		{`ws.send(new Uint8Array([1, 2, 3]).subarray(1))`, "\x02\x03", "2"},
		{`ws.send(new Uint16Array([0x4241]).buffer)`, "AB", "2"},
		{`ws.send(new DataView(new Uint8Array([7, 8, 9]).buffer, 1, 1))`, "\x08", "1"},
		{`ws.cork(() => ws.send("corked"))`, "corked", "6"},
	}
	for _, test := range tests {
		c.Send(test.send)
		data, _, err := c.Read(wstest.Patience)
		if err != nil || string(data) != test.message {
			t.Errorf("%s sends %q, %v; want %q", test.send, data, err, test.message)
		}
		c.Expect("=> " + test.want)
	}
	for _, code := range []string{`ws.send({})`, `ws.send()`, `ws.send(null)`, `ws.send(1)`} {
		c.Send(code)
		if got := c.Next(); !strings.HasPrefix(got, "=> TypeError: a socket sends a string") {
			t.Errorf("%s: %s", code, got)
		}
	}
}

func TestCorkKeepsOrder(t *testing.T) {
	c := daemontest.Serve(t, `
-- app.ts --
export default { websocket: {
	message(ws) {
		ws.send("1");
		const result = ws.cork((same) => {
			same.send("2");
			same.cork(() => same.send("3"));
			same.send("4");
			return same === ws;
		});
		ws.send("5 " + result);
		try {
			ws.cork(() => { ws.send("6"); throw new Error("out"); });
		} catch (error) {
			ws.send("7 " + error.message);
		}
	},
} };
`).Dial()
	c.Send("go")
	c.Expect("1", "2", "3", "4", "5 true", "6", "7 out")
}

func TestHandshakeCanBeRead(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { websocket: {
	open(ws) {
		ws.data = { n: 1 };
		ws.send(JSON.stringify({
			id: ws.id, url: ws.url, protocol: ws.protocol, remoteAddress: ws.remoteAddress, readyState: ws.readyState,
			host: ws.headers.get("Host"), tag: ws.headers.get("x-tag"), none: ws.headers.get("x-none"),
			has: ws.headers.has("X-Tag"), names: [...ws.headers.keys()].filter((n) => n.startsWith("x-")),
			subscriptions: ws.subscriptions,
		}));
	},
	message(ws) { ws.send(String(++ws.data.n)); },
} };
`)
	url := strings.TrimSuffix(s.URL(), "/") + "/a%20b?c=d&e"
	c := wstest.DialWith(t, url, ws.Dialer{
		Protocols: []string{"tea", "coffee"},
		Header:    ws.HandshakeHeaderHTTP(http.Header{"X-Tag": {"one", "two"}}),
	})
	var got struct {
		ID, URL, Protocol, RemoteAddress, Host, Tag string
		None                                        *string
		ReadyState                                  int
		Has                                         bool
		Names, Subscriptions                        []string
	}
	c.NextJSON(&got)
	host := strings.TrimSuffix(strings.TrimPrefix(s.URL(), "http://"), "/")
	switch {
	case !strings.HasPrefix(got.ID, "session#"), got.URL != url, got.Protocol != "tea", c.Handshake.Protocol != "tea",
		got.RemoteAddress != "127.0.0.1", got.ReadyState != 1, got.Host != host, got.Tag != "one, two", got.None != nil, !got.Has,
		!slices.Equal(got.Names, []string{"x-tag"}), len(got.Subscriptions) != 0:
		t.Errorf("%+v", got)
	}
	c.Send("")
	c.Expect("2")
}

func TestEachSessionHasAContextOfItsOwn(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
let n = 0;
export default { websocket: { message(ws) { globalThis.seen = (globalThis.seen ?? 0) + 1; ws.send(`+"`${++n} ${seen}`"+`); } } };
`)
	a, b := s.Dial(), s.Dial()
	for i := range 100 {
		a.Send("")
		a.Expect(fmt.Sprintf("%d %[1]d", i+1))
		if i%10 == 0 {
			b.Send("")
			b.Expect(fmt.Sprintf("%d %[1]d", i/10+1))
		}
	}
	s.WaitContexts(2)
	a.Close(1000, "")
	s.WaitContexts(1)
	b.Kill()
	s.WaitContexts(0)
}

func TestEventsKeepTheirOrder(t *testing.T) {
	tests := []struct{ name, app string }{
		{"while open waits", `
-- app.ts --
let opened = false;
export default { websocket: {
	async open(ws) { await new Promise((done) => setTimeout(done, 30)); ws.send("opened"); },
	message(ws, m) { setTimeout(() => ws.send(m), 60); },
} };
`},
		{"while the module waits at its top level", `
-- app.ts --
import { prefix } from "./slow.ts";
export default { websocket: { open(ws) { ws.send(prefix + "ed"); }, message(ws, m) { ws.send(m); } } };
-- slow.ts --
await new Promise((done) => setTimeout(done, 50));
export const prefix = "open";
`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := daemontest.Serve(t, test.app).Dial()
			want := []string{"opened"}
			for i := range 20 {
				c.Send(fmt.Sprint(i))
				want = append(want, fmt.Sprint(i))
			}
			c.Expect(want...)
		})
	}
}

// TestAFullMailboxHoldsTheSenderUp floods a session whose mailbox is small: nothing is lost.
func TestAFullMailboxHoldsTheSenderUp(t *testing.T) {
	c := daemontest.Serve(t, describing, daemontest.Configure(func(c *config.Config) { c.Session.Mailbox = 2 })).Dial()
	const messages = 5000
	for i := range messages {
		c.Send(fmt.Sprint(i))
	}
	for i := range messages {
		c.Expect(fmt.Sprintf("text %d", i))
	}
}

func TestNoWebSocketHandler(t *testing.T) {
	s := daemontest.Serve(t, "-- app.ts --\nexport default {};\n")
	if _, err := wstest.TryDial(t, s.URL(), ws.Dialer{}); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("dial: %v, want 404", err)
	}
}

func TestPublicFilesAreServed(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { websocket: {} };
-- public/index.html --
<h1>hello</h1>
-- public/sub/page.txt --
page
-- secret.txt --
secret
`)
	tests := []struct {
		path   string
		status int
		body   string
	}{
		{"", 200, "<h1>hello</h1>"},
		{"sub/page.txt", 200, "page"},
		{"app.ts", 404, ""},
		{"../secret.txt", 404, ""},
		{"%2e%2e/secret.txt", 404, ""},
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, test := range tests {
		r, err := client.Get(s.URL() + test.path)
		if err != nil {
			t.Fatal(err)
		}
		body := make([]byte, 100)
		n, _ := r.Body.Read(body)
		r.Body.Close()
		if r.StatusCode != test.status || test.body != "" && strings.TrimSpace(string(body[:n])) != test.body {
			t.Errorf("GET /%s: %s %q, want %d %q", test.path, r.Status, body[:n], test.status, test.body)
		}
	}
}
