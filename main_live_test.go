//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"rowan/daemon/admin/state"
	"rowan/internal/swarm"
	"rowan/internal/wstest"
)

// living is an app whose sessions and channels count what they are sent, and say by which version they answer. A session that is sent
// "publish N" publishes that to all.
const living = `
let count = 0;
export default {
  suspend: () => count,
  resume(kept) { count = kept; },
  websocket: {
    open(ws) { ws.subscribe("all"); ws.send("hello"); },
    message(ws, text) {
      if (text.startsWith("publish")) return void Rowan.publish("all", text);
      ws.send("VERSION " + text + " " + ++count);
    },
  },
  channels: {
    "room:*": {
      join: () => ({}),
      on: { count: (_, { n }) => ({ version: "VERSION", n, count: ++count }) },
    },
  },
};
`

// crowd is many clients of one sort, each of which has one message under way at most.
type crowd struct {
	t        *testing.T
	name     string
	swarm    *swarm.Swarm
	sent     []int // by client: the last number
	answered []int
	heard    []int // by client: the last of what was sent to all
	hearings int   // of all of them
	waiting  int   // clients whose answer has not come
	versions map[string]int
	failed   int
}

func newCrowd(t *testing.T, name, url string, n int) *crowd {
	t.Helper()
	s, err := swarm.New(t.Context(), swarm.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	c := &crowd{t: t, name: name, swarm: s, sent: make([]int, n), answered: make([]int, n), heard: make([]int, n), versions: map[string]int{}}
	t.Cleanup(s.Close)
	s.Closed = func(cl *swarm.Client, err error) { c.fail("client %d: %v", cl.Number, err) }
	return c
}

// fail notes what must not be. The first few are told.
func (c *crowd) fail(format string, args ...any) {
	if c.failed++; c.failed <= 5 {
		c.t.Errorf(c.name+": "+format, args...)
	}
}

// take checks an answer: it is the next, and the script has counted as many.
func (c *crowd) take(cl *swarm.Client, version string, n, count int) {
	i := cl.Number
	if n != c.answered[i]+1 || n != c.sent[i] || count != n {
		c.fail("client %d was answered %d as the %dth, after %d of %d", i, n, count, c.answered[i], c.sent[i])
	}
	c.answered[i] = n
	c.waiting--
	c.versions[version]++
}

// hear checks what was sent to all.
func (c *crowd) hear(cl *swarm.Client, n int) {
	if i := cl.Number; n != c.heard[i]+1 {
		c.fail("client %d heard %d after %d", i, n, c.heard[i])
	}
	c.heard[cl.Number]++
	c.hearings++
}

// round sends one message by each client.
func (c *crowd) round(text func(n int) string) {
	c.versions = map[string]int{}
	for i, cl := range c.swarm.Clients {
		c.sent[i]++
		c.waiting++
		if err := cl.Send(swarm.Text(text(c.sent[i]))); err != nil {
			c.fail("client %d: %v", i, err)
		}
		if i%100 == 0 {
			c.wait(0)
		}
	}
}

func (c *crowd) wait(d time.Duration) {
	if err := c.swarm.Wait(d); err != nil {
		c.t.Fatal(err)
	}
}

// sessionCrowd opens sessions of living.
func sessionCrowd(t *testing.T, p *process, n int) *crowd {
	t.Helper()
	c := newCrowd(t, "sessions", "ws"+strings.TrimPrefix(p.url, "http"), n)
	c.swarm.Message = func(cl *swarm.Client, data []byte) {
		words := bytes.Fields(data)
		switch {
		case string(data) == "hello":
		case string(words[0]) == "publish":
			k, _ := strconv.Atoi(string(words[1]))
			c.hear(cl, k)
		default:
			k, _ := strconv.Atoi(string(words[1]))
			count, _ := strconv.Atoi(string(words[2]))
			c.take(cl, string(words[0]), k, count)
		}
	}
	if err := c.swarm.Open(t.Context(), n, 0, nil); err != nil {
		t.Fatal(err)
	}
	return c
}

// channelCrowd opens sockets that have joined a channel of living.
func channelCrowd(t *testing.T, p *process, n int) *crowd {
	t.Helper()
	c := newCrowd(t, "channels", "ws"+strings.TrimPrefix(p.url, "http")+"socket/websocket?vsn=2.0.0", n)
	joined := 0
	c.swarm.Message = func(cl *swarm.Client, data []byte) {
		var version string
		var k, count int
		_, reply, _ := strings.Cut(string(data), `"phx_reply",`)
		switch n, _ := fmt.Sscanf(reply, `{"response":{"version":%q,"n":%d,"count":%d`, &version, &k, &count); {
		case n == 3:
			c.take(cl, version, k, count)
		case strings.Contains(reply, `"response":{}`):
			joined++
		default:
			c.fail("client %d got %.200s", cl.Number, data)
		}
	}
	if err := c.swarm.Open(t.Context(), n, 0, nil); err != nil {
		t.Fatal(err)
	}
	for _, cl := range c.swarm.Clients {
		cl.Send(swarm.Text(`["1","1","room:1","phx_join",{}]`))
	}
	if err := c.swarm.Until(func() bool { return joined == n }, time.Minute); err != nil {
		t.Fatalf("%d of %d have joined: %v", joined, n, err)
	}
	return c
}

// TestReloadUnderTenThousand reloads an app again and again while 10,000 clients send: none is closed, nothing is lost or doubled.
func TestReloadUnderTenThousand(t *testing.T) {
	if testing.Short() {
		t.Skip("it needs some seconds of both cores")
	}
	for _, existing := range []string{"stay", "move"} {
		t.Run(existing, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name, text string) {
				t.Helper()
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			app := func(v int) string { return strings.ReplaceAll(living, "VERSION", "v"+strconv.Itoa(v)) }
			write("app.ts", app(1))
			write("rowan.toml", "[reload]\nexisting = \""+existing+"\"\n[log]\nlevel = \"error\"\n[admin]\nlisten = \"\"\n")
			p := start(t, exec.Command("rowan", "serve", filepath.Join(dir, "app.ts"), "--listen", "127.0.0.1:0"))
			logged := make(chan string, 1)
			go func() {
				line, _ := p.stderr.ReadString('\n')
				logged <- line
			}()
			sessions, channels := sessionCrowd(t, p, 8000), channelCrowd(t, p, 2000)
			const reloads = 4
			rounds, published := 0, 0
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
			defer cancel()
			play := func() {
				sessions.round(strconv.Itoa)
				published++
				sessions.swarm.Clients[rounds%8000].Send(swarm.Text("publish " + strconv.Itoa(published)))
				channels.round(func(n int) string {
					return fmt.Sprintf(`["1","%d","room:1","count",{"n":%d}]`, n+1, n)
				})
				for sessions.waiting > 0 || channels.waiting > 0 {
					sessions.wait(time.Millisecond)
					channels.wait(time.Millisecond)
					if ctx.Err() != nil {
						t.Fatalf("%d and %d answers have not come", sessions.waiting, channels.waiting)
					}
				}
				rounds++
			}
			for v := 2; v <= reloads+1; v++ {
				play()
				write("app.ts", app(v))
				p.cmd.Process.Signal(syscall.SIGHUP)
				play()
			}
			want := "v1"
			if existing == "move" {
				want = "v" + strconv.Itoa(reloads+1)
			}
			for sessions.versions[want] != 8000 || channels.versions[want] != 2000 {
				play()
			}
			if err := sessions.swarm.Until(func() bool { return sessions.hearings == 8000*published }, time.Minute); err != nil {
				t.Errorf("%d messages were heard of %d to 8,000: %v", sessions.hearings, published, err)
			}
			select {
			case line := <-logged:
				t.Errorf("logged: %s", line)
			default:
			}
			t.Logf("%d rounds of %d messages", rounds, 10_000)
		})
	}
}

// TestDeploymentExample moves a session of the app in docs/deployment.md.
func TestDeploymentExample(t *testing.T) {
	page, err := os.ReadFile("docs/deployment.md")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(page), "```ts\n")
	code, _, _ = strings.Cut(code, "```")
	app := filepath.Join(t.TempDir(), "app.ts")
	for name, text := range map[string]string{"app.ts": code, "rowan.toml": "[reload]\nexisting = \"move\"\n"} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(app), name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	p := start(t, exec.Command("rowan", "serve", app, "--listen", "127.0.0.1:0"))
	c := wstest.Dial(t, p.url)
	c.Send("")
	c.Expect("message 1")
	if err := os.WriteFile(app, []byte(strings.Replace(code, "message $", "moved $", 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	p.cmd.Process.Signal(syscall.SIGHUP)
	for line := ""; !strings.Contains(line, "moved 1 contexts"); {
		if line, err = p.stderr.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	c.Send("")
	c.Expect("moved 2")
}

// TestRestartRefusesNobody has one process after the other take over while clients connect, all of whom are served, and while 500
// sessions live, which are told to come again. What is stored in all processes is there.
func TestRestartRefusesNobody(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir()) // for the state of the admin side
	app := filepath.Join(dir, "app.ts")
	text := `
export default {
  fetch(request, server) {
    if (server.upgrade(request)) return;
    if (request.url.endsWith("/count")) return new Response(Rowan.storage.get("answers") ?? 0);
    Rowan.transaction(() => Rowan.storage.set("answers", (Rowan.storage.get("answers") ?? 0) + 1));
    return new Response("VERSION");
  },
  websocket: { message(ws, text) { ws.send("VERSION " + text); } },
};`
	write := func(version string) {
		t.Helper()
		if err := os.WriteFile(app, []byte(strings.ReplaceAll(text, "VERSION", version)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("v1")
	// To a file, which outlives the first process as its successors' standard error.
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	serve := exec.Command("rowan", "serve", app, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--data", filepath.Join(dir, "data"))
	serve.Stderr = log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { serve.Process.Kill() })
	url := ""
	eventually(t, "the server is ready", func() bool {
		text, _ := os.ReadFile(log.Name())
		_, after, ready := strings.Cut(string(text), " is ready: open ")
		url, _, _ = strings.Cut(after, "\n")
		return ready && url != ""
	})

	// Clients that connect, ask and go, for as long as processes change.
	var stop atomic.Bool
	var asked, counted atomic.Int64
	var clients sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]int{}
	for i := range 4 {
		clients.Go(func() {
			for !stop.Load() {
				var got string
				var err error
				if i%2 == 0 {
					got, err = get(url)
					if err == nil {
						counted.Add(1)
					}
				} else {
					got, err = say(url)
				}
				mu.Lock()
				seen[got]++
				mu.Unlock()
				if err != nil {
					t.Errorf("after %d answers: %v", asked.Load(), err)
					return
				}
				asked.Add(1)
			}
		})
	}
	s, err := swarm.New(t.Context(), swarm.Options{URL: "ws" + strings.TrimPrefix(url, "http")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	codes := map[int]int{}
	s.Closed = func(_ *swarm.Client, err error) {
		closed, _ := errors.AsType[*swarm.CloseError](err)
		codes[closed.Code]++
	}
	if err := s.Open(t.Context(), 500, 0, nil); err != nil {
		t.Fatal(err)
	}
	write("v2")
	out, err := exec.Command("rowan", "restart").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var second int
	if _, err := fmt.Sscanf(string(out), "process %d serves now", &second); err != nil {
		t.Fatalf("%q", out)
	}
	t.Cleanup(func() { syscall.Kill(second, syscall.SIGKILL) })
	if err := s.Until(func() bool { return codes[1001] == 500 }, 10*time.Second); err != nil {
		t.Errorf("the sessions of the first process ended with %v", codes)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("the first process ended with %v", err)
	}

	// A version that does not come to serve changes nothing.
	if err := os.WriteFile(app, []byte("not JavaScript"), 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("rowan", "restart").CombinedOutput(); err == nil || !strings.Contains(string(out), "has ended before it served") {
		t.Errorf("%v: %s", err, out)
	}

	// By a signal.
	write("v3")
	if err := syscall.Kill(second, syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a third process serves", func() bool {
		got, err := get(url)
		if err == nil {
			counted.Add(1)
		}
		return got == "v3"
	})
	time.Sleep(300 * time.Millisecond)
	stop.Store(true)
	clients.Wait()
	t.Logf("%d answers, by %v", asked.Load(), seen)
	// Two processes have counted in one database at a time.
	if got, err := get(url + "count"); err != nil || got != strconv.FormatInt(counted.Load(), 10) {
		t.Errorf("%d answers were counted as %q, %v", counted.Load(), got, err)
	}
	var left []state.Server
	eventually(t, "one server is left", func() bool {
		left, err = state.List("")
		return err == nil && len(left) == 1
	})
	syscall.Kill(left[0].PID, syscall.SIGTERM)
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(wstest.Patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// get asks over a connection of its own.
func get(url string) (string, error) {
	client := http.Client{Timeout: wstest.Patience, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != 200 {
		err = fmt.Errorf("status %d: %s", r.StatusCode, text)
	}
	return string(text), err
}

// say opens a session, says something and hears the answer, or that it is to come again.
func say(url string) (string, error) {
	conn, reader, _, err := ws.Dial(context.Background(), "ws"+strings.TrimPrefix(url, "http"))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(wstest.Patience))
	if err := ws.WriteFrame(conn, ws.MaskFrame(ws.NewTextFrame([]byte("hello")))); err != nil {
		return "", err
	}
	from := io.Reader(conn)
	if reader != nil {
		from = reader
	}
	payload, err := wsutil.ReadServerText(struct {
		io.Reader
		io.Writer
	}{from, conn})
	var closed wsutil.ClosedError
	switch {
	case errors.As(err, &closed) && closed.Code == ws.StatusGoingAway:
		return "1001", nil
	case err != nil:
		return "", err
	}
	return string(payload), nil
}
