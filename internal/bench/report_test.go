package bench

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the reports that are compared")

func sample() *Report {
	var h histogram
	for i := range 10_000 {
		h.add(time.Duration(40+i%100) * time.Microsecond)
	}
	for i := range 90 {
		h.add(time.Duration(i) * time.Millisecond)
	}
	latency := percentiles(&h)
	return &Report{
		URL: "ws://127.0.0.1:4000/", Protocol: "text", Connections: 1000, Payload: 64, Rate: 1000,
		Duration: 10 * time.Second, Warmup: time.Second, Measured: 10*time.Second + 40*time.Microsecond,
		Open:     Opening{Connections: 998, Failed: 2, Took: 123456 * time.Microsecond, Handshake: latency},
		Messages: Messages{Due: 10_000, Sent: 9_999, Answered: 9_996, PerSecond: 999.6},
		Latency:  latency, Histogram: h.bars(),
		Generator: Generator{Late: Percentiles{Count: 10_000, P50: 4567, P99: 12_345, Max: 1_234_567}, Cores: 0.0512},
		Server:    &Server{Sessions: 997, Before: 60_123_456, Idle: 63_456_789, After: 65_000_000, Cores: 0.234},
		Errors:    []ErrorCount{{"not answered", 3}, {"connecting: refused", 2}, {"not sent: the connection has ended", 1}},
	}
}

func TestReports(t *testing.T) {
	broadcast := sample()
	broadcast.Broadcast, broadcast.Errors, broadcast.Server, broadcast.Messages.Answered = true, []ErrorCount{}, nil, 10_000_000
	idle := sample()
	idle.Rate, idle.Messages, idle.Latency, idle.Histogram, idle.Errors, idle.Interrupted = 0, Messages{}, Percentiles{}, nil, []ErrorCount{}, true
	idle.Server.Sessions = 0
	var got bytes.Buffer
	for _, r := range []*Report{sample(), broadcast, idle} {
		if err := r.WriteText(&got); err != nil {
			t.Fatal(err)
		}
		got.WriteByte('\n')
	}
	golden(t, "testdata/report.txt", got.Bytes())
	got.Reset()
	if err := sample().WriteJSON(&got); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/report.json", got.Bytes())
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs, -update writes it; got\n%s", file, got)
	}
}

func TestFaults(t *testing.T) {
	var f faults
	for i := range 100 {
		f.add(strings.Repeat("x", i), 2)
	}
	if len(f.counts) != maxFaults+1 || f.total != 200 || f.counts[maxFaults].Count != 2*(100-maxFaults) {
		t.Errorf("%d texts, %d in all, %v", len(f.counts), f.total, f.counts[maxFaults])
	}
}

func TestUnits(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ns", 999: "999 ns", 1000: "1 µs", 1234: "1.23 µs", 99_949: "99.9 µs", 999_499: "999 µs", 999_500: "1 ms",
		12_345_678: "12.3 ms", 10 * time.Second: "10 s", 100 * time.Second: "100 s", time.Hour: "3600 s",
	} {
		if got := span(d); got != want {
			t.Errorf("%d ns is %q, want %q", d, got, want)
		}
	}
	for n, want := range map[float64]string{0: "0 B", 999: "999 B", 1234: "1.23 KB", -2500: "-2.5 KB", 65e6: "65 MB", 1e12: "1 TB"} {
		if got := size(n); got != want {
			t.Errorf("%v bytes are %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -999: "-999"} {
		if got := count(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	for n, want := range map[float64]string{0.5: "0.5", 99.4: "99.4", 1000: "1,000", 12345.6: "12,346"} {
		if got := perSecond(n); got != want {
			t.Errorf("%v is %q, want %q", n, got, want)
		}
	}
}

func TestProgressLines(t *testing.T) {
	var b strings.Builder
	show, clear := Terminal(&b)
	clear() // nothing yet
	show(Progress{Phase: phaseOpening, Open: 10, Clients: 1000})
	show(Progress{Phase: phaseMeasuring, Elapsed: 1500 * time.Millisecond, Of: 11 * time.Second, Open: 1000, Clients: 1000, PerSecond: 999.7, P99: 1234567, Errors: 2})
	show(Progress{Phase: phaseIdle, Open: 1000, Clients: 1000})
	clear()
	want := "\ropening: 10 of 1,000 connections" +
		"\rmeasuring: 1.5 s of 11.0 s, 1,000 of 1,000 connections, 1,000 a second, p99 1.23 ms, 2 errors" +
		"\ridle: 1,000 of 1,000 connections" + strings.Repeat(" ", 61) + "\r" + strings.Repeat(" ", 32) + "\r"
	if got := b.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	b.Reset()
	plain := Plain(&b)
	for _, phase := range []string{phaseOpening, phaseOpening, phaseIdle} {
		plain(Progress{Phase: phase})
	}
	if got, want := b.String(), "opening: 0 of 0 connections\nidle: 0 of 0 connections\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
