package storage_test

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rowan/bridge/storage"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi"
	"rowan/jsapi/events"
	"rowan/jsapi/rowan"
	local "rowan/jsapi/storage"
	"rowan/pool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// budget is what a turn may take, with the race detector in mind.
const budget = 300 * time.Millisecond

// rig is a pool of workers with a store.
type rig struct {
	pool  *pool.Pool
	store *storage.Store
	kind  *pool.Kind

	entered chan struct{} // a script is in hold(), or asks for released()
	release chan struct{} // ends that
}

// inFolder are options for a store in a folder of the test's.
func inFolder(t testing.TB) storage.Options {
	return storage.Options{Path: filepath.Join(t.TempDir(), storage.FileName)}
}

func openStore(t testing.TB, opts storage.Options) *storage.Store {
	t.Helper()
	s, err := storage.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newRig makes a pool of so many workers, each with one window, and contexts that can call what the source's body returns.
func newRig(t testing.TB, workers int, opts storage.Options, source string) *rig {
	t.Helper()
	r := &rig{
		pool:    pool.New(pool.Options{Workers: workers, Windows: 1, WindowsMax: 1, Uncaught: func(c *pool.Context, err error) { t.Errorf("%v: %v", c, err) }}),
		store:   openStore(t, opts),
		entered: make(chan struct{}, 1), release: make(chan struct{}),
	}
	t.Cleanup(func() {
		r.pool.Close()
		if err := r.store.Close(); err != nil {
			t.Error(err)
		}
	})
	r.kind = r.newKind(t, source)
	return r
}

func (r *rig) newKind(t testing.TB, source string) *pool.Kind {
	hosts := map[string][]engine.Host{
		"rowan":   append(rowan.Hosts(rowan.Options{Version: "1.0.0"}), r.store.Hosts()...),
		"storage": local.Hosts(r.store.Local()),
		"events":  events.Hosts(func(_ *engine.Turn, err error) { t.Error(err) }),
	}
	groups, err := jsapi.Groups(func(name string) bool { return hosts[name] != nil }, "", hosts)
	if err != nil {
		t.Fatal(err)
	}
	program, err := engine.Compile("(function (host) {"+source+"})", "test.js", false)
	if err != nil {
		t.Fatal(err)
	}
	return r.pool.NewKind(engine.Spec{
		Name: "test", Limits: engine.Limits{Turn: budget},
		Groups: append(groups, engine.Group{Name: "app", Program: program, Hosts: []engine.Host{
			{Name: "hold", Func: r.hold},
			{Name: "released", Func: r.released},
			{Name: "end", Func: func(t *engine.Turn, _ value.Args) (any, error) { t.End(); return value.Undefined, nil }},
			{Name: "goexit", Func: func(*engine.Turn, value.Args) (any, error) { runtime.Goexit(); return nil, nil }},
			{Name: "panic", Func: func(*engine.Turn, value.Args) (any, error) { panic("on purpose") }},
		}}),
	})
}

// hold keeps the turn where it is until the test releases it.
func (r *rig) hold(*engine.Turn, value.Args) (any, error) {
	r.entered <- struct{}{}
	<-r.release
	return value.Undefined, nil
}

// released reports whether the test has released the script.
func (r *rig) released(*engine.Turn, value.Args) (any, error) {
	select {
	case <-r.release:
		return true, nil
	case r.entered <- struct{}{}:
	default:
	}
	return false, nil
}

// open makes a context on a worker.
func (r *rig) open(worker int) *pool.Context { return r.pool.Workers()[worker].Open(r.kind, nil, nil) }

// openPatient makes a context whose turns may take long.
func (r *rig) openPatient(worker int) *pool.Context {
	return r.pool.Workers()[worker].Open(r.kind, &engine.Limits{Turn: time.Hour}, nil)
}

// try calls an export of the test's script.
func try(c *pool.Context, export string, args ...any) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
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

// begin is try on a goroutine.
func begin(c *pool.Context, export string, args ...any) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := try(c, export, args...)
		done <- err
	}()
	return done
}

// wantCode checks the code of a script's error.
func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	var js *value.Error
	if !errors.As(err, &js) || js.Code != code {
		t.Errorf("error %v, want the code %q", err, code)
	}
}
