package engine

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rowan/engine/value"
)

// The scripts of testdata/hostile try to take more than they are given. Each file holds cases:
//
//	//// name
//	// want: time | heap
//	// turn: 200ms
//	script…
//
// want lists the outcomes that are right, any one of which must come:
//
//	time, heap, jobs  a *LimitError
//	lost              a *LostError: the watchdog took the window away
//	ok, ok VALUE      the script's value
//	pending           a promise that has not settled
//	result            the value cannot be sent
//	uncaught          a rejection that nobody handled is reported
//	RangeError        a *value.Error of that name
//
// heap, turn and jobs are limits, default 32 MB, 20 ms and 1,000,000. then is a script that the context runs in a
// turn of its own before it is checked. after: values says that the script wrecked the realm, so that afterwards only
// the engine's own work is checked, not that of a program.
// hostileTurn is the budget of cases that name none.
const hostileTurn = 20 * time.Millisecond

type hostileCase struct {
	name, source string
	want         []string
	limits       Limits
	then         string
	wrecked      bool
}

func readHostile(t testing.TB) map[string][]hostileCase {
	files, err := filepath.Glob("testdata/hostile/*.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("no hostile scripts: %v", err)
	}
	all := map[string][]hostileCase{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		group := strings.TrimSuffix(filepath.Base(file), ".js")
		for _, text := range strings.Split("\n"+string(data), "\n//// ")[1:] {
			c, err := parseHostile(text)
			if err != nil {
				t.Fatalf("%s: %s: %v", file, c.name, err)
			}
			all[group] = append(all[group], c)
		}
	}
	return all
}

func parseHostile(text string) (c hostileCase, err error) {
	c.name, c.source, _ = strings.Cut(text, "\n")
	c.limits.Turn = hostileTurn
	for _, line := range strings.Split(c.source, "\n") {
		comment, ok := strings.CutPrefix(line, "// ")
		key, v, found := strings.Cut(comment, ": ")
		if !ok || !found {
			break
		}
		switch key {
		case "want":
			c.want = strings.Split(v, " | ")
		case "turn":
			c.limits.Turn, err = time.ParseDuration(v)
		case "heap":
			c.limits.HeapBytes, err = parseInt(v)
		case "jobs":
			c.limits.Jobs, err = parseInt(v)
		case "then":
			c.then = v
		case "after":
			c.wrecked = v == "values"
		default:
			err = fmt.Errorf("unknown key %q", key)
		}
		if err != nil {
			return c, err
		}
	}
	if c.limits.Turn == hostileTurn && !slices.Contains(c.want, "time") && !slices.Contains(c.want, "lost") {
		c.limits.Turn *= 10 // a busy machine must not end what is to end otherwise
	}
	if c.want == nil {
		err = errors.New("no want")
	}
	c.limits = c.limits.withDefaults()
	return c, err
}

func parseInt(s string) (int, error) {
	n, err := strconv.ParseInt(s, 0, 64)
	return int(n), err
}

// outcome names what became of a script in the words of want.
func outcome(v any, err error) string {
	var limit *LimitError
	var lost *LostError
	var js *value.Error
	var path *value.PathError
	switch {
	case errors.As(err, &lost):
		return "lost"
	case errors.As(err, &limit):
		return [...]string{LimitTime: "time", LimitHeap: "heap", LimitJobs: "jobs"}[limit.Limit]
	case errors.As(err, &path):
		return "result"
	case errors.As(err, &js):
		return cmp.Or(js.Name, "unnamed")
	case err != nil:
		return "error " + err.Error()
	}
	if _, ok := v.(Pending); ok {
		return "pending"
	}
	s := fmt.Sprint(v)
	if len(s) > 100 {
		s = s[:100]
	}
	return "ok " + s
}

func (c *hostileCase) wants(got string) bool {
	for _, w := range c.want {
		if w == got || w == "ok" && strings.HasPrefix(got, "ok ") {
			return true
		}
	}
	return false
}

// programJS is the app that hostile contexts and their neighbours run.
const programJS = `
const log = new Map();
function note(k, v) { log.set(k, v); return log.size }
function echo(v) { return v }
function program() {
  class Point { #x; constructor(x) { this.#x = x } get x() { return this.#x } static of(...a) { return a.map((x) => new Point(x)) } }
  function* squares(n) { for (let i = 0; i < n; i++) yield i * i }
  const text = JSON.stringify({ points: Point.of(3, 1, 2).map((p) => p.x).sort(), squares: [...squares(5)] });
  const m = new Map([...JSON.parse(text).squares].map((v, i) => ["k" + i, v]));
  let out = text.replace(/\d+/g, (d) => d * 2) + [...m.keys()].join("");
  try { null.x } catch (e) { out += e.name }
  const b = new Uint16Array(4).fill(7).reduce((a, v) => a + BigInt(v), 0n);
  Promise.resolve(b).then((v) => { log.set("promise", v) });
  return out + b + new Date(0).toISOString();
}
`

const programResult = `{"points":[2,4,6],"squares":[0,2,8,18,32]}k0k1k2k3k4TypeError281970-01-01T00:00:00.000Z`

// hostileBed is a window with a context that runs a script and a neighbour that must not notice.
type hostileBed struct {
	t         testing.TB
	th        *Thread
	w         *Window
	neighbour *Context
	notes     int
	uncaught  int
	tries     int
}

func newHostileBed(t testing.TB, th *Thread) *hostileBed {
	b := &hostileBed{t: t, th: th}
	b.w = newTemplate(t, th, programJS, Spec{Uncaught: func(*Turn, error) { b.uncaught++ }})
	b.neighbour = b.w.Fork(&Limits{Turn: time.Minute, HeapBytes: 32 << 20, Jobs: 1000, ValueBytes: 1 << 20})
	return b
}

// roomy is what checks run under, so that they do not fail on a slow machine.
func roomy(c *Context) {
	c.limits.Turn = max(c.limits.Turn, 2*time.Second)
	c.limits.HeapBytes += 1 << 20
}

// checkNeighbour lets the neighbour run, and checks that it has what it had.
func (b *hostileBed) checkNeighbour() {
	b.t.Helper()
	b.notes++
	err := b.th.Run(b.neighbour, func(t *Turn) error {
		v, err := t.Eval(fmt.Sprintf("note(%d, {at: %[1]d}); program(); const sum%[1]d = [...log.values()].reduce((a, v) => a + (v.at ?? 0), 0); sum%[1]d", b.notes), "neighbour.js")
		if want := b.notes * (b.notes + 1) / 2; err == nil && v != want {
			b.t.Errorf("the neighbour's sum is %v, want %d", v, want)
		}
		return err
	})
	if err != nil {
		b.t.Errorf("the neighbour failed: %v", err)
	}
}

// checkSound checks that the context answers, that it runs a program right, and that values cross.
func (b *hostileBed) checkSound(c *Context, echo Func, program bool) {
	b.t.Helper()
	roomy(c)
	if v, err := b.eval(c, "1+1"); v != 2 || err != nil {
		b.t.Errorf("afterwards 1+1 = %v, %v", v, err)
	}
	if program {
		if v, err := b.eval(c, "program()"); v != programResult || err != nil {
			b.t.Errorf("afterwards program() = %v, %v", v, err)
		}
	}
	sent := []any{1, "é\u4e16", true, nil, 1.5, []byte{1, 2, 3}, value.Object{{Key: "0", Value: "zero"}, {Key: "value", Value: 1}, {Key: "then", Value: []any{}}}}
	err := b.th.Run(c, func(t *Turn) error {
		got, err := t.Call(echo, sent)
		if err == nil && !reflect.DeepEqual(got, any(sent)) {
			b.t.Errorf("afterwards echo(%v) = %v", sent, got)
		}
		return err
	})
	if err != nil {
		b.t.Errorf("afterwards echo: %v", err)
	}
	if n := b.th.tls.StackSlots(); n != 0 || b.th.argc != 0 {
		b.t.Errorf("afterwards %d slots of the C stack and %d arguments are still in use", n, b.th.argc)
	}
}

func (b *hostileBed) eval(c *Context, source string) (v any, err error) {
	err = b.th.Run(c, func(t *Turn) (err error) {
		v, err = t.Eval(source, "hostile.js")
		return err
	})
	return v, err
}

func TestHostile(t *testing.T) {
	on := threadLoop(t)
	var bed *hostileBed
	on(func(th *Thread) { bed = newHostileBed(t, th) })
	for group, cases := range readHostile(t) {
		t.Run(group, func(t *testing.T) {
			for i, c := range cases {
				if raceEnabled {
					if i%12 != 0 {
						continue
					}
					c.limits.Turn = min(10*c.limits.Turn, 2*time.Second)
				}
				t.Run(c.name, func(t *testing.T) {
					on(func(*Thread) {
						bed.t = t
						for bed.tries = 1; !bed.run(&c); bed.tries++ {
						}
					})
				})
			}
		})
	}
}

// threadLoop returns a function that runs others on one Thread, since subtests have goroutines of their own. They must
// not call FailNow.
func threadLoop(t testing.TB) (on func(func(*Thread))) {
	todo, done := make(chan func(*Thread)), make(chan struct{})
	go func() {
		th := NewThread()
		for f := range todo {
			f(th)
			done <- struct{}{}
		}
		th.Close()
		close(done)
	}()
	t.Cleanup(func() { close(todo); <-done })
	return func(f func(*Thread)) {
		todo <- f
		<-done
	}
}

// run runs one case. It is false when a busy machine kept the watchdog from its work and the case must be tried again.
//
// The race detector makes everything slower, by a factor that differs, so with it the outcome is not looked at.
func (b *hostileBed) run(c *hostileCase) bool {
	t := b.t
	ctx := b.w.Fork(&c.limits)
	defer ctx.Close()
	echo := b.holdEcho(ctx)
	b.uncaught = 0
	resetPeak()
	before := peakRSS()
	start, wall := threadTime(), time.Now()
	v, err := b.eval(ctx, c.source)
	used := time.Duration(threadTime() - start)
	got := outcome(v, err)
	t.Logf("%s: %v of thread time, %v, resident %s, at most %s", got, used.Round(time.Microsecond), time.Since(wall).Round(time.Microsecond), byteCount(int64(before)), byteCount(int64(peakRSS())))
	if err != nil {
		t.Logf("%.300v", err)
	}
	if !raceEnabled && used > 2*c.limits.Turn {
		if b.tries < 4 {
			return false
		}
		t.Errorf("took %v of thread time, more than twice its budget of %v", used, c.limits.Turn)
	}
	if !raceEnabled && !c.wants(got) && !(c.want[0] == "uncaught" && b.uncaught > 0) {
		t.Errorf("got %s, want %s", got, strings.Join(c.want, " or "))
	}
	// Of the process, what it had before the case is left by the tests before it.
	if added, most := peakRSS()-before, c.limits.HeapBytes+64<<20; !raceEnabled && added > most {
		t.Errorf("the process took %s more, beyond the heap limit and 64 MB together, %s", byteCount(int64(added)), byteCount(int64(most)))
	}
	b.checkNeighbour()
	if got == "lost" {
		var lost *LostError
		if errors.As(err, &lost); lost.Fault != nil && lost.Stack != nil {
			t.Errorf("lost to a fault: %v\n%s", lost.Fault, lost.Stack)
		}
		if _, err := b.eval(ctx, "1+1"); outcome(nil, err) != "lost" {
			t.Errorf("a lost context answers %v", err)
		}
		ctx.Reset()
		b.checkSound(ctx, b.holdEcho(ctx), true)
		return true
	}
	if c.then != "" {
		if _, err := b.eval(ctx, c.then); err != nil {
			t.Errorf("then: %v", err)
		}
	}
	b.checkSound(ctx, echo, !c.wrecked)
	return true
}

// holdEcho holds the function that checkSound calls, before a script can replace it.
func (b *hostileBed) holdEcho(c *Context) (echo Func) {
	err := b.th.Run(c, func(t *Turn) (err error) {
		echo, err = t.Hold("echo")
		return err
	})
	if err != nil {
		b.t.Error(err)
	}
	return echo
}

// resetPeak has the kernel count the process's peak of resident memory from now on.
func resetPeak() {
	const calm = 40 << 20
	if procStatus("VmRSS:") > calm {
		debug.FreeOSMemory()
	}
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

// peakRSS is the most memory that the process had resident since resetPeak, in bytes; 0 where that is not known.
func peakRSS() int { return procStatus("VmHWM:") }

func procStatus(field string) int {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, _ := bytes.Cut(data, []byte(field))
	number, _, _ := bytes.Cut(bytes.TrimSpace(after), []byte(" "))
	kb, _ := strconv.Atoi(string(number))
	return kb << 10
}
