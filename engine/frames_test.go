package engine

import (
	"testing"
	"time"
)

// deepJS has f call itself n times, each with a frame of 64 KB, and then g.
const deepJS = `
	const names = Array.from({ length: 4000 }, (_, i) => "a" + i);
	var g, f = new Function("n", "var " + names + "; return n ? f(n - 1) : g?.()");`

// Frames count against the limit, where they lie in a segment. Elsewhere only the depth of calls bounds them.
func TestFramesCount(t *testing.T) {
	for _, tt := range []struct{ name, source, segment, heap string }{
		{"below the limit", "f(10)", "result", "result"},
		{"beyond the limit", "f(100)", "heap", "result"},
		{"not to be caught", "try { f(100) } catch { caught = true } finally { caught = true }", "heap", "result"},
		{"without end", "f(-1)", "heap", "RangeError"},
		{"with the heap", "g = () => { const a = []; for (let i = 0; i < 2e4; i++) a.push({ i }) }; f(40)", "heap", "result"},
		{"with a large request", "g = () => new Uint8Array(3e6); f(40)", "RangeError", "result"},
		{"arguments", "g = Math.max.bind(null, ...new Array(50_000)); for (;;) { g(); f(60) }", "heap", "time"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			th, c := limitsContext(t, Limits{HeapBytes: 4 << 20, Turn: 500 * time.Millisecond})
			eval(t, th, c, deepJS+"var caught = false")
			want := tt.heap
			if Frames() == "segment" {
				want = tt.segment
			}
			v, err := evalIn(th, c, tt.source)
			if got := outcome(nil, err); err != nil && got != want || err == nil && want != "result" {
				t.Fatalf("%s, want %s: %v, %v", got, want, v, err)
			}
			if v := eval(t, th, c, "caught"); want == "heap" && v != false {
				t.Error("the script went on")
			}
			// All of it is free again.
			eval(t, th, c, "g = undefined; f(40)")
			eval(t, th, c, "new Uint8Array(3e6).length")
			if n := th.turn.frameBytes(); n != 0 {
				t.Errorf("%d bytes of frames remain", n)
			}
		})
	}
}

// However deep a turn is when it is torn down, its thread goes on.
func TestLostDeepInside(t *testing.T) {
	for _, tt := range []struct{ name, source string }{
		{"killed", "g = () => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1); f(50)"},
		{"out of memory", "g = () => JSON.parse({ toString: () => '[' + ('[' + '[],'.repeat(1000) + '0],').repeat(1000) + '0]' }); f(50)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			th := testThread(t)
			w := newTemplate(t, th, deepJS, Spec{Limits: Limits{HeapBytes: 16 << 20, Turn: 100 * time.Millisecond}})
			for range 5 {
				c := w.Fork(nil)
				wantLost(t, th, c, tt.source)
				if n := th.turn.frameBytes(); n != 0 {
					t.Fatalf("%d bytes of frames remain", n)
				}
				c.Close()
				c = w.Fork(nil)
				if v := eval(t, th, c, "g = () => 7; f(50)"); v != 7 {
					t.Fatalf("f(50) = %v", v)
				}
				c.Close()
			}
		})
	}
}

// A suspended turn's frames are its own.
func TestSuspendedFrames(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, spinJS+deepJS+`
		const flat = spin;
		f = new Function("n", "turns", "var " + names + "; a7 = n; const got = n ? f(n - 1, turns) : flat(turns); return a7 === n ? got : NaN");
		spin = (turns) => f(60, turns);`, Spec{})
	limits := &Limits{Turn: time.Minute}
	between(t, w, limits, func() {
		onThread(func(th *Thread) {
			c := w.Fork(limits)
			defer c.Close()
			if v := eval(t, th, c, "spin(1e4) === flat(1e4)"); v != true {
				t.Error("another context in the same window computes something else")
			}
		})
	})
}
