//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rowan/internal/swarm"
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
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
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
			if err := sessions.swarm.Until(func() bool { return sessions.hearings == 8000*published }, 10*time.Second); err != nil {
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
