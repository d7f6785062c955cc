//go:build unix

// Command peers measures rowan beside other WebSocket servers on this machine: the same messages at the same rate, one server after the other,
// several times. What else the machine does makes the generator late, whichever server it measures; the table has the medians of that third of
// a server's rounds in which the generator was least late.
//
//	(cd benchmarks/peers/node && npm install)
//	go run ./benchmarks/peers -connections 1000 -rate 10000 -duration 2s -rounds 9
//
// wsutil is an echo server in Go without JavaScript; node has Node with npm's ws, all connections in one JavaScript context. rowan's sessions
// have a context each.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"rowan/internal/bench"
)

// load is what each server is measured by.
type load struct {
	connections int
	rate        float64
	payload     int
	duration    time.Duration
	warmup      time.Duration
	settle      time.Duration
	broadcast   bool
}

func (l load) flags() []string {
	flags := []string{
		"--connections", strconv.Itoa(l.connections), "--rate", strconv.FormatFloat(l.rate, 'f', -1, 64), "--payload", strconv.Itoa(l.payload),
		"--duration", l.duration.String(), "--warmup", l.warmup.String(), "--settle", l.settle.String(), "--json", "--quiet",
	}
	if l.broadcast {
		flags = append(flags, "--broadcast")
	}
	return flags
}

func main() {
	var l load
	flag.IntVar(&l.connections, "connections", 100, "connections")
	flag.Float64Var(&l.rate, "rate", 5000, "messages a second in all")
	flag.IntVar(&l.payload, "payload", 64, "bytes of a message")
	flag.DurationVar(&l.duration, "duration", 2*time.Second, "time that is measured, in a round")
	flag.DurationVar(&l.warmup, "warmup", time.Second, "time before, under the same load")
	flag.DurationVar(&l.settle, "settle", time.Second, "time for which connections are idle before memory is read")
	flag.BoolVar(&l.broadcast, "broadcast", false, "have one connection send, and all others receive")
	rounds := flag.Int("rounds", 9, "how often each server is measured")
	flag.Parse()
	if err := run(l, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(l load, rounds int) error {
	bin, err := os.MkdirTemp("", "rowan-peers-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(bin)
	servers, err := build(bin)
	if err != nil {
		return err
	}
	reports := make([][]*bench.Report, len(servers))
	for range rounds {
		for i, s := range servers {
			r, err := s.measure(l)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			reports[i] = append(reports[i], r)
		}
	}
	for i := range reports {
		reports[i] = calmest(reports[i])
	}
	fmt.Print(table(servers, reports))
	return nil
}

// server is one that is measured.
type server struct {
	name    string
	rowan   string   // the program that measures
	command []string // the program that is measured, which prints its URL; none for rowan itself
}

// build makes the programs. Node is left out if it, or its package, is missing.
func build(bin string) ([]server, error) {
	folder, err := exec.Command("go", "list", "-f", "{{.Dir}}", "rowan/benchmarks/peers").Output()
	if err != nil {
		return nil, fmt.Errorf("the module's folder: %w", err)
	}
	if out, err := exec.Command("go", "build", "-o", bin+string(filepath.Separator), "rowan", "rowan/benchmarks/peers/wsutil").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	rowan := filepath.Join(bin, "rowan")
	servers := []server{{"rowan", rowan, nil}, {"wsutil", rowan, []string{filepath.Join(bin, "wsutil")}}}
	script := filepath.Join(strings.TrimSpace(string(folder)), "node", "server.mjs")
	if _, err := os.Stat(filepath.Join(filepath.Dir(script), "node_modules", "ws")); err != nil {
		fmt.Fprintln(os.Stderr, "peers: without node: its package is not installed:", err)
		return servers, nil
	}
	return append(servers, server{"node", rowan, []string{"node", "--expose-gc", script}}), nil
}

// measure starts the server, measures it, and ends it.
func (s server) measure(l load) (*bench.Report, error) {
	flags := l.flags()
	if s.command == nil {
		return report(exec.Command(s.rowan, append([]string{"bench", "--self"}, flags...)...))
	}
	args := s.command[1:]
	if l.broadcast {
		args = append(slices.Clone(args), "--broadcast")
	}
	child := exec.Command(s.command[0], args...)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := child.Start(); err != nil {
		return nil, err
	}
	defer child.Wait()
	defer child.Process.Kill()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, err
	}
	return report(exec.Command(s.rowan, append([]string{"bench", strings.TrimSpace(url), "--pid", strconv.Itoa(child.Process.Pid), "--collect"}, flags...)...))
}

// report runs a measurement. One with errors has a report too.
func report(c *exec.Cmd) (*bench.Report, error) {
	var errText bytes.Buffer
	c.Stderr = &errText
	out, err := c.Output()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || len(out) == 0) {
		return nil, fmt.Errorf("%w: %s", err, errText.String())
	}
	r := new(bench.Report)
	return r, json.Unmarshal(out, r)
}

// calmest is the third of the rounds in which the generator was least late.
func calmest(reports []*bench.Report) []*bench.Report {
	slices.SortFunc(reports, func(a, b *bench.Report) int { return cmp.Compare(a.Generator.Late.P99, b.Generator.Late.P99) })
	return reports[:(len(reports)+2)/3]
}

// table is the medians in Markdown.
func table(servers []server, reports [][]*bench.Report) string {
	var b strings.Builder
	b.WriteString("| | a second | p50 | p90 | p99 | p99.9 | server's cores | for 1,000 messages | generator late, p99 | a session | errors |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for i, s := range servers {
		of := func(f func(r *bench.Report) float64) float64 { return median(reports[i], f) }
		micro := func(f func(r *bench.Report) time.Duration) string {
			return fmt.Sprintf("%.0f µs", of(func(r *bench.Report) float64 { return float64(f(r)) / 1000 }))
		}
		rate := of(func(r *bench.Report) float64 { return r.Messages.PerSecond })
		cores := of(func(r *bench.Report) float64 { return r.Server.Cores })
		fmt.Fprintf(&b, "| %s | %.0f | %s | %s | %s | %s | %.2f | %.1f ms | %s | %.1f KB | %.0f |\n", s.name, rate,
			micro(func(r *bench.Report) time.Duration { return r.Latency.P50 }),
			micro(func(r *bench.Report) time.Duration { return r.Latency.P90 }),
			micro(func(r *bench.Report) time.Duration { return r.Latency.P99 }),
			micro(func(r *bench.Report) time.Duration { return r.Latency.P999 }),
			cores, 1e6*cores/rate,
			micro(func(r *bench.Report) time.Duration { return r.Generator.Late.P99 }),
			of(func(r *bench.Report) float64 { n, _ := r.Server.PerSession(); return n / 1000 }),
			of(func(r *bench.Report) float64 { return float64(r.Failures()) }))
	}
	return b.String()
}

func median(reports []*bench.Report, f func(r *bench.Report) float64) float64 {
	values := make([]float64, len(reports))
	for i, r := range reports {
		values[i] = f(r)
	}
	slices.Sort(values)
	return (values[len(values)/2] + values[(len(values)-1)/2]) / 2
}
