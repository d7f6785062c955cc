package bridge_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rowan/bridge"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/pool"
)

// subscriber is a script that keeps what it gets.
const subscriber = `
	const log = [], stops = {};
	return {
		sub: (topic) => { stops[topic] = Rowan.subscribe(topic, (message, from) => { log.push(from + "=" + JSON.stringify(message)) }) },
		stop: (topic) => { stops[topic]() },
		pub: (topic, message) => Rowan.publish(topic, message),
		burst: (topic, from, n) => { for (let i = 0; i < n; i++) Rowan.publish(topic, from + i) },
		log: () => log.splice(0),
		spin() { for (;;); },
		native() { Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1) },
	}`

// settled waits until nothing is on its way any more.
func (r *rig) settled(t testing.TB, cs ...*pool.Context) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if r.bridge.Topics.Stats().Waiting > 0 {
			continue
		}
		for _, w := range r.pool.Workers() { // the last one may be on its way from the queue to its subscribers
			done := make(chan struct{})
			w.Do(func(*engine.Thread) { close(done) })
			<-done
		}
		if r.bridge.Topics.Stats().Waiting == 0 && !slices.ContainsFunc(cs, func(c *pool.Context) bool { return c.Queued() > 0 }) {
			return
		}
	}
	t.Fatal("messages are still on their way")
}

func wantLog(t testing.TB, c *pool.Context, want string) {
	t.Helper()
	if got := fmt.Sprint(call(t, c, "log")); got != want {
		t.Errorf("%v: log %s, want %s", c, got, want)
	}
}

func TestScriptsPublishAndSubscribe(t *testing.T) {
	r := newRig(t, 2, bridge.Options{})
	k := r.kind(t, subscriber)
	a, b, c := r.pool.Open(k, nil, nil), r.pool.Open(k, nil, nil), r.pool.Open(k, nil, nil)
	for _, s := range []*pool.Context{a, b, c} {
		call(t, s, "sub", "x")
	}
	call(t, b, "sub", "ünï€")

	if n := call(t, a, "pub", "x", value.Object{{Key: "n", Value: 1}}); n != 3 {
		t.Errorf("publish reached %v, want 3: the publisher's own callbacks too", n)
	}
	if n := call(t, a, "pub", "ünï€", "wide"); n != 1 {
		t.Errorf("publish reached %v, want 1", n)
	}
	if n := call(t, a, "pub", "nobody", 1); n != 0 {
		t.Errorf("publish reached %v, want 0", n)
	}
	r.settled(t, a, b, c)
	wantLog(t, a, `[x={"n":1}]`)
	wantLog(t, b, `[x={"n":1} ünï€="wide"]`)

	call(t, b, "stop", "x")
	if n, err := r.bridge.Topics.Publish("x", []int{1, 2}, nil); n != 2 || err != nil {
		t.Errorf("publish from Go reached %d, %v, want 2", n, err)
	}
	r.settled(t, a, b, c)
	wantLog(t, b, `[]`)
	wantLog(t, c, `[x={"n":1} x=[1,2]]`)
}

func TestTopicHandlers(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	c := r.pool.Open(r.kind(t, `
		const log = [];
		Rowan.inspect; // the group is there
		return {
			run() {
				Rowan.subscribe("x", (m) => { log.push(m) });
				return [Rowan.callSync("subscribers", "x"), Rowan.callSync("publish", "x", 1n), Rowan.callSync("publish", "x")];
			},
			log: () => log,
		}`), nil, nil)
	if got := fmt.Sprint(call(t, c, "run")); got != "[1 1 1]" {
		t.Errorf("got %s", got)
	}
	r.settled(t, c)
	wantLog(t, c, "[1 undefined]")
}

// Several publishers on several workers: each one's messages arrive in its order.
func TestOrderPerPublisher(t *testing.T) {
	const contexts, burst = 6, 60
	r := newRig(t, 3, bridge.Options{})
	k := r.kind(t, subscriber)
	k.Mailbox = 2 * contexts * burst
	var cs []*pool.Context
	for range contexts {
		c := r.pool.Open(k, nil, nil)
		call(t, c, "sub", "x")
		cs = append(cs, c)
	}
	var wg sync.WaitGroup
	for i, c := range cs {
		wg.Go(func() { call(t, c, "burst", "x", fmt.Sprint("p", i, "."), burst) })
	}
	wg.Wait()
	r.settled(t, cs...)
	for _, c := range cs {
		next := map[string]int{}
		for _, line := range call(t, c, "log").([]any) {
			text := strings.Trim(strings.TrimPrefix(line.(string), "x="), `"`)
			from, number, _ := strings.Cut(text, ".")
			if number != fmt.Sprint(next[from]) {
				t.Fatalf("%v got %s, want number %d of it", c, text, next[from])
			}
			next[from]++
		}
		for from, n := range next {
			if n != burst {
				t.Errorf("%v got %d messages of %s, want %d", c, n, from, burst)
			}
		}
		if len(next) != contexts {
			t.Errorf("%v got messages of %d publishers, want %d", c, len(next), contexts)
		}
	}
}

// What a callback throws, and a turn that is ended, is reported, and the next message arrives.
func TestCallbacksThatFail(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	c := r.pool.Open(r.kind(t, `
		const log = [];
		return {
			sub() {
				Rowan.subscribe("x", () => { throw new TypeError("no") });
				Rowan.subscribe("x", (m) => { log.push(m) });
				Rowan.subscribe("x", (m) => { if (m === "spin") for (;;); });
			},
			log: () => log,
		}`), nil, nil)
	call(t, c, "sub")
	for _, m := range []string{"a", "spin", "b"} {
		r.bridge.Topics.Publish("x", m, nil)
	}
	r.settled(t, c)
	wantLog(t, c, "[a spin b]")
	got := r.takeUncaught()
	if len(got) != 3 || got[0] != "TypeError: no" || !strings.HasPrefix(got[1], "turn ended: it ran longer than its budget") || got[2] != "TypeError: no" {
		t.Errorf("uncaught: %q", got)
	}
}

// Whatever ends a context, its subscriptions end with it.
func TestSubscriptionsEndWithTheContext(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	k := r.kind(t, subscriber)
	for _, test := range []struct {
		name string
		end  func(c *pool.Context)
	}{
		{"close", r.closeWait},
		{"kill", func(c *pool.Context) { try(c, "native") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := r.pool.Open(k, nil, nil)
			call(t, c, "sub", "x")
			if n := r.bridge.Topics.Subscribers("x"); n != 1 {
				t.Fatalf("%d subscribers, want 1", n)
			}
			test.end(c)
			for range 1000 {
				if r.bridge.Topics.Subscribers("x") == 0 {
					break
				}
				time.Sleep(time.Millisecond)
			}
			if s := r.bridge.Topics.Stats(); s.Topics != 0 || s.Subscriptions != 0 {
				t.Errorf("left behind: %+v", s)
			}
		})
	}
}

// Messages for a context that is reset before it took them do not reach what it is afterwards.
func TestMessagesAcrossReset(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	c := r.pool.Open(r.kind(t, subscriber), nil, nil)
	call(t, c, "sub", "x")
	reset := make(chan struct{})
	c.Worker().Do(func(*engine.Thread) {
		r.bridge.Topics.Publish("x", "old", nil) // delivered after this function, run after the reset
		c.Worker().Do(func(*engine.Thread) {
			r.bridge.Forget(c)
			c.Reset()
			close(reset)
		})
	})
	<-reset
	call(t, c, "sub", "x")
	r.bridge.Topics.Publish("x", "new", nil)
	r.settled(t, c)
	wantLog(t, c, `[x="new"]`)
}

// A subscription at the top level of the app is part of the image, and made for every fork.
func TestSubscriptionsOfTheTemplate(t *testing.T) {
	r := newRig(t, 2, bridge.Options{})
	k := r.bundled(t, `
		globalThis.seen = [];
		Rowan.subscribe("x", (m) => { seen.push("a" + m) });
		Rowan.subscribe("x", (m) => { seen.push("b" + m) });
		Rowan.subscribe("y", (m) => { seen.push("y" + m) })();
		new BroadcastChannel("x").onmessage = (e) => { seen.push("c" + e.data) };
	`, `return { log: () => seen, wake() {} }`)
	var cs []*pool.Context
	for range 4 {
		c := r.pool.Open(k, nil, nil)
		call(t, c, "wake")
		cs = append(cs, c)
	}
	if why := k.Template().Impure(); why != "" {
		t.Errorf("the bundle is no part of the image: %s", why)
	}
	if x, y := r.bridge.Topics.Subscribers("x"), r.bridge.Topics.Subscribers("y"); x != 8 || y != 0 {
		t.Errorf("%d and %d subscribers, want 8 and 0", x, y)
	}
	r.bridge.Topics.Publish("x", 1, nil)
	r.settled(t, cs...)
	for _, c := range cs {
		wantLog(t, c, "[a1 b1 c1]")
	}
}

func TestSubscriptionBound(t *testing.T) {
	r := newRig(t, 1, bridge.Options{Subscriptions: 3})
	c := r.pool.Open(r.kind(t, `
		return {
			subscribe: () => { for (let i = 0; i < 4; i++) Rowan.subscribe("t" + i, () => {}) },
			open: () => { for (let i = 0; i < 4; i++) new BroadcastChannel("t") },
			again: () => { Rowan.subscribe("t2", () => {})(); new BroadcastChannel("").close() },
		}`), nil, nil)
	_, err := try(c, "subscribe")
	wantError(t, err, "RangeError", "limit", "subscribe: there are 3 subscriptions already")
	_, err = try(c, "open")
	wantError(t, err, "RangeError", "limit", "open: there are 3 channels already")
	_, err = try(c, "again")
	wantError(t, err, "RangeError", "limit", "open: there are 3 channels already")
}

// Messages beyond a full mailbox, or beyond the bytes that may wait, are dropped for that context, and counted.
func TestFullMailbox(t *testing.T) {
	for _, test := range []struct {
		name    string
		opts    bridge.Options
		mailbox int
		message string
	}{
		{"tasks", bridge.Options{}, 4, "small"},
		{"bytes", bridge.Options{InboxBytes: 4100}, 1000, strings.Repeat("x", 1000)},
	} {
		t.Run(test.name, func(t *testing.T) {
			var (
				r          *rig
				full       *pool.Context
				other      *listener
				hold, held chan struct{}
			)
			for tries := 0; ; tries++ {
				r = newRig(t, 2, test.opts)
				k := r.kind(t, subscriber)
				k.Mailbox = test.mailbox
				full = r.pool.Open(k, nil, nil)
				call(t, full, "sub", "x")
				_, other = join(t, r.bridge.Topics, 1-full.Shard(), "x")
				hold, held = make(chan struct{}), make(chan struct{})
				full.Worker().Do(func(*engine.Thread) {
					for range 10 {
						r.bridge.Topics.Publish("x", test.message, nil)
					}
					full.Worker().Do(func(*engine.Thread) { close(held); <-hold })
				})
				<-held
				if r.bridge.Topics.Stats().Waiting == 0 || tries == 20 {
					break
				}
				close(hold) // a slow machine: delivery has given way to turns in the midst
			}
			if s := r.bridge.Topics.Stats(); s.Dropped != 6 || full.Queued() != 4 {
				t.Errorf("%d tasks wait, stats %+v, want 4 and 6 dropped", full.Queued(), s)
			}
			close(hold)
			r.settled(t, full)
			if n := len(call(t, full, "log").([]any)); n != 4 {
				t.Errorf("got %d messages, want the first 4", n)
			}
			r.bridge.Topics.Publish("x", "again", nil)
			r.settled(t, full)
			wantLog(t, full, `[x="again"]`)
			done := make(chan struct{})
			r.pool.Workers()[1-full.Shard()].Do(func(*engine.Thread) { close(done) })
			<-done
			if len(other.got) != 11 {
				t.Errorf("the other subscriber got %d messages, want all 11", len(other.got))
			}
		})
	}
}

func TestBroadcastChannel(t *testing.T) {
	r := newRig(t, 2, bridge.Options{})
	k := r.kind(t, `
		const log = [], channels = [];
		return {
			open: (name) => {
				const i = channels.length;
				const channel = new BroadcastChannel(name);
				channel.onmessage = (e) => { log.push(i + "=" + JSON.stringify(e.data)); e.data.seen = true };
				channels.push(channel);
			},
			sub: (topic) => { Rowan.subscribe(topic, (m) => { log.push("sub=" + JSON.stringify(m)) }) },
			post: (i, message) => channels[i].postMessage(message),
			close: (i) => channels[i].close(),
			log: () => log.splice(0),
		}`)
	a, b := r.pool.Open(k, nil, nil), r.pool.Open(k, nil, nil)
	call(t, a, "open", "x")
	call(t, a, "open", "x")
	call(t, a, "open", "y")
	call(t, a, "sub", "x")
	call(t, b, "open", "x")

	// The one that posts is excluded, the others of its context are not; each gets a copy of its own.
	call(t, a, "post", 0, value.Object{{Key: "n", Value: 1}})
	r.settled(t, a, b)
	wantLog(t, a, `[1={"n":1} sub={"n":1}]`)
	wantLog(t, b, `[0={"n":1}]`)

	// One namespace: Rowan.publish reaches channels too.
	r.bridge.Topics.Publish("x", []int{}, nil)
	r.settled(t, a, b)
	wantLog(t, a, `[0=[] 1=[] sub=[]]`)
	wantLog(t, b, `[0=[]]`)

	call(t, a, "close", 1)
	call(t, b, "post", 0, value.Object{})
	r.settled(t, a, b)
	wantLog(t, a, `[0={} sub={}]`)
	wantLog(t, b, `[]`)
	_, err := try(a, "post", 1, 1)
	wantError(t, err, "InvalidStateError", "", "postMessage: the channel is closed")

	r.closeWait(a)
	r.closeWait(b)
	if s := r.bridge.Topics.Stats(); s.Topics != 0 {
		t.Errorf("left behind: %+v", s)
	}
}

// Contexts come, subscribe, publish and go on all workers at once; in the end nothing is left.
func TestTopicsUnderLoad(t *testing.T) {
	r := newRig(t, 3, bridge.Options{})
	k := r.kind(t, subscriber)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			for round := range 8 {
				c := r.pool.Open(k, nil, nil)
				for topic := range 3 {
					call(t, c, "sub", fmt.Sprint("t", topic))
				}
				call(t, c, "burst", fmt.Sprint("t", round%3), fmt.Sprint(i, "."), 20)
				call(t, c, "stop", "t1")
				r.closeWait(c)
			}
		})
	}
	wg.Wait()
	r.settled(t)
	if s := r.bridge.Topics.Stats(); s.Topics != 0 || s.Subscriptions != 0 || s.Published != 6*8*20 {
		t.Errorf("stats %+v", s)
	}
}

func TestRowanMembers(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	c := r.pool.Open(r.kind(t, `return { raw: (source) => (0, eval)(source) }`), nil, nil)
	for source, want := range map[string]string{
		"[Rowan.version, Rowan.env.MODE]": "[1.0.0 test]",
		"const u = Rowan.usage(); [u.heap >= 0, u.parked >= 0, u.limit, u.cpu >= 0, Object.keys(u).length]":                                                                                                                       "[true true 33554432 true 4]",
		"const ids = []; for (let i = 0; i < 1000; i++) ids.push(Rowan.randomUUIDv7()); [ids.every((id, i) => i === 0 || ids[i - 1] < id), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(ids[0])]": "[true true]",
		"const id = Rowan.randomUUIDv7(); Math.abs(parseInt(id.slice(0, 8) + id.slice(9, 13), 16) - Date.now()) < 5000":                                                                                                           "true",
		"const a = Rowan.nanoseconds(), b = Rowan.nanoseconds(); a > 0 && b >= a":                                                                                                                                                 "true",
		"Rowan.inspect(Rowan.semver)": "{ satisfies: [Function: satisfies], order: [Function: order] }",
	} {
		if got, err := try(c, "raw", "{"+source+"}"); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s = %v, %v, want %s", source, got, err, want)
		}
	}
}

// Rowan.sleep needs no group timers: its ids and its export are its own.
func TestSleep(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	c := r.pool.Open(r.kind(t, `
		const log = [];
		const nap = (ms, name) => Rowan.sleep(ms).then(() => log.push(name));
		return { async run() { await Promise.all([nap(20, "c"), nap(5, "a"), nap(5, "b"), nap(-1, "now")]); return log } }`), nil, nil)
	if got := fmt.Sprint(call(t, c, "run")); got != "[now a b c]" {
		t.Errorf("woke in the order %s", got)
	}
}

// A handler's copy of its arguments outlives the turn, whatever its size.
func TestLargeArguments(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	for _, size := range []int{1, 100 << 10} {
		text := strings.Repeat("é", size)
		name := fmt.Sprint("take", size)
		r.bridge.Register(name, bridge.Func2(func(ctx context.Context, a, b string) (bool, error) { return a == text && b == text, nil }))
		c := r.pool.Open(r.kind(t, callers), nil, nil)
		for _, export := range []string{"sync", "async"} {
			if got := call(t, c, export, name, text, text); got != true {
				t.Errorf("%s(%s) = %v", export, name, got)
			}
		}
	}
}
