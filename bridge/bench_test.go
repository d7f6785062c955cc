package bridge_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"rowan/bridge"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/pool"
)

// BenchmarkCallSync is one Rowan.callSync from a loop in JavaScript; host is a host function that is no handler, to
// compare with.
func BenchmarkCallSync(b *testing.B) {
	r := newRig(b, 1, bridge.Options{})
	r.bridge.Register("nothing", func(context.Context, value.Args) (any, error) { return nil, nil })
	r.bridge.Register("string", bridge.Func1(func(_ context.Context, s string) (string, error) { return s, nil }))
	r.bridge.Register("object", bridge.Func1(func(_ context.Context, o value.Object) (value.Object, error) { return o, nil }))
	c := r.pool.Open(r.kind(b, `
		const { callSync, nanoseconds } = Rowan;
		const text = "x".repeat(1024);
		const object = { id: 42, user: "ann", text: "hello", at: 1.5 };
		return {
			nothing(n) { for (let i = 0; i < n; i++) callSync("nothing") },
			string(n) { for (let i = 0; i < n; i++) callSync("string", text) },
			object(n) { for (let i = 0; i < n; i++) callSync("object", object) },
			host(n) { for (let i = 0; i < n; i++) nanoseconds() },
		}`), &engine.Limits{Turn: time.Hour}, nil)
	for _, name := range []string{"nothing", "string", "object", "host"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			if _, err := c.CallWait(context.Background(), "app."+name, b.N); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkCall is one Rowan.call, awaited.
func BenchmarkCall(b *testing.B) {
	r := newRig(b, 1, bridge.Options{})
	r.bridge.Register("nothing", func(context.Context, value.Args) (any, error) { return nil, nil })
	c := r.pool.Open(r.kind(b, `return { async run(n) { for (let i = 0; i < n; i++) await Rowan.call("nothing") } }`), nil, nil)
	b.ReportAllocs()
	if _, err := c.CallWait(context.Background(), "app.run", b.N); err != nil {
		b.Fatal(err)
	}
}

// counter is a Subscriber as cheap as can be.
type counter struct {
	n    int
	want int
	done chan struct{}
}

func (c *counter) Deliver(*bridge.Message) bool {
	if c.n++; c.n == c.want {
		c.done <- struct{}{}
	}
	return true
}

var audiences = []struct {
	name string
	size int
}{{"1", 1}, {"100", 100}, {"10000", 10_000}, {"100000", 100_000}}

// BenchmarkPublish is one publish to subscribers that are no scripts, such as sockets, of one worker.
func BenchmarkPublish(b *testing.B) {
	for _, audience := range audiences {
		b.Run(audience.name, func(b *testing.B) {
			r := newRig(b, 1, bridge.Options{})
			c := &counter{done: make(chan struct{}, 1)}
			for range audience.size {
				if err := r.bridge.Topics.Join(0, c).Subscribe("x"); err != nil {
					b.Fatal(err)
				}
			}
			message := value.AppendString(nil, strings.Repeat("x", 80))
			c.want = 0
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				c.want += audience.size
				if n, err := r.bridge.Topics.PublishEncoded("x", message, nil); n != audience.size || err != nil {
					b.Fatal(n, err)
				}
				<-c.done
			}
			perDelivery(b, audience.size)
		})
	}
}

// BenchmarkPublishToScripts is one publish to contexts on one worker, each of which takes it in a turn of its own.
func BenchmarkPublishToScripts(b *testing.B) {
	for _, audience := range audiences[:3] {
		b.Run(audience.name, func(b *testing.B) {
			r := newRig(b, 1, bridge.Options{})
			got := new(sync.WaitGroup)
			r.bridge.Register("got", bridge.Func0(func(context.Context) (any, error) { got.Done(); return nil, nil }))
			k := r.kind(b, `
				let n = 0;
				return { sub() { Rowan.subscribe("x", (message) => { n += message.length; Rowan.callSync("got") }) } }`)
			cs := make([]*pool.Context, audience.size)
			for i := range cs {
				cs[i] = r.pool.Open(k, nil, nil)
				call(b, cs[i], "sub")
			}
			message := strings.Repeat("x", 80)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				got.Add(audience.size)
				if n, err := r.bridge.Topics.Publish("x", message, nil); n != audience.size || err != nil {
					b.Fatal(n, err)
				}
				got.Wait()
			}
			perDelivery(b, audience.size)
		})
	}
}

func perDelivery(b *testing.B, size int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/delivery")
}
