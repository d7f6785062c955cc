package actors_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rowan/bridge"
	"rowan/bridge/actors"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi"
	"rowan/jsapi/events"
	"rowan/jsapi/rowan"
	"rowan/jsapi/timers"
	"rowan/pool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a pool, a bridge and actors joined as a daemon joins them.
type world struct {
	t       testing.TB
	pool    *pool.Pool
	bridge  *bridge.Bridge
	system  *actors.System
	session *pool.Kind
	limits  engine.Limits

	mu       sync.Mutex
	kinds    map[string]*pool.Kind // by name of kind and groups
	scripts  map[string]string     // of kinds, in testdata
	opened   []actors.Ref
	granted  []actors.Grants
	ended    []string // sessions that were to end, with the reason
	uncaught []string
}

// allGroups are the groups that the tests' contexts can have.
var allGroups = []string{"console", "rowan", "timers"}

// turn is the budget of actors' turns; sessions have more.
const turn = slow * 20 * time.Millisecond

// kind makes a kind of actor of a script in testdata.
func kind(name string) actors.Kind { return actors.Kind{Name: name} }

// newWorld makes a world of kinds, each with the script testdata/NAME.js, or that of scripts.
func newWorld(t testing.TB, opts actors.Options, scripts map[string]string) *world {
	t.Helper()
	w := &world{t: t, kinds: map[string]*pool.Kind{}, scripts: scripts, limits: engine.Limits{Turn: turn}}
	w.pool = pool.New(pool.Options{Workers: 4, Uncaught: func(c *pool.Context, err error) {
		w.Uncaught(c, err)
		w.system.Uncaught(c, err)
	}})
	w.bridge = bridge.New(w.pool.Workers(), bridge.Options{Uncaught: func(c bridge.Context, err error) {
		w.system.Uncaught(c.(*pool.Context), err)
	}})
	opts.Host = w
	w.system = actors.New(opts)
	session, err := w.newKind("session", nil, nil, sessionJS)
	if err != nil {
		t.Fatal(err)
	}
	w.session = session
	for _, k := range opts.Kinds { // or the first start of each would take as long as to build it
		if k, err := w.actorKind(k.Name, k.Grants.Within(opts.Grants).Groups); err == nil {
			if err := k.Build(); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := w.system.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		w.bridge.Close(ctx)
		w.pool.Close()
	})
	return w
}

// sessionJS is a group that runs source given by the test.
const sessionJS = `(function () {
	const AsyncFunction = (async () => {}).constructor;
	return { run: (source, ...args) => new AsyncFunction("...args", source)(...args) };
})`

// newKind makes a kind of context: sessions have no script, and a group that runs any.
func (w *world) newKind(name string, groups []string, script *engine.Program, session string) (*pool.Kind, error) {
	spec := engine.Spec{Name: name, Bundle: script, Limits: w.limits}
	main := ""
	if session == "" {
		main = "actor"
		spec.Install = "actor.install"
	}
	report := func(t *engine.Turn, err error) { w.Uncaught(pool.ContextOf(t), err) }
	hosts := map[string][]engine.Host{
		"events": events.Hosts(report),
		"timers": timers.Hosts(),
		"rowan":  slices.Concat(rowan.Hosts(rowan.Options{}), w.bridge.Hosts(), w.system.Hosts()),
	}
	var err error
	spec.Groups, err = jsapi.Groups(func(name string) bool {
		return hosts[name] != nil && (groups == nil || slices.Contains(groups, name))
	}, main, hosts)
	if err != nil {
		return nil, err
	}
	if session != "" {
		test, err := engine.Compile(session, "test.js", false)
		if err != nil {
			return nil, err
		}
		spec.Groups = append(spec.Groups, engine.Group{Name: "test", Program: test})
		spec.Limits.Turn = 10 * turn
	}
	k := w.pool.NewKind(spec)
	k.Lost = func(c *pool.Context, err error) {
		w.system.Ended(c, err)
		if c.Kind() == w.session {
			c.Close(nil)
		}
	}
	return k, nil
}

// Open implements actors.Host.
func (w *world) Open(r actors.Ref, g actors.Grants) (actors.Context, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opened, w.granted = append(w.opened, r), append(w.granted, g)
	k, err := w.actorKind(r.Kind, g.Groups)
	if err != nil {
		return nil, err
	}
	limits := w.limits
	limits.HeapBytes = g.Memory
	return w.pool.Open(k, &limits, r), nil
}

// actorKind returns the kind of context for a kind of actor with these groups.
func (w *world) actorKind(name string, groups []string) (*pool.Kind, error) {
	id := name + ":" + strings.Join(groups, ",")
	if k := w.kinds[id]; k != nil {
		return k, nil
	}
	file := name + ".js"
	if f := w.scripts[name]; f != "" {
		file = f
	}
	source, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		return nil, err
	}
	script, err := engine.Compile(string(source), file, file != "script.js")
	if err != nil {
		return nil, err
	}
	k, err := w.newKind(name, groups, script, "")
	if err == nil {
		w.kinds[id] = k
	}
	return k, err
}

// Closed implements actors.Host.
func (w *world) Closed(c actors.Context) { w.bridge.Forget(c) }

// Grants implements actors.Host.
func (w *world) Grants(actors.Context) actors.Grants {
	return actors.Grants{Memory: 8 << 20, Groups: allGroups}
}

// Groups implements actors.Host.
func (w *world) Groups(list string) ([]string, error) {
	switch list {
	case "all":
		return allGroups, nil
	case "none":
		return nil, nil
	}
	groups := strings.Split(list, ",")
	for _, g := range groups {
		if !slices.Contains(allGroups, g) {
			return nil, fmt.Errorf("unknown API group %q", g)
		}
	}
	return groups, nil
}

// End implements actors.Host.
func (w *world) End(c actors.Context, reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = append(w.ended, reason)
	c.Close(func() { w.system.Ended(c, nil) })
}

// NewCall implements actors.Host.
func (w *world) NewCall() uint64 { return w.bridge.NewCall() }

// Settle implements actors.Host.
func (w *world) Settle(c actors.Context, id uint64, result []byte, err error, span engine.Span) {
	w.bridge.Settle(c, id, result, err, span)
}

// Uncaught implements actors.Host.
func (w *world) Uncaught(c actors.Context, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.uncaught = append(w.uncaught, err.Error())
}

// startsOf is how many contexts were opened for an actor.
func (w *world) startsOf(kind, id string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.opened {
		if r.Kind == kind && r.ID == id {
			n++
		}
	}
	return n
}

// open makes a session.
func (w *world) open() *pool.Context { return w.pool.Open(w.session, nil, nil) }

// close ends a session as its owner does.
func (w *world) close(c *pool.Context) {
	done := make(chan struct{})
	c.Close(func() { w.system.Ended(c, nil); w.bridge.Forget(c); close(done) })
	<-done
}

const patience = 30 * time.Second

// try runs source in a session, with args, and returns what its promise settles to.
func (w *world) try(c *pool.Context, source string, args ...any) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return c.CallWait(ctx, "test.run", append([]any{source}, args...)...)
}

// run is try for source that must not fail.
func (w *world) run(c *pool.Context, source string, args ...any) any {
	w.t.Helper()
	v, err := w.try(c, source, args...)
	if err != nil {
		w.t.Fatalf("%s: %v", source, err)
	}
	return v
}

// fails runs source that must fail with a code and a message that contains want.
func (w *world) fails(c *pool.Context, source, code, want string) *value.Error {
	w.t.Helper()
	v, err := w.try(c, source)
	return w.isError(source, v, err, code, want)
}

func (w *world) isError(what string, v any, err error, code, want string) *value.Error {
	w.t.Helper()
	var js *value.Error
	if !errors.As(err, &js) {
		w.t.Fatalf("%s: %v, %v; want an error", what, v, err)
	}
	if js.Code != code || !strings.Contains(js.Message, want) {
		w.t.Errorf("%s: %s: %q (code %q); want %q (code %q)", what, js.Name, js.Message, js.Code, want, code)
	}
	return js
}

// call calls an actor from Go.
func (w *world) call(kind, id, method string, args ...any) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return w.system.Call(ctx, kind, id, method, args...)
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func show(v any) string { return fmt.Sprint(v) }

func contains(s, part string) bool { return strings.Contains(s, part) }

func lines(v any) func(yield func(string) bool) {
	s, _ := v.(string)
	return strings.Lines(s)
}

// counts reads a Map of numbers.
func counts(v any) map[string]int {
	out := map[string]int{}
	for _, e := range v.(*value.Map).Entries {
		out[e.Key.(string)] = e.Value.(int)
	}
	return out
}

func number(v any) float64 {
	if n, ok := v.(int); ok {
		return float64(n)
	}
	return v.(float64)
}

func codeOf(err error) string {
	var js *value.Error
	if errors.As(err, &js) {
		return js.Code
	}
	return ""
}
