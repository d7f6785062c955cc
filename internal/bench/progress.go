package bench

import (
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// Phases of a run.
const (
	phaseOpening   = "opening"
	phaseIdle      = "idle"
	phaseWarmup    = "warming up"
	phaseMeasuring = "measuring"
	phaseLate      = "sending what is overdue"
	phaseWaiting   = "waiting for the last answers"
)

// tellEvery is the time between two reports of progress.
const tellEvery = time.Second / 2

// Progress is how a run goes.
type Progress struct {
	Phase       string
	Elapsed, Of time.Duration // of the load, warm-up included
	Open        int           // connections
	Clients     int           // that are to be open
	PerSecond   float64       // answers or deliveries that came since the last report, measured ones only
	P99         time.Duration // of those
	Errors      int
}

// ticker tells of progress.
type ticker struct {
	report  func(Progress)
	last    time.Time
	latency histogram // since then
}

// tell reports progress when it is time to.
func (r *run) tell(phase string, elapsed time.Duration) {
	t := &r.progress
	now := time.Now()
	since := now.Sub(t.last)
	if t.report == nil || since < tellEvery {
		return
	}
	t.report(Progress{
		Phase: phase, Elapsed: elapsed, Of: r.o.Warmup + r.o.Duration, Open: r.alive, Clients: r.o.clients(),
		PerSecond: float64(t.latency.total) / since.Seconds(), P99: t.latency.quantile(0.99), Errors: r.errors.total,
	})
	t.last, t.latency = now, histogram{}
}

// Line is a line that says how a run goes.
func (p Progress) Line() string {
	line := fmt.Sprintf("%s: ", p.Phase)
	if p.Elapsed > 0 {
		line += fmt.Sprintf("%.1f s of %.1f s, ", min(p.Elapsed, p.Of).Seconds(), p.Of.Seconds())
	}
	line += fmt.Sprintf("%s of %s connections", count(p.Open), count(p.Clients))
	if p.PerSecond > 0 {
		line += fmt.Sprintf(", %s a second, p99 %s", perSecond(p.PerSecond), span(p.P99))
	}
	if p.Errors > 0 {
		line += fmt.Sprintf(", %s errors", count(p.Errors))
	}
	return line
}

// Terminal returns what writes progress to a terminal, in one line that it rewrites, and what takes that line away.
func Terminal(w io.Writer) (show func(Progress), clear func()) {
	width := 0
	write := func(line string) {
		n := utf8.RuneCountInString(line)
		fmt.Fprintf(w, "\r%s%*s", line, max(width-n, 0), "")
		width = n
	}
	return func(p Progress) { write(p.Line()) }, func() {
		if width > 0 {
			write("")
			fmt.Fprint(w, "\r")
		}
	}
}

// plainEvery is the time between two lines where there is no terminal.
const plainEvery = 5 * time.Second

// Plain returns what writes progress line by line, when a phase begins and every few seconds.
func Plain(w io.Writer) func(Progress) {
	var last Progress
	var at time.Time
	return func(p Progress) {
		if p.Phase == last.Phase && time.Since(at) < plainEvery {
			return
		}
		last, at = p, time.Now()
		fmt.Fprintln(w, p.Line())
	}
}
