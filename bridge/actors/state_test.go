package actors

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rowan/engine"
	"rowan/engine/value"
)

// fakeHost has contexts that run no script: a call's method says what happens to it. In a synctest bubble hours
// pass in no time.
type fakeHost struct {
	Host
	began  time.Time
	opened []time.Duration // after began
	starts []string        // what happens to each start: "", "hang", "crash", "refuse"; the last one stands for all later ones
	open   int
	busy   atomic.Int64 // time that contexts have used
}

func (h *fakeHost) Open(Ref, Grants) (Context, error) {
	start := h.starts[min(len(h.opened), len(h.starts)-1)]
	h.opened = append(h.opened, time.Since(h.began))
	if start == "refuse" {
		return nil, errors.New("no template")
	}
	h.open++
	return &fakeContext{host: h, id: uint64(len(h.opened)), start: start}, nil
}

func (h *fakeHost) Closed(Context) { h.open-- }

type fakeContext struct {
	Context
	host  *fakeHost
	id    uint64
	start string
}

var errLost = &engine.LostError{Reason: "test"}

// Post has a task done on a goroutine of its own, as if on a worker.
func (c *fakeContext) Post(task engine.Task) error {
	switch task := task.(type) {
	case *startTask:
		act(c.start, func(_ []byte, err error) { task.p.actor.started(task.p, err) })
	case *callTask:
		act(task.c.method, func(result []byte, err error) { task.p.actor.settled(task.p, task.c, result, err) })
	}
	return nil
}

// act does what a method's name says.
func act(method string, reply func([]byte, error)) {
	switch {
	case method == "hang":
	case method == "crash":
		go reply(nil, errLost)
	case strings.HasPrefix(method, "after "):
		wait, _ := time.ParseDuration(method[len("after "):])
		time.AfterFunc(wait, func() { reply([]byte{1}, nil) })
	default:
		go reply([]byte{1}, nil)
	}
}

func (c *fakeContext) ID() uint64        { return c.id }
func (c *fakeContext) Close(then func()) { go then() }
func (c *fakeContext) Timers() int       { return 0 }
func (c *fakeContext) CPU() int64        { return c.host.busy.Load() }

// bubble runs a test on a System whose actors of kind "k" are started as starts says.
func bubble(t *testing.T, k Kind, starts []string, test func(t *testing.T, s *System, h *fakeHost)) {
	synctest.Test(t, func(t *testing.T) {
		h := &fakeHost{began: time.Now(), starts: starts}
		k.Name = "k"
		s := New(Options{Host: h, Kinds: []Kind{k}})
		test(t, s, h)
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if h.open != 0 || s.count.Load() != 0 || s.contexts.len() != 0 {
			t.Errorf("after Close: %d contexts, %+v", h.open, s.Stats())
		}
	})
}

// settled is how a call ended: after how long, and with which code.
type settled struct {
	after time.Duration
	code  string
}

// send calls an actor's method without waiting.
func send(s *System, id, method string) <-chan settled {
	done := make(chan settled, 1)
	sent := time.Now()
	go func() {
		_, err := s.Call(context.Background(), "k", id, method)
		done <- settled{time.Since(sent), code(err)}
	}()
	synctest.Wait()
	return done
}

func code(err error) string {
	for _, c := range []string{CodeTimeout, CodeCrashed, CodeMailboxFull, CodeStopped} {
		if js := value.Coded(c, ""); errors.As(err, &js) && js.Code == c {
			return c
		}
	}
	return ""
}

// sleep lets time pass, and what is due then happen.
func sleep(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// A permanent actor that crashes at each start is tried after 100 ms, 200 ms and so on, at last every 30 s.
func TestBackoff(t *testing.T) {
	for _, start := range []string{"crash", "refuse"} {
		bubble(t, Kind{Restart: Permanent}, []string{start}, func(t *testing.T, s *System, h *fakeHost) {
			if got := <-send(s, "a", "ok"); got.code != CodeCrashed {
				t.Errorf("%s: the call got %+v", start, got)
			}
			sleep(200 * time.Second)
			var want []time.Duration
			at := time.Duration(0)
			for pause := 100 * time.Millisecond; at < 200*time.Second; pause = min(2*pause, 30*time.Second) {
				want = append(want, at)
				at += pause
			}
			if !slices.Equal(h.opened, want) {
				t.Errorf("%s: started after %v\nwant %v", start, h.opened, want)
			}
			// A call that comes in a pause waits for its end, or for its own.
			if got := <-send(s, "a", "ok"); got.code != CodeCrashed && got.code != CodeTimeout {
				t.Errorf("%s: a call in a pause got %+v", start, got)
			}
		})
	}
}

// Once it has run for a while, the pauses begin anew.
func TestBackoffReset(t *testing.T) {
	starts := []string{"crash", "crash", "crash", ""}
	bubble(t, Kind{Restart: Permanent}, starts, func(t *testing.T, s *System, h *fakeHost) {
		<-send(s, "a", "ok")
		sleep(time.Second) // pauses of 100, 200 and 400 ms
		<-send(s, "a", "crash")
		sleep(time.Second) // 800 ms: it has run for a moment only
		if got := <-send(s, "a", "ok"); got != (settled{}) || len(h.opened) != 5 {
			t.Errorf("after the crash: %+v, %v", got, h.opened)
		}
		sleep(31 * time.Second)
		crash := time.Since(h.began)
		<-send(s, "a", "crash")
		sleep(time.Second)
		if last := h.opened[len(h.opened)-1]; last-crash != 100*time.Millisecond {
			t.Errorf("the pause after a long run was %v", last-crash)
		}
	})
}

func TestRestartPolicies(t *testing.T) {
	tests := []struct {
		restart Restart
		opened  int    // a minute after a crash
		code    string // of a call then
		after   int    // opened after that
	}{
		{Transient, 1, "", 2},
		{Permanent, 2, "", 2},
		{Temporary, 1, CodeStopped, 1},
	}
	for _, test := range tests {
		bubble(t, Kind{Restart: test.restart}, []string{""}, func(t *testing.T, s *System, h *fakeHost) {
			waits := []<-chan settled{send(s, "a", "after 1s"), send(s, "a", "crash"), send(s, "a", "ok"), send(s, "a", "ok")}
			for i, want := range []settled{{time.Second, ""}, {time.Second, CodeCrashed}, {time.Second, CodeCrashed}, {time.Second, CodeCrashed}} {
				if got := <-waits[i]; got != want {
					t.Errorf("%v: call %d got %+v, want %+v", test.restart, i, got, want)
				}
			}
			sleep(time.Minute)
			if len(h.opened) != test.opened {
				t.Errorf("%v: %d starts a minute after the crash, want %d", test.restart, len(h.opened), test.opened)
			}
			if got := <-send(s, "a", "ok"); got.code != test.code || len(h.opened) != test.after {
				t.Errorf("%v: the next call got %+v, %d starts; want code %q, %d", test.restart, got, len(h.opened), test.code, test.after)
			}
			// To be stopped is a way out of being down.
			if !s.Stop("k", "a", "") {
				t.Errorf("%v: Stop says that there was nothing to stop", test.restart)
			}
			if got := <-send(s, "a", "ok"); got.code != "" {
				t.Errorf("%v: after Stop a call got %+v", test.restart, got)
			}
		})
	}
}

func TestDeadlines(t *testing.T) {
	bubble(t, Kind{}, []string{""}, func(t *testing.T, s *System, h *fakeHost) {
		sent := []<-chan settled{
			send(s, "a", "after 20s"),
			send(s, "a", "after 20s"), // late
			send(s, "a", "ok"),        // its turn comes after its deadline
		}
		sleep(15 * time.Second)
		sent = append(sent, send(s, "a", "hang"), send(s, "a", "ok")) // begins after 40 s, is abandoned after 100 s
		sleep(60 * time.Second)
		sent = append(sent, send(s, "a", "ok"))
		want := []settled{
			{20 * time.Second, ""},
			{30 * time.Second, CodeTimeout},
			{30 * time.Second, CodeTimeout},
			{30 * time.Second, CodeTimeout},
			{30 * time.Second, CodeTimeout},
			{25 * time.Second, ""},
		}
		for i, c := range sent {
			if got := <-c; got != want[i] {
				t.Errorf("call %d: %+v, want %+v", i, got, want[i])
			}
		}
		if len(h.opened) != 1 {
			t.Errorf("%d starts", len(h.opened))
		}
	})
}

// A script that never gets to its end crashes its start; a call that came later than the first is failed with it.
func TestStartDeadline(t *testing.T) {
	bubble(t, Kind{}, []string{"hang", ""}, func(t *testing.T, s *System, h *fakeHost) {
		first := send(s, "a", "ok")
		sleep(10 * time.Second)
		second := send(s, "a", "ok")
		if got := <-first; got.after != 30*time.Second || got.code == "" {
			t.Errorf("the first call: %+v", got)
		}
		if got := <-second; got != (settled{20 * time.Second, CodeCrashed}) {
			t.Errorf("the second call: %+v", got)
		}
		if got := <-send(s, "a", "ok"); got != (settled{}) {
			t.Errorf("afresh: %+v", got)
		}
	})
}

func TestIdleTime(t *testing.T) {
	bubble(t, Kind{}, []string{""}, func(t *testing.T, s *System, h *fakeHost) {
		<-send(s, "a", "ok")
		sleep(4*time.Minute + 59*time.Second)
		<-send(s, "a", "ok") // just in time
		sleep(4*time.Minute + 59*time.Second)
		if n := s.Stats().Actors; n != 1 {
			t.Fatal("it stopped early")
		}
		// A turn that is no call: a timer, a message.
		turn := time.Now()
		h.busy.Store(1)
		sleep(5*time.Minute - time.Second)
		if n := s.Stats().Actors; n != 1 {
			t.Error("it stopped early after a turn")
		}
		for s.Stats().Actors > 0 {
			sleep(time.Second)
		}
		if idle := time.Since(turn); idle > 6*time.Minute+16*time.Second {
			t.Errorf("it stopped after %v", idle)
		}
		<-send(s, "a", "ok")
		if len(h.opened) != 2 {
			t.Errorf("%d starts", len(h.opened))
		}
	})
	bubble(t, Kind{Idle: -1}, []string{""}, func(t *testing.T, s *System, h *fakeHost) {
		<-send(s, "a", "ok")
		sleep(1000 * time.Hour)
		if n := s.Stats().Actors; n != 1 {
			t.Error("it stopped though it was not to")
		}
	})
}

// An actor that has been stopped begins again only when its context has closed.
func TestOneContextAtATime(t *testing.T) {
	bubble(t, Kind{}, []string{""}, func(t *testing.T, s *System, h *fakeHost) {
		for i := range 100 {
			most := 0
			calls := []<-chan settled{send(s, "a", "hang"), send(s, "a", "ok")}
			s.Stop("k", "a", "again")
			calls = append(calls, send(s, "a", "ok"))
			most = max(most, h.open)
			for j, want := range []string{CodeStopped, CodeStopped, ""} {
				if got := <-calls[j]; got.code != want {
					t.Errorf("round %d: call %d got %+v", i, j, got)
				}
			}
			if most > 1 {
				t.Fatalf("round %d: %d contexts at once", i, most)
			}
		}
	})
}

// Alarms ring in order, once, and not after they were cleared.
func TestAlarms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newAlarms()
		var rung []string
		make := func(name string, at time.Duration) *alarm {
			a := &alarm{ring: func(now int64) { rung = append(rung, fmt.Sprint(name, "@", time.Duration(now))) }}
			s.set(a, int64(at))
			return a
		}
		var a *alarm
		c := &alarm{ring: func(now int64) { rung = append(rung, "c"); s.set(a, now+int64(time.Second)) }}
		make("b", 2*time.Second)
		a = make("a", 5*time.Second)
		s.set(c, int64(3*time.Second))
		s.set(a, int64(time.Second))    // earlier
		s.set(a, int64(10*time.Second)) // no later
		s.clear(make("d", 4*time.Second))
		s.clear(&alarm{})
		sleep(time.Minute)
		if got := strings.Join(rung, " "); got != "a@1s b@2s c a@4s" {
			t.Errorf("rung: %s", got)
		}
		make("e", time.Hour)
		s.close()
		make("f", time.Hour)
		s.clear(a)
		sleep(2 * time.Hour)
		if len(rung) != 4 {
			t.Errorf("rung after close: %v", rung[4:])
		}
	})
}

func TestWithin(t *testing.T) {
	tests := []struct{ g, parent, want Grants }{
		{Grants{}, Grants{}, Grants{}},
		{Grants{Memory: 5, Turn: 1}, Grants{}, Grants{Memory: 5, Turn: 1}},
		{Grants{}, Grants{Memory: 5, Turn: 1}, Grants{Memory: 5, Turn: 1}},
		{Grants{Memory: 9, Turn: 1}, Grants{Memory: 5, Turn: 2}, Grants{Memory: 5, Turn: 1}},
		{Grants{Memory: -9}, Grants{Memory: 5}, Grants{Memory: 5}},
		{Grants{Groups: []string{"a"}}, Grants{}, Grants{Groups: []string{"a"}}},
		{Grants{}, Grants{Groups: []string{"a"}}, Grants{Groups: []string{"a"}}},
		{Grants{Groups: []string{"a", "b"}}, Grants{Groups: []string{"b", "c"}}, Grants{Groups: []string{"b"}}},
		{Grants{Groups: []string{}}, Grants{Groups: []string{"b"}}, Grants{Groups: []string{}}},
		{Grants{Handlers: []string{"a"}}, Grants{Handlers: []string{}}, Grants{Handlers: []string{}}},
		{Grants{Env: []string{"A", "B"}}, Grants{Env: []string{"B"}}, Grants{Env: []string{"B"}}},
		{Grants{Hosts: [][]string{{"a"}}}, Grants{}, Grants{Hosts: [][]string{{"a"}}}},
		{Grants{Hosts: [][]string{{"a"}}}, Grants{Hosts: [][]string{{"a"}, {"b"}}}, Grants{Hosts: [][]string{{"a"}, {"b"}}}},
	}
	for _, test := range tests {
		got := test.g.Within(test.parent)
		if !got.Equal(test.want) {
			t.Errorf("%+v within %+v = %+v, want %+v", test.g, test.parent, got, test.want)
		}
	}
}
