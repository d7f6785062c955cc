package pool

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
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

func TestIdle(t *testing.T) {
	p := testPool(t, Options{Workers: 2})
	k := testKind(t, p, "return { ping: x => x }", engine.Limits{})
	for range 1000 {
		callWait(t, p.Open(k, nil, nil), "app.ping", 1)
	}
	runtime.GC()
}
