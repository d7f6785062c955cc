package pool

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rowan/engine"
	"rowan/engine/value"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testKind makes a kind whose template has one group, "app", with source as the body of the function that returns its
// exports.
func testKind(t testing.TB, p *Pool, source string, limits engine.Limits) *Kind {
	t.Helper()
	prog, err := engine.Compile("(function(__host){"+source+"})", "app.js", false)
	if err != nil {
		t.Fatal(err)
	}
	timers, err := engine.Compile(timersJS, "timers.js", false)
	if err != nil {
		t.Fatal(err)
	}
	return p.NewKind(engine.Spec{
		Name: "test", Limits: limits,
		Groups: []engine.Group{
			{Name: "timers", Program: timers, Hosts: []engine.Host{{Name: "start", Template: engine.ReplayedCall, Func: func(t *engine.Turn, args value.Args) (any, error) {
				id, _ := args.Int(0)
				ms, _ := args.Int(1)
				return nil, ContextOf(t).StartTimer(uint32(id), time.Duration(ms)*time.Millisecond)
			}}}},
			{Name: "app", Program: prog},
		},
	})
}

const timersJS = `(function (host) {
  const table = new Map(); let next = 0;
  globalThis.setTimeout = (f, ms, ...args) => { table.set(++next, () => f(...args)); host.start(next, ms); return next };
  return { fire(id) { const f = table.get(id); table.delete(id); f?.() } };
})`

func testPool(t testing.TB, opts Options) *Pool {
	if opts.Uncaught == nil {
		opts.Uncaught = func(c *Context, err error) { t.Errorf("%v: %v", c, err) }
	}
	p := New(opts)
	t.Cleanup(p.Close)
	return p
}

func callWait(t testing.TB, c *Context, export string, args ...any) any {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	v, err := c.CallWait(ctx, export, args...)
	var lost *engine.LostError
	if errors.As(err, &lost) {
		t.Fatalf("%v\n%s", err, lost.Stack)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCallsAndTimers(t *testing.T) {
	p := testPool(t, Options{Workers: 2})
	k := testKind(t, p, `
		let n = 0; const log = [];
		return {
			inc: () => ++n,
			later: (ms, v) => new Promise(r => setTimeout(r, ms, v)),
			mark: (ms, v) => { setTimeout(x => log.push(x), ms, v) },
			log: () => log,
			fail: async () => { await null; throw new TypeError("no") },
		}`, engine.Limits{})
	cs := make([]*Context, 50)
	for i := range cs {
		cs[i] = p.Open(k, nil, nil)
	}
	for round := range 3 {
		for _, c := range cs {
			if got := callWait(t, c, "app.inc"); got != round+1 {
				t.Fatalf("%v: inc() = %v, want %d", c, got, round+1)
			}
		}
	}
	if got := callWait(t, cs[0], "app.later", 20, "done"); got != "done" {
		t.Errorf("later() = %v", got)
	}
	for i, ms := range []int{30, 10, 20, 10} {
		callWait(t, cs[1], "app.mark", ms, fmt.Sprint(i, ":", ms))
	}
	time.Sleep(60 * time.Millisecond)
	if got := fmt.Sprint(callWait(t, cs[1], "app.log")); got != "[1:10 3:10 2:20 0:30]" {
		t.Errorf("timers fired as %v", got)
	}
	_, err := cs[2].CallWait(context.Background(), "app.fail")
	var js *value.Error
	if !errors.As(err, &js) || js.Name != "TypeError" || js.Message != "no" {
		t.Errorf("fail(): %v", err)
	}
	if _, err := cs[2].CallWait(context.Background(), "app.nothing"); err == nil {
		t.Error("an unknown export was called")
	}
	done := make(chan struct{})
	cs[3].Close(func() { close(done) })
	<-done
	if _, err := cs[3].CallWait(context.Background(), "app.inc"); !errors.Is(err, engine.ErrClosed) {
		t.Errorf("call of a closed context: %v", err)
	}
}

// A context that runs to its budget again and again holds up neither its neighbour in the window nor one in another.
func TestQuietNeighbours(t *testing.T) {
	for _, loop := range []string{"for(;;){}", "Array.prototype.indexOf.call({length: 2**53-1}, 1)", "/(a+)+b/.test('a'.repeat(40))"} {
		t.Run(loop, func(t *testing.T) {
			p := testPool(t, Options{Workers: 1, Windows: 2})
			k := testKind(t, p, "return { spin() { "+loop+" }, ping: x => x }", engine.Limits{})
			k.Lost = func(c *Context, err error) { c.Context.Reset() }
			noisy, quiet := p.Open(k, nil, nil), []*Context{}
			callWait(t, noisy, "app.ping", 1)
			for range 3 {
				c := p.Open(k, nil, nil)
				callWait(t, c, "app.ping", 1)
				quiet = append(quiet, c)
			}
			if quiet[0].Window() == noisy.Window() || quiet[1].Window() != noisy.Window() {
				t.Fatal("the contexts lie in other windows than the test wants")
			}
			stop := make(chan struct{})
			ended := make(chan int)
			go func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						ended <- n
						return
					default:
						noisy.CallWait(context.Background(), "app.spin")
					}
				}
			}()
			for i, c := range quiet[:2] {
				var took []time.Duration
				for range 100 {
					start := time.Now()
					callWait(t, c, "app.ping", 7)
					took = append(took, time.Since(start))
					time.Sleep(3 * time.Millisecond)
				}
				slices.Sort(took)
				t.Logf("quiet context %d (same window: %v): p50 %v, p99 %v", i, c.Window() == noisy.Window(), took[50], took[99])
			}
			close(stop)
			t.Logf("%d long turns, %+v", <-ended, p.Stats())
		})
	}
}

// TestParkedWhenIdle: where each message is another context's, a worker that has nothing else to do parks the last one. A context that is alone
// stays where it is.
func TestParkedWhenIdle(t *testing.T) {
	p := testPool(t, Options{Workers: 1})
	k := testKind(t, p, "let n = 0; return { inc: () => ++n }", engine.Limits{})
	var cs []*Context
	for range 10 {
		cs = append(cs, p.Open(k, nil, nil))
	}
	resident := func() (n int) {
		done := make(chan struct{})
		cs[0].Worker().Do(func(*engine.Thread) {
			for _, c := range cs {
				if c.Resident() {
					n++
				}
			}
			close(done)
		})
		<-done
		return n
	}
	for range 3 {
		for _, c := range cs {
			callWait(t, c, "app.inc")
		}
	}
	for deadline := time.Now().Add(10 * time.Second); resident() != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the last context was not parked")
		}
	}
	for range 3 {
		callWait(t, cs[0], "app.inc")
	}
	time.Sleep(10 * time.Millisecond)
	if n := resident(); n != 1 {
		t.Errorf("%d contexts are resident while one is used alone, want 1", n)
	}
	if n := callWait(t, cs[0], "app.inc"); n != 7.0 && n != 7 {
		t.Errorf("the context has counted to %v, want 7", n)
	}
}

func TestTimersStop(t *testing.T) {
	p := testPool(t, Options{Workers: 1, Timers: 10})
	k := testKind(t, p, `
		let fired = 0;
		return { start: (n, ms) => { for (let i = 0; i < n; i++) setTimeout(() => fired++, ms) }, fired: () => fired }`, engine.Limits{})
	a, b := p.Open(k, nil, nil), p.Open(k, nil, nil)
	callWait(t, a, "app.start", 8, 2000)
	callWait(t, b, "app.start", 8, 3_600_000)
	if s := p.Stats(); s.Timers != 16 {
		t.Fatalf("%d timers are pending, want 16", s.Timers)
	}
	if _, err := a.CallWait(context.Background(), "app.start", 3, 2000); err == nil {
		t.Error("an eleventh timer was started")
	}
	a.StopTimer(3)
	closed := make(chan struct{})
	b.Close(func() { close(closed) })
	<-closed
	for p.Stats().Timers > 0 {
		time.Sleep(20 * time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond)
	if n := callWait(t, a, "app.fired"); n != 9 {
		t.Errorf("%v timers fired, want 9", n)
	}
	if s := p.Stats(); s.Timers != 0 {
		t.Errorf("%d timers are left", s.Timers)
	}
}

// A context whose timers are all quiet is idle; those that are not held are, from the ids of "events" on.
func TestTimersQuiet(t *testing.T) {
	p := testPool(t, Options{Workers: 1})
	k := testKind(t, p, `return { nothing() {} }`, engine.Limits{})
	c := p.Open(k, nil, nil)
	callWait(t, c, "app.nothing")
	idle := func(want bool) {
		t.Helper()
		for end := time.Now().Add(5 * time.Second); c.Idle() != want; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("idle: %v", !want)
			}
		}
	}
	start := func(id uint32) {
		if err := c.StartTimer(id, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	start(abortTimers)
	start(abortTimers + 1)
	idle(true)
	c.HoldTimer(abortTimers, true)
	c.HoldTimer(abortTimers, true)
	idle(false)
	c.HoldTimer(abortTimers, false)
	c.HoldTimer(abortTimers+9, true) // none
	idle(true)
	c.HoldTimer(abortTimers+1, true)
	c.StopTimer(abortTimers + 1)
	idle(true)
	start(1)
	idle(false)
	c.StopTimer(1)
	idle(true)
}

// Order of one sender's tasks, and of tasks put aside for a long turn, is kept.
func TestOrder(t *testing.T) {
	p := testPool(t, Options{Workers: 1, Windows: 1})
	k := testKind(t, p, `
		const seen = [];
		return { add(x) { seen.push(x); if (x % 7 === 0) { const end = Date.now() + 12; while (Date.now() < end) {} } }, seen: () => seen }`, engine.Limits{})
	cs := []*Context{p.Open(k, nil, nil), p.Open(k, nil, nil), p.Open(k, nil, nil)}
	for i := range 40 {
		for _, c := range cs {
			args, _ := value.Append(nil, i)
			if err := c.Call("app.add", args, 1, func([]byte, error) {}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range cs {
		got := callWait(t, c, "app.seen").([]any)
		if len(got) != 40 || !slices.IsSortedFunc(got, func(a, b any) int { return a.(int) - b.(int) }) {
			t.Errorf("%v saw %v", c, got)
		}
	}
	t.Logf("%+v", p.Stats())
}

func TestMailboxBound(t *testing.T) {
	p := testPool(t, Options{Workers: 1, Mailbox: 5})
	k := testKind(t, p, "return { nap() { const end = Date.now() + 30; while (Date.now() < end) {} }, ping: () => 1 }", engine.Limits{})
	c := p.Open(k, nil, nil)
	callWait(t, c, "app.ping")
	full := 0
	for range 20 {
		if err := c.Call("app.nap", nil, 0, func([]byte, error) {}); errors.Is(err, ErrMailboxFull) {
			full++
		}
	}
	if full < 10 {
		t.Errorf("%d of 20 tasks were refused by a mailbox of 5", full)
	}
	for c.Queued() > 0 {
		time.Sleep(time.Millisecond)
	}
	if got := callWait(t, c, "app.ping"); got != 1 {
		t.Errorf("ping() = %v after a full mailbox", got)
	}
}

// What an engine's fault, a panic or Goexit does to a lane, it does to that context alone.
func TestGoexitInHost(t *testing.T) {
	p := testPool(t, Options{Workers: 1, Uncaught: func(*Context, error) {}})
	prog, err := engine.Compile(`(function (host) { let n = 0; return { die() { host.die() }, panic() { host.panic() }, inc: () => ++n } })`, "app.js", false)
	if err != nil {
		t.Fatal(err)
	}
	lost := make(chan error, 10)
	k := p.NewKind(engine.Spec{Name: "test", Groups: []engine.Group{{Name: "app", Program: prog, Hosts: []engine.Host{
		{Name: "die", Func: func(*engine.Turn, value.Args) (any, error) { runtime.Goexit(); return nil, nil }},
		{Name: "panic", Func: func(*engine.Turn, value.Args) (any, error) { panic("boom") }},
	}}}})
	k.Lost = func(_ *Context, err error) { lost <- err }
	a, b := p.Open(k, nil, nil), p.Open(k, nil, nil)
	callWait(t, a, "app.inc")
	callWait(t, b, "app.inc")
	if _, err := a.CallWait(context.Background(), "app.panic"); err == nil || !strings.Contains(err.Error(), "boom") {
		t.Errorf("panic(): %v", err)
	}
	if got := callWait(t, a, "app.inc"); got != 2 {
		t.Errorf("after a panic inc() = %v, want 2", got)
	}
	_, err = a.CallWait(context.Background(), "app.die")
	var gone *engine.LostError
	if !errors.As(err, &gone) {
		t.Errorf("die(): %v", err)
	}
	if got := callWait(t, b, "app.inc"); got != 2 {
		t.Errorf("the neighbour's inc() = %v, want 2", got)
	}
	if err := <-lost; !errors.As(err, &gone) {
		t.Errorf("Lost was told of %v", err)
	}
}

// A context is over when its kind says so after a turn: what waits for it is refused, and nothing of it is left in the window.
func TestOver(t *testing.T) {
	p := testPool(t, Options{Workers: 1, Windows: 1})
	k := testKind(t, p, "let n = 0; return { inc() { return ++n } }", engine.Limits{})
	turns := map[*Context]int{} // the worker's
	k.Over = func(c *Context) bool { turns[c]++; return turns[c] == c.Owner.(int) }
	for last := 1; last <= 3; last++ {
		c := p.Open(k, nil, last)
		for i := range last {
			if got := callWait(t, c, "app.inc"); got != i+1 {
				t.Errorf("call %d returned %v", i+1, got)
			}
		}
		ended := make(chan struct{})
		c.Close(func() { close(ended) })
		<-ended
		if err := c.Call("app.inc", nil, 0, nil); !errors.Is(err, engine.ErrClosed) {
			t.Errorf("a call of a context that is over: %v", err)
		}
	}
	if s := p.Stats(); s.Contexts != 0 {
		t.Errorf("%d contexts are left", s.Contexts)
	}
}

// Opening and closing contexts returns their memory.
func TestChurn(t *testing.T) {
	p := testPool(t, Options{Workers: 2})
	k := testKind(t, p, "let kept; return { keep(n) { kept = 'x'.repeat(n) + n; return kept.length } }", engine.Limits{})
	n := 10_000
	if testing.Short() {
		n = 1000
	}
	round := func() int {
		cs := make([]*Context, n)
		for i := range cs {
			cs[i] = p.Open(k, nil, nil)
			callWait(t, cs[i], "app.keep", 1000+i%1000)
		}
		parked := 0
		for _, c := range cs {
			parked += c.OwnBytes()
		}
		if parked < n*1000 {
			t.Errorf("%d contexts keep %d bytes", n, parked)
		}
		done := make(chan struct{}, n)
		for _, c := range cs {
			c.Close(func() { done <- struct{}{} })
		}
		for range cs {
			<-done
		}
		left := 0
		for _, w := range p.workers {
			for _, win := range w.windows[k] {
				left += win.ParkedBytes() + win.Contexts()
			}
		}
		return left
	}
	for range 2 {
		if left := round(); left != 0 {
			t.Errorf("%d bytes and contexts are left after all were closed", left)
		}
	}
	if s := p.Stats(); s.Contexts != 0 {
		t.Errorf("%d contexts are left", s.Contexts)
	}
}

// A turn in mid-turn never goes on while a stalled turn holds their window.
func TestLongBesideStalled(t *testing.T) {
	p := testPool(t, Options{Workers: 1, Windows: 1})
	k := testKind(t, p, `
		let n = 0;
		return {
			spin(ms) { const end = Date.now() + ms; let i = 0; while (Date.now() < end) { i++; n = [i] } return n[0] === i },
			native(x) { for (let i = 0; i < x; i++) Array.prototype.lastIndexOf.call({ length: 1e5 }, 1) ; return x },
		}`, engine.Limits{Turn: 30 * time.Second})
	type result struct {
		v   any
		err error
	}
	results := make(chan result)
	for i := range 6 {
		c := p.Open(k, nil, nil)
		go func() {
			var r result
			for range 3 {
				if i%2 == 0 {
					r.v, r.err = c.CallWait(context.Background(), "app.spin", 40)
				} else {
					r.v, r.err = c.CallWait(context.Background(), "app.native", 3)
				}
				if r.err != nil || r.v == false {
					break
				}
			}
			results <- r
		}()
	}
	for range 6 {
		if r := <-results; r.err != nil || r.v == false {
			t.Errorf("a long turn ended with %v, %v", r.v, r.err)
		}
	}
	t.Logf("%+v", p.Stats())
}

// A turn that gives way keeps its window: neither a context of that window nor a new one enters it, while other windows are served.
func TestGiveWay(t *testing.T) {
	p := testPool(t, Options{Workers: 1, Windows: 1, WindowsMax: 1})
	entered, release := make(chan struct{}), make(chan struct{})
	kind := func() *Kind {
		prog, err := engine.Compile("(function(host){ let n = 0; return { wait() { host.wait(); return ++n }, count: () => ++n } })", "app.js", false)
		if err != nil {
			t.Fatal(err)
		}
		return p.NewKind(engine.Spec{Name: "test", Groups: []engine.Group{{Name: "app", Program: prog, Hosts: []engine.Host{
			{Name: "wait", Func: func(t *engine.Turn, _ value.Args) (any, error) {
				t.GiveWay()
				entered <- struct{}{}
				<-release
				return value.Undefined, nil
			}},
		}}}})
	}
	one, other := kind(), kind()
	waits, neighbour := p.Open(one, nil, nil), p.Open(one, nil, nil)
	callWait(t, neighbour, "app.count")
	results := make(chan string, 3)
	post := func(name string, c *Context, export string) {
		if err := c.Call(export, nil, 0, func(result []byte, err error) { results <- fmt.Sprint(name, value.Describe(result), err) }); err != nil {
			t.Fatal(err)
		}
	}
	post("waits", waits, "app.wait")
	<-entered
	post("neighbour", neighbour, "app.count")
	post("new", p.Open(one, nil, nil), "app.count")
	if n := callWait(t, p.Open(other, nil, nil), "app.count"); n != 1 {
		t.Errorf("another window's context counted to %v", n)
	}
	select {
	case got := <-results:
		t.Errorf("%s, while the window was taken", got)
	default:
	}
	close(release)
	got := []string{<-results, <-results, <-results}
	slices.Sort(got)
	if want := []string{"neighbour2<nil>", "new1<nil>", "waits1<nil>"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A turn that is pinned is not suspended: it runs to its end, and the next one of its window after it.
func TestPin(t *testing.T) {
	p := testPool(t, Options{Workers: 1, Windows: 1, WindowsMax: 1})
	prog, err := engine.Compile(`(function(host){ return {
		spin() { for (let i = 0; i < 100_000; i++); },
		pinned() { host.pinned(); }, count: () => 1,
	} })`, "app.js", false)
	if err != nil {
		t.Fatal(err)
	}
	held := false
	k := p.NewKind(engine.Spec{Name: "test", Limits: engine.Limits{Turn: 20 * time.Second}, Groups: []engine.Group{{Name: "app", Program: prog, Hosts: []engine.Host{
		{Name: "pinned", Func: func(t *engine.Turn, _ value.Args) (any, error) {
			f, _ := t.Context().Template().Func("app.spin")
			t.Pin()
			defer t.Unpin()
			if held {
				return nil, errors.New("another turn is in the middle of this")
			}
			held = true
			defer func() { held = false }()
			for range 10 {
				if _, err := t.Call(f); err != nil {
					return nil, err
				}
			}
			return value.Undefined, nil
		}},
	}}}})
	done := make(chan error)
	for range 4 {
		if err := p.Open(k, nil, nil).Call("app.pinned", nil, 0, func(_ []byte, err error) { done <- err }); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
