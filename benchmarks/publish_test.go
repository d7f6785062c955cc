package benchmarks

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"rowan/bridge"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/pool"
)

// BenchmarkPublish publishes a message from Go and waits until its last subscriber has got it. scripts are contexts, each of
// which runs its callback in a turn of its own; go are subscribers in Go, as sockets are. The peers have no topics.
func BenchmarkPublish(b *testing.B) {
	for _, kind := range []struct {
		name      string
		subscribe func(*audience, int) error
	}{
		{"scripts", (*audience).subscribeScripts},
		{"go", (*audience).subscribeGo},
	} {
		for _, n := range []int{1, 100, 10_000} {
			b.Run(fmt.Sprintf("%s=%d/rowan", kind.name, n), func(b *testing.B) {
				a := newAudience(b)
				if err := kind.subscribe(a, n); err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if err := a.publish(n); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/subscriber")
				if err := a.check(); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}

const (
	topic     = "news"
	news      = "eighty bytes of news, as they go round in a room: somebody said something to all."
	audibleJS = `
let messages = 0;
function listen() { Rowan.subscribe("news", (m) => { if (m.length === 80) { messages++; Rowan.callSync("heard"); } }); return 1; }
function heard() { return messages; }`
)

// audience is subscribers of a topic, in a pool with a bridge.
type audience struct {
	pool      *pool.Pool
	bridge    *bridge.Bridge
	contexts  []*pool.Context
	published int
	waiting   atomic.Int64  // subscribers that have not heard the last message
	heard     chan struct{} // all have
}

func newAudience(tb testing.TB) *audience {
	before := runtime.GOMAXPROCS(0)
	a := &audience{pool: pool.New(pool.Options{}), heard: make(chan struct{}, 1)}
	a.bridge = bridge.New(a.pool.Workers(), bridge.Options{})
	a.bridge.Register("heard", func(context.Context, value.Args) (any, error) { a.hear(); return nil, nil })
	tb.Cleanup(func() {
		a.bridge.Close(context.Background())
		a.pool.Close()
		runtime.GOMAXPROCS(before)
	})
	return a
}

func (a *audience) hear() {
	if a.waiting.Add(-1) == 0 {
		a.heard <- struct{}{}
	}
}

// publish publishes a message and waits for n subscribers to hear it.
func (a *audience) publish(n int) error {
	a.published++
	a.waiting.Store(int64(n))
	if got, err := a.bridge.Topics.Publish(topic, news[:80], nil); err != nil || got != n {
		return fmt.Errorf("published to %d subscribers, want %d: %w", got, n, err)
	}
	<-a.heard
	return nil
}

// subscribeScripts opens n contexts that subscribe.
func (a *audience) subscribeScripts(n int) error {
	k := a.pool.NewKind(engine.Spec{
		Name: "audience", Groups: []engine.Group{bridgeGroup(a.bridge), exports(audibleJS)},
		Bundle: must(engine.Compile(audibleJS, "audience.js", false)),
	})
	calls := newCalls()
	for range n {
		c := a.pool.Open(k, nil, nil)
		a.contexts = append(a.contexts, c)
		calls.start(c, step{function: "listen", result: 1})
	}
	return calls.wait()
}

// check fails unless each context has heard each message.
func (a *audience) check() error {
	calls := newCalls()
	for _, c := range a.contexts {
		calls.start(c, step{function: "heard", result: a.published})
	}
	return calls.wait()
}

// subscribeGo makes n subscribers in Go, spread over the workers.
func (a *audience) subscribeGo(n int) error {
	for i := range n {
		m := a.bridge.Topics.Join(i%len(a.pool.Workers()), (*listener)(a))
		if err := m.Subscribe(topic); err != nil {
			return err
		}
	}
	return nil
}

// listener is a subscriber in Go.
type listener audience

func (l *listener) Deliver(m *bridge.Message) bool {
	(*audience)(l).hear()
	return len(m.Value()) > 80
}
