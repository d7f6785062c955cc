package daemon_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"rowan/daemon"
)

// stuck is what takes nothing until it is let go.
type stuck struct {
	free chan struct{}
	got  bytes.Buffer
}

func (s *stuck) Write(b []byte) (int, error) {
	<-s.free
	return s.got.Write(b)
}

// TestLogQueue fills the queue of a log that nobody reads: nobody waits, what finds no room is counted, and the rest is in order.
func TestLogQueue(t *testing.T) {
	out := &stuck{free: make(chan struct{})}
	q := daemon.NewLogQueue(out, daemon.NewEncoder(true))
	const lines = 3000
	padding := strings.Repeat("x", 1000)
	for i := range lines {
		fmt.Fprintf(q, "line %d %s\n", i, padding)
	}
	begin := time.Now()
	if q.Sync(); time.Since(begin) < 900*time.Millisecond {
		t.Error("Sync did not wait")
	}
	close(out.free)
	fmt.Fprintf(q, "last\n")
	q.Sync()
	got := strings.Split(strings.TrimSpace(out.got.String()), "\n")
	n := len(got) - 2
	for i, line := range got[:n] {
		if !strings.HasPrefix(line, fmt.Sprintf("line %d x", i)) {
			t.Fatalf("line %d is %.20s", i, line)
		}
	}
	if want := fmt.Sprintf("%d lines of the log are lost here", lines-n); n < 900 || !strings.Contains(got[n], want) {
		t.Errorf("after %d lines the log says %q, want %s", n, got[n], want)
	}
	if got[n+1] != "last" {
		t.Errorf("the last line is %q", got[n+1])
	}
}
