package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"rowan/internal/swarm"
)

// What these benchmarks measure is a whole server in a process of its own, and clients in this one, which share its cores: WebSocket
// sessions over real connections, each with a context of its own.

const sessionsApp = `
let count = 0;
export default {
	websocket: {
		open(ws) { if (!ws.url.endsWith("/alone")) ws.subscribe("all"); },
		message(ws, text) {
			count++;
			if (text.startsWith("all")) ws.publish("all", text);
			else ws.send(text);
		},
		publishToSelf: true,
	},
};
`

// echoApp is the counter of the other benchmarks with a socket.
const echoApp = `
let count = 0;
export default {
	websocket: {
		message(ws, text) {
			count++;
			ws.send(text);
		},
	},
};
`

const sixtyFour = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// echoServers are what BenchmarkSessionEcho compares. loop is rowan's front end without scripts; wsutil and node are the peers.
var echoServers = []struct {
	name  string
	start func(tb testing.TB) *server
}{
	{"rowan", func(tb testing.TB) *server { return startApp(tb, echoApp) }},
	{"loop", func(tb testing.TB) *server { return startChild(tb, "loop") }},
	{"wsutil", func(tb testing.TB) *server { return startChild(tb, "wsutil") }},
	{"node", startNode},
}

// startNode starts Node's echo with npm's ws, which the examples' tests have installed.
func startNode(tb testing.TB) *server {
	if _, err := os.Stat("../examples/testdata/node_modules/ws"); err != nil {
		tb.Skip("npm's ws is not installed: npm install --no-package-lock in examples/testdata")
	}
	path, err := exec.LookPath("node")
	if err != nil {
		tb.Skip(err)
	}
	return startCommand(tb, exec.Command(path, "testdata/echo.mjs"))
}

// BenchmarkSessionEcho is how many messages of 64 bytes are echoed in a second, to so many clients each of which sends one when it has had
// the one before. With two clients their contexts stay resident; with a thousand each message resumes one.
func BenchmarkSessionEcho(b *testing.B) {
	for _, clients := range []int{2, 100, 1000} {
		for _, server := range echoServers {
			b.Run(fmt.Sprintf("clients=%d/%s", clients, server.name), func(b *testing.B) {
				p := server.start(b)
				s := p.connect(b, "/")
				defer s.Close()
				if err := errors.Join(s.Open(context.Background(), clients, 0, nil), pingAll(s)); err != nil {
					b.Fatal(err)
				}
				before := p.cpu(b)
				b.ResetTimer()
				if err := pingPong(s, b.N); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				b.ReportMetric(float64(p.cpu(b)-before)/float64(b.N), "server-ns/message")
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
			})
		}
	}
}

// pingPong has n messages echoed.
func pingPong(s *swarm.Swarm, n int) error {
	frame := swarm.Text(sixtyFour)
	sent, received := 0, 0
	var wrong error
	s.Message = func(c *swarm.Client, message []byte) {
		received++
		if string(message) != sixtyFour {
			wrong = fmt.Errorf("the echo is %q", message)
		}
		if sent < n {
			sent++
			wrong = errors.Join(wrong, c.Send(frame))
		}
	}
	for _, c := range s.Clients {
		if sent < n {
			sent++
			if err := c.Send(frame); err != nil {
				return err
			}
		}
	}
	return errors.Join(s.Until(func() bool { return wrong != nil || received == n }, patience), wrong)
}

// BenchmarkSessionMemory is by how much a server's resident set grows for each session that has had a message echoed: the slope between 5,000
// and 15,000.
func BenchmarkSessionMemory(b *testing.B) {
	const low, high = 5000, 15_000
	for _, server := range echoServers {
		b.Run(server.name, func(b *testing.B) {
			for b.Loop() {
				p := server.start(b)
				s := p.connect(b, "/")
				var size [2]int
				for i, n := range []int{low, high} {
					err := s.Open(context.Background(), n-len(s.Clients), 0, nil)
					if err = errors.Join(err, pingAll(s)); err != nil {
						b.Fatal(err)
					}
					size[i] = p.resident(b)
				}
				b.ReportMetric(float64(size[1]-size[0])/(high-low), "B/session")
				b.ReportMetric(0, "ns/op")
				s.Close()
				p.stop()
			}
		})
	}
}

// pingAll has each client's message echoed once, some hundred at a time.
func pingAll(s *swarm.Swarm) error {
	frame := swarm.Text(sixtyFour)
	received := 0
	s.Message = func(*swarm.Client, []byte) { received++ }
	for i, c := range s.Clients {
		if err := c.Send(frame); err != nil {
			return err
		}
		if i%200 == 199 || i == len(s.Clients)-1 {
			if err := s.Until(func() bool { return received == i+1 }, patience); err != nil {
				return err
			}
		}
	}
	return nil
}

// BenchmarkSessionBroadcast is deliveries of messages of 64 bytes to 10,000 sessions, one message after the other: by a topic, and by a
// bare loop of writes in Go.
func BenchmarkSessionBroadcast(b *testing.B) {
	const members = 10_000
	for name, what := range map[string]string{"rowan": "app " + writeApp(b, sessionsApp), "loop": "loop"} {
		b.Run(name, func(b *testing.B) {
			p := startChild(b, what)
			s := p.connect(b, "/")
			defer s.Close()
			if err := s.Open(context.Background(), members, 0, nil); err != nil {
				b.Fatal(err)
			}
			if err := pingAll(s); err != nil { // all have subscribed
				b.Fatal(err)
			}
			frame := swarm.Text("all" + sixtyFour[3:])
			received := 0
			s.Message = func(*swarm.Client, []byte) { received++ }
			before := p.cpu(b)
			b.ResetTimer()
			for i := range b.N {
				if err := s.Clients[0].Send(frame); err != nil {
					b.Fatal(err)
				}
				if err := s.Until(func() bool { return received == (i+1)*members }, patience); err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			b.ReportMetric(float64(b.N)*members/b.Elapsed().Seconds(), "deliveries/s")
			b.ReportMetric(float64(p.cpu(b)-before)/float64(b.N*members), "server-ns/delivery")
		})
	}
}

// BenchmarkSessionNeighbour is what a session that has nothing to do with it notices of broadcasts to 10,000 others, five a second: the time of its echoes, at
// the median and that which one of a hundred exceeds. Without the broadcasts it is some hundred microseconds.
func BenchmarkSessionNeighbour(b *testing.B) {
	const members, interval = 10_000, 200 * time.Millisecond
	b.Run("rowan", func(b *testing.B) {
		p := startApp(b, sessionsApp)
		crowd, alone := p.connect(b, "/"), p.connect(b, "/alone")
		defer crowd.Close()
		defer alone.Close()
		if err := errors.Join(crowd.Open(context.Background(), members, 0, nil), pingAll(crowd), alone.Open(context.Background(), 1, 0, nil)); err != nil {
			b.Fatal(err)
		}
		ended := make(chan struct{})
		broadcasts, failed := 0, make(chan error, 1)
		start := time.Now()
		go func() { failed <- broadcastEvery(crowd, interval, &broadcasts, ended) }()
		var took []time.Duration
		for b.Loop() {
			for end := time.Now().Add(10 * interval); time.Now().Before(end); time.Sleep(time.Millisecond) {
				begin := time.Now()
				if err := pingPong(alone, 1); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(begin))
			}
		}
		close(ended)
		if err := <-failed; err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(broadcasts)/time.Since(start).Seconds(), "broadcasts/s")
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
		b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
		b.ReportMetric(0, "ns/op")
	})
}

// broadcastEvery has a message go to all clients again and again, until ended is closed, and counts them. The next one is due when the one before has come,
// and the interval is over.
func broadcastEvery(s *swarm.Swarm, interval time.Duration, sent *int, ended <-chan struct{}) error {
	frame := swarm.Text("all" + sixtyFour[3:])
	received := 0
	s.Message = func(*swarm.Client, []byte) { received++ }
	due := time.NewTicker(interval)
	defer due.Stop()
	for {
		if err := s.Clients[0].Send(frame); err != nil {
			return err
		}
		*sent++
		if err := s.Until(func() bool { return received == *sent*len(s.Clients) }, patience); err != nil {
			return err
		}
		select {
		case <-due.C:
		case <-ended:
			return nil
		}
	}
}

// BenchmarkSessionStorm opens 15,000 sessions as fast as that goes, has each of them echo, and closes them all at once: none may be refused
// or lost, and the memory must come back. The metric is sessions a second.
func BenchmarkSessionStorm(b *testing.B) {
	const sessions = 15_000
	b.Run("rowan", func(b *testing.B) {
		for b.Loop() {
			p := startApp(b, sessionsApp)
			s := p.connect(b, "/")
			if err := errors.Join(s.Open(context.Background(), 1, 0, nil), pingAll(s)); err != nil {
				b.Fatal(err)
			}
			before, cpu := p.resident(b), p.cpu(b)
			start := time.Now()
			if err := s.Open(context.Background(), sessions-1, 0, nil); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(sessions)/time.Since(start).Seconds(), "sessions/s")
			b.ReportMetric(float64((p.cpu(b)-cpu).Microseconds())/sessions, "server-µs/session")
			if err := pingAll(s); err != nil {
				b.Fatal(err)
			}
			most := p.resident(b)
			s.Close()
			after := p.resident(b)
			for end := time.Now().Add(patience); after-before > (most-before)/2 && time.Now().Before(end); after = p.resident(b) {
				time.Sleep(100 * time.Millisecond)
			}
			b.ReportMetric(float64(before)/1e6, "MB-before")
			b.ReportMetric(float64(most)/1e6, "MB-open")
			b.ReportMetric(float64(after)/1e6, "MB-closed")
			b.ReportMetric(0, "ns/op")
			p.stop()
		}
	})
}

// BenchmarkSessionChurn opens, uses and closes 200,000 sessions, 5,000 at a time. It fails if the server has more goroutines or descriptors
// afterwards; the metric is by how much its resident set has grown since the first tenth.
func BenchmarkSessionChurn(b *testing.B) {
	const rounds, sessions = 40, 5000
	b.Run("rowan", func(b *testing.B) {
		for b.Loop() {
			p := startApp(b, sessionsApp)
			goroutines, descriptors, settled := 0, 0, 0
			for round := range rounds {
				s := p.connect(b, "/")
				if err := errors.Join(s.Open(context.Background(), sessions, 0, nil), pingAll(s)); err != nil {
					b.Fatal(err)
				}
				s.Close()
				if round == rounds/10-1 {
					goroutines, descriptors, settled = p.quiet(b)
				}
			}
			g, d, size := p.quiet(b)
			if g > goroutines || d > descriptors {
				b.Errorf("%d goroutines and %d descriptors, after a tenth %d and %d", g, d, goroutines, descriptors)
			}
			b.ReportMetric(float64(size-settled)/1e6, "MB-grown")
			b.ReportMetric(0, "ns/op")
			p.stop()
		}
	})
}

// quiet waits until the server's sessions have gone, and returns what is left.
func (p *server) quiet(b *testing.B) (goroutines, descriptors, resident int) {
	descriptors = p.ask(b, "descriptors")
	for same := 0; same < 10; time.Sleep(50 * time.Millisecond) {
		if now := p.ask(b, "descriptors"); now == descriptors {
			same++
		} else {
			descriptors, same = now, 0
		}
	}
	return p.ask(b, "goroutines"), descriptors, p.resident(b)
}

func TestSessions(t *testing.T) {
	for _, server := range echoServers {
		t.Run(server.name, func(t *testing.T) {
			p := server.start(t)
			s := p.connect(t, "/")
			defer s.Close()
			err := errors.Join(s.Open(context.Background(), 20, 0, nil), pingPong(s, 100), pingAll(s))
			if err != nil {
				t.Fatal(err)
			}
			if size := p.resident(t); size < 1<<20 {
				t.Errorf("the server has %d bytes", size)
			}
		})
	}
}
