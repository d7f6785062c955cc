package benchmarks

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/pool"
)

// What BenchmarkMemory measures is the resident set size of a process, as /proc/self/statm has it: all of its memory,
// Go's heap, the arenas of the engines and what they ask of the system. A process of its own opens the lower number of
// contexts, each of which it calls, collects Go's garbage, gives what is free back to the system, and reads its size; it
// opens more, up to the higher number, and reads again. The figure is the difference, by context: what one more idle
// context costs. Then each context is called again and its answer compared.
//
// rowan's contexts are those of a pool, closed to nothing: mailbox, worker and parked state included. While a server runs,
// Go's heap has garbage beside what is measured here, more for an engine whose contexts lie in that heap.

// scenario is what contexts do before they are idle.
type scenario struct {
	name, script string
	// low and high are the numbers of contexts between which the slope is measured.
	low, high map[string]int
	// before is step i, of so many, of what context number k is told at first; after is the check.
	steps  int
	before func(k, i int) step
	after  func(k int) step
}

// step is a call of one of the script's functions, with what it returns.
type step struct {
	function string
	args     []any
	result   int
}

var scenarios = []scenario{
	{
		name: "counter", script: counterJS,
		low:    map[string]int{"rowan": 100_000, "quickjs": 200, "goja": 10_000},
		high:   map[string]int{"rowan": 500_000, "quickjs": 1000, "goja": 50_000},
		steps:  1,
		before: func(k, i int) step { return step{function: "inc", result: 1} },
		after:  func(k int) step { return step{function: "inc", result: 2} },
	},
	{
		name: "room", script: roomJS,
		low:    map[string]int{"rowan": 5000, "quickjs": 200, "goja": 500},
		high:   map[string]int{"rowan": 20_000, "quickjs": 1000, "goja": 3000},
		steps:  roomMembers + roomMessages,
		before: fillRoom,
		after:  checkRoom,
	},
}

// A room has so many members, and has taken so many messages, each of 80 bytes and unlike any other.
const (
	roomMembers  = 2
	roomMessages = 60
)

func roomMessage(k, i int) (sender, text string) {
	text = fmt.Sprintf("message %d to room %d: ", i, k)
	return fmt.Sprintf("user%d", i%7), text + strings.Repeat(string(rune('a'+i%26)), 80-len(text))
}

func fillRoom(k, i int) step {
	if i < roomMembers {
		return step{"join", []any{i, fmt.Sprintf("user%d", i)}, i + 1}
	}
	i -= roomMembers
	sender, text := roomMessage(k, i)
	return step{"message", []any{sender, text}, i + 1}
}

// checkRoom is what check in room.js makes of the messages.
func checkRoom(k int) step {
	sum := 0
	for i := range roomMessages {
		sender, text := roomMessage(k, i)
		sum += len(fmt.Sprintf(`{"sender":%q,"text":%q,"id":%d}`, sender, text, i))
	}
	for i := range roomMessages {
		sender, text := roomMessage(k, i)
		for _, c := range text {
			sum = (sum*31 + int(c)) % 1000003
		}
		sum = (sum*31 + len(sender) + i) % 1000003
	}
	return step{function: "check", result: sum}
}

// population is contexts that have been through a scenario.
type population interface {
	// grow opens contexts until there are n, and has the new ones do what comes before they are idle: each its first step, then
	// each its second one, since they would not do everything at a time either.
	grow(n int) error
	// check calls each context again. It fails if one is not alive and right.
	check() error
}

// BenchmarkMemory is the bytes that an idle context takes: of the counter, and of a room with 60 messages.
func BenchmarkMemory(b *testing.B) {
	if _, err := residentBytes(); err != nil {
		b.Skip("needs the size of a process:", err)
	}
	for _, s := range scenarios {
		for _, c := range contenders {
			b.Run(s.name+"/"+c.name, func(b *testing.B) {
				var perContext float64
				for b.Loop() {
					perContext = measureElsewhere(b, s.name+"/"+c.name)
				}
				b.ReportMetric(perContext, "B/context")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// memoryVariable names, to a process of this test, what memory it is to measure.
const memoryVariable = "BENCHMARK_MEMORY"

func measureElsewhere(b *testing.B, what string) float64 {
	child := exec.Command(must(os.Executable()))
	child.Env = append(os.Environ(), memoryVariable+"="+what)
	var stderr bytes.Buffer
	child.Stderr = &stderr
	out, err := child.Output()
	if err != nil {
		b.Fatalf("%s: %v\n%s", what, err, stderr.Bytes())
	}
	perContext, err := strconv.ParseFloat(string(out), 64)
	if err != nil {
		b.Fatal(err)
	}
	return perContext
}

// measureHere measures a scenario and a contender, such as "room/goja", in this process, which is to do nothing else.
func measureHere(what string) (perContext float64, err error) {
	name, engine, _ := strings.Cut(what, "/")
	for _, s := range scenarios {
		if s.name == name {
			p, end := s.populate(engine)
			defer end()
			return slope(p, s.low[engine], s.high[engine])
		}
	}
	return 0, fmt.Errorf("no scenario %s", name)
}

// slope is the bytes by which the process grows with each context.
func slope(p population, low, high int) (float64, error) {
	var size [2]int
	for i, n := range []int{low, high} {
		if err := p.grow(n); err != nil {
			return 0, err
		}
		var err error
		if size[i], err = residentBytes(); err != nil {
			return 0, err
		}
	}
	return float64(size[1]-size[0]) / float64(high-low), p.check()
}

// residentBytes is the process's resident set, once it holds no more than it must.
func residentBytes() (int, error) {
	runtime.GC()
	debug.FreeOSMemory()
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	pages, err := strconv.Atoi(strings.Fields(string(statm))[1])
	return pages * os.Getpagesize(), err
}

// populate makes a population, of no contexts yet. end must be called.
func (s scenario) populate(engine string) (p population, end func()) {
	switch engine {
	case "quickjs":
		return &instances{scenario: s, open: loadQuickJS(nil, s.script, false)}, func() {}
	case "goja":
		return &instances{scenario: s, open: loadGoja(nil, s.script, false)}, func() {}
	}
	c := newCrowd(s, pool.Options{})
	return c, c.pool.Close
}

// instances is a population of a peer.
type instances struct {
	scenario scenario
	open     func() instance
	all      []instance
}

func (p *instances) grow(n int) error {
	first := len(p.all)
	for len(p.all) < n {
		p.all = append(p.all, p.open())
	}
	for i := range p.scenario.steps {
		for k := first; k < n; k++ {
			if err := p.scenario.before(k, i).call(p.all[k]); err != nil {
				return fmt.Errorf("context %d: %w", k, err)
			}
		}
	}
	return nil
}

func (p *instances) check() error {
	for k, i := range p.all {
		if err := p.scenario.after(k).call(i); err != nil {
			return fmt.Errorf("context %d: %w", k, err)
		}
	}
	return nil
}

func (s step) call(i instance) error {
	n, err := i.function(s.function)(s.args...)
	if err != nil {
		return err
	}
	return s.compare(n)
}

func (s step) compare(got any) error {
	if got != s.result {
		return fmt.Errorf("%s returned %v, want %d", s.function, got, s.result)
	}
	return nil
}

// crowd is a population of contexts in a pool.
type crowd struct {
	scenario scenario
	pool     *pool.Pool
	kind     *pool.Kind
	all      []*pool.Context
}

func newCrowd(s scenario, opts pool.Options) *crowd {
	p := pool.New(opts)
	return &crowd{scenario: s, pool: p, kind: p.NewKind(engine.Spec{
		Name: s.name, Groups: []engine.Group{exports(s.script)}, Bundle: must(engine.Compile(s.script, "script.js", false)),
	})}
}

func (c *crowd) grow(n int) error {
	first := len(c.all)
	for len(c.all) < n {
		c.all = append(c.all, c.pool.Open(c.kind, nil, nil))
	}
	calls := newCalls()
	for i := range c.scenario.steps {
		for k := first; k < n; k++ {
			calls.start(c.all[k], c.scenario.before(k, i))
		}
	}
	return calls.wait()
}

func (c *crowd) check() error {
	calls := newCalls()
	for k, x := range c.all {
		calls.start(x, c.scenario.after(k))
	}
	return calls.wait()
}

// calls are calls under way in a pool, a bounded number at a time.
type calls struct {
	tokens chan struct{}
	failed chan error // the first failure
}

func newCalls() *calls {
	return &calls{tokens: make(chan struct{}, 4096), failed: make(chan error, 1)}
}

func (cs *calls) start(c *pool.Context, s step) {
	var args []byte
	for _, a := range s.args {
		args = must(value.Append(args, a))
	}
	cs.tokens <- struct{}{}
	reply := func(result []byte, err error) {
		if err == nil {
			var v any
			if v, _, err = value.Decode(result); err == nil {
				err = s.compare(v)
			}
		}
		cs.done(c, err)
	}
	if err := c.Call("script."+s.function, args, len(s.args), reply); err != nil {
		cs.done(c, err)
	}
}

func (cs *calls) done(c *pool.Context, err error) {
	if err != nil {
		select {
		case cs.failed <- fmt.Errorf("%v: %w", c, err):
		default:
		}
	}
	<-cs.tokens
}

// wait waits for all calls and returns the first failure.
func (cs *calls) wait() error {
	for range cap(cs.tokens) {
		cs.tokens <- struct{}{}
	}
	select {
	case err := <-cs.failed:
		return err
	default:
		return nil
	}
}

// children are what processes of this test are for: by the variable that says so, what is done with its value.
var children = map[string]func(value string) error{
	memoryVariable: func(what string) error {
		perContext, err := measureHere(what)
		if err == nil {
			fmt.Print(perContext)
		}
		return err
	},
}

// runChild does what a process of this test is for when a variable says so. It does not return then.
func runChild() {
	for variable, do := range children {
		value := os.Getenv(variable)
		if value == "" {
			continue
		}
		if err := do(value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}
