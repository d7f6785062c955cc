package examples

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"rowan/internal/browser"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// counterState is what the counter tells its page.
type counterState struct {
	Count   int
	Context string
	Error   string
	Usage   struct{ Heap, Parked, Limit, CPU float64 }
}

// counter is a session of the counter whose first report has been read.
type counter struct {
	*wstest.Client
	t testing.TB
}

func openCounter(t testing.TB, s *daemontest.Server) counter {
	t.Helper()
	c := counter{wstest.Dial(t, s.URL()), t}
	if got := c.state(); got.Count != 0 || got.Error != "" {
		t.Fatalf("a new session begins with %+v", got)
	}
	return c
}

func (c counter) state() (s counterState) {
	c.t.Helper()
	c.NextJSON(&s)
	return s
}

// ask sends a command and returns the answer.
func (c counter) ask(command string) counterState {
	c.t.Helper()
	c.Send(command)
	return c.state()
}

// want sends a command and checks the count.
func (c counter) want(command string, count int) {
	c.t.Helper()
	if got := c.ask(command); got.Count != count || got.Error != "" {
		c.t.Fatalf("%s: %+v, want the count %d", command, got, count)
	}
}

const (
	increment = `{"type": "increment"}`
	decrement = `{"type": "decrement"}`
	reset     = `{"type": "reset"}`
)

func add(amount string) string { return `{"type": "increment", "amount": ` + amount + `}` }

func TestCounterCounts(t *testing.T) {
	s := daemontest.ServeApp(t, "counter/app.ts")
	tests := []struct {
		name     string
		commands []string
		counts   []int
	}{
		{"increment", []string{increment, increment}, []int{1, 2}},
		{"decrement", []string{decrement, decrement}, []int{-1, -2}},
		{"amounts", []string{add("10"), add(`"5"`)}, []int{10, 15}},
		{"decrement by an amount", []string{`{"type": "decrement", "amount": "7"}`}, []int{-7}},
		{"reset", []string{add("3"), reset}, []int{3, 0}},
		{"integer prefix", []string{add(`"10abc"`), add(`" 5 "`), add(`"-4.9"`), add(`"1e3"`)}, []int{10, 15, 11, 12}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := openCounter(t, s)
			for i, command := range test.commands {
				c.want(command, test.counts[i])
			}
		})
	}
}

func TestCounterRefusesWhatMakesNoSense(t *testing.T) {
	s := daemontest.ServeApp(t, "counter/app.ts")
	c := openCounter(t, s)
	c.want(add("2"), 2)
	tests := []struct{ command, err string }{
		{add(`""`), `"" is no whole number`},
		{add(`"abc"`), `"abc" is no whole number`},
		{add(`null`), `null is no whole number`},
		{add(`{}`), `{} is no whole number`},
		{add(`"` + strings.Repeat("9", 400) + `"`), "is no whole number"},
		{add(`9007199254740991`), "too large"},
		{`{"type": "explode"}`, `unknown command "explode"`},
		{`null`, "null"},
		{`not JSON`, "unexpected token"},
	}
	for _, test := range tests {
		if got := c.ask(test.command); !strings.Contains(got.Error, test.err) {
			t.Errorf("%s: %+v, want an error with %q", test.command, got, test.err)
		}
	}
	c.SendBinary([]byte{1, 2, 3})
	if got := c.state(); got.Error == "" {
		t.Errorf("bytes: %+v, want an error", got)
	}
	c.want(increment, 3) // nothing was harmed
}

func TestCounterSessionsAreApart(t *testing.T) {
	s := daemontest.ServeApp(t, "counter/app.ts")
	a, b := openCounter(t, s), openCounter(t, s)
	a.want(add("100"), 100)
	b.want(increment, 1)
	a.want(increment, 101)
	s.WaitContexts(2)
}

// TestCounterOfAKilledClientIsGone has a client's machine die: the context must be gone within 50 ms, in one of ten tries on a busy machine.
func TestCounterOfAKilledClientIsGone(t *testing.T) {
	s := daemontest.ServeApp(t, "counter/app.ts")
	var took time.Duration
	for range 10 {
		c := openCounter(t, s)
		c.want(increment, 1)
		s.WaitContexts(1)
		start := time.Now()
		c.Kill()
		s.WaitContexts(0)
		took = time.Since(start)
		t.Logf("gone after %v", took)
		if took <= 50*time.Millisecond {
			return
		}
	}
	t.Errorf("the context was gone after %v, want 50ms at most", took)
}

// TestCounterCost has many sessions on two workers, each with a count of its own, and says what one costs.
func TestCounterCost(t *testing.T) {
	s := daemontest.ServeApp(t, "counter/app.ts")
	sessions := 1000
	if testing.Short() {
		sessions = 100
	}
	counters := make([]counter, sessions)
	for i := range counters {
		counters[i] = openCounter(t, s)
	}
	for round := range 2 {
		for i, c := range counters {
			c.Send(add(string(rune('1' + i%9))))
			if got, want := c.state(), (round+1)*(1+i%9); got.Count != want {
				t.Fatalf("session %d counts %d, want %d", i, got.Count, want)
			}
		}
	}
	usage := counters[0].ask(increment).Usage
	t.Logf("a context: %.0f bytes of heap above the image, %.0f bytes parked, %.3f ms of processor time", usage.Heap, usage.Parked, usage.CPU)
	if usage.Parked == 0 || usage.Parked > 512 {
		t.Errorf("a parked counter has %.0f bytes of private state", usage.Parked)
	}
	if usage.Limit != 32<<20 || usage.CPU <= 0 {
		t.Errorf("usage %+v", usage)
	}
	s.WaitContexts(sessions)
	for _, c := range counters {
		c.Close(1000, "")
	}
	s.WaitContexts(0)
}

// TestCounterGivesMemoryBack opens and closes ten thousand sessions, hundreds at a time, so that most of them get parked.
func TestCounterGivesMemoryBack(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	s := daemontest.ServeApp(t, "counter/app.ts")
	churn := func(rounds, sessions int) {
		for range rounds {
			t.Run("churn", func(t *testing.T) { // at its end the connections are forgotten
				counters := make([]counter, sessions)
				for i := range counters {
					counters[i] = openCounter(t, s)
				}
				for i, c := range counters {
					c.want(add(strconv.Itoa(i)), i)
				}
				for _, c := range counters {
					c.Kill()
				}
				s.WaitContexts(0)
			})
		}
	}
	churn(2, 500)
	before := memory(t)
	churn(20, 500)
	after := memory(t)
	if stats := s.Stats(); stats.Windows > 4 || stats.Queued != 0 || stats.Timers != 0 { // two windows for each of two workers
		t.Errorf("pool: %+v, want 4 windows at most and nothing waiting", stats)
	}
	t.Logf("memory before: %+v, after: %+v", before, after)
	const slack = 8 << 20
	if after.heap > before.heap+slack || after.resident > before.resident+slack {
		t.Errorf("memory has grown from %+v to %+v", before, after)
	}
}

// usage is memory in bytes: what Go's heap has in use, and what the process has of the machine's (0 where that is not known).
type usage struct{ heap, resident int }

func memory(t *testing.T) (u usage) {
	t.Helper()
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u.heap = int(m.HeapAlloc)
	if statm, err := os.ReadFile("/proc/self/statm"); err == nil {
		var total int
		if _, err := fmt.Sscan(string(statm), &total, &u.resident); err != nil {
			t.Fatal(err)
		}
		u.resident *= os.Getpagesize()
	}
	return u
}

func TestCounterPage(t *testing.T) {
	b := browser.Start(t)
	s := daemontest.ServeApp(t, "counter/app.ts")
	first := b.Open(s.URL())
	first.WaitText("#state", "connected")
	first.WaitText("#count", "0")
	second := b.Open(s.URL())
	second.WaitText("#state", "connected")
	s.WaitContexts(2)

	first.Click("#increment")
	first.Click("#increment")
	first.WaitText("#count", "2")
	second.Click("#decrement")
	second.WaitText("#count", "-1")
	first.WaitText("#count", "2")

	first.Fill("#amount", "40abc\r")
	first.WaitText("#count", "42")
	first.Fill("#amount", "many")
	first.Click("#add")
	first.WaitText("#error", `"many" is no whole number`)
	first.WaitText("#count", "42")
	first.Click("#reset")
	first.WaitText("#count", "0")
	first.WaitText("#error", "")

	first.Wait(`/^session#\d+$/.test(document.querySelector("#context").innerText)`)
	first.Wait(`/^[\d.]+ (bytes|KB)$/.test(document.querySelector("#heap").innerText)`)
	first.WaitText("#limit", "32.0 MB")
	first.Wait(`/^\d+\.\d\d ms$/.test(document.querySelector("#cpu").innerText)`)

	second.Reload()
	second.WaitText("#state", "connected")
	second.WaitText("#count", "0")
	s.WaitContexts(2)
	second.Close()
	s.WaitContexts(1)
	first.Click("#increment")
	first.WaitText("#count", "1")
}

// TestCounterPageComesBack ends the server under a page, and starts another one in its place.
func TestCounterPageComesBack(t *testing.T) {
	b := browser.Start(t)
	s := daemontest.ServeApp(t, "counter/app.ts")
	tab := b.Open(s.URL())
	tab.WaitText("#state", "connected")
	tab.Click("#increment")
	tab.WaitText("#count", "1")

	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	tab.Wait(`document.querySelector("#state").innerText.startsWith("not connected, trying again in")`)
	tab.Wait(`document.querySelector("#increment").disabled`)

	daemontest.ServeApp(t, "counter/app.ts", daemontest.At(s.Addr().String()))
	tab.WaitText("#state", "connected")
	tab.WaitText("#count", "0") // a new connection, a new context
	tab.Click("#increment")
	tab.WaitText("#count", "1")
}
