//go:build unix

package benchmarks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"rowan/engine"
	"rowan/pool"
)

// million is how many contexts BenchmarkMillion has alive at once.
const million = 1_000_000

// BenchmarkMillion has a million contexts of the counter alive in one process, each of which was called once and gave the
// right answer, and calls each again afterwards. It tells the resident set of the whole process, the CPU time that a cycle
// of Go's collector takes beyond what it took before the first context, and how many contexts a second were opened and called.
//
//   - engine: contexts of a window, in arrays of their own. They hold no pointers.
//   - arrays: contexts of a pool, in arrays of their own.
//   - objects: contexts of a pool, each an object of its own as in a server, with a pointer to each.
//
// For the peers it tells what a million would take, by the bytes of one that BenchmarkMemory measures.
func BenchmarkMillion(b *testing.B) {
	if free, need := availableMemory(b), 2<<30; free < need {
		b.Skipf("needs %d MB of free memory, there are %d", need>>20, free>>20)
	}
	for _, layout := range []string{"engine", "arrays", "objects"} {
		b.Run(layout+"/rowan", func(b *testing.B) {
			var m millionFigures
			for b.Loop() {
				m = measureMillion(b, layout)
			}
			b.ReportMetric(float64(m.Bytes), "B/process")
			b.ReportMetric(float64(m.Cycle.Nanoseconds()), "gc-ns/cycle")
			b.ReportMetric(million/m.Opened.Seconds(), "contexts/s")
			b.ReportMetric(0, "ns/op")
		})
	}
	for _, peer := range []string{"quickjs", "goja"} {
		b.Run("objects/"+peer, func(b *testing.B) {
			var perContext float64
			for b.Loop() {
				perContext = measureElsewhere(b, "counter/"+peer)
			}
			b.ReportMetric(million*perContext, "B/process")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// availableMemory is what processes can have without taking it from others.
func availableMemory(b *testing.B) int {
	info, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		b.Skip("needs the memory of the system and of a process:", err)
	}
	_, after, _ := bytes.Cut(info, []byte("MemAvailable:"))
	var kb int
	if _, err := fmt.Sscan(string(after), &kb); err != nil {
		b.Skip("needs MemAvailable in /proc/meminfo:", err)
	}
	return kb << 10
}

// millionFigures are what a process of its own finds.
type millionFigures struct {
	Bytes  int           // resident set
	Cycle  time.Duration // CPU of a cycle of Go's collector
	Opened time.Duration // until all contexts have been opened and called
}

// millionVariable names, to a process of this test, the layout in which it is to have a million contexts.
const millionVariable = "BENCHMARK_MILLION"

func measureMillion(b *testing.B, layout string) (m millionFigures) {
	child := exec.Command(must(os.Executable()))
	child.Env = append(os.Environ(), millionVariable+"="+layout)
	child.Stderr = os.Stderr
	out, err := child.Output()
	if err == nil {
		err = json.Unmarshal(out, &m)
	}
	if err != nil {
		b.Fatalf("%s: %v\n%s", layout, err, out)
	}
	return m
}

func init() {
	children[millionVariable] = func(layout string) error {
		m, err := haveMillion(layout, million)
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(m)
	}
}

// haveMillion opens n contexts in this process, which is to do nothing else.
func haveMillion(layout string, n int) (m millionFigures, err error) {
	p, end := newMillion(layout)
	defer end()
	if err := p.grow(1); err != nil { // builds the template
		return m, err
	}
	before := collectorTime()
	start := time.Now()
	if err := p.grow(n); err != nil {
		return m, err
	}
	m.Opened = time.Since(start)
	if m.Bytes, err = residentBytes(); err != nil {
		return m, err
	}
	m.Cycle = max(0, collectorTime()-before)
	return m, p.check()
}

// collectorTime is the CPU time of a cycle of Go's collector: the least of several, since there is more to do in a process
// than that.
func collectorTime() time.Duration {
	least := time.Hour
	for range 7 {
		before := processTime()
		runtime.GC()
		least = min(least, processTime()-before)
	}
	return least
}

func processTime() time.Duration {
	var u unix.Rusage
	must(0, unix.Getrusage(unix.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func newMillion(layout string) (p population, end func()) {
	switch layout {
	case "engine":
		return newForks()
	case "arrays":
		c := newCrowd(counter, pool.Options{})
		return &ranks{crowd: c}, c.pool.Close
	default:
		return counter.populate("rowan")
	}
}

var counter = scenarios[0]

// rank is how many contexts lie in one array.
const rank = 1024

// ranks is a crowd whose contexts lie in arrays.
type ranks struct {
	crowd *crowd
	n     int
	all   []*[rank]pool.Context
}

func (r *ranks) at(k int) *pool.Context { return &r.all[k/rank][k%rank] }

func (r *ranks) grow(n int) error {
	calls := newCalls()
	for ; r.n < n; r.n++ {
		if r.n%rank == 0 {
			r.all = append(r.all, new([rank]pool.Context))
		}
		c := r.at(r.n)
		r.crowd.pool.OpenInto(c, r.crowd.kind, nil, nil)
		calls.start(c, counter.before(r.n, 0))
	}
	return calls.wait()
}

func (r *ranks) check() error {
	calls := newCalls()
	for k := range r.n {
		calls.start(r.at(k), counter.after(k))
	}
	return calls.wait()
}

// forks is a population of a window's contexts, in arrays.
type forks struct {
	thread *engine.Thread
	window *engine.Window
	n      int
	all    []*[rank]engine.Context
}

func newForks() (f *forks, end func()) {
	th := engine.NewThread()
	_, w, err := engine.NewTemplate(th, engine.Spec{
		Name: "counter", Groups: []engine.Group{exports(counter.script)}, Bundle: must(engine.Compile(counter.script, "script.js", false)),
	})
	if err != nil {
		panic(err)
	}
	return &forks{thread: th, window: w}, func() { w.Close(); th.Close() }
}

func (f *forks) grow(n int) error {
	for ; f.n < n; f.n++ {
		if f.n%rank == 0 {
			f.all = append(f.all, new([rank]engine.Context))
		}
		f.window.ForkInto(&f.all[f.n/rank][f.n%rank], nil)
		if err := f.call(f.n, counter.before(f.n, 0)); err != nil {
			return err
		}
	}
	return nil
}

func (f *forks) check() error {
	for k := range f.n {
		if err := f.call(k, counter.after(k)); err != nil {
			return err
		}
	}
	return nil
}

func (f *forks) call(k int, s step) error {
	return f.thread.Run(&f.all[k/rank][k%rank], func(t *engine.Turn) error {
		function, _ := t.Context().Template().Func("script." + s.function)
		v, err := t.Call(function)
		if err != nil {
			return err
		}
		return s.compare(v)
	})
}

// TestMillion checks that each layout gets through its calls.
func TestMillion(t *testing.T) {
	for _, layout := range []string{"engine", "arrays", "objects"} {
		m, err := haveMillion(layout, 2*rank+1)
		if err != nil {
			t.Errorf("%s: %v", layout, err)
		}
		if m.Bytes <= 0 || m.Opened <= 0 {
			t.Errorf("%s: %+v", layout, m)
		}
	}
}
