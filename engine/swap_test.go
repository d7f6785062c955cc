package engine

import (
	"fmt"
	"math/rand"
	"os"
	"testing"
	"time"

	lib "modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// The differential test: contexts that share windows, swapped at every step, against a virtual machine of
// modernc.org/quickjs each. Both run testdata/language.js, which uses the whole language and keeps state in all of it.

func readTestdata(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// peer is the virtual machine that a context is compared with.
type peer struct{ vm *quickjs.VM }

func newPeer(t testing.TB, source string) peer {
	t.Helper()
	vm, err := quickjs.NewVM()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { vm.Close() })
	vm.SetGCThreshold(^uintptr(0)) // collect does it
	p := peer{vm}
	if _, err := vm.Eval(source, quickjs.EvalGlobal); err != nil {
		t.Fatal(err)
	}
	p.drain(t)
	return p
}

func (p peer) drain(t testing.TB) {
	if _, err := p.vm.ExecutePendingJobs(); err != nil {
		t.Fatal(err)
	}
}

func (p peer) call(t testing.TB, name string, args ...any) any {
	t.Helper()
	v, err := p.vm.Call(name, args...)
	if err != nil {
		t.Fatalf("%s%v: %v", name, args, err)
	}
	p.drain(t)
	return v
}

// collect forces two collections, since what the first one finds in cycles has its finalizers run by the next: the first
// object made after the threshold was lowered begins one.
func (p peer) collect(t testing.TB) {
	for range 2 {
		p.vm.SetGCThreshold(0)
		if _, err := p.vm.Eval("void {}", quickjs.EvalGlobal); err != nil {
			t.Fatal(err)
		}
	}
	p.vm.SetGCThreshold(^uintptr(0))
	p.drain(t)
}

// twin is a context with its peer.
type twin struct {
	*Context
	peer
	run, after Func
}

func newTwin(t testing.TB, th *Thread, w *Window, source string) *twin {
	t.Helper()
	tw := &twin{Context: w.Fork(nil), peer: newPeer(t, source)}
	tw.turn(t, th, func(tn *Turn) (err error) {
		if tw.run, err = tn.Hold("run"); err == nil {
			tw.after, err = tn.Hold("afterCollection")
		}
		return err
	})
	return tw
}

func (tw *twin) turn(t testing.TB, th *Thread, f func(*Turn) error) {
	t.Helper()
	if err := th.Run(tw.Context, f); err != nil {
		t.Fatal(err)
	}
}

// step calls a feature on both sides and compares.
func (tw *twin) step(t testing.TB, th *Thread, feature, r int) error {
	var got any
	tw.turn(t, th, func(tn *Turn) (err error) {
		got, err = tn.Call(tw.run, feature, r)
		return err
	})
	if want := tw.call(t, "run", feature, r); got != want {
		return fmt.Errorf("%v(%d):\ngot  %.2000q\nwant %.2000q", tw.call(t, "featureName", feature), r, got, want)
	}
	return nil
}

// collect forces a collection on both sides and compares what finalizers saw.
func (tw *twin) collect(t testing.TB, th *Thread) error {
	tw.turn(t, th, func(tn *Turn) error {
		lib.XJS_RunGC(tn.tls(), tn.window.rt)
		lib.XJS_RunGC(tn.tls(), tn.window.rt)
		return nil
	})
	var got any
	tw.turn(t, th, func(tn *Turn) (err error) {
		got, err = tn.Call(tw.after)
		return err
	})
	tw.peer.collect(t)
	if want := tw.call(t, "afterCollection"); got != want {
		return fmt.Errorf("finalized: got %q, want %q", got, want)
	}
	return nil
}

// languageWindows opens windows of the template of testdata/language.js.
func languageWindows(t testing.TB, th *Thread, n int) (source string, windows []*Window) {
	source = readTestdata(t, "language.js")
	w := newTemplateNamed(t, th, source, "<eval>", Spec{Limits: Limits{Turn: time.Minute}}) // named as peers name their scripts
	windows = append(windows, w)
	for len(windows) < n {
		w, err := w.Template().Open(th)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(w.Close)
		windows = append(windows, w)
	}
	return source, windows
}

// swapSteps is how many steps a differential test takes.
func swapSteps() int {
	switch {
	case testing.Short():
		return 1000
	case raceEnabled:
		return 400
	}
	return 4000
}

func TestSwapEveryStep(t *testing.T) {
	for _, tt := range []struct{ windows, contexts int }{{1, 25}, {2, 12}} {
		t.Run(fmt.Sprintf("%d windows", tt.windows), func(t *testing.T) {
			th := testThread(t)
			source, windows := languageWindows(t, th, tt.windows)
			rng := rand.New(rand.NewSource(int64(tt.windows)))
			twins := make([]*twin, tt.contexts)
			for i := range twins {
				twins[i] = newTwin(t, th, windows[i%len(windows)], source)
			}
			features := int(twins[0].call(t, "eval", "featureCount").(int))
			wrong := 0
			for range swapSteps() / len(windows) {
				i := rng.Intn(len(twins))
				tw := twins[i]
				var err error
				if rng.Intn(40) == 0 {
					err = tw.collect(t, th)
				} else {
					err = tw.step(t, th, rng.Intn(features), rng.Intn(1000))
				}
				if err != nil {
					if t.Errorf("context %d: %v", i, err); wrong == 4 {
						t.FailNow()
					}
					wrong++
				}
			}
			parked := 0
			for _, tw := range twins {
				tw.Park()
				parked += tw.OwnBytes()
			}
			t.Logf("image %d bytes, %d bytes parked a context", windows[0].Image(), parked/len(twins))
		})
	}
}
