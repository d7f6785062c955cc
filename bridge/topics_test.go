package bridge_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rowan/bridge"
	"rowan/engine"
	"rowan/engine/value"
)

// loop is a Worker whose loop the test turns by hand.
type loop struct {
	mu    sync.Mutex
	queue []func(*engine.Thread)
	full  bool
	taken int
}

func (l *loop) Do(f func(*engine.Thread)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.full {
		return errors.New("full")
	}
	l.queue = append(l.queue, f)
	l.taken++
	return nil
}

func (l *loop) run() {
	for {
		l.mu.Lock()
		if len(l.queue) == 0 {
			l.mu.Unlock()
			return
		}
		f := l.queue[0]
		l.queue = l.queue[1:]
		l.mu.Unlock()
		f(nil)
	}
}

// listener keeps what it gets.
type listener struct {
	got     []string
	deaf    bool
	onTaken func(text string)
}

func (l *listener) Deliver(m *bridge.Message) bool {
	if l.deaf {
		return false
	}
	v, _, err := value.Decode(m.Value())
	if err != nil {
		panic(err)
	}
	text := fmt.Sprint(m.Topic(), "=", v)
	if with := m.With(); with != nil {
		text += fmt.Sprint(" with ", with)
	}
	l.got = append(l.got, text)
	if l.onTaken != nil {
		l.onTaken(text)
	}
	return true
}

func newLoops(t testing.TB, n int, opts bridge.Options) (*bridge.Topics, []*loop) {
	t.Helper()
	loops := make([]*loop, n)
	for i := range loops {
		loops[i] = new(loop)
	}
	return bridge.New(loops, opts).Topics, loops
}

func join(t testing.TB, ts *bridge.Topics, shard int, topics ...string) (*bridge.Member, *listener) {
	t.Helper()
	l := new(listener)
	m := ts.Join(shard, l)
	for _, topic := range topics {
		if err := m.Subscribe(topic); err != nil {
			t.Fatal(err)
		}
	}
	return m, l
}

func publish(t testing.TB, ts *bridge.Topics, topic string, v any, except *bridge.Member, want int) {
	t.Helper()
	n, err := ts.Publish(topic, v, except)
	if err != nil {
		t.Fatal(err)
	}
	if n != want {
		t.Errorf("publish %s=%v went to %d subscribers, want %d", topic, v, n, want)
	}
}

func (l *listener) expect(t testing.TB, want ...string) {
	t.Helper()
	if !slices.Equal(l.got, want) {
		t.Errorf("got %q, want %q", l.got, want)
	}
	l.got = nil
}

func TestPublish(t *testing.T) {
	ts, loops := newLoops(t, 2, bridge.Options{})
	a, la := join(t, ts, 0, "x", "y")
	_, lb := join(t, ts, 0, "x")
	c, lc := join(t, ts, 1, "x")
	run := func() { loops[0].run(); loops[1].run() }

	publish(t, ts, "nobody", 0, nil, 0)
	publish(t, ts, "x", 1, nil, 3)
	publish(t, ts, "y", 2, nil, 1)
	la.expect(t) // nothing arrives within a publish
	run()
	la.expect(t, "x=1", "y=2")
	lb.expect(t, "x=1")
	lc.expect(t, "x=1")

	publish(t, ts, "x", 3, a, 2)
	publish(t, ts, "y", 4, c, 1) // a sender that has not subscribed
	run()
	la.expect(t, "y=4")
	lb.expect(t, "x=3")
	lc.expect(t, "x=3")

	if n := ts.Subscribers("x"); n != 3 {
		t.Errorf("x has %d subscribers, want 3", n)
	}
	a.Unsubscribe("x")
	a.Unsubscribe("x")
	c.Leave()
	publish(t, ts, "x", 5, nil, 1)
	run()
	lb.expect(t, "x=5")
	if err := c.Subscribe("x"); err != nil || c.Subscribed("x") {
		t.Errorf("a member that has left subscribed: %v", err)
	}
	if got := fmt.Sprint(a.Subscriptions(), a.Subscribed("y"), a.Subscribed("x")); got != "[y] true false" {
		t.Errorf("subscriptions of a: %s", got)
	}
	s := ts.Stats()
	if s.Topics != 2 || s.Subscriptions != 2 || s.Published != 6 || s.Delivered != 8 || s.Dropped != 0 || s.Waiting != 0 {
		t.Errorf("stats %+v", s)
	}
}

// Whoever subscribes after a message was published does not get it, nor does whoever has gone before it arrives.
func TestPublishAndSubscribeInBetween(t *testing.T) {
	ts, loops := newLoops(t, 1, bridge.Options{})
	early, le := join(t, ts, 0, "x")
	_, lg := join(t, ts, 0, "x")
	publish(t, ts, "x", 1, nil, 2)
	_, ll := join(t, ts, 0, "x")
	publish(t, ts, "x", 2, nil, 3)
	early.Unsubscribe("x")
	loops[0].run()
	le.expect(t)
	lg.expect(t, "x=1", "x=2")
	ll.expect(t, "x=2")
}

// A subscriber that leaves while a message is on its way to many is not called any more, and the others are not skipped.
func TestLeaveWhileDelivering(t *testing.T) {
	ts, loops := newLoops(t, 1, bridge.Options{})
	const n = 1000
	members, listeners := make([]*bridge.Member, n), make([]*listener, n)
	for i := range n {
		members[i], listeners[i] = join(t, ts, 0, "x")
	}
	listeners[10].onTaken = func(text string) {
		if text == "x=1" {
			for i := 11; i < n; i += 2 {
				members[i].Leave()
			}
			publish(t, ts, "x", 2, nil, n/2+5) // from within a delivery: it comes afterwards
		}
	}
	publish(t, ts, "x", 1, nil, n)
	loops[0].run()
	for i, l := range listeners {
		want := []string{"x=1", "x=2"}
		if i >= 11 && i%2 == 1 {
			want = nil
		}
		if !slices.Equal(l.got, want) {
			t.Fatalf("listener %d got %q, want %q", i, l.got, want)
		}
	}
}

// A delivery to many lets other work of the loop in between, and keeps the order all the same.
func TestLongDeliveryYields(t *testing.T) {
	ts, loops := newLoops(t, 1, bridge.Options{})
	const n = 600
	listeners := make([]*listener, n)
	for i := range n {
		_, listeners[i] = join(t, ts, 0, "x")
	}
	listeners[0].onTaken = func(string) { time.Sleep(2 * time.Millisecond) }
	publish(t, ts, "x", 1, nil, n)
	publish(t, ts, "x", 2, nil, n)
	between := -1
	loops[0].Do(func(*engine.Thread) {
		between = 0
		for _, l := range listeners {
			between += len(l.got)
		}
	})
	loops[0].run()
	if between <= 0 || between >= n {
		t.Errorf("%d messages were delivered before other work was done, want some", between)
	}
	for _, l := range listeners {
		l.expect(t, "x=1", "x=2")
	}
}

// A publish takes each worker's queue at most once, and only where there are subscribers.
func TestPublishTouchesFewWorkers(t *testing.T) {
	ts, loops := newLoops(t, 4, bridge.Options{})
	for range 100 {
		join(t, ts, 1, "x")
		join(t, ts, 3, "x")
	}
	publish(t, ts, "x", 1, nil, 200)
	publish(t, ts, "x", 2, nil, 200) // goes with the first
	for i, want := range []int{0, 1, 0, 1} {
		if loops[i].taken != want {
			t.Errorf("worker %d was given %d tasks, want %d", i, loops[i].taken, want)
		}
	}
}

func TestTopicBounds(t *testing.T) {
	ts, loops := newLoops(t, 1, bridge.Options{Subscriptions: 3, Backlog: 2, BacklogBytes: 1000})
	m, l := join(t, ts, 0, "a", "b", "c", "a")
	wantLimit := func(err error, text string) {
		t.Helper()
		var js *value.Error
		if !errors.As(err, &js) || js.Code != bridge.CodeLimit || js.Name != "RangeError" || !strings.Contains(js.Message, text) {
			t.Errorf("error %v, want a RangeError with the code limit and %q", err, text)
		}
	}
	wantLimit(m.Subscribe("d"), "3 subscriptions")
	wantLimit(m.Subscribe(""), "empty")
	wantLimit(m.Subscribe(strings.Repeat("x", 1025)), "1025 bytes")
	_, err := ts.Publish(strings.Repeat("x", 1025), 1, nil)
	wantLimit(err, "1025 bytes")
	if _, err := ts.Publish("a", func() {}, nil); err == nil {
		t.Error("a function was published")
	}

	publish(t, ts, "a", 1, nil, 1)
	publish(t, ts, "b", 2, nil, 1)
	publish(t, ts, "c", 3, nil, 0)
	loops[0].run()
	l.expect(t, "a=1", "b=2")
	publish(t, ts, "a", strings.Repeat("x", 2000), nil, 1) // alone, a message may be as large as it likes
	publish(t, ts, "b", 2, nil, 0)
	loops[0].run()
	l.got = nil
	l.deaf = true
	publish(t, ts, "a", 4, nil, 1)
	loops[0].run()
	l.deaf = false
	loops[0].full = true
	publish(t, ts, "a", 5, nil, 0)
	loops[0].full = false
	publish(t, ts, "a", 6, nil, 1)
	loops[0].run()
	l.expect(t, "a=6")
	if s := ts.Stats(); s.Dropped != 4 || s.Waiting != 0 {
		t.Errorf("stats %+v, want 4 dropped", s)
	}
}

// Random subscribing, leaving and publishing against a model that does everything at once.
func TestTopicsAgainstModel(t *testing.T) {
	const workers, members, topics = 3, 12, 4
	rnd := rand.New(rand.NewPCG(1, 2))
	ts, loops := newLoops(t, workers, bridge.Options{})
	var ms [members]*bridge.Member
	var ls [members]*listener
	var in [members]map[string]bool
	var want [members][]string
	for i := range ms {
		ms[i], ls[i] = join(t, ts, i%workers)
		in[i] = map[string]bool{}
	}
	for step := range 20_000 {
		i, topic := rnd.IntN(members), fmt.Sprint("t", rnd.IntN(topics))
		switch rnd.IntN(6) {
		case 0:
			if err := ms[i].Subscribe(topic); err != nil {
				t.Fatal(err)
			}
			in[i][topic] = true
		case 1:
			loops[i%workers].run() // so that nothing is on its way
			ms[i].Unsubscribe(topic)
			delete(in[i], topic)
		case 2:
			loops[i%workers].run()
		default:
			var except *bridge.Member
			if rnd.IntN(2) == 0 {
				except = ms[i]
			}
			n := 0
			for j := range ms {
				if in[j][topic] && ms[j] != except {
					want[j] = append(want[j], fmt.Sprint(topic, "=", step))
					n++
				}
			}
			publish(t, ts, topic, step, except, n)
		}
	}
	for _, l := range loops {
		l.run()
	}
	for i, l := range ls {
		if !slices.Equal(l.got, want[i]) {
			t.Errorf("member %d got %d messages, want %d", i, len(l.got), len(want[i]))
		}
	}
}

func TestMessageWire(t *testing.T) {
	tests := []struct {
		name string
		v    any
		want string
		text bool
	}{
		{"ASCII", "hello", "hello", true},
		{"Latin-1", "é", "é", true},
		{"wide", "€😀", "€😀", true},
		{"empty", "", "", true},
		{"lone surrogates", "a\xed\xbf\xbf\xed\xa0\x80b\xed\x9f\xbf", "a\uFFFD\uFFFDb\ud7ff", true},
		{"bytes", []byte{1, 0xff}, "\x01\xff", false},
		{"ArrayBuffer", value.ArrayBuffer{2}, "\x02", false},
		{"object", value.Object{{Key: "a", Value: []any{1, nil}}}, `{"a":[1,null]}`, true},
		{"number", 1.5, "1.5", true},
		{"null", nil, "null", true},
		{"bigint", uint64(1 << 63), "", false},
		{"undefined", value.Undefined, "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ts, loops := newLoops(t, 1, bridge.Options{})
			w := &wire{}
			for range 2 {
				if err := ts.Join(0, w).Subscribe("x"); err != nil {
					t.Fatal(err)
				}
			}
			publish(t, ts, "x", test.v, nil, 2)
			loops[0].run()
			if test.want == "" && test.name != "empty" {
				if w.built != 0 || w.err == nil {
					t.Errorf("built %d times, error %v, want an error alone", w.built, w.err)
				}
				return
			}
			if w.err != nil || w.data != test.want || w.text != test.text || w.built != 1 {
				t.Errorf("wire form %q, text %v, built %d times, error %v", w.data, w.text, w.built, w.err)
			}
		})
	}
}

// wire asks for the wire form.
type wire struct {
	data  string
	text  bool
	built int
	err   error
}

func (w *wire) Deliver(m *bridge.Message) bool {
	shared, err := m.Shared(func(m *bridge.Message) (any, error) {
		data, isText, err := m.Wire()
		if err == nil {
			w.built++
		}
		w.text = isText
		return string(data), err
	})
	if w.err = err; err == nil {
		w.data = shared.(string)
	}
	return err == nil
}

// gatherer writes what it has gathered when it is told to.
type gatherer struct {
	gathered, written int
	flushes           int
}

func (g *gatherer) Deliver(*bridge.Message) bool { g.gathered++; return true }
func (g *gatherer) Flush()                       { g.written += g.gathered; g.gathered = 0; g.flushes++ }

// What is published while the loop is busy leaves in one write for each subscriber.
func TestFlush(t *testing.T) {
	ts, loops := newLoops(t, 2, bridge.Options{})
	all := make([]*gatherer, 1000)
	for i := range all {
		all[i] = new(gatherer)
		if err := ts.Join(i%2, all[i]).Subscribe("news"); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 5 {
		publish(t, ts, "news", i, nil, len(all))
	}
	for _, l := range loops {
		l.run()
	}
	for i, g := range all {
		if g.written != 5 || g.gathered != 0 || g.flushes > 3 {
			t.Fatalf("subscriber %d: %d written by %d flushes, %d left", i, g.written, g.flushes, g.gathered)
		}
	}
}
