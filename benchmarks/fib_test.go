package benchmarks

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"testing"
	"time"

	"rowan/engine"
	"rowan/pool"
)

// fibs are the numbers that benchmarks compute, by how deep they recur.
var fibs = map[int]int{20: 6765, 25: 75025}

func fibJS(n int) string {
	return fmt.Sprintf(`function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }
function run() { return fib(%d) }`, n)
}

// BenchmarkFib computes fib(25), which is 242,785 calls, once in each of N contexts at the same time: for rowan on the
// workers of a pool, one for each core, for the peers on a goroutine each.
func BenchmarkFib(b *testing.B) {
	for _, n := range []int{1, 2, 4, 8} {
		for _, c := range contenders {
			b.Run(fmt.Sprintf("contexts=%d/%s", n, c.name), func(b *testing.B) {
				compute := computers(b, c, 25, n, runtime.NumCPU())
				for b.Loop() {
					compute()
				}
				b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "fib/s")
			})
		}
	}
}

// BenchmarkScaling is how many times faster two contexts on two threads get through calls of JavaScript functions than
// one on one thread: 2 would be perfect. It compares the shortest times of either, which are those in which the machine did
// little else; so that there are such times, they are of a millisecond, for fib(20). Where frames lie depends on the build, see engine.Frames; the peers' lie there too.
func BenchmarkScaling(b *testing.B) {
	for _, c := range contenders {
		b.Run("frames="+engine.Frames()+"/"+c.name, func(b *testing.B) {
			one, two := computers(b, c, 20, 1, 1), computers(b, c, 20, 2, 2)
			alone, together := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			for b.Loop() {
				began := time.Now()
				one()
				between := time.Now()
				two()
				alone = min(alone, between.Sub(began))
				together = min(together, time.Since(between))
			}
			b.ReportMetric(2*alone.Seconds()/together.Seconds(), "x")
		})
	}
}

// computers makes n contexts that each compute fib(depth) when the function that it returns is called.
func computers(b *testing.B, c contender, depth, n, workers int) (compute func()) {
	var run []function
	if c.name == "rowan" {
		run = pooledFibs(b, depth, n, workers)
	} else {
		open := c.load(b, fibJS(depth), false)
		for range n {
			i := open()
			b.Cleanup(i.close)
			run = append(run, i.function("run"))
		}
	}
	return func() {
		var all sync.WaitGroup
		for _, f := range run {
			all.Go(func() {
				if got, err := f(); err != nil || got != fibs[depth] {
					b.Errorf("fib(%d) = %d, %v", depth, got, err)
				}
			})
		}
		all.Wait()
	}
}

// pooledFibs opens n contexts in a pool. Waiting for one of them from outside costs some 30 µs of the milliseconds that a
// computation takes.
func pooledFibs(b *testing.B, depth, n, workers int) []function {
	before := runtime.GOMAXPROCS(0)
	p := pool.New(pool.Options{Workers: workers})
	b.Cleanup(func() {
		p.Close()
		runtime.GOMAXPROCS(before)
	})
	k := p.NewKind(engine.Spec{
		Name: "fib", Groups: []engine.Group{exports(fibJS(depth))}, Bundle: must(engine.Compile(fibJS(depth), "fib.js", false)),
		Limits: engine.Limits{Turn: time.Minute},
	})
	run := make([]function, n)
	for i := range run {
		c := p.Open(k, nil, nil)
		run[i] = func(...any) (int, error) { return whole(c.CallWait(context.Background(), "script.run")) }
		want(b, fibs[depth], run[i])
	}
	return run
}
