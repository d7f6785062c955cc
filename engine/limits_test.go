package engine

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"rowan/engine/value"
)

func limitsContext(t *testing.T, l Limits) (*Thread, *Context) {
	th := testThread(t)
	if raceEnabled {
		l = l.withDefaults()
		l.Turn *= 20
	}
	return th, newTemplate(t, th, "", Spec{Uncaught: func(*Turn, error) {}}).Fork(&l)
}

// wantLimit runs a script that must end its turn for the given limit.
func wantLimit(t *testing.T, th *Thread, c *Context, l Limit, source string) *LimitError {
	t.Helper()
	_, err := evalIn(th, c, source)
	var e *LimitError
	if !errors.As(err, &e) || e.Limit != l {
		t.Fatalf("%s: %v, want a *LimitError of limit %d", source, err, l)
	}
	return e
}

// What a script drops costs it nothing, for ever.
func TestGarbage(t *testing.T) {
	for _, tt := range []struct {
		name, source string
		times        int
	}{
		{"objects", "for (let i = 0; i < 100; i++) ({})", 100_000},
		{"cycles", "for (let i = 0; i < 100; i++) { const a = {}, b = { a }; a.b = b } 0", 2_000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			th, c := limitsContext(t, Limits{HeapBytes: 512_000})
			for i := range trials(tt.times) {
				if _, err := evalIn(th, c, tt.source); err != nil {
					t.Fatalf("evaluation %d: %v", i, err)
				}
			}
		})
	}
}

// 20 MB are refused to a context of 8 MB, whatever they are kept in. It is usable afterwards, and more so once it has let
// go of what it kept.
func TestTooMuchKept(t *testing.T) {
	if raceEnabled {
		t.Skip("takes long, and has one goroutine")
	}
	for _, tt := range []struct{ name, source, want string }{
		{"strings", "for (let i = 0; i < 2e5; i++) keep.push('string ' + i + ' '.repeat(90))", "heap"},
		{"one string", "keep.push('x'.repeat(2e7))", "RangeError"},
		{"arrays", "for (let i = 0; i < 2e5; i++) keep.push([i, i, i, i])", "heap"},
		{"one array", "keep.push(new Array(1.3e6).fill(0))", "RangeError"},
		{"Maps", "for (let i = 0; i < 5e4; i++) keep.push(new Map([[i, i]]))", "heap"},
		{"one Map", "keep = new Map(); for (let i = 0; i < 3e5; i++) keep.set(i, {})", "heap"},
		{"a Uint8Array", "keep.push(new Uint8Array(2e7))", "RangeError"},
		{"small Uint8Arrays", "for (let i = 0; i < 2e5; i++) keep.push(new Uint8Array(100))", "heap"},
		{"parsed JSON", "keep.push(JSON.parse('[' + '{\"a\":[1,2,3]},'.repeat(2e5) + '0]'))", "RangeError"},
		{"parsed JSON, bit by bit", "for (let i = 0; i < 1e5; i++) keep.push(JSON.parse('{\"a\":[1,2,3]}'))", "heap"},
		{"a JSON text", "keep.push(JSON.stringify(new Array(1e5).fill('x'.repeat(200))))", "RangeError"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			th, c := limitsContext(t, Limits{HeapBytes: 8 << 20, Turn: 10 * time.Second})
			_, err := evalIn(th, c, "globalThis.keep = []; "+tt.source)
			if got := outcome(nil, err); got != tt.want {
				t.Fatalf("%s, want %s: %v", got, tt.want, err)
			}
			eval(t, th, c, "keep.length + 1")
			eval(t, th, c, "keep = undefined")
			eval(t, th, c, "'x'.repeat(4e6).length")
		})
	}
}

// A large request that is refused is the script's to catch.
func TestRefusalIsCatchable(t *testing.T) {
	th, c := limitsContext(t, Limits{HeapBytes: 8 << 20})
	got := eval(t, th, c, "try { new Uint8Array(2e7) } catch (e) { `${e.name}: ${e.message}, ${e instanceof RangeError}` }")
	if got != "RangeError: out of memory, true" {
		t.Errorf("caught %q", got)
	}
}

// The end of a turn is not.
func TestEndIsNotCatchable(t *testing.T) {
	th, c := limitsContext(t, Limits{HeapBytes: 1 << 20, Turn: 10 * time.Millisecond})
	for source, l := range map[string]Limit{
		"try { for (;;); } catch { caught = 1 } finally { caught = 2 }":                            LimitTime,
		"const z = []; try { for (;;) z.push({}) } catch { caught = 3 } finally { caught = 4 }":    LimitHeap,
		"(async () => { try { await (async () => { for (;;); })() } catch { caught = 5 } })()":     LimitTime,
		"Promise.resolve().then(() => { for (;;); }).catch(() => { caught = 6 })":                  LimitTime,
		"new Promise(() => { for (;;); }).catch(() => { caught = 7 })":                             LimitTime,
		"const g = (function* () { try { yield } finally { caught = 8 } })(); g.next(); for (;;);": LimitTime,
	} {
		eval(t, th, c, "var caught = 0")
		wantLimit(t, th, c, l, "{"+source+"}")
		if v := eval(t, th, c, "caught"); v != 0 {
			t.Errorf("%s: caught %v", source, v)
		}
	}
}

// A limit beyond what the window can hold ends turns all the same, and never costs the context.
func TestHeapBeyondWindow(t *testing.T) {
	th := testThread(t)
	c := newTemplate(t, th, "var keep", Spec{WindowBytes: 4 << 20}).Fork(&Limits{HeapBytes: 1 << 30, Turn: time.Minute})
	wantLimit(t, th, c, LimitHeap, "keep = []; for (;;) keep.push({})")
	eval(t, th, c, "keep = undefined")
	wantLimit(t, th, c, LimitHeap, "keep = []; for (;;) keep.push('x'.repeat(700))")
}

// Blocks of one size, once freed, are there for others.
func TestFragmentation(t *testing.T) {
	if raceEnabled {
		t.Skip("takes long, and has one goroutine")
	}
	th := testThread(t)
	c := newTemplate(t, th, "var keep", Spec{WindowBytes: 8 << 20}).Fork(&Limits{HeapBytes: 5 << 20, Turn: time.Minute})
	for _, size := range []int{600, 700, 800, 1000, 1200, 1900, 4000, 600} {
		eval(t, th, c, fmt.Sprintf("keep = []; for (let n = 0; n < 3.5e6; n += %d) keep.push('x'.repeat(%[1]d))", size))
	}
	eval(t, th, c, "keep = undefined")
	eval(t, th, c, "keep = 'x'.repeat(4e6)")
	eval(t, th, c, "keep = undefined")
	c.Park()
	if n := c.OwnBytes(); n > 20<<10 {
		t.Errorf("emptied, the context still takes %s parked", byteCount(int64(n)))
	}
}

// A native function that fills the heap by itself costs its context, and takes no more than a reserve beyond the limit.
func TestNativeFillsTheHeap(t *testing.T) {
	th, c := limitsContext(t, Limits{HeapBytes: 8 << 20, Turn: 10 * time.Second})
	lost := wantLost(t, th, c, "JSON.parse({ toString: () => '[' + ('[' + '[],'.repeat(1000) + '0],').repeat(1000) + '0]' })")
	if want := "an allocation failed beyond the heap limit of 8.0 MB"; lost.Reason != want {
		t.Errorf("reason %q, want %q", lost.Reason, want)
	}
}

// A context that keeps too much turn after turn is lost in the end.
func TestDebt(t *testing.T) {
	th, c := limitsContext(t, Limits{HeapBytes: 1 << 20, Turn: time.Minute})
	for i := 0; ; i++ {
		_, err := evalIn(th, c, "var keep; for (;;) keep = [keep, 'x'.repeat(6e4)]")
		var lost *LostError
		if errors.As(err, &lost) {
			if i < debtMax || !strings.Contains(lost.Reason, "stayed beyond the limit of 1.0 MB") {
				t.Errorf("after %d turns: %v", i, err)
			}
			return
		}
		if i > debtMax+2 {
			t.Fatalf("alive after %d turns beyond its limit: %v", i, err)
		}
	}
}

// Values that come from outside count like a script's own.
func TestValuesAgainstLimits(t *testing.T) {
	th, c := limitsContext(t, Limits{HeapBytes: 2 << 20})
	eval(t, th, c, "var keep, f = (v) => { keep = v }")
	call := func(v any) error {
		return th.Run(c, func(t *Turn) error {
			f, err := t.Hold("f")
			if err != nil {
				return err
			}
			defer t.Release(f)
			return t.Do(f, v)
		})
	}
	many := make([]any, 100_000)
	for i := range many {
		many[i] = value.Object{{Key: "n", Value: i}}
	}
	for _, tt := range []struct {
		name, want string
		value      any
	}{
		{"a text", "RangeError", strings.Repeat("x", 3<<20)},
		{"bytes", "RangeError", make([]byte, 3<<20)},
		{"objects", "heap", many},
		{"beyond the limit of a value", "result", strings.Repeat("x", 17<<20)},
	} {
		if err := call(tt.value); outcome(nil, err) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
		eval(t, th, c, "keep = 1 + 1")
	}
}

// A turn is ended soon after its budget, whatever its loop does.
func TestTurnBudget(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, "", Spec{Uncaught: func(*Turn, error) {}})
	for _, tt := range []struct {
		name, source string
		lost         bool
	}{
		{"empty loop", "for (;;);", false},
		{"calls", "const f = () => {}; for (;;) f()", false},
		{"recursion", "function f() { try { f() } catch { f() } } f()", false},
		{"regular expression", "/^(a+)+$/.test('a'.repeat(40) + 'b')", false},
		{"sort comparator", "[2, 1].sort(() => { for (;;); })", false},
		{"microtasks", "(function f() { Promise.resolve().then(f) })()", false},
		{"async loop", "(async () => { for (;;) await 1 })()", false},
		{"garbage", "for (;;) { const a = {}; a.a = a }", false},
		{"native calls", "for (;;) [3, 1, 2].sort().join().split(',')", false},
		{"native loop", "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)", true},
		{"native loop over memory", "const a = 3n ** 600_000n; a * a * a", true},
	} {
		for _, budget := range []time.Duration{10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond} {
			var used time.Duration
			for range 5 { // a busy machine may keep the watchdog waiting
				c := w.Fork(&Limits{Turn: budget, Jobs: 1 << 30})
				start := threadTime()
				_, err := evalIn(th, c, tt.source)
				used = time.Duration(threadTime() - start)
				if !raceEnabled && c.Lost() != tt.lost || err == nil {
					t.Errorf("%s: lost %v, %v", tt.name, c.Lost(), err)
				}
				c.Close()
				if used < 2*budget {
					break
				}
			}
			t.Logf("%-26s budget %5v: %v", tt.name, budget, used.Round(10*time.Microsecond))
			if used >= 2*budget && !raceEnabled {
				t.Errorf("%s took %v, twice its budget of %v or more", tt.name, used, budget)
			}
		}
	}
}

// A host function's time counts, and the context outlives it.
func TestLongHostFunction(t *testing.T) {
	th := testThread(t)
	p, err := Compile("(host) => { globalThis.work = host.work }", "group.js", false)
	if err != nil {
		t.Fatal(err)
	}
	const budget = 40 * time.Millisecond
	work := func(*Turn, value.Args) (any, error) {
		for start := threadTime(); threadTime()-start < int64(3*budget); {
		}
		return value.Undefined, nil
	}
	w := newTemplate(t, th, "", Spec{Groups: []Group{{Name: "host", Program: p, Hosts: []Host{{Name: "work", Func: work}}}}})
	c := w.Fork(&Limits{Turn: budget})
	for range 5 {
		if _, err := evalIn(th, c, "let n = 0; for (let i = 0; i < 1e5; i++) n++; work(); for (;;) n++"); outcome(nil, err) != "time" {
			t.Fatal(err)
		}
		c.Reset()
	}
}

// A heap made to be slow to free does not hold the thread: freeing it has a bound too.
func TestSlowToFree(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("takes seconds")
	}
	th, c := limitsContext(t, Limits{HeapBytes: 4 << 20, Turn: 20 * time.Second})
	// Property names of one hash: a pair of units (x+1, y) counts as much as (x, y+263).
	eval(t, th, c, `
		var o = {};
		for (let i = 0; i < 1.5e4; i++) {
			let s = "";
			for (let bit = 0; bit < 16; bit++) s += i >> bit & 1 ? "\u0401\u0400" : "\u0400\u0507";
			o[s] = 1;
		}`)
	c.limits.Turn = 5 * time.Millisecond
	start := threadTime()
	lost := wantLost(t, th, c, "o = undefined")
	if used, most := time.Duration(threadTime()-start), c.limits.Turn*3/2+5*freePerMB+100*time.Millisecond; !lost.Killed || used > most {
		t.Errorf("freed for %v, more than %v: %v", used, most, lost)
	}
}

// Iterator helpers around each other go as deep as other calls, however many there are.
func TestLongHelperChain(t *testing.T) {
	if raceEnabled {
		t.Skip("takes seconds")
	}
	th := testThread(t)
	limits := Limits{HeapBytes: 96 << 20, Turn: 10 * time.Second}
	w := newTemplate(t, th, "", Spec{WindowBytes: 128 << 20, Limits: limits})
	for _, wrap := range []string{"drop(0)", "take(1)", "map(Number)", "filter(Boolean)"} {
		c := w.Fork(nil)
		resetPeak()
		_, err := evalIn(th, c, "let it = [1].values(); for (let i = 0; i < 3e5; i++) it = it."+wrap+"; it.next()")
		if outcome(nil, err) != "RangeError" {
			t.Errorf("%s: %v, want a RangeError", wrap, err)
		}
		if peak, most := peakRSS(), limits.HeapBytes+64<<20; peak > most {
			t.Errorf("%s: the process took %s, more than %s", wrap, byteCount(int64(peak)), byteCount(int64(most)))
		}
		c.Close()
	}
}

// Sources that are too much for the compiler, or whose functions are too large, are refused with an error.
func TestHostileSources(t *testing.T) {
	names := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "a%d,", i)
		}
		return b.String()
	}
	for _, tt := range []struct{ name, source, want string }{
		{"parameters", "function f(" + names(20_000) + ") { return f() }", "a function has 20001 parameters, variables and stack entries, more than 4096"},
		{"parameters of a nested function", "() => { return () => { function f(" + names(5000) + ") {} } }", "more than 4096"},
		{"variables", "function f() { var " + names(5000) + "b }", "more than 4096"},
		{"stack", "f(" + names(5000) + "1)", "more than 4096"},
		{"parentheses", strings.Repeat("(", 100_000), "stack overflow"},
		{"brackets", strings.Repeat("[", 100_000), "stack overflow"},
		{"functions", strings.Repeat("(() => {", 100_000), "stack overflow"},
		{"templates", strings.Repeat("`${", 100_000), "stack overflow"},
		{"regular expression", "/" + strings.Repeat("(?:", 100_000) + "/", "stack overflow"},
	} {
		for _, module := range []bool{false, true} {
			if _, err := Compile(tt.source, "app.js", module); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s, module %v: %v, want %q", tt.name, module, err, tt.want)
			}
		}
	}
}

// A template whose bundle takes more than the window is refused with an error.
func TestHostileBundle(t *testing.T) {
	th := testThread(t)
	for _, source := range []string{
		"var keep = []; for (;;) keep.push({})",
		"var keep = []; for (;;) try { for (;;) keep.push({}) } catch { }",
		"JSON.parse({ toString: () => '[' + ('[' + '[],'.repeat(1000) + '0],').repeat(100) + '0]' })",
		"(function f() { f() })()",
	} {
		p, err := Compile(source, "app.js", false)
		if err != nil {
			t.Fatal(err)
		}
		if _, w, err := NewTemplate(th, Spec{Bundle: p, WindowBytes: 4 << 20}); err == nil {
			t.Errorf("%s: no error", source)
			w.Close()
		}
	}
}
