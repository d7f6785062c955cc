package daemon_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// client is an HTTP client whose connections end with the test.
func client(t *testing.T) *http.Client {
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 4 * wstest.Patience, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}

// ask sends a request and returns the response with its body.
func ask(t *testing.T, c *http.Client, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r, err := http.NewRequest(method, url, reader)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v after %q", method, url, err, text)
	}
	return resp, string(text)
}

// get is ask for a path of a server, of which only the status and the body count.
func get(t *testing.T, s *daemontest.Server, path string) string {
	t.Helper()
	resp, body := ask(t, client(t), "GET", s.URL()+path, "")
	return fmt.Sprintf("%d %s", resp.StatusCode, body)
}

func TestFetchSeesTheRequest(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { async fetch(request) {
	return Response.json({
		method: request.method, url: request.url, path: new URL(request.url).pathname,
		tag: request.headers.get("X-Tag"), latin: request.headers.get("x-latin"), none: request.headers.get("x-none"),
		names: [...request.headers.keys()].filter((n) => n === "host" || n.startsWith("x-")),
		body: await request.text(), used: request.bodyUsed,
	});
} };
`)
	resp, body := ask(t, client(t), "PUT", s.URL()+"a%20b/ü?c=d&e", "zażółć 🦀", "X-Tag", "one", "X-Tag", "two", "X-Latin", "\xe9")
	want := fmt.Sprintf(`{"method":"PUT","url":"%[1]sa%%20b/%%C3%%BC?c=d&e","path":"/a%%20b/%%C3%%BC","tag":"one, two","latin":"é","none":null,`+
		`"names":["host","x-latin","x-tag"],"body":"zażółć 🦀","used":true}`, s.URL())
	if body != want || resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%d, %s, %s\nwant %s", resp.StatusCode, resp.Header.Get("Content-Type"), body, want)
	}
	s.WaitContexts(0)
}

func TestResponsesArriveAsTheyAre(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
const responses = {
	text: () => new Response("zażółć 🦀"),
	bytes: () => new Response(new Uint8Array([0, 1, 255])),
	empty: () => new Response(null),
	promise: () => new Promise((done) => setTimeout(() => done(new Response("later")), 5)),
	status: () => new Response("teapot", { status: 418, headers: { "x-tag": "\u00e9", "Transfer-Encoding": "gzip" } }),
	cookies: () => { const r = new Response("c"); r.headers.append("set-cookie", "a=1"); r.headers.append("set-cookie", "b=2"); return r },
	nothing: () => new Response(null, { status: 204 }),
	unchanged: () => new Response(null, { status: 304, headers: { etag: '"1"' } }),
	moved: () => Response.redirect("http://example.com/", 302),
	large: () => new Response("0123456789🦀".repeat(200_000)),
	largeBytes: () => new Response(new Uint8Array(3_000_000)),
	stream: () => new Response(new Blob(["a", "b"]).stream(), { headers: { "content-type": "text/x" } }),
};
export default { fetch(request) { return responses[new URL(request.url).pathname.slice(1)](); } };
-- rowan.toml --
[request]
turn = "1s" # for the race detector's sake: the large text is encoded in one call
`)
	c := client(t)
	tests := []struct {
		path   string
		status int
		body   string
		header string // a name and its values
	}{
		{"text", 200, "zażółć 🦀", "Content-Type: text/plain;charset=UTF-8"},
		{"bytes", 200, "\x00\x01\xff", "Content-Type: "},
		{"empty", 200, "", "Content-Type: "},
		{"promise", 200, "later", "Content-Length: 5"},
		{"status", 418, "teapot", "X-Tag: \xe9"},
		{"cookies", 200, "c", "Set-Cookie: a=1, b=2"},
		{"nothing", 204, "", "Content-Length: "},
		{"unchanged", 304, "", `Etag: "1"`},
		{"moved", 302, "", "Location: http://example.com/"},
		{"large", 200, strings.Repeat("0123456789🦀", 200_000), "Content-Type: text/plain;charset=UTF-8"},
		{"largeBytes", 200, strings.Repeat("\x00", 3_000_000), "Content-Type: "},
		{"stream", 200, "ab", "Content-Type: text/x"},
	}
	for _, test := range tests {
		resp, body := ask(t, c, "GET", s.URL()+test.path, "")
		name, value, _ := strings.Cut(test.header, ": ")
		if got := strings.Join(resp.Header.Values(name), ", "); resp.StatusCode != test.status || body != test.body || got != value {
			t.Errorf("%s: %d, %d bytes %.50q, %s: %q", test.path, resp.StatusCode, len(body), body, name, got)
		}
		head, body := ask(t, c, "HEAD", s.URL()+test.path, "")
		if got := strings.Join(head.Header.Values(name), ", "); head.StatusCode != test.status || body != "" || got != value {
			t.Errorf("HEAD %s: %d, %q, %s: %q", test.path, head.StatusCode, body, name, got)
		}
	}
	s.WaitContexts(0)
}

func TestEachRequestHasAContextOfItsOwn(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
let n = 0;
export default { fetch() { globalThis.seen = (globalThis.seen ?? 0) + 1; return new Response(`+"`${++n} ${seen}`"+`); } };
`)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			c := client(t)
			for range 25 {
				if _, body := ask(t, c, "GET", s.URL(), ""); body != "1 1" {
					t.Errorf("%q: the context has had a request before", body)
				}
			}
		})
	}
	all.Wait()
	s.WaitContexts(0)
}

// TestFetchPassedOn checks that what another server answers can be answered: an encoded body is decoded on the way.
func TestFetchPassedOn(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Tag", "upstream")
		if r.URL.Path == "/plain" {
			w.Header().Set("Content-Length", "5")
			io.WriteString(w, "plain")
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, strings.Repeat("encoded", 100))
		z.Close()
	}))
	defer upstream.Close()
	s := daemontest.Serve(t, `
-- rowan.toml --
session.hosts = ["127.0.0.1"]
-- app.ts --
export default { fetch: (request) => fetch("`+upstream.URL+`" + new URL(request.url).pathname) };
`)
	for path, want := range map[string]string{"plain": "plain", "gzip": strings.Repeat("encoded", 100)} {
		resp, body := ask(t, client(t), "GET", s.URL()+path, "")
		if body != want || resp.Header.Get("X-Tag") != "upstream" || resp.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %.20q, %v", path, body, resp.Header)
		}
	}
}

func TestFilesComeBeforeFetch(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { fetch(request) { return new Response(request.method + " " + new URL(request.url).pathname); } };
-- public/index.html --
home
-- public/a.txt --
a file
`)
	c := client(t)
	for request, want := range map[string]string{
		"GET ": "home\n", "GET a.txt": "a file\n", "POST a.txt": "POST /a.txt", "GET b.txt": "GET /b.txt", "GET c/%2e%2e/app.ts": "GET /app.ts",
	} {
		method, path, _ := strings.Cut(request, " ")
		if _, body := ask(t, c, method, s.URL()+path, ""); body != want {
			t.Errorf("%s: %q, want %q", request, body, want)
		}
	}
}

func TestFetchThatFails(t *testing.T) {
	archive := `
-- app.ts --
const failures = {
	throw: () => { throw new Error("out <b>"); },
	reject: async () => { await null; throw new TypeError("later"); },
	string: () => { throw "a string"; },
	unsendable: () => { throw { f() {} }; },
	nothing: () => {},
	object: async () => ({ status: 200 }),
	error: () => Response.error(),
	loop: () => { for (;;); },
	loopLater: async () => { await new Promise((done) => setTimeout(done, 1)); for (;;); },
	exit: () => Rowan.exit("enough"),
	locked: () => { const r = new Response(new Blob(["a"]).stream()); r.body.getReader(); return r; },
	body: () => new Response(new ReadableStream({ pull(c) { c.enqueue("text"); } })),
	broken: () => new Response(new ReadableStream({ pull(c) { throw new Error("torn"); } })),
};
export default { fetch(request) { return failures[new URL(request.url).pathname.slice(1)](); } };
`
	tests := []struct{ path, logged string }{
		{"throw", "GET /throw failed: Error: out <b>\n    at throw (app.ts:2:"},
		{"reject", "GET /reject failed: TypeError: later"},
		{"string", `GET /string failed: Uncaught: "a string"`},
		{"unsendable", "GET /unsendable failed: TypeError"},
		{"nothing", "must return a Response, or a promise of one, not undefined; is a `return` missing?"},
		{"object", "must return a Response"},
		{"error", "Response.error()"},
		{"loop", "GET /loop failed: turn ended"},
		{"loopLater", "turn ended"},
		{"exit", ""},
		{"locked", "locked"},
	}
	s := daemontest.Serve(t, archive)
	for _, test := range tests {
		if got := get(t, s, test.path); got != "500 Internal Server Error\n" {
			t.Errorf("%s: %q", test.path, got)
		}
		if test.logged != "" {
			s.WaitLog("error", test.logged)
		}
	}
	for path, logged := range map[string]string{"body": "not a Uint8Array", "broken": "torn"} {
		resp, err := client(t).Get(s.URL() + path)
		if err == nil {
			var body []byte
			body, err = io.ReadAll(resp.Body)
			resp.Body.Close()
			if err == nil {
				t.Errorf("%s: a body that is not whole looks like one that is: %q", path, body)
			}
		}
		s.WaitLog("error", "GET /"+path+" failed while its body was sent", logged)
	}
	s.WaitContexts(0)

	dev := daemontest.Serve(t, archive, daemontest.Dev)
	resp, body := ask(t, client(t), "GET", dev.URL()+"throw", "", "Accept", "text/html,*/*")
	if resp.Header.Get("Content-Type") != "text/html; charset=utf-8" || resp.StatusCode != 500 ||
		!strings.Contains(body, "Error: out &lt;b&gt;\n    at throw (app.ts:2:") {
		t.Errorf("%d %s: %s", resp.StatusCode, resp.Header.Get("Content-Type"), body)
	}
	dev.WaitLog("error", "out <b>")
	if got := get(t, dev, "throw"); !strings.Contains(got, "Error: out <b>\n    at throw (app.ts:2:") {
		t.Errorf("%s", got)
	}
	dev.WaitLog("error", "out <b>")
}

func TestModuleThatWaits(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
await new Promise((done) => setTimeout(done, 20));
export default { fetch() { return new Response("ready"); } };
`)
	if got := get(t, s, ""); got != "200 ready" {
		t.Error(got)
	}
}

func TestRequestLimits(t *testing.T) {
	s := daemontest.Serve(t, `
-- rowan.toml --
[request]
max_body = 1000
timeout = "300ms"
concurrent = 2
-- app.ts --
export default { async fetch(request) {
	switch (new URL(request.url).pathname) {
		case "/never": await new Promise(() => {});
		case "/slow": await new Promise((done) => setTimeout(done, 200));
	}
	return new Response((await request.text()).length);
} };
`)
	c := client(t)
	if resp, body := ask(t, c, "POST", s.URL(), strings.Repeat("x", 1000)); resp.StatusCode != 200 || body != "1000" {
		t.Errorf("a body of the largest size: %d %q", resp.StatusCode, body)
	}
	if resp, _ := ask(t, c, "POST", s.URL(), strings.Repeat("x", 1001)); resp.StatusCode != 413 {
		t.Errorf("a body that is too large: %d", resp.StatusCode)
	}
	r, err := c.Post(s.URL(), "text/plain", io.MultiReader(strings.NewReader(strings.Repeat("x", 1001)))) // of unknown length
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != 413 {
		t.Errorf("a body that turns out too large: %d", r.StatusCode)
	}
	s.WaitLog("the body is larger than the server takes")

	if got := get(t, s, "never"); got != "503 the app did not answer in time\n" {
		t.Errorf("%s", got)
	}
	s.WaitLog("warn", "GET /never was not answered within 300ms")
	s.WaitContexts(0)

	var all sync.WaitGroup
	var mu sync.Mutex
	count := map[int]int{}
	for range 5 {
		all.Go(func() {
			resp, _ := ask(t, client(t), "GET", s.URL()+"slow", "")
			mu.Lock()
			defer mu.Unlock()
			count[resp.StatusCode]++
			if resp.StatusCode == 503 && resp.Header.Get("Retry-After") == "" {
				t.Error("503 without Retry-After")
			}
		})
	}
	all.Wait()
	if count[200] != 2 || count[503] != 3 {
		t.Errorf("answers by status: %v", count)
	}
}

func TestRequestBodyIsReadAsItComes(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { async fetch(request) {
	if (request.method === "PUT") return new Response("refused", { status: 403 }); // unread
	return new Response(request.body);
} };
`)
	large := strings.Repeat("0123456789abcdef", 1<<16)
	for _, body := range []string{"", "small", large} {
		if _, got := ask(t, client(t), "POST", s.URL(), body); got != body {
			t.Errorf("a body of %d bytes comes back as %d", len(body), len(got))
		}
	}
	if resp, got := ask(t, client(t), "PUT", s.URL(), large); resp.StatusCode != 403 || got != "refused" {
		t.Errorf("%d %q", resp.StatusCode, got)
	}

	// What is sent comes back before all has been sent.
	in, out := io.Pipe()
	resp, err := client(t).Post(s.URL(), "text/plain", in)
	if err == nil {
		t.Cleanup(func() { resp.Body.Close() })
	}
	for i := range 3 {
		text := fmt.Sprintf("part %d", i)
		if i == 0 && err != nil {
			t.Fatal(err)
		}
		go io.WriteString(out, text)
		got := make([]byte, len(text))
		if _, err := io.ReadFull(resp.Body, got); err != nil || string(got) != text {
			t.Fatalf("%q, %v; want %q", got, err, text)
		}
	}
	out.Close()
	if rest, err := io.ReadAll(resp.Body); len(rest) > 0 || err != nil {
		t.Errorf("%q, %v at the end", rest, err)
	}
	s.WaitContexts(0)
}

func TestResponseBackpressure(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
const chunk = new Uint8Array(64 << 10);
export default { fetch() {
	let pulls = 0;
	return new Response(new ReadableStream({
		pull(c) {
			if (++pulls % 100 === 0) console.log("pulled " + pulls);
			if (pulls === 400) c.close();
			else c.enqueue(chunk);
		},
	}));
} };
`)
	resp, err := client(t).Get(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	time.Sleep(300 * time.Millisecond) // nobody reads: what the kernel takes is a few MB
	if s.Logged("pulled 300") {
		t.Error("the script has sent 19 MB to a client that does not read")
	}
	n, err := io.Copy(io.Discard, resp.Body)
	if n != 399*64<<10 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	s.WaitLog("pulled 400")
	s.WaitContexts(0)
}

func TestClientThatGoes(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { fetch(request) {
	request.signal.addEventListener("abort", () => console.log("aborted " + request.signal.reason.name));
	const answer = new Response(new ReadableStream({
		start(c) { c.enqueue(new TextEncoder().encode("begin\n")); },
		cancel(reason) { console.log("cancelled " + reason.name); },
	}));
	if (new URL(request.url).pathname === "/stream") return answer;
	console.log("waiting");
	return new Promise((done) => request.signal.addEventListener("abort", () => done(answer)));
} };
`)
	for _, path := range []string{"stream", "wait"} {
		ctx, cancel := context.WithCancel(context.Background())
		r, _ := http.NewRequestWithContext(ctx, "GET", s.URL()+path, nil)
		if path == "stream" {
			resp, err := client(t).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			begin := make([]byte, 6)
			if _, err := io.ReadFull(resp.Body, begin); err != nil || string(begin) != "begin\n" {
				t.Fatalf("%q, %v", begin, err)
			}
			cancel()
			resp.Body.Close()
		} else {
			go func() { s.WaitLog("waiting"); cancel() }()
			if _, err := client(t).Do(r); err == nil {
				t.Error("a request that was given up has an answer")
			}
		}
		s.WaitLog("aborted AbortError")
		s.WaitLog("cancelled AbortError")
		s.WaitContexts(0)
	}
}

func TestHTTP2(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { async fetch(request, server) {
	if (new URL(request.url).pathname === "/upgrade") return new Response(server.upgrade(request));
	return new Response(request.body ?? "none", { headers: { connection: "close", "x-a": "b" } });
}, websocket: {} };
`)
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: protocols}
	defer transport.CloseIdleConnections()
	c := &http.Client{Transport: transport, Timeout: wstest.Patience}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			want := strings.Repeat(fmt.Sprint(i), 10_000*i+1)
			resp, body := ask(t, c, "POST", s.URL(), want)
			if resp.ProtoMajor != 2 || resp.Header.Get("X-A") != "b" || body != want {
				t.Errorf("HTTP/%d, %d bytes, want %d", resp.ProtoMajor, len(body), len(want))
			}
		})
	}
	all.Wait()
	if _, body := ask(t, c, "GET", s.URL()+"upgrade", ""); body != "false" {
		t.Errorf("upgrade: %s", body)
	}
	s.WaitContexts(0)
}

const upgrading = `
-- app.ts --
let requests = 0, again: () => boolean;
export default {
	async fetch(request, server) {
		requests++;
		const { pathname, searchParams } = new URL(request.url);
		switch (pathname) {
			case "/ws":
				await null;
				if (server.upgrade(request, { data: { name: searchParams.get("name") }, headers: { "x-session": "yes" } })) return;
				return new Response("no upgrade", { status: 426 });
			case "/refuse": return new Response("go away", { status: 401 });
			case "/twice": console.log(String([server.upgrade(request), server.upgrade(request)])); return;
			case "/later": again = () => server.upgrade(request); again(); return;
			case "/throw": server.upgrade(request); throw new Error("after the upgrade");
			case "/other": return new Response(String(server.upgrade(new Request(request))));
			case "/publish": return new Response(server.publish("news", "extra") + " of " + server.subscriberCount("news"));
			case "/ip": return Response.json([server.requestIP(request), server.requestIP(new Request("http://a/"))]);
		}
		return new Response("not found", { status: 404 });
	},
	websocket: {
		open(ws) { ws.subscribe("news"); ws.send("open " + ws.data?.name + " " + requests + " " + new URL(ws.url).pathname); },
		message(ws, text) {
			if (text === "again") return ws.send(String(again()));
			ws.data.name += text;
			ws.send(ws.data.name);
		},
	},
};
`

func TestUpgrade(t *testing.T) {
	s := daemontest.Serve(t, upgrading)
	var header http.Header
	c := wstest.DialWith(t, s.URL()+"ws?name=ann", ws.Dialer{OnHeader: func(key, value []byte) error {
		if header == nil {
			header = http.Header{}
		}
		header.Add(string(key), string(value))
		return nil
	}})
	if header.Get("X-Session") != "yes" {
		t.Errorf("the handshake's answer has %v", header)
	}
	c.Expect("open ann 1 /ws") // in the context of its request
	c.Send("!")
	c.Expect("ann!")
	d := wstest.Dial(t, s.URL()+"ws?name=bob")
	d.Expect("open bob 1 /ws")
	s.WaitContexts(2)

	if got := get(t, s, "publish"); got != "200 2 of 2" {
		t.Errorf("publish: %s", got)
	}
	c.Expect("extra")
	d.Expect("extra")
	s.WaitContexts(2)
	c.Close(1000, "")
	d.Kill()
	s.WaitContexts(0)

	if got := get(t, s, "ws"); got != "426 no upgrade" {
		t.Errorf("a request that is no handshake: %s", got)
	}
	if _, err := wstest.TryDial(t, s.URL()+"refuse", ws.Dialer{}); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("refused: %v", err)
	}
	twice := wstest.Dial(t, s.URL()+"twice")
	s.WaitLog("true,false")
	twice.Expect("open undefined 1 /twice")
	later := wstest.Dial(t, s.URL()+"later")
	later.Expect("open undefined 1 /later")
	later.Send("again") // its handshake is long over
	later.Expect("false")
	thrown := wstest.Dial(t, s.URL()+"throw")
	s.WaitLog("error", "after the upgrade")
	thrown.Expect("open undefined 1 /throw")
	if got := get(t, s, "other"); got != "200 false" {
		t.Errorf("upgrade of another request: %s", got)
	}
	twice.Kill()
	later.Kill()
	thrown.Kill()
	s.WaitContexts(0)
}

func TestRequestIP(t *testing.T) {
	s := daemontest.Serve(t, upgrading)
	var local net.Addr
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err == nil {
			local = c.LocalAddr()
		}
		return c, err
	}}
	defer transport.CloseIdleConnections()
	_, body := ask(t, &http.Client{Transport: transport}, "GET", s.URL()+"ip", "")
	if want := fmt.Sprintf(`[{"address":"127.0.0.1","port":%d,"family":"IPv4"},null]`, local.(*net.TCPAddr).Port); body != want {
		t.Errorf("%s, want %s", body, want)
	}
}

func TestWaitUntil(t *testing.T) {
	s := daemontest.Serve(t, `
-- rowan.toml --
[request]
timeout = "1500ms"
-- app.ts --
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
export default { fetch(request) {
	switch (new URL(request.url).pathname) {
		case "/keep":
			Rowan.waitUntil(sleep(50).then(() => console.log("kept")));
			Rowan.waitUntil(sleep(10).then(() => { throw new Error("in the background"); }));
			sleep(30).then(() => console.log("meanwhile"));
			sleep(100).then(() => console.log("too late"));
			break;
		case "/ever":
			Rowan.waitUntil(new Promise(() => {}));
			break;
		case "/dropped":
			sleep(10).then(() => console.log("dropped"));
	}
	return new Response("sent");
} };
`)
	for _, path := range []string{"dropped", "keep", "ever"} {
		start := time.Now()
		if got := get(t, s, path); got != "200 sent" || time.Since(start) > 1200*time.Millisecond {
			t.Errorf("%s: %s after %v", path, got, time.Since(start))
		}
	}
	s.WaitLog("kept")
	s.WaitLog("meanwhile")
	s.WaitLog("error", "in the background")
	s.WaitLog("warn", "GET /ever", "was kept for 1.5s")
	s.WaitContexts(0)
	if s.Logged("too late") || s.Logged("dropped") {
		t.Error("a context goes on though nothing keeps it")
	}
}

func TestShutdownWaitsForRequests(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { async fetch(request) {
	console.log("begun");
	await new Promise((done) => setTimeout(done, 100));
	return new Response("done");
} };
`)
	answers := make(chan string, 1)
	go func() { answers <- get(t, s, "") }()
	s.WaitLog("begun")
	if err := s.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	if got := <-answers; got != "200 done" {
		t.Error(got)
	}
}

// TestShutdownEndsEvents checks that server-sent events, which would never end, hold up nothing.
func TestShutdownEndsEvents(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { fetch(request) {
	return new Response(new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode("data: a\n\n")); } }), {
		headers: { "content-type": "text/event-stream" },
	});
} };
`)
	resp, err := client(t).Get(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	begin := make([]byte, 9)
	if _, err := io.ReadFull(resp.Body, begin); err != nil {
		t.Fatal(err)
	}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if rest, err := io.ReadAll(resp.Body); len(rest) > 0 || err != nil {
		t.Errorf("%q, %v after the end", rest, err)
	}
}

func TestShutdownCutsRequestsOff(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { fetch(request) {
	if (new URL(request.url).pathname === "/stream") return new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array(1)); } }));
	return new Promise(() => {});
} };
`)
	errs := make(chan error, 2)
	resp, err := client(t).Get(s.URL() + "stream")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, err := io.Copy(io.Discard, resp.Body); resp.Body.Close(); errs <- err }()
	go func() { _, err := client(t).Get(s.URL()); errs <- err }()
	s.WaitContexts(2)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Shutdown: %v", err)
	}
	for range 2 {
		if err := <-errs; err == nil {
			t.Error("a request that was cut off looks like one that was answered")
		}
	}
}

func TestReloadAmongRequests(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { fetch() { return new Response("old"); } };
`, daemontest.Dev)
	if got := get(t, s, ""); got != "200 old" {
		t.Error(got)
	}
	daemontest.Write(t, s.Dir, `
-- app.ts --
export default { fetch() { return new Response("new"); } };
`)
	s.WaitLog("loaded the new version")
	if got := get(t, s, ""); got != "200 new" {
		t.Error(got)
	}
}

// TestRequestSettings checks that requests have settings of their own, and those of sessions where they may become sessions.
func TestRequestSettings(t *testing.T) {
	fetch := `fetch() { return new Response([typeof Rowan, typeof setTimeout].join()); }`
	tests := []struct{ name, app, toml, want string }{
		{"own", fetch, "[session]\napis = 'all,-rowan'\n[request]\napis = 'all,-timers'", "object,undefined"},
		{"as sessions", fetch, "[session]\napis = 'all,-rowan'", "undefined,function"},
		{"with sessions", fetch + ", websocket: {}", "[session]\napis = 'all,-rowan'\n[request]\napis = 'all,-timers'", "undefined,function"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := daemontest.Serve(t, "-- app.ts --\nexport default { "+test.app+" };\n-- rowan.toml --\n"+test.toml+"\n")
			if got := get(t, s, ""); got != "200 "+test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestRequestsKeepAlive(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { fetch(request) { return new Response(new URL(request.url).search); } };
`)
	var mu sync.Mutex
	var dialed []string
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		dialed = append(dialed, addr)
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
	defer transport.CloseIdleConnections()
	c := &http.Client{Transport: transport}
	for i := range 50 {
		if _, body := ask(t, c, "POST", s.URL()+fmt.Sprint("?", i), "body"); body != fmt.Sprint("?", i) {
			t.Errorf("%d: %q", i, body)
		}
	}
	if len(slices.Compact(dialed)) != 1 || len(dialed) != 1 {
		t.Errorf("%d connections for requests in turn", len(dialed))
	}
}
