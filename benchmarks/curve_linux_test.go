package benchmarks

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"rowan/internal/swarm"
)

var svgFile = flag.String("svg", "", "where BenchmarkSessionCurve draws its plot")

// BenchmarkSessionCurve is what a session takes, and how long one waits for an echo while the others are idle, by the number of sessions. With
// -svg it draws both:
//
//	go test -vet=off -run '^$' -bench SessionCurve -benchtime 1x ./benchmarks -svg docs/sessions.svg
func BenchmarkSessionCurve(b *testing.B) {
	b.Run("rowan", func(b *testing.B) {
		for b.Loop() {
			points, err := curve(b)
			if err != nil {
				b.Fatal(err)
			}
			for _, p := range points {
				b.ReportMetric(p.bytes, fmt.Sprintf("B/session@%d", p.sessions))
				b.ReportMetric(p.p50, fmt.Sprintf("p50-µs@%d", p.sessions))
			}
			b.ReportMetric(0, "ns/op")
			if *svgFile != "" {
				if err := os.WriteFile(*svgFile, []byte(drawCurve(points)), 0o666); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// curvePoint is what was measured at a number of sessions.
type curvePoint struct {
	sessions int
	bytes    float64 // by which the resident set has grown since the number before, for each session
	p50, p99 float64 // of an echo, in µs
}

func curve(b *testing.B) (points []curvePoint, err error) {
	p := startApp(b, sessionsApp)
	defer p.stop()
	s := p.connect(b, "/")
	defer s.Close()
	before, had := 0, 0
	for _, n := range []int{1000, 2500, 5000, 7500, 10_000, 12_500, 15_000} {
		if err := s.Open(context.Background(), n-len(s.Clients), 0, nil); err != nil {
			return nil, err
		}
		if err := pingAll(s); err != nil {
			return nil, err
		}
		size := p.resident(b)
		point := curvePoint{sessions: n, bytes: float64(size-before) / float64(n-had)}
		first := had == 0
		before, had = size, n
		if first {
			continue // what the server takes itself
		}
		if point.p50, point.p99, err = echoTimes(s); err != nil {
			return nil, err
		}
		points = append(points, point)
	}
	return points, nil
}

// echoTimes are the median and the 99th percentile of the time of an echo, in µs: one session after the other sends one message.
func echoTimes(s *swarm.Swarm) (p50, p99 float64, err error) {
	frame := swarm.Text(sixtyFour)
	received := false
	s.Message = func(*swarm.Client, []byte) { received = true }
	times := make([]float64, 2000)
	for i := range times {
		received = false
		start := time.Now()
		if err := s.Clients[i*7919%len(s.Clients)].Send(frame); err != nil {
			return 0, 0, err
		}
		if err := s.Until(func() bool { return received }, patience); err != nil {
			return 0, 0, err
		}
		times[i] = float64(time.Since(start).Nanoseconds()) / 1e3
	}
	slices.Sort(times)
	return times[len(times)/2], times[len(times)*99/100], nil
}

// drawCurve draws bytes and latency by the number of sessions, one chart above the other.
func drawCurve(points []curvePoint) string {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 480" font-family="sans-serif" font-size="12">
<style>
  svg { background: #fff } text { fill: #333 } .axis { stroke: #999 } .grid { stroke: #ddd }
  .a { stroke: #06c; fill: none; stroke-width: 2 } .b { stroke: #c50; fill: none; stroke-width: 2 }
  @media (prefers-color-scheme: dark) { svg { background: #161616 } text { fill: #ccc } .grid { stroke: #333 } .a { stroke: #6af } .b { stroke: #fa6 } }
</style>
`)
	line := func(value func(curvePoint) float64) (list []float64) {
		for _, p := range points {
			list = append(list, value(p))
		}
		return list
	}
	bytes := line(func(p curvePoint) float64 { return p.bytes })
	p50, p99 := line(func(p curvePoint) float64 { return p.p50 }), line(func(p curvePoint) float64 { return p.p99 })
	drawChart(&b, 20, "bytes of memory for each further idle session", points, []series{{"a", "", bytes}})
	drawChart(&b, 260, "µs for an echo of 64 bytes", points, []series{{"a", "median", p50}, {"b", "99 of 100", p99}})
	b.WriteString("</svg>\n")
	return b.String()
}

// series is one line of a chart.
type series struct {
	class, label string
	values       []float64
}

// drawChart draws lines from zero up, by the number of sessions.
func drawChart(b *strings.Builder, top int, title string, points []curvePoint, lines []series) {
	const left, width, height = 60, 540, 160
	most := 0.0
	for _, l := range lines {
		most = max(most, slices.Max(l.values))
	}
	step := roundStep(most / 4)
	high := step * float64(int(most/step)+1)
	last := points[len(points)-1].sessions
	x := func(sessions int) float64 { return left + width*float64(sessions)/float64(last) }
	y := func(v float64) float64 { return float64(top+30+height) - height*v/high }
	fmt.Fprintf(b, `<text x="%d" y="%d" font-weight="bold">%s</text>`+"\n", left, top+15, title)
	for v := 0.0; v <= high; v += step {
		fmt.Fprintf(b, `<line class="grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text x="%d" y="%.1f" text-anchor="end">%g</text>`+"\n", left, left+width, y(v), y(v), left-6, y(v)+4, v)
	}
	for _, p := range points {
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">%d</text>`+"\n", x(p.sessions), top+46+height, p.sessions)
	}
	for i, l := range lines {
		fmt.Fprintf(b, `<polyline class="%s" points="`, l.class)
		for j, v := range l.values {
			fmt.Fprintf(b, "%.1f,%.1f ", x(points[j].sessions), y(v))
		}
		b.WriteString(`"/>` + "\n")
		if l.label != "" {
			at := left + width - 160 + 80*i
			fmt.Fprintf(b, `<line class="%s" x1="%d" x2="%d" y1="%d" y2="%d"/><text x="%d" y="%d">%s</text>`+"\n", l.class, at-24, at-6, top+11, top+11, at, top+15, l.label)
		}
	}
}

// roundStep is the next of 1, 2 or 5 times a power of ten.
func roundStep(v float64) float64 {
	for power := 1.0; ; power *= 10 {
		for _, f := range []float64{1, 2, 5} {
			if f*power >= v {
				return f * power
			}
		}
	}
}

func TestDrawCurve(t *testing.T) {
	svg := drawCurve([]curvePoint{{1000, 2500, 20, 80}, {15_000, 2600, 22, 95}})
	for _, want := range []string{`viewBox="0 0 640 480"`, `points="96.0,`, `>15000</text>`, `>3000</text>`, "median", "</svg>"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the plot has no %q:\n%s", want, svg)
		}
	}
}
