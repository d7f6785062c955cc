package daemon

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gobwas/ws"
	"go.uber.org/zap"

	"rowan/bridge/storage"
	"rowan/daemon/config"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi"
	"rowan/pool"
)

// counterApp is a session that counts, and can use each group once.
const counterApp = `
let count = 0;
globalThis.inc = () => ++count;
const uses = [
	() => new EventTarget().dispatchEvent(new Event("x")),
	() => structuredClone({ a: [1] }),
	() => new TextDecoder().decode(new TextEncoder().encode("text")),
	() => new URL("https://example.org/?a=b").searchParams.get("a"),
	() => new Headers({ a: "b" }).get("a"),
	() => new Response("text").status,
	() => new Blob(["text"]).size,
	() => new ReadableStream({ pull(c) { c.close(); } }).locked,
	() => new CompressionStream("gzip").readable.locked,
	() => crypto.randomUUID(),
	() => performance.now(),
	() => navigator.userAgent,
	() => sessionStorage.length,
	() => Buffer.from("text").toString("hex"),
	() => new Intl.NumberFormat("en").format(1234.5),
	() => Rowan.escapeHTML("<"),
];

globalThis.use = () => { for (const f of uses) { try { f(); } catch (error) { if (!(error instanceof ReferenceError)) throw error; } } return ++count; };
`

// groupRig is a template with some groups, on a thread of its own.
type groupRig struct {
	th       *engine.Thread
	w        *engine.Window
	inc, use engine.Func
}

func newGroupRig(b *testing.B, chosen func(string) bool) *groupRig {
	store, err := storage.Open(storage.Options{})
	if err != nil {
		b.Fatal(err)
	}
	s := newServer(Options{Config: config.Default(), Log: zap.NewNop(), Version: "bench", storage: store}, pool.Options{Workers: 1, Windows: 1})
	b.Cleanup(func() { s.closeContexts(b.Context()) })
	reach, err := s.newReach(nil, config.Variables{})
	if err != nil {
		b.Fatal(err)
	}
	groups, err := jsapi.Groups(chosen, "app", reach.hosts)
	if err != nil {
		b.Fatal(err)
	}
	p, err := engine.Compile(counterApp, "counter.js", false)
	if err != nil {
		b.Fatal(err)
	}
	th := engine.NewThread()
	b.Cleanup(th.Close)
	_, w, err := engine.NewTemplate(th, engine.Spec{Name: "bench", Groups: groups, Bundle: p})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(w.Close)
	return &groupRig{th: th, w: w}
}

// fork makes a context in which the functions are held.
func (r *groupRig) fork(b *testing.B) *engine.Context {
	c := r.w.Fork(nil)
	r.call(b, c, func(t *engine.Turn) (err error) {
		if r.inc, err = t.Hold("inc"); err == nil {
			r.use, err = t.Hold("use")
		}
		return err
	})
	return c
}

func (r *groupRig) call(b *testing.B, c *engine.Context, f func(t *engine.Turn) error) {
	if err := r.th.Run(c, f); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkGroups measures what API groups cost: the image of each one with those that it needs, what a context of a counter takes when it is
// parked, before and after it has used whatever there is, and what it takes to call one parked context and then another.
func BenchmarkGroups(b *testing.B) {
	choices := map[string]func(string) bool{
		"none": func(string) bool { return false },
		"all":  func(name string) bool { return name != "node" },
		"node": func(string) bool { return true },
	}
	for _, name := range append([]string{"none", "all", "node"}, jsapi.Names()...) {
		chosen := choices[name]
		if chosen == nil {
			chosen = func(other string) bool { return other == name }
		}
		b.Run(name, func(b *testing.B) {
			r := newGroupRig(b, chosen)
			c, d := r.fork(b), r.fork(b)
			n := 0
			call := func(t *engine.Turn) error {
				v, err := t.Call(r.inc)
				n, _ = v.(int)
				return err
			}
			r.call(b, c, call)
			c.Park()
			parked := c.OwnBytes()
			used := r.fork(b)
			r.call(b, used, func(t *engine.Turn) error { _, err := t.Call(r.use); return err })
			used.Park()
			for b.Loop() {
				r.call(b, c, call)
				r.call(b, d, call)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(2*b.N), "ns/swap")
			b.ReportMetric(float64(parked), "B/parked")
			b.ReportMetric(float64(used.OwnBytes()), "B/used")
			b.ReportMetric(float64(r.w.Image()), "B/image")
			if n != b.N+1 && n != b.N {
				b.Fatalf("counted to %d, want %d", n, b.N)
			}
		})
	}
}

// BenchmarkMessage is what a message costs between socket and socket: a call of the session's handler, and its ws.send. Many are handled in
// one turn, and what they send leaves together.
func BenchmarkMessage(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0)) // a pool has more
	app := filepath.Join(b.TempDir(), "app.js")
	err := os.WriteFile(app, []byte(`let count = 0; export default { websocket: { message(ws, text) { count++; ws.send(text); } } };`), 0o666)
	if err != nil {
		b.Fatal(err)
	}
	c := config.Default()
	c.Listen, c.Admin.Listen, c.Workers = "127.0.0.1:0", "", 1
	s, err := New(Options{App: app, Config: c, Log: zap.NewNop()})
	if err == nil {
		err = s.Listen()
	}
	if err != nil {
		b.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	defer func() { s.Shutdown(b.Context()); <-served }()
	conn, _, _, err := ws.Dial(b.Context(), "ws://"+s.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	received := make(chan int64, 1)
	message := strings.Repeat("x", 64)
	go func() {
		n, _ := io.CopyN(io.Discard, conn, int64(b.N)*int64(2+len(message)))
		received <- n
	}()
	var n *session
	for n == nil {
		for n = range s.sessions.each() {
		}
	}
	call := &manyMessages{args: value.AppendString(nil, message), done: make(chan error)}
	worker := s.pool.Workers()[0]
	before, _ := worker.CPU()
	b.ResetTimer()
	for left := b.N; left > 0; left -= call.n {
		call.n = min(left, 100)
		n.ctx.Post(call)
		if err := <-call.done; err != nil {
			b.Fatal(err)
		}
	}
	if after, ok := worker.CPU(); ok {
		b.ReportMetric(float64(after-before)/float64(b.N), "cpu-ns/message")
	}
	if got := <-received; got != int64(b.N)*int64(2+len(message)) {
		b.Fatalf("%d bytes have come", got)
	}
}

// manyMessages is a turn of many messages.
type manyMessages struct {
	args []byte
	n    int
	done chan error
}

func (m *manyMessages) Run(t *engine.Turn) error {
	f, _ := t.Context().Template().Func("app.message")
	for range m.n {
		if err := t.DoEncoded(f, m.args, 1); err != nil {
			return err
		}
	}
	return nil
}

func (m *manyMessages) Done(err error) { m.done <- err }
