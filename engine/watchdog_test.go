package engine

import (
	"bytes"
	"runtime"
	"testing"
	"time"
)

const nativeLoop = "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)"

// eventually waits for something that other goroutines are about to do.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not come to pass", what)
		}
	}
}

// The watchdog sleeps while no turn is running, and wakes for the next.
func TestWatchdogSleeps(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, counterJS, Spec{Limits: Limits{Turn: 5 * time.Millisecond}})
	for range 3 {
		c := w.Fork(nil)
		eval(t, th, c, "inc()")
		eventually(t, "sleep", watchdog.asleep.Load)
		if lost := wantLost(t, th, c, nativeLoop); !lost.Killed {
			t.Errorf("lost, but not killed: %v", lost)
		}
		c.Close()
	}
}

// The watchdog's goroutine ends with the last thread, and another begins with the next.
func TestWatchdogEnds(t *testing.T) {
	running := func() bool {
		stacks := make([]byte, 1<<20)
		return bytes.Contains(stacks[:runtime.Stack(stacks, true)], []byte("(*watchdogs).run("))
	}
	for range 3 {
		done := make(chan struct{})
		for range 3 {
			go func() {
				th := NewThread()
				defer th.Close()
				w := newTemplate(t, th, counterJS, Spec{})
				c := w.Fork(nil)
				if v, err := evalIn(th, c, "inc()"); v != 1 || err != nil {
					t.Errorf("inc() = %v, %v", v, err)
				}
				done <- struct{}{}
			}()
		}
		for range 3 {
			<-done
		}
		eventually(t, "the watchdog's end", func() bool { return !running() })
	}
}

// A long turn lets others in about every slice, in the engine's own loops too.
func TestSlices(t *testing.T) {
	for _, tt := range []struct{ name, source string }{
		{"loop", "for (;;);"},
		{"regular expression", "/^(a+)+$/.test('a'.repeat(40) + 'b')"},
		{"lookbehind", "/(?<=^(a+)+)c/.test('x' + 'a'.repeat(40) + 'c')"},
		{"replace with a callback", "'a'.repeat(1e6).replace(/a/g, () => 'b')"},
		{"sort comparator", "[2, 1].sort(() => { for (;;); })"},
		{"sort of many", "Array.from({ length: 1e6 }, (_, i) => -i).sort((a, b) => a - b)"},
		{"microtasks", "(function f() { Promise.resolve().then(f) })()"},
		{"getter", "({ get x() { for (;;); } }).x"},
		{"reviver", "JSON.parse('[1]', () => { for (;;); })"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			th := testThread(t)
			w := newTemplate(t, th, "", Spec{Limits: Limits{Turn: 15 * Slice, Jobs: 1 << 30}})
			var slices []time.Duration
			last := threadTime()
			th.OnSlice = func(*Turn) {
				now := threadTime()
				slices, last = append(slices, time.Duration(now-last)), now
			}
			c := w.Fork(nil)
			defer c.Close()
			_, err := evalIn(th, c, tt.source)
			if raceEnabled {
				return // too slow to be punctual
			}
			if outcome(nil, err) != "time" || len(slices) < 5 {
				t.Errorf("%d slices in 15 times that of one, %v: %v", len(slices), slices, err)
			}
		})
	}
}
