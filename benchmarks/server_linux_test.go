package benchmarks

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"rowan/daemon"
	"rowan/daemon/front"
	"rowan/internal/swarm"
)

// server is a process that serves WebSockets.
type server struct {
	address string
	child   *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// startApp serves an app in a process of its own.
func startApp(tb testing.TB, app string) *server {
	tb.Helper()
	return startChild(tb, "app "+writeApp(tb, app))
}

// writeApp writes an app's file and returns its path.
func writeApp(tb testing.TB, app string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "app.js")
	if err := os.WriteFile(path, []byte(app), 0o666); err != nil {
		tb.Fatal(err)
	}
	return path
}

// startChild has a process of this test serve: "app" and a path, or one of the peers.
func startChild(tb testing.TB, what string) *server {
	tb.Helper()
	child := exec.Command(must(os.Executable()))
	child.Env = append(os.Environ(), serveVariable+"="+what)
	return startCommand(tb, child)
}

// startCommand starts a server that prints its address, answers each line of its input with its resident set, and ends with it.
func startCommand(tb testing.TB, child *exec.Cmd) *server {
	tb.Helper()
	p := &server{child: child}
	p.child.Stderr = os.Stderr
	p.in, p.out = must(p.child.StdinPipe()), bufio.NewReader(must(p.child.StdoutPipe()))
	if err := p.child.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(p.stop)
	line, err := p.out.ReadString('\n')
	if err != nil {
		tb.Fatal(err)
	}
	p.address = strings.TrimSpace(line)
	return p
}

// connect makes a swarm of clients of a path of the server, without any yet.
func (p *server) connect(tb testing.TB, path string) *swarm.Swarm {
	tb.Helper()
	s, err := swarm.New(tb.Context(), swarm.Options{URL: "ws://" + p.address + path})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func (p *server) stop() {
	p.in.Close()
	p.child.Wait()
}

// resident is the resident set of the server, once it holds no more than it must.
func (p *server) resident(tb testing.TB) int {
	tb.Helper()
	return p.ask(tb, "resident")
}

// ask asks for a number.
func (p *server) ask(tb testing.TB, what string) int {
	tb.Helper()
	fmt.Fprintln(p.in, what)
	line, err := p.out.ReadString('\n')
	if err != nil {
		tb.Fatal(err)
	}
	return must(strconv.Atoi(strings.TrimSpace(line)))
}

// cpu is the time of processors that the server has taken. Unlike what clients see, it does not depend on what else the machine does.
func (p *server) cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var total time.Duration
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.child.Process.Pid))
	if err != nil {
		tb.Fatal(err)
	}
	for _, task := range tasks {
		text, err := os.ReadFile(task)
		if err != nil {
			continue // the thread has ended
		}
		ns, err := strconv.ParseInt(strings.Fields(string(text))[0], 10, 64)
		if err != nil {
			tb.Fatal(err)
		}
		total += time.Duration(ns)
	}
	return total
}

// serveVariable names, to a process of this test, what it is to serve.
const serveVariable = "BENCHMARK_SERVE"

func init() { children[serveVariable] = serveChild }

// serveChild serves what startChild asks for.
func serveChild(what string) error {
	kind, path, _ := strings.Cut(what, " ")
	switch kind {
	case "app":
		return serveApplication(path)
	case "pipes":
		return servePipes(path)
	case "loop":
		return serveLoops()
	case "wsutil":
		return serveWsutil()
	}
	return fmt.Errorf("there is nothing called %q to serve", what)
}

// answer prints the address, then answers each line of standard input, until it ends: "resident" with the resident set, "goroutines" with
// their number, "descriptors" with that of open ones, others as the server says.
func answer(address net.Addr, others func(line string) (int, error)) error {
	fmt.Println(address)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var n int
		var err error
		switch lines.Text() {
		case "resident":
			n, err = residentBytes()
		case "goroutines":
			n = runtime.NumGoroutine()
		case "descriptors":
			var open []os.DirEntry
			open, err = os.ReadDir("/proc/self/fd")
			n = len(open)
		default:
			n, err = others(lines.Text())
		}
		if err != nil {
			return err
		}
		fmt.Println(n)
	}
	return nil
}

func nothingElse(line string) (int, error) { return 0, fmt.Errorf("there is no answer to %q", line) }

func serveApplication(path string) error {
	c := settings()
	c.Listen = "127.0.0.1:0"
	s, err := daemon.New(daemon.Options{App: path, Config: c})
	if err != nil {
		return err
	}
	if err := s.Listen(); err != nil {
		return err
	}
	served := make(chan error)
	go func() { served <- s.Serve() }()
	err = answer(s.Addr(), nothingElse)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return errors.Join(err, s.Shutdown(ctx), <-served)
}

// serveLoops is the front end without scripts: an echo, and for a message that begins with "all" a bare loop of writes to every
// socket.
func serveLoops() error {
	loops := make([]*front.Loop, runtime.NumCPU())
	for i := range loops {
		var err error
		if loops[i], err = front.NewLoop(); err != nil {
			return err
		}
		go func() {
			runtime.LockOSThread()
			for {
				loops[i].Poll(-1)
			}
		}()
	}
	h := &echoHandler{conns: map[*front.Conn]bool{}}
	var next atomic.Uint32
	return serveHTTP(func(w http.ResponseWriter, r *http.Request) {
		if c, err := front.Upgrade(w, r, front.UpgradeOptions{}); err == nil {
			h.add(c)
			c.StartOn(loops[int(next.Add(1))%len(loops)], h)
		}
	})
}

type echoHandler struct {
	mu    sync.Mutex
	conns map[*front.Conn]bool
}

func (h *echoHandler) add(c *front.Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conns[c] = true
}

func (h *echoHandler) Message(c *front.Conn, data []byte, text bool) bool {
	if !strings.HasPrefix(string(data[:min(3, len(data))]), "all") {
		c.Send(data, text)
		return true
	}
	f := front.NewFrame(data, text)
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.conns {
		c.SendFrame(f)
	}
	return true
}

func (h *echoHandler) Drain(*front.Conn) {}

func (h *echoHandler) Close(c *front.Conn, _ int, _ string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
}

// serveWsutil is gobwas/ws as its documentation shows it: a goroutine for each connection.
func serveWsutil() error {
	return serveHTTP(func(w http.ResponseWriter, r *http.Request) {
		conn, _, _, err := ws.UpgradeHTTP(r, w)
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			for {
				data, op, err := wsutil.ReadClientData(conn)
				if err != nil || wsutil.WriteServerMessage(conn, op, data) != nil {
					return
				}
			}
		}()
	})
}

func serveHTTP(handler http.HandlerFunc) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go http.Serve(l, handler)
	return answer(l.Addr(), nothingElse)
}
