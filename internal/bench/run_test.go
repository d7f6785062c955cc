package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"go.uber.org/goleak"

	"rowan/internal/daemontest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, goleak.IgnoreCurrent()) }

// conn is a connection of a server under test, on a goroutine of its own.
type conn struct {
	net.Conn
	number int // from 0, in the order of connecting
	mu     *sync.Mutex
}

// read returns the next message, false at the end.
func (c conn) read() ([]byte, bool) {
	data, _, err := wsutil.ReadClientData(c)
	return data, err == nil
}

func (c conn) send(data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wsutil.WriteServerText(c, data)
}

// serve runs a server whose connections are handled by f.
func serve(t *testing.T, f func(c conn)) (url string) {
	var number atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _, _, err := ws.UpgradeHTTP(r, w)
		if err != nil {
			return
		}
		defer n.Close()
		f(conn{n, int(number.Add(1)) - 1, &sync.Mutex{}})
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// echoing answers message i of a connection with what f makes of it, nil for nothing.
func echoing(f func(i int, data []byte) []byte) func(c conn) {
	return func(c conn) {
		for i := 0; ; i++ {
			data, ok := c.read()
			if !ok {
				return
			}
			if data = f(i, data); data != nil {
				c.send(data)
			}
		}
	}
}

func same(_ int, data []byte) []byte { return data }

// quick are options of a short run.
func quick(url string) Options {
	return Options{URL: url, Connections: 3, Rate: 500, Payload: 32, Duration: 300 * time.Millisecond, Warmup: 100 * time.Millisecond, Timeout: 2 * time.Second}
}

func measure(t *testing.T, o Options) *Report {
	t.Helper()
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	r.WriteText(&text)
	t.Log("\n" + text.String())
	return r
}

// clean checks the report of a run in which nothing went wrong.
func clean(t *testing.T, r *Report, due, answered uint64) {
	t.Helper()
	if r.Failures() != 0 || r.Messages.Due != due || r.Messages.Sent != due || r.Messages.Answered != answered || r.Latency.Count != answered {
		t.Errorf("%+v, latencies of %d, errors %v; want %d due, %d answered", r.Messages, r.Latency.Count, r.Errors, due, answered)
	}
	if l := r.Latency; l.P50 <= 0 || l.P50 > l.P90 || l.P90 > l.P99 || l.P99 > l.P999 || l.P999 > l.Max {
		t.Errorf("latency %+v", l)
	}
}

func TestEcho(t *testing.T) {
	url := serve(t, echoing(same))
	for name, change := range map[string]func(o *Options){
		"text":           func(*Options) {},
		"binary":         func(o *Options) { o.Binary = true },
		"least payload":  func(o *Options) { o.Payload = 16 },
		"larger payload": func(o *Options) { o.Payload = 100_000 },
		"one connection": func(o *Options) { o.Connections = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := quick(url)
			change(&o)
			r := measure(t, o)
			clean(t, r, 150, 150)
			if r.Open.Connections != o.Connections || r.Open.Failed != 0 {
				t.Errorf("%+v", r.Open)
			}
		})
	}
}

func TestIdle(t *testing.T) {
	o := quick(serve(t, echoing(same)))
	o.Rate, o.PID = 0, os.Getpid()
	r := measure(t, o)
	if r.Messages.Due != 0 || r.Failures() != 0 || r.Open.Connections != 3 {
		t.Errorf("%+v", r)
	}
}

// TestRowan measures the server of this project, by all protocols.
func TestRowan(t *testing.T) {
	for _, broadcast := range []bool{false, true} {
		files := "-- app.ts --\n" + string(bytes.ReplaceAll(app, []byte("BROADCAST"), fmt.Append(nil, broadcast)))
		server := daemontest.Serve(t, files)
		for _, overChannels := range []bool{false, true} {
			t.Run(fmt.Sprintf("broadcast=%v,channels=%v", broadcast, overChannels), func(t *testing.T) {
				o := quick(server.URL())
				o.Broadcast, o.Channels = broadcast, overChannels
				answers := uint64(150)
				if broadcast {
					answers *= 3
				}
				clean(t, measure(t, o), 150, answers)
			})
		}
	}
}

// TestStall has a server stand still for 100 ms, twice a second. Of the messages that were due meanwhile one alone is answered late
// by a client that waits for answers.
func TestStall(t *testing.T) {
	const stall, every = 100 * time.Millisecond, 500 * time.Millisecond
	var next time.Time
	o := quick(serve(t, echoing(func(i int, data []byte) []byte {
		if now := time.Now(); i == 0 {
			next = now.Add(every / 2)
		} else if now.After(next) {
			time.Sleep(stall)
			next = next.Add(every)
		}
		return data
	})))
	o.Connections, o.Rate, o.Duration = 1, 1000, 1000*time.Millisecond
	r := measure(t, o)
	clean(t, r, 1000, 1000)
	if l := r.Latency; l.P99 < 80*time.Millisecond || l.P90 < 30*time.Millisecond || l.P50 > l.P99/2 {
		t.Errorf("latency %+v", l)
	}
}

func TestSlow(t *testing.T) {
	const delay = 20 * time.Millisecond
	o := quick(serve(t, func(c conn) {
		for {
			data, ok := c.read()
			if !ok {
				return
			}
			time.AfterFunc(delay, func() { c.send(data) }) // in any order
		}
	}))
	r := measure(t, o)
	clean(t, r, 150, 150)
	if r.Latency.P50 < delay {
		t.Errorf("latency %+v", r.Latency)
	}
}

// TestFailures has servers that do well with the first messages.
func TestFailures(t *testing.T) {
	const well = 20
	after := func(f func(data []byte) []byte) func(c conn) {
		return echoing(func(i int, data []byte) []byte {
			if i < well {
				return data
			}
			return f(data)
		})
	}
	for name, c := range map[string]struct {
		server func(c conn)
		want   string
	}{
		"another text":         {after(func(data []byte) []byte { return bytes.ToUpper(data) }), "wrong answer: \"0000"},
		"something short":      {after(func(data []byte) []byte { return data[:5] }), "wrong answer: \"00000\""},
		"the first once more":  {after(func(data []byte) []byte { return append([]byte("0000000000000000"), data[16:]...) }), "answered twice"},
		"another's answer":     {after(func(data []byte) []byte { return append([]byte("0000000000000001"), data[16:]...) }), "wrong answer"},
		"what was not sent":    {after(func(data []byte) []byte { return append([]byte("00000000ffffffff"), data[16:]...) }), "wrong answer"},
		"no answer":            {after(func([]byte) []byte { return nil }), "not answered"},
		"a close frame at one": {func(c conn) { closing(c, well) }, "a connection ended: the server closed with 1011 \"tired\""},
		"an end at one":        {func(c conn) { ending(c, well) }, "a connection ended: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := quick(serve(t, c.server))
			o.Timeout = 300 * time.Millisecond
			r := measure(t, o)
			if r.Failures() == 0 || !strings.Contains(fmt.Sprint(r.Errors), c.want) {
				t.Errorf("errors %v, want %s", r.Errors, c.want)
			}
			if r.Messages.Due != 150 || r.Messages.Answered >= r.Messages.Due {
				t.Errorf("%+v", r.Messages)
			}
		})
	}
}

// closing ends one of the connections by a close frame.
func closing(c conn, well int) {
	for i := 0; i < well || c.number != 1; i++ {
		data, ok := c.read()
		if !ok {
			return
		}
		c.send(data)
	}
	ws.WriteFrame(c, ws.NewCloseFrame(ws.NewCloseFrameBody(1011, "tired")))
	io.Copy(io.Discard, c)
}

// ending ends one of the connections without a word.
func ending(c conn, well int) {
	for i := 0; i < well || c.number != 1; i++ {
		data, ok := c.read()
		if !ok {
			return
		}
		c.send(data)
	}
}

// TestUnanswered checks that percentiles know of what was never answered.
func TestUnanswered(t *testing.T) {
	o := quick(serve(t, echoing(func(i int, data []byte) []byte {
		if i%10 == 9 {
			return nil
		}
		return data
	})))
	o.Timeout = 300 * time.Millisecond
	r := measure(t, o)
	if r.Latency.Count != 150 || r.Latency.P99 < o.Timeout || r.Latency.P50 > o.Timeout {
		t.Errorf("latency %+v", r.Latency)
	}
}

// TestNotRead measures a server that stops to read.
func TestNotRead(t *testing.T) {
	end := make(chan bool)
	defer close(end)
	o := quick(serve(t, func(c conn) {
		data, _ := c.read()
		c.send(data)
		<-end
	}))
	o.Connections, o.Payload, o.Timeout = 1, 1<<20, 300*time.Millisecond
	r := measure(t, o)
	if !strings.Contains(fmt.Sprint(r.Errors), "not sent: the server reads no more") {
		t.Errorf("errors %v", r.Errors)
	}
}

func TestRunFails(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	forbidden := httptest.NewServer(http.NotFoundHandler())
	defer forbidden.Close()
	for name, c := range map[string]struct {
		url    string
		change func(o *Options)
		want   string
	}{
		"nobody":         {"ws://" + nobody.Addr().String(), nil, "refused"},
		"no WebSocket":   {forbidden.URL, nil, "the handshake is answered with 404 Not Found"},
		"no echo":        {serve(t, echoing(func(int, []byte) []byte { return []byte("hello") })), nil, `does not send the first message back within 300ms; it answers with "hello"`},
		"silence":        {serve(t, echoing(func(int, []byte) []byte { return nil })), nil, "does not send the first message back within 300ms"},
		"an end":         {serve(t, func(c conn) { c.read() }), nil, "the connection is lost with the first message"},
		"an end at once": {serve(t, func(c conn) {}), nil, "the connection is lost"},
		"no broadcast":   {serve(t, echoing(same)), func(o *Options) { o.Broadcast = true }, "of 3 connections 0 receive a broadcast"},
		"no channels":    {serve(t, echoing(same)), func(o *Options) { o.Channels = true }, `the join of "bench:all" is not answered with ok: a join is answered with "[\"1\"`},
		"no process":     {serve(t, echoing(same)), func(o *Options) { o.PID = 1 << 30 }, "memory of process 1073741824"},
		"no metrics":     {serve(t, echoing(same)), func(o *Options) { o.Metrics = forbidden.URL }, "404 Not Found"},
	} {
		t.Run(name, func(t *testing.T) {
			o := quick(c.url)
			o.Timeout = 300 * time.Millisecond
			if c.change != nil {
				c.change(&o)
			}
			if r, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, %v; want %s", r, err, c.want)
			}
		})
	}
}

func TestOptionsAreRefused(t *testing.T) {
	for want, change := range map[string]func(o *Options){
		"connections cannot be 0":   func(o *Options) { o.Connections = 0 },
		"a payload has 16 to":       func(o *Options) { o.Payload = 15 },
		"a rate is 0 to":            func(o *Options) { o.Rate = -1 },
		"rate of connecting":        func(o *Options) { o.ConnectRate = -1 },
		"a time cannot be negative": func(o *Options) { o.Warmup = -1 },
		"nor the timeout 0":         func(o *Options) { o.Timeout = 0 },
		"more than 4294967296":      func(o *Options) { o.Rate, o.Duration = maxRate, time.Hour },
		"channels carry JSON":       func(o *Options) { o.Channels, o.Binary = true, true },
		"not of both":               func(o *Options) { o.PID, o.Metrics = 1, "http://127.0.0.1" },
		"which process":             func(o *Options) { o.Collect = true },
		"ulimit -Hn": func(o *Options) {
			if o.Connections = 1 << 30; !filesKnown() {
				t.Skip("this system tells no limit")
			}
		},
	} {
		o := quick("ws://127.0.0.1:1/")
		change(&o)
		_, err := Run(t.Context(), o)
		if wrong := (*OptionError)(nil); !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func filesKnown() bool {
	_, known := openFiles()
	return known
}

// hall is a server that sends what one connection says to all the others, as send decides.
type hall struct {
	mu    sync.Mutex
	conns []conn
}

func (h *hall) serve(c conn, send func(to conn, i int, data []byte)) {
	h.mu.Lock()
	h.conns = append(h.conns, c)
	h.mu.Unlock()
	for i := 0; ; i++ {
		data, ok := c.read()
		if !ok {
			return
		}
		h.mu.Lock()
		for _, to := range h.conns {
			send(to, i, data)
		}
		h.mu.Unlock()
	}
}

func TestBroadcast(t *testing.T) {
	for name, c := range map[string]struct {
		send func(to conn, i int, data []byte)
		want string
	}{
		"all, the sender too": {func(to conn, _ int, data []byte) { to.send(data) }, ""},
		"all but the sender": {func(to conn, _ int, data []byte) {
			if to.number > 0 {
				to.send(data)
			}
		}, ""},
		"not every one": {func(to conn, i int, data []byte) {
			if to.number != 2 || i%10 != 5 {
				to.send(data)
			}
		}, "not delivered"},
		"none any more": {func(to conn, i int, data []byte) {
			if i < 100 {
				to.send(data)
			}
		}, "not delivered"},
		"twice": {func(to conn, i int, data []byte) {
			to.send(data)
			if i == 100 {
				to.send(data)
			}
		}, "delivered twice, or not in order"},
		"another text": {func(to conn, i int, data []byte) {
			if i == 100 {
				data = data[:3]
			}
			to.send(data)
		}, "wrong message: \"000\""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &hall{}
			o := quick(serve(t, func(conn conn) { h.serve(conn, c.send) }))
			o.Broadcast, o.Timeout = true, 400*time.Millisecond
			r := measure(t, o)
			if c.want == "" {
				clean(t, r, 150, 450)
			} else if !strings.Contains(fmt.Sprint(r.Errors), c.want) {
				t.Errorf("errors %v, want %s", r.Errors, c.want)
			}
			if r.Latency.Count < 450 {
				t.Errorf("%d latencies of 450", r.Latency.Count)
			}
		})
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _, _, err := ws.UpgradeHTTP(r, w)
		if err == nil {
			echoing(same)(conn{n, 0, &sync.Mutex{}})
		}
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	o := quick(server.URL)
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("with a certificate of nobody: %v", err)
	}
	o.Insecure = true
	r := measure(t, o)
	clean(t, r, 150, 150)
	if !strings.HasPrefix(r.URL, "wss://") {
		t.Errorf("connected to %s", r.URL)
	}
}

func TestInterrupted(t *testing.T) {
	o := quick(serve(t, echoing(same)))
	o.Duration = time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	r, err := Run(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Interrupted || r.Failures() != 0 || r.Messages.Due == 0 || r.Messages.Due != r.Messages.Answered || r.Measured > 10*time.Second {
		t.Errorf("%+v", r)
	}
}

func TestServer(t *testing.T) {
	o := quick(serve(t, echoing(same)))
	o.PID, o.Settle = os.Getpid(), 10*time.Millisecond
	r := measure(t, o)
	if s := r.Server; s == nil || s.Before < 1<<20 || s.Idle < 1<<20 || s.After < 1<<20 || s.Sessions != 2 {
		t.Errorf("server %+v", s)
	}
}

func TestProgress(t *testing.T) {
	o := quick(serve(t, echoing(same)))
	o.Duration = 700 * time.Millisecond
	var all []Progress
	o.Progress = func(p Progress) { all = append(all, p) }
	measure(t, o)
	if len(all) < 2 || all[0].Phase != phaseOpening || all[len(all)-1].Phase != phaseMeasuring || all[len(all)-1].PerSecond == 0 {
		t.Errorf("told of %+v", all)
	}
}
