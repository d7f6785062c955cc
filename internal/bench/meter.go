package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// meter reads what the server takes. Any goroutine may call it.
type meter struct {
	resident func(ctx context.Context) (int64, error)         // bytes of its resident set
	cpu      func(ctx context.Context) (time.Duration, error) // that it has used since it began
}

// processMeter reads of a process on this machine, which must have /proc.
func processMeter(pid int) *meter {
	dir := fmt.Sprintf("/proc/%d/", pid)
	return &meter{
		resident: func(context.Context) (int64, error) {
			n, err := resident(dir)
			if err != nil {
				return 0, fmt.Errorf("memory of process %d: %w", pid, err)
			}
			return n, nil
		},
		cpu: func(context.Context) (time.Duration, error) {
			stat, err := os.ReadFile(dir + "stat")
			if err != nil {
				return 0, err
			}
			return processTime(stat)
		},
	}
}

// resident reads smaps_rollup, which is exact, or status, which every user may read.
func resident(dir string) (int64, error) {
	if text, err := os.ReadFile(dir + "smaps_rollup"); err == nil {
		return kilobytes(text, "Rss:")
	}
	text, err := os.ReadFile(dir + "status")
	if err != nil {
		return 0, err
	}
	return kilobytes(text, "VmRSS:")
}

// kilobytes is the value of a line such as "Rss:  1234 kB", in bytes.
func kilobytes(text []byte, key string) (int64, error) {
	for line := range bytes.Lines(text) {
		if fields := bytes.Fields(line); len(fields) == 3 && string(fields[0]) == key {
			n, err := strconv.ParseInt(string(fields[1]), 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("%s is not told", key)
}

// tick is the unit of times in /proc/PID/stat, which is the same on all systems that Go runs on.
const tick = 10 * time.Millisecond

// processTime is the time of a process in user and in system mode, of its /proc/PID/stat (proc_pid_stat(5)).
func processTime(stat []byte) (time.Duration, error) {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:]) // from the third, since the name may have anything in it
	if len(fields) < 13 {
		return 0, errors.New("/proc/PID/stat is cut off")
	}
	var sum time.Duration
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(string(f), 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(n) * tick
	}
	return sum, nil
}

// metricsMeter reads the metrics of a process as Prometheus has them.
func metricsMeter(url string, header http.Header) *meter {
	client := &http.Client{Timeout: 10 * time.Second}
	read := func(ctx context.Context, name string) (float64, error) {
		request, err := http.NewRequestWithContext(ctx, "GET", url, nil)
		if err != nil {
			return 0, err
		}
		request.Header = header.Clone()
		response, err := client.Do(request)
		if err != nil {
			return 0, err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("%s: %s", url, response.Status)
		}
		n, err := metric(response.Body, name)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", url, err)
		}
		return n, nil
	}
	return &meter{
		resident: func(ctx context.Context) (int64, error) {
			n, err := read(ctx, "process_resident_memory_bytes")
			return int64(n), err
		},
		cpu: func(ctx context.Context) (time.Duration, error) {
			n, err := read(ctx, "process_cpu_seconds_total")
			return time.Duration(n * float64(time.Second)), err
		},
	}
}

// metric finds the value of a metric without labels.
func metric(r io.Reader, name string) (float64, error) {
	for in := bufio.NewScanner(r); in.Scan(); {
		if key, value, _ := strings.Cut(in.Text(), " "); key == name {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("%s is not among the metrics", name)
}
