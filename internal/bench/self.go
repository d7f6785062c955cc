package bench

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// app is what Self serves: it sends messages back, or publishes them to all sessions, and speaks the same over Phoenix Channels.
//
//go:embed apps/echo.js
var app []byte

// Self is a server of this program's own, in a process of its own.
type Self struct {
	URL string
	PID int

	child  *exec.Cmd
	dir    string
	ended  chan struct{}
	output lastLines
}

// startTimeout is for the server to be ready, and for its end.
const startTimeout = 20 * time.Second

// selfSettings let a few clients make all the load.
const selfSettings = `[limits]
messages_per_second = 1_000_000_000
bytes_per_second = "1024GB"
`

// StartSelf runs "rowan serve" with an app for measuring, on a port of its own. broadcast chooses its app's way with messages; args are further
// arguments of the command. The caller must not leave its goroutine's thread (runtime.LockOSThread) as long as the server is to live.
func StartSelf(broadcast bool, args []string) (*Self, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "rowan-bench-")
	if err != nil {
		return nil, err
	}
	s := &Self{dir: dir, ended: make(chan struct{})}
	if err := s.start(program, broadcast, args); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

func (s *Self) start(program string, broadcast bool, args []string) error {
	path := filepath.Join(s.dir, "app.js")
	if err := os.WriteFile(path, bytes.ReplaceAll(app, []byte("BROADCAST"), fmt.Append(nil, broadcast)), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.dir, "rowan.toml"), []byte(selfSettings), 0o600); err != nil {
		return err
	}
	s.child = exec.Command(program, append([]string{"serve", path, "--listen", "127.0.0.1:0", "--admin", ""}, args...)...)
	s.child.Args[0] = os.Args[0]
	s.child.SysProcAttr = withParent
	stderr, err := s.child.StderrPipe()
	if err != nil {
		return err
	}
	if err := s.child.Start(); err != nil {
		return err
	}
	s.PID = s.child.Process.Pid
	ready := make(chan string, 1)
	go s.follow(stderr, ready)
	select {
	case s.URL = <-ready:
		return nil
	case <-s.ended:
		err = errors.New("the server ended at once")
	case <-time.After(startTimeout):
		err = fmt.Errorf("the server is not ready within %v", startTimeout)
	}
	s.Close()
	return fmt.Errorf("%w: %s", err, s.output.text())
}

// follow reads what the server says, up to its end.
func (s *Self) follow(stderr io.Reader, ready chan<- string) {
	defer close(s.ended)
	for in := bufio.NewScanner(stderr); in.Scan(); {
		if _, url, is := strings.Cut(in.Text(), " is ready: open "); is {
			ready <- url
			continue
		}
		s.output.add(in.Text())
	}
	io.Copy(io.Discard, stderr)
	s.child.Wait()
}

// Close ends the server.
func (s *Self) Close() {
	s.child.Process.Signal(os.Interrupt)
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	select {
	case <-s.ended:
	case <-ctx.Done():
	}
	s.child.Process.Kill() // where there are no signals, the only way
	<-s.ended
	os.RemoveAll(s.dir)
}

// lastLines keeps the last lines of an output.
type lastLines struct {
	mu    sync.Mutex
	lines []string
}

const keptLines = 10

func (l *lastLines) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.lines) == keptLines {
		l.lines = l.lines[1:]
	}
	l.lines = append(l.lines, line)
}

func (l *lastLines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}
