package bench

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

func TestProcessMeter(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("needs /proc: ", err)
	}
	m := processMeter(os.Getpid())
	size, err := m.resident(t.Context())
	if err != nil || size < 1<<20 || size > 1<<40 {
		t.Errorf("this process has %d bytes, %v", size, err)
	}
	before, err := m.cpu(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for start := ownTime(); ownTime()-start < 100*time.Millisecond; {
	}
	after, err := m.cpu(t.Context())
	if used := after - before; err != nil || used < 80*time.Millisecond {
		t.Errorf("100 ms of CPU time are %v, %v", used, err)
	}
	if _, err := processMeter(1 << 30).cpu(t.Context()); err == nil {
		t.Error("a process that is not has CPU time")
	}
}

func TestProcessTime(t *testing.T) {
	got, err := processTime([]byte("12 (a name) with) R 1 12 12 0 -1 4194304 100 0 0 0 150 25 0 0 20 0 9 0 12345 1000 200"))
	if err != nil || got != 1750*time.Millisecond {
		t.Errorf("got %v, %v", got, err)
	}
	for _, text := range []string{"", "12 (name) R 1", "12 (n) R 1 12 12 0 -1 4194304 100 0 0 0 x 25 0"} {
		if _, err := processTime([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestKilobytes(t *testing.T) {
	text := []byte("VmPeak:\t  999 kB\nVmRSS:\t   12 kB\nThreads:\t9\n")
	if n, err := kilobytes(text, "VmRSS:"); n != 12<<10 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	if _, err := kilobytes(text, "Rss:"); err == nil {
		t.Error("what is not told is found")
	}
}

func TestMetricsMeter(t *testing.T) {
	text := "# HELP process_resident_memory_bytes Resident memory size in bytes.\nprocess_resident_memory_bytes 6.5445888e+07\nprocess_cpu_seconds_total 1.5\n"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(text)) }))
	defer server.Close()
	defer http.DefaultClient.CloseIdleConnections()
	m := metricsMeter(server.URL, nil)
	size, err := m.resident(t.Context())
	cpu, err2 := m.cpu(t.Context())
	if size != 65_445_888 || cpu != 1500*time.Millisecond || err != nil || err2 != nil {
		t.Errorf("got %d, %v, %v, %v", size, cpu, err, err2)
	}
	text = "nothing 1\n"
	if _, err := m.resident(t.Context()); err == nil || !strings.Contains(err.Error(), "process_resident_memory_bytes is not among the metrics") {
		t.Errorf("got %v", err)
	}
}
