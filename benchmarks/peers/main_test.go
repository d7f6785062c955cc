//go:build unix

package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"rowan/internal/bench"
)

// TestServers measures each server for a moment: all of them do what they are measured at.
func TestServers(t *testing.T) {
	servers, err := build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l := load{connections: 5, rate: 100, payload: 64, duration: 200 * time.Millisecond, settle: 20 * time.Millisecond}
	for _, s := range servers {
		for _, l.broadcast = range []bool{false, true} {
			r, err := s.measure(l)
			if err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
			if r.Failures() > 0 || r.Messages.Due != 20 || r.Server == nil {
				t.Errorf("%s, broadcast %v: %+v, errors %v", s.name, l.broadcast, r.Messages, r.Errors)
			}
		}
	}
	if _, err := exec.LookPath("node"); err != nil || len(servers) < 3 {
		if os.Getenv("CI") != "" {
			t.Fatal("CI needs Node, and npm install in benchmarks/peers/node")
		}
		t.Skip("without Node or its package: run npm install in benchmarks/peers/node")
	}
}

func TestTable(t *testing.T) {
	var reports []*bench.Report
	for i := range 7 {
		r := &bench.Report{Server: &bench.Server{Sessions: 10, Idle: 50_000, Cores: 0.5}}
		r.Messages.PerSecond = 1000
		r.Latency.P99 = time.Duration(i+1) * time.Millisecond
		r.Generator.Late.P99 = time.Duration(7-i) * time.Microsecond
		reports = append(reports, r)
	}
	got := table([]server{{name: "rowan"}}, [][]*bench.Report{calmest(reports)})
	want := "| rowan | 1000 | 0 µs | 0 µs | 6000 µs | 0 µs | 0.50 | 500.0 ms | 2 µs | 5.0 KB | 0 |\n"
	if !strings.HasSuffix(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}
