package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Report is what was measured. As JSON, times are nanoseconds.
type Report struct {
	URL         string        `json:"url"`
	Protocol    string        `json:"protocol"` // text, binary or Phoenix Channels
	Broadcast   bool          `json:"broadcast"`
	Connections int           `json:"connections"`
	Payload     int           `json:"payload_bytes"`
	Rate        float64       `json:"rate_per_second"`
	Duration    time.Duration `json:"duration_ns"` // as it was asked for
	Warmup      time.Duration `json:"warmup_ns"`
	Measured    time.Duration `json:"measured_ns"` // as it was, 0 when the run was interrupted before
	Interrupted bool          `json:"interrupted"`

	Open      Opening      `json:"open"`
	Messages  Messages     `json:"messages"`
	Latency   Percentiles  `json:"latency_ns"` // from the time at which a message was due to its answer, or to each delivery
	Histogram []Bar        `json:"latency_histogram"`
	Generator Generator    `json:"generator"`
	Server    *Server      `json:"server,omitempty"`
	Errors    []ErrorCount `json:"errors"`
}

// Opening tells how the connections were opened.
type Opening struct {
	Connections int           `json:"connections"`
	Failed      int           `json:"failed"`
	Took        time.Duration `json:"took_ns"`
	Handshake   Percentiles   `json:"handshake_ns"` // connecting included
}

// Messages are those that were due while it was measured.
type Messages struct {
	Due       uint64  `json:"due"`
	Sent      uint64  `json:"sent"`
	Answered  uint64  `json:"answered"`   // or delivered, once for each connection
	PerSecond float64 `json:"per_second"` // answers and deliveries that came while it was measured
}

// Generator tells whether the generator itself kept up.
type Generator struct {
	Late  Percentiles `json:"late_ns"` // from the time at which a message was due to its sending
	Cores float64     `json:"cores"`   // CPU time by time
}

// Server is what the server took.
type Server struct {
	Sessions int     `json:"sessions"` // between Before and Idle
	Before   int64   `json:"resident_bytes_with_one_session"`
	Idle     int64   `json:"resident_bytes_idle"`  // when all connections were open, before the load
	After    int64   `json:"resident_bytes_after"` // the load
	Cores    float64 `json:"cores"`                // CPU time by time while it was measured
}

// PerSession is by how many bytes each idle session has made the server's resident set larger; false when there is but one session.
func (s *Server) PerSession() (float64, bool) {
	if s.Sessions == 0 {
		return 0, false
	}
	return float64(s.Idle-s.Before) / float64(s.Sessions), true
}

// MarshalJSON adds the bytes of a session.
func (s *Server) MarshalJSON() ([]byte, error) {
	type plain Server
	out := struct {
		*plain
		PerSession *float64 `json:"bytes_per_session,omitempty"`
	}{plain: (*plain)(s)}
	if n, ok := s.PerSession(); ok {
		out.PerSession = &n
	}
	return json.Marshal(out)
}

// Percentiles of times. All are 0 when there is none.
type Percentiles struct {
	Count uint64        `json:"count"`
	Mean  time.Duration `json:"mean"`
	P50   time.Duration `json:"p50"`
	P90   time.Duration `json:"p90"`
	P99   time.Duration `json:"p99"`
	P999  time.Duration `json:"p999"`
	Max   time.Duration `json:"max"`
}

func percentiles(h *histogram) Percentiles {
	return Percentiles{h.total, h.mean(), h.quantile(0.5), h.quantile(0.9), h.quantile(0.99), h.quantile(0.999), h.max}
}

// ErrorCount is how often something went wrong.
type ErrorCount struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

// faults counts errors by their texts.
type faults struct {
	counts []ErrorCount
	total  int
}

// maxFaults bounds the texts; what is beyond is counted together.
const maxFaults = 20

func (f *faults) add(what string, n int) {
	f.total += n
	i := slices.IndexFunc(f.counts, func(c ErrorCount) bool { return c.What == what })
	if i < 0 && len(f.counts) >= maxFaults {
		what = "other errors"
		i = slices.IndexFunc(f.counts, func(c ErrorCount) bool { return c.What == what })
	}
	if i < 0 {
		f.counts = append(f.counts, ErrorCount{What: what})
		i = len(f.counts) - 1
	}
	f.counts[i].Count += n
}

// text has the errors for the end of another one.
func (f *faults) text() string {
	var b strings.Builder
	for _, c := range f.counts {
		b.WriteString(": " + c.What)
	}
	return b.String()
}

// finish fills in what is known at the end.
func (r *run) finish(interrupted bool) {
	r.report.Interrupted = interrupted
	r.report.Latency = percentiles(&r.latency)
	r.report.Histogram = r.latency.bars()
	r.report.Generator.Late = percentiles(&r.lag)
	r.report.Errors = append([]ErrorCount{}, r.errors.counts...)
	slices.SortStableFunc(r.report.Errors, func(a, b ErrorCount) int { return b.Count - a.Count })
}

// Failures is how many errors there were.
func (r *Report) Failures() int {
	n := 0
	for _, e := range r.Errors {
		n += e.Count
	}
	return n
}

// WriteJSON writes the report for machines.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	line := func(title, format string, args ...any) {
		fmt.Fprintf(&b, "%-13s%s\n", title, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
	line("server", "%s", r.URL)
	line("load", "%s", r.load())
	line("connections", "%s opened in %s, %s a second; handshake p50 %s, p99 %s, max %s", count(r.Open.Connections), span(r.Open.Took),
		perSecond(float64(r.Open.Connections)/r.Open.Took.Seconds()), span(r.Open.Handshake.P50), span(r.Open.Handshake.P99), span(r.Open.Handshake.Max))
	if r.Messages.Due > 0 {
		r.results(line)
	}
	r.server(line)
	if r.Messages.Due > 0 {
		r.histogram(&b)
	}
	if len(r.Errors) == 0 {
		line("errors", "none")
	}
	title := "errors"
	for _, e := range r.Errors {
		line(title, "%s × %s", count(e.Count), e.What)
		title = ""
	}
	if r.Interrupted {
		line("interrupted", "after %s of %s", span(r.Measured), span(r.Duration))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// load says what was asked for.
func (r *Report) load() string {
	what := "echo"
	if r.Broadcast {
		what = "broadcast"
	}
	if r.Rate == 0 {
		return fmt.Sprintf("idle for %s", span(r.Duration))
	}
	return fmt.Sprintf("%s of %d bytes (%s), %s a second over %s connections, %s after %s of warm-up",
		what, r.Payload, r.Protocol, perSecond(r.Rate), count(r.Connections), span(r.Duration), span(r.Warmup))
}

func (r *Report) results(line func(title, format string, args ...any)) {
	came := "answered"
	if r.Broadcast {
		came = "deliveries"
	}
	line("messages", "%s due, %s sent, %s %s", count(r.Messages.Due), count(r.Messages.Sent), count(r.Messages.Answered), came)
	line("throughput", "%s a second", perSecond(r.Messages.PerSecond))
	line("latency", "p50 %s, p90 %s, p99 %s, p99.9 %s, max %s", span(r.Latency.P50), span(r.Latency.P90), span(r.Latency.P99), span(r.Latency.P999), span(r.Latency.Max))
	line("generator", "sent late by p50 %s, p99 %s, max %s; %.2f cores", span(r.Generator.Late.P50), span(r.Generator.Late.P99), span(r.Generator.Late.Max), r.Generator.Cores)
}

func (r *Report) server(line func(title, format string, args ...any)) {
	s := r.Server
	if s == nil {
		return
	}
	if n, ok := s.PerSession(); ok {
		line("memory", "%s a session: %s with one, %s with %s idle; %s after the load", size(n), size(float64(s.Before)), size(float64(s.Idle)), count(s.Sessions+1), size(float64(s.After)))
	} else {
		line("memory", "%s; %s after the load", size(float64(s.Idle)), size(float64(s.After)))
	}
	line("CPU", "%.2f cores", s.Cores)
}

// histogram draws a bar for each row, of the same length for the same share of all.
func (r *Report) histogram(b *strings.Builder) {
	const width = 50
	var most, total uint64
	for _, bar := range r.Histogram {
		most, total = max(most, bar.Count), total+bar.Count
	}
	b.WriteByte('\n')
	for _, bar := range r.Histogram {
		length := int(bar.Count * width / most)
		if bar.Count > 0 {
			length = max(length, 1)
		}
		row := fmt.Sprintf("  ≤ %-7s %11s %7.3f%%  %s", span(bar.Top), count(bar.Count), 100*float64(bar.Count)/float64(total), strings.Repeat("█", length))
		b.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	b.WriteByte('\n')
}
