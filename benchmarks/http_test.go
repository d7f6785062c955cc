package benchmarks

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"rowan/daemon"
)

// BenchmarkHTTP has clients on keep-alive connections ask for a small response, each as soon as it has the one before. fetch is
// answered by an app's fetch, in a context made for each request; go by a handler of net/http alone, than which the former
// cannot be faster. The clients run in the same process and share its cores. The peers answer no requests.
func BenchmarkHTTP(b *testing.B) {
	for _, clients := range []int{1, 64} {
		for _, c := range []struct {
			name  string
			serve func(testing.TB) string
		}{{"fetch", serveApp}, {"go", serveGo}} {
			b.Run(fmt.Sprintf("%s=%d/rowan", c.name, clients), func(b *testing.B) {
				address := c.serve(b)
				var left atomic.Int64
				left.Store(int64(b.N))
				b.ResetTimer()
				if err := hurry(address, clients, &left); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			})
		}
	}
}

func TestHTTP(t *testing.T) {
	for name, serve := range map[string]func(testing.TB) string{"fetch": serveApp, "go": serveGo} {
		t.Run(name, func(t *testing.T) {
			var left atomic.Int64
			left.Store(100)
			if err := hurry(serve(t), 3, &left); err != nil || left.Load() > 0 {
				t.Errorf("%d requests are left: %v", left.Load(), err)
			}
		})
	}
}

const (
	greeting = "Hello, world"
	greetApp = `let requests = 0;
export default {
	fetch(request) {
		if (++requests > 1) return new Response("not a fresh context", { status: 500 });
		return new Response("Hello, " + request.url.slice(-5), { headers: { "content-type": "text/plain" } });
	},
};
`
)

// serveApp serves greetApp and returns the address.
func serveApp(tb testing.TB) string {
	dir, err := os.MkdirTemp("", "rowan")
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(dir, "app.js")
	if err := os.WriteFile(path, []byte(greetApp), 0o666); err != nil {
		tb.Fatal(err)
	}
	threads := runtime.GOMAXPROCS(0)
	c := settings()
	c.Listen = "127.0.0.1:0"
	s, err := daemon.New(daemon.Options{App: path, Config: c})
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.Listen(); err != nil {
		tb.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- s.Serve() }()
	tb.Cleanup(func() {
		if err := errors.Join(s.Shutdown(context.Background()), <-served, os.RemoveAll(dir)); err != nil {
			tb.Error(err)
		}
		runtime.GOMAXPROCS(threads)
	})
	return s.Addr().String()
}

// serveGo serves the same by a handler in Go.
func serveGo(tb testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = []string{"text/plain"}
		io.WriteString(w, "Hello, "+r.URL.Path[len(r.URL.Path)-5:])
	})}
	served := make(chan error)
	go func() { served <- s.Serve(l) }()
	tb.Cleanup(func() {
		s.Close()
		if err := <-served; err != http.ErrServerClosed {
			tb.Error(err)
		}
	})
	return l.Addr().String()
}

// hurry has clients send requests until none is left.
func hurry(address string, clients int, left *atomic.Int64) error {
	errs := make([]error, clients)
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() { errs[i] = oneClient(address, left) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// oneClient is a client with a connection of its own. It is lean, so that what is measured is the server.
func oneClient(address string, left *atomic.Int64) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	request := []byte("GET /greet/world HTTP/1.1\r\nHost: " + address + "\r\nUser-Agent: benchmark\r\nAccept: */*\r\n\r\n")
	r := bufio.NewReader(conn)
	body := make([]byte, 64)
	for left.Add(-1) >= 0 {
		if _, err := conn.Write(request); err != nil {
			return err
		}
		status, n, err := readHead(r)
		if err != nil {
			return err
		}
		if n > len(body) {
			return fmt.Errorf("a body of %d bytes", n)
		}
		if _, err := io.ReadFull(r, body[:n]); err != nil {
			return err
		}
		if status != "HTTP/1.1 200 OK" || string(body[:n]) != greeting {
			return fmt.Errorf("got %s with %q, want %q", status, body[:n], greeting)
		}
	}
	return nil
}

// readHead reads a response's head and returns the length of the body.
func readHead(r *bufio.Reader) (status string, length int, err error) {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return status, 0, err
		}
		switch line = bytes.TrimRight(line, "\r\n"); {
		case len(line) == 0:
			return status, length, nil
		case status == "":
			status = string(line)
		default:
			if n, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
				if length, err = strconv.Atoi(string(n)); err != nil {
					return status, 0, err
				}
			}
		}
	}
}
