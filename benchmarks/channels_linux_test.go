package benchmarks

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"rowan/internal/swarm"
)

// What these benchmarks measure is a whole server in a process of its own, and clients in this one, which share its cores: sockets of
// Phoenix Channels over real connections, each with a context of its own, in which the handlers run.

const channelsPath = "/socket/websocket?vsn=2.0.0"

const channelsApp = `
let events = 0;
export default {
	channels: {
		"room:*": {
			join: () => ({}),
			on: {
				echo: (socket, payload) => ({ n: payload.n, events: ++events }),
				all(socket, payload) { socket.broadcast("all", payload); return {}; },
			},
		},
	},
};
`

// BenchmarkChannelEcho is the time from an event to its reply, one client alone.
func BenchmarkChannelEcho(b *testing.B) { b.Run("rowan", echo) }

func echo(b *testing.B) {
	s := startApp(b, channelsApp).connect(b, channelsPath)
	defer s.Close()
	if err := joinRoom(s, 1); err != nil {
		b.Fatal(err)
	}
	c := s.Clients[0]
	times := make([]time.Duration, 0, b.N)
	i := 0
	s.Message = func(_ *swarm.Client, message []byte) {
		if want := fmt.Sprintf(`["1","2","room:1","phx_reply",{"response":{"n":%d,"events":%d},"status":"ok"}]`, i, i); string(message) != want {
			b.Fatalf("got %s, want %s", message, want)
		}
		c.Count++
	}
	b.ResetTimer()
	for i = 1; i <= b.N; i++ {
		start := time.Now()
		if err := c.Send(swarm.Text(fmt.Sprintf(`["1","2","room:1","echo",{"n":%d}]`, i))); err != nil {
			b.Fatal(err)
		}
		if err := s.Until(func() bool { return c.Count == i }, patience); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(start))
	}
	b.StopTimer()
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(times[len(times)*99/100].Nanoseconds()), "p99-ns")
}

// BenchmarkChannelBroadcast is deliveries of broadcasts to members of one topic, of which one sends them: each time when all have had the one
// before (together=1), or with several under way.
func BenchmarkChannelBroadcast(b *testing.B) {
	for _, members := range []int{1000, 10_000} {
		for _, together := range []int{1, 8} {
			b.Run(fmt.Sprintf("members=%d/together=%d/rowan", members, together), func(b *testing.B) {
				s := startApp(b, channelsApp).connect(b, channelsPath)
				defer s.Close()
				if err := joinRoom(s, members); err != nil {
					b.Fatal(err)
				}
				b.ResetTimer()
				if err := shout(s, b.N, together); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				b.ReportMetric(float64(b.N)*float64(members)/b.Elapsed().Seconds(), "deliveries/s")
			})
		}
	}
}

// shout has the first client broadcast n times, so many at once, and waits until every client has had every broadcast in order.
func shout(s *swarm.Swarm, n, together int) error {
	var wrong error
	received, sent := 0, 0
	for _, c := range s.Clients {
		c.Count = 0
	}
	s.Message = func(c *swarm.Client, message []byte) {
		if !bytes.HasPrefix(message, []byte(`[null,null,"room:1","all",`)) {
			return
		}
		if want := fmt.Sprintf(`{"n":%d,`, c.Count); !bytes.Contains(message, []byte(want)) && wrong == nil {
			wrong = fmt.Errorf("a client got %s, want %s", message, want)
		}
		c.Count++
		received++
	}
	for sent < n {
		round := min(together, n-sent)
		for range round {
			if err := s.Clients[0].Send(swarm.Text(fmt.Sprintf(`["1","2","room:1","all",{"n":%d,"text":"some sixty bytes of text that goes to everyone"}]`, sent))); err != nil {
				return err
			}
			sent++
		}
		if err := s.Until(func() bool { return wrong != nil || received == sent*len(s.Clients) }, patience); err != nil {
			return fmt.Errorf("%d of %d: %w", received, sent*len(s.Clients), err)
		}
		if wrong != nil {
			return wrong
		}
	}
	return nil
}

// BenchmarkChannelJoin is the sockets that connect and join a channel in a second.
func BenchmarkChannelJoin(b *testing.B) { b.Run("rowan", join) }

func join(b *testing.B) {
	s := startApp(b, channelsApp).connect(b, channelsPath)
	defer s.Close()
	n := min(b.N, 15_000)
	b.ResetTimer()
	if err := joinRoom(s, n); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "joins/s")
}

// BenchmarkChannelMemory is by how much the server's resident set grows for each socket that has joined a channel and has had an event
// answered, its context included: the slope between 5,000 and 15,000.
func BenchmarkChannelMemory(b *testing.B) { b.Run("rowan", socketMemory) }

func socketMemory(b *testing.B) {
	const low, high = 5000, 15_000
	for b.Loop() {
		p := startApp(b, channelsApp)
		s := p.connect(b, channelsPath)
		var size [2]int
		for i, n := range []int{low, high} {
			if err := joinRoom(s, n); err != nil {
				b.Fatal(err)
			}
			if err := echoAll(s); err != nil {
				b.Fatal(err)
			}
			size[i] = p.resident(b)
		}
		b.ReportMetric(float64(size[1]-size[0])/(high-low), "B/socket")
		b.ReportMetric(0, "ns/op")
		s.Close()
		p.stop()
	}
}

// patience is how long clients wait for what should come at once.
const patience = 10 * time.Second

// joinRoom connects clients until there are n, and has each join the same topic.
func joinRoom(s *swarm.Swarm, n int) error {
	joined, want := 0, n-len(s.Clients)
	var wrong error
	s.Message = func(_ *swarm.Client, message []byte) {
		if string(message) != `["1","1","room:1","phx_reply",{"response":{},"status":"ok"}]` {
			wrong = fmt.Errorf("a join is answered with %s", message)
		}
		joined++
	}
	join := swarm.Text(`["1","1","room:1","phx_join",{}]`)
	var failed error
	err := s.Open(context.Background(), want, 0, func(c *swarm.Client, _ time.Duration, err error) {
		if err == nil {
			err = c.Send(join)
		}
		failed = errors.Join(failed, err)
	})
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	return errors.Join(s.Until(func() bool { return wrong != nil || joined == want }, patience), wrong)
}

// echoAll has each client send an event and get its answer.
func echoAll(s *swarm.Swarm) error {
	answered := 0
	s.Message = func(_ *swarm.Client, message []byte) {
		if bytes.Contains(message, []byte(`{"response":{"n":7,"events":`)) {
			answered++
		}
	}
	frame := swarm.Text(`["1","2","room:1","echo",{"n":7}]`)
	for i, c := range s.Clients {
		if err := c.Send(frame); err != nil {
			return err
		}
		if i%200 == 199 || i == len(s.Clients)-1 {
			if err := s.Until(func() bool { return answered == i+1 }, patience); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestChannels(t *testing.T) {
	p := startApp(t, channelsApp)
	s := p.connect(t, channelsPath)
	defer s.Close()
	if err := errors.Join(joinRoom(s, 20), echoAll(s), shout(s, 10, 3)); err != nil {
		t.Fatal(err)
	}
	if size := p.resident(t); size < 1<<20 {
		t.Errorf("the server has %d bytes", size)
	}
}
