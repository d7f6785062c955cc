package bridge_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rowan/bridge"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi"
	"rowan/jsapi/events"
	"rowan/jsapi/rowan"
	"rowan/pool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a pool of workers with a bridge.
type rig struct {
	pool   *pool.Pool
	bridge *bridge.Bridge

	mu       sync.Mutex
	uncaught []string // errors that no caller got
}

func newRig(t testing.TB, workers int, opts bridge.Options) *rig {
	t.Helper()
	r := &rig{}
	r.pool = pool.New(pool.Options{Workers: workers, Uncaught: func(_ *pool.Context, err error) { r.report(err) }})
	opts.Uncaught = func(_ bridge.Context, err error) { r.report(err) }
	r.bridge = bridge.New(r.pool.Workers(), opts)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := r.bridge.Close(ctx); err != nil {
			t.Error(err)
		}
		r.pool.Close()
		for _, text := range r.uncaught {
			t.Error("uncaught: " + text)
		}
	})
	return r
}

func (r *rig) report(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.uncaught = append(r.uncaught, err.Error())
}

// takeUncaught returns the errors that no caller got, and forgets them.
func (r *rig) takeUncaught() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.uncaught
	r.uncaught = nil
	return list
}

// kind makes a kind of contexts with the groups rowan and channel. source is the body of a function that returns what Go can
// call; it is evaluated as part of the image, as an API group is.
func (r *rig) kind(t testing.TB, source string) *pool.Kind {
	t.Helper()
	return r.bundled(t, "", source)
}

// bundled is kind with an app's bundle, evaluated after the groups.
func (r *rig) bundled(t testing.TB, app, source string) *pool.Kind {
	t.Helper()
	hosts := map[string][]engine.Host{
		"rowan":   append(rowan.Hosts(rowan.Options{Version: "1.0.0", Env: map[string]string{"MODE": "test"}}), r.bridge.Hosts()...),
		"channel": r.bridge.ChannelHosts(),
		"events":  events.Hosts(func(t *engine.Turn, err error) { r.bridge.Uncaught(bridge.ContextOf(t), err) }),
	}
	groups, err := jsapi.Groups(func(name string) bool { return hosts[name] != nil }, "", hosts)
	if err != nil {
		t.Fatal(err)
	}
	spec := engine.Spec{
		Name:   "test",
		Limits: engine.Limits{Turn: 200 * time.Millisecond}, // for the race detector's sake
		Groups: append(groups, engine.Group{Name: "app", Program: compile(t, "(function () {"+source+"})", "test.js")}),
	}
	if app != "" {
		spec.Bundle = compile(t, app, "app.js")
	}
	k := r.pool.NewKind(spec)
	k.Lost = func(c *pool.Context, _ error) { r.close(c) }
	return k
}

func compile(t testing.TB, source, name string) *engine.Program {
	t.Helper()
	p, err := engine.Compile(source, name, false)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (r *rig) close(c *pool.Context) {
	c.Close(func() { r.bridge.Forget(c) })
}

// closeWait closes a context and waits until it has gone.
func (r *rig) closeWait(c *pool.Context) {
	done := make(chan struct{})
	c.Close(func() {
		r.bridge.Forget(c)
		close(done)
	})
	<-done
}

// try calls an export of the test's group, waiting for a promise.
func try(c *pool.Context, export string, args ...any) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return c.CallWait(ctx, "app."+export, args...)
}

func call(t testing.TB, c *pool.Context, export string, args ...any) any {
	t.Helper()
	v, err := try(c, export, args...)
	if err != nil {
		t.Fatalf("%s: %v", export, err)
	}
	return v
}

// wantError checks a script's error.
func wantError(t testing.TB, err error, class, code, message string) {
	t.Helper()
	var js *value.Error
	if !errors.As(err, &js) {
		t.Errorf("error %v, want a JavaScript one", err)
	} else if js.Name != class || js.Code != code || js.Message != message {
		t.Errorf("%s with code %q: %s\nwant %s with code %q: %s", js.Name, js.Code, js.Message, class, code, message)
	}
}

// idle waits until no call of the context is under way: it is counted out after its outcome was posted.
func (r *rig) idle(t testing.TB, c *pool.Context) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if r.bridge.Calls(c) == 0 {
			return
		}
	}
	t.Fatalf("%d calls of %v are still under way", r.bridge.Calls(c), c)
}
