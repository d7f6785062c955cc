package benchmarks

import (
	"fmt"
	"testing"
	"time"

	"rowan/engine"
)

// batch is how many instances are open at a time where they must be closed outside of what is measured.
const batch = 128

// BenchmarkCreate makes a context with the counter in it, and calls it once.
func BenchmarkCreate(b *testing.B) {
	each(b, counterJS, func(b *testing.B, open func() instance) {
		opened := make([]instance, 0, batch)
		closeAll := func() {
			for _, i := range opened {
				i.close()
			}
			opened = opened[:0]
		}
		for b.Loop() {
			i := open()
			want(b, 1, i.function("inc"))
			if opened = append(opened, i); len(opened) == batch {
				b.StopTimer()
				closeAll()
				b.StartTimer()
			}
		}
		closeAll()
	})
}

// BenchmarkDestroy closes contexts that have been called. Their making takes so much longer that only the closing is timed,
// by hand. goja's are left to Go's garbage collector, so it has no part in this.
func BenchmarkDestroy(b *testing.B) {
	for _, c := range contenders {
		if c.name == "goja" {
			continue
		}
		b.Run(c.name, func(b *testing.B) {
			open := c.load(b, counterJS, false)
			opened := make([]instance, batch)
			var took time.Duration
			for b.Loop() {
				for k := range opened {
					opened[k] = open()
					want(b, 1, opened[k].function("inc"))
				}
				began := time.Now()
				for _, i := range opened {
					i.close()
				}
				took += time.Since(began)
			}
			b.ReportMetric(float64(took.Nanoseconds())/float64(b.N*batch), "ns/op")
		})
	}
}

// BenchmarkReset brings a counter that has counted back to its beginning, and calls it once. The peers make a new instance.
func BenchmarkReset(b *testing.B) {
	each(b, counterJS, func(b *testing.B, open func() instance) {
		i := open()
		defer i.close()
		want(b, 1, i.function("inc"))
		for b.Loop() {
			i.reset()
			want(b, 1, i.function("inc"))
		}
	})
}

// BenchmarkCallResident calls one counter again and again. quickjs is VM.Call, which looks the function up by its name;
// quickjs-held calls it as a value.
func BenchmarkCallResident(b *testing.B) {
	count := func(b *testing.B, inc function) {
		n := 0
		for b.Loop() {
			n++
			want(b, n, inc)
		}
	}
	b.Run("rowan", func(b *testing.B) {
		i := loadRowan(b, counterJS, false)().(*rowanInstance)
		var inc engine.Func
		hold := func(t *engine.Turn) (err error) { inc, err = t.Hold("inc"); return err }
		if err := i.thread.Run(i.context, hold); err != nil {
			b.Fatal(err)
		}
		count(b, i.held(inc))
	})
	b.Run("quickjs", func(b *testing.B) {
		i := loadQuickJS(b, counterJS, false)()
		b.Cleanup(i.close)
		count(b, i.function("inc"))
	})
	b.Run("quickjs-held", func(b *testing.B) {
		i := loadQuickJS(b, counterJS, false)().(*quickJSInstance)
		b.Cleanup(i.close)
		count(b, i.held(b, "inc"))
	})
	b.Run("goja", func(b *testing.B) { count(b, loadGoja(b, counterJS, false)().function("inc")) })
}

// BenchmarkCallParked calls 1,000 counters in turn. rowan's share one window, so each call finds another context resident,
// parks that one and resumes its own.
func BenchmarkCallParked(b *testing.B) {
	each(b, counterJS, func(b *testing.B, open func() instance) { callInTurn(b, 1000, open) })
}

// callInTurn makes a number of counters and calls one after another.
func callInTurn(b *testing.B, instances int, open func() instance) {
	incs := make([]function, instances)
	for k := range incs {
		i := open()
		defer i.close()
		incs[k] = i.function("inc")
		want(b, 1, incs[k])
	}
	k, n := 0, 2
	for b.Loop() {
		want(b, n, incs[k])
		if k++; k == instances {
			k, n = 0, n+1
		}
	}
}

// BenchmarkSwap is BenchmarkCallParked for larger images: what it costs to park a context and to resume another one, with
// a call. The smallest image is that of the bare realm; data fills the others up to 0.5 and 1 MB.
func BenchmarkSwap(b *testing.B) {
	th := engine.NewThread()
	b.Cleanup(th.Close)
	bare := newWindow(b, th, counterJS).Image()
	for _, bytes := range []int{bare, 500_000, 1_000_000} {
		b.Run(fmt.Sprintf("image=%dkB/rowan", bytes/1000), func(b *testing.B) {
			th := engine.NewThread()
			b.Cleanup(th.Close)
			w := newWindow(b, th, counterJS, padding(max(0, bytes-bare)))
			callInTurn(b, 1000, func() instance { return &rowanInstance{thread: th, context: w.Fork(nil)} })
			b.ReportMetric(float64(w.Image()), "B/image")
		})
	}
}

// padding is a group that fills an image with data.
func padding(bytes int) engine.Group {
	source := fmt.Sprintf("(function () { globalThis.padding = new Uint8Array(%d).fill(1) })", bytes)
	return engine.Group{Name: "padding", Program: must(engine.Compile(source, "padding.js", false))}
}
