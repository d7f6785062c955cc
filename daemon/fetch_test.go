package daemon_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rowan/daemon"
	"rowan/daemon/config"
	"rowan/internal/daemontest"
)

// evalOn runs a module with the global base, a server's URL, and returns what it prints.
func evalOn(t *testing.T, handler http.HandlerFunc, code string) string {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	defer server.CloseClientConnections()
	var out bytes.Buffer
	script := daemon.Script{
		Name: "fetch.js", Code: fmt.Sprintf("const base = %q;\n%s\nexport {};", server.URL, code), Out: &out, Err: &out, Version: "test",
	}
	if err := daemon.Eval(script, config.Default()); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	return out.String()
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	got := evalOn(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		fmt.Fprintf(w, "%s %s %s %q %s", r.Method, r.RequestURI, r.Header.Get("X-Test"), body, r.UserAgent())
	}, `
		const response = await fetch(base + "/a%7Cb|c?d=é#f", { method: "PUT", headers: { "x-test": "ü" }, body: "hällo" });
		console.log(response.status, response.statusText, response.url.replace(base, ""), response.headers.getSetCookie());
		console.log(await response.text());`)
	expect(t, got, "200 OK /a%7Cb|c?d=%C3%A9 [ 'a=1', 'b=2' ]\nPUT /a%7Cb|c?d=%C3%A9 \ufffd \"hällo\" rowan/test")
}

// Parts of a body arrive as they are sent, in both directions.
func TestFetchStreams(t *testing.T) {
	t.Parallel()
	got := evalOn(t, func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		control.EnableFullDuplex()
		w.WriteHeader(200)
		control.Flush()
		for lines := bufio.NewScanner(r.Body); lines.Scan(); control.Flush() {
			fmt.Fprintf(w, "got %s\n", lines.Text())
		}
	}, `
		let upload;
		const body = new ReadableStream({ start(controller) { upload = controller; } }).pipeThrough(new TextEncoderStream());
		const response = await fetch(base, { method: "POST", body, duplex: "half" });
		const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
		for (const line of ["one", "two"]) {
			upload.enqueue(line + "\n");
			console.log((await reader.read()).value.trim());
		}
		upload.close();
		console.log((await reader.read()).done);`)
	expect(t, got, "got one\ngot two\ntrue")
}

func TestFetchRedirects(t *testing.T) {
	t.Parallel()
	got := evalOn(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/see":
			http.Redirect(w, r, "/end", http.StatusSeeOther)
		case "/keep":
			http.Redirect(w, r, "/end", http.StatusTemporaryRedirect)
		case "/out":
			http.Redirect(w, r, "data:,x", http.StatusFound)
		default:
			body, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %s %s", r.Method, body, r.Header.Get("Content-Type"))
		}
	}, `
		for (const path of ["/see", "/keep"]) {
			const response = await fetch(base + path + "#x", { method: "POST", body: "b" });
			console.log(response.redirected, response.url.replace(base, ""), await response.text());
		}
		const manual = await fetch(base + "/see", { redirect: "manual" });
		console.log(manual.status, manual.headers.get("location"));
		for (const [path, init] of [["/loop"], ["/out"], ["/see", { redirect: "error" }]]) {
			console.log((await fetch(base + path, init).catch((e) => e)).name);
		}`)
	expect(t, got, "true /end GET  \ntrue /end POST b text/plain;charset=UTF-8\n303 /end\nTypeError\nTypeError\nTypeError")
}

// A signal ends what is under way: the wait for a response, and its body.
func TestFetchAbort(t *testing.T) {
	t.Parallel()
	var ended atomic.Int32
	got := evalOn(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			w.Write([]byte("x"))
			http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
		ended.Add(1)
	}, `
		console.log((await fetch(base, { signal: AbortSignal.timeout(20) }).catch((e) => e)).name);
		const controller = new AbortController();
		const { body } = await fetch(base + "/body", { signal: controller.signal });
		const reader = body.getReader();
		console.log((await reader.read()).value.length);
		setTimeout(() => controller.abort(new Error("why")), 5);
		console.log((await reader.read().catch((e) => e)).message);
		const other = await fetch(base + "/body");
		await other.body.cancel();`)
	expect(t, got, "TimeoutError\n1\nwhy")
	for deadline := time.Now().Add(10 * time.Second); ended.Load() < 3; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d of 3 requests were ended", ended.Load())
		}
	}
}

func TestFetchDecodes(t *testing.T) {
	t.Parallel()
	got := evalOn(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "zstd") {
			t.Errorf("Accept-Encoding: %s", r.Header.Get("Accept-Encoding"))
		}
		w.Header().Set("Content-Encoding", "gzip")
		switch r.URL.Path {
		case "/bad":
			w.Write([]byte("not gzip"))
		case "/":
			z := gzip.NewWriter(w)
			z.Write([]byte("packed"))
			z.Close()
		}
	}, `
		console.log(await (await fetch(base)).text());
		console.log(JSON.stringify(await (await fetch(base + "/empty")).text()));
		console.log((await (await fetch(base + "/bad")).text().catch((e) => e)).name);`)
	expect(t, got, "packed\n\"\"\nTypeError")
}

// A source connects again, with the last id, and lets a server that ends the stream alone.
func TestEventSource(t *testing.T) {
	t.Parallel()
	got := evalOn(t, func(w http.ResponseWriter, r *http.Request) {
		last := r.Header.Get("Last-Event-ID")
		if last == "2" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "retry: 1\n\nid: %s\r\nevent: tick\rdata: after %s\ndata:and more\n\n", map[string]string{"": "1", "1": "2"}[last], last)
	}, `
		const source = new EventSource(base);
		source.addEventListener("tick", (e) => console.log(JSON.stringify(e.data), e.lastEventId, e.origin === base));
		await new Promise((resolve) => (source.onerror = () => source.readyState === 2 && resolve()));`)
	expect(t, got, "\"after \\nand more\" 1 true\n\"after 1\\nand more\" 2 true")
}

// More fetches than a context may have at a time wait for their turn, but not for ever. A small body that nobody reads takes no turn: it is
// read ahead; a large one does.
func TestFetchConcurrency(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/large" {
			w.Write(make([]byte, 1<<20))
			return
		}
		most.Store(max(most.Load(), now.Add(1)))
		time.Sleep(5 * time.Millisecond)
		now.Add(-1)
		w.Write([]byte("x"))
	}))
	defer server.Close()
	c := config.Default()
	c.Fetch.Concurrent, c.Fetch.Timeout = 2, config.Duration(time.Second)
	var out bytes.Buffer
	err := daemon.Eval(daemon.Script{Name: "fetch.js", Out: &out, Err: &out, Version: "test", Code: fmt.Sprintf(`
		const base = %q;
		console.log((await Promise.all(Array.from({ length: 8 }, async () => (await fetch(base)).text()))).join(""));
		const small = [await fetch(base), await fetch(base), await fetch(base)];
		const large = [await fetch(base + "/large"), await fetch(base + "/large")];
		console.log((await fetch(base).catch((e) => e)).message);
		export {};`, server.URL)}, c)
	if err != nil {
		t.Fatal(err)
	}
	if most.Load() > 2 {
		t.Errorf("%d at a time", most.Load())
	}
	expect(t, out.String(), "xxxxxxxx\n2 fetches of this context were under way all the time; read or cancel the bodies of their responses")
}

// A server's scripts reach what is public, unless the operator says more.
func TestServersAreGuarded(t *testing.T) {
	t.Parallel()
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, strings.Replace("http://"+r.Host, "127.0.0.1", "localhost", 1), http.StatusFound)
		}
	}))
	defer target.Close()
	app := fmt.Sprintf(`
-- app.ts --
export default {
	async fetch(request) {
		const { pathname } = new URL(request.url);
		return new Response(await fetch(%q + pathname).then((r) => "" + r.status, (e) => e.code));
	},
};
`, target.URL)
	ask := func(s *daemontest.Server, path string) string {
		res, err := http.Get(strings.TrimSuffix(s.URL(), "/") + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		return string(body)
	}
	if got := ask(daemontest.Serve(t, app), "/x"); got != "denied" {
		t.Errorf("a private address: %s", got)
	}
	s := daemontest.Serve(t, app, daemontest.Configure(func(c *config.Config) { c.Session.Hosts = []string{"127.0.0.1"} }))
	if got := ask(s, "/x"); got != "200" {
		t.Errorf("an address that was named: %s", got)
	}
	if got := ask(s, "/away"); got != "denied" {
		t.Errorf("a redirect to another name: %s", got)
	}
}
