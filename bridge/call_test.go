package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"rowan/bridge"
	"rowan/engine"
	"rowan/engine/value"
)

const callers = `return {
	sync: (...args) => Rowan.callSync(...args),
	async: (...args) => Rowan.call(...args),
	raw: (source) => (0, eval)(source),
}`

// Each case calls a handler by callSync and by call; both fail, or succeed, in the same words.
func TestCall(t *testing.T) {
	r := newRig(t, 1, bridge.Options{SyncTimeout: 20 * time.Millisecond, CallTimeout: 20 * time.Millisecond})
	r.bridge.Register("echo", func(_ context.Context, args value.Args) (any, error) {
		list := []any{}
		for i := range args.Len() {
			v, err := args.Any(i)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	})
	r.bridge.Register("greet", bridge.Func2(func(_ context.Context, name string, n int) (string, error) {
		return strings.Repeat("hello "+name, n), nil
	}))
	r.bridge.Register("encoded", func(context.Context, value.Args) (any, error) {
		return engine.Encoded(value.AppendString(nil, "as it is")), nil
	})
	r.bridge.Register("fails", bridge.Func0(func(context.Context) (any, error) { return nil, errors.New("no luck") }))
	r.bridge.Register("coded", bridge.Func0(func(context.Context) (any, error) {
		return nil, fmt.Errorf("wrapped: %w", &value.Error{Name: "RangeError", Code: "full", Message: "no room"})
	}))
	r.bridge.Register("panics", bridge.Func0(func(context.Context) (any, error) { panic("oh") }))
	r.bridge.Register("faults", bridge.Func0(func(context.Context) (int, error) { var p *int; return *p, nil }))
	r.bridge.Register("waits", bridge.Func0(func(ctx context.Context) (any, error) { <-ctx.Done(); return nil, ctx.Err() }))
	r.bridge.Register("looks", bridge.Func0(func(ctx context.Context) (any, error) {
		for ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		return nil, context.Cause(ctx)
	}))
	r.bridge.Register("patient", bridge.Func0(func(ctx context.Context) (string, error) {
		deadline, ok := ctx.Deadline()
		return fmt.Sprint(time.Until(deadline).Round(time.Minute), ok), nil
	}), bridge.Timeout(time.Hour))
	r.bridge.Register("who", bridge.Func0(func(ctx context.Context) (string, error) {
		who, ok := bridge.CallerOf(context.WithoutCancel(ctx))
		return fmt.Sprint(who.ID, " ", who.Kind, " ", ok), nil
	}))
	c := r.pool.Open(r.kind(t, callers), nil, nil)

	tests := []struct {
		name string
		args []any
		want any // a value, or the class, code and message of an error
	}{
		{"echo", nil, "[]"},
		{"echo", []any{1, "two", []any{3.5, nil}}, "[1 two [3.5 <nil>]]"},
		{"greet", []any{"ann", 2}, "hello annhello ann"},
		{"greet", []any{"ann", 1, "more"}, "hello ann"},
		{"encoded", nil, "as it is"},
		{"patient", nil, "1h0m0s true"},
		{"who", nil, fmt.Sprint(c.ID(), " test true")},
		{"greet", []any{7, 1}, [3]string{"TypeError", "", "greet: argument 1: want string, got number"}},
		{"greet", []any{"ann"}, [3]string{"TypeError", "", "greet: argument 2: want integer, got undefined"}},
		{"fails", nil, [3]string{"Error", "", "fails: no luck"}},
		{"coded", nil, [3]string{"RangeError", "full", "coded: no room"}},
		{"panics", nil, [3]string{"Error", "crashed", "panics: the handler panicked: oh"}},
		{"faults", nil, [3]string{"Error", "crashed", "faults: the handler panicked: runtime error: invalid memory address or nil pointer dereference"}},
		{"waits", nil, [3]string{"Error", "timeout", "waits: it did not return within 20ms"}},
		{"looks", nil, [3]string{"Error", "timeout", "looks: it did not return within 20ms"}},
		{"publsh", nil, [3]string{"Error", "unknown_handler", `no handler "publsh"; did you mean "publish"?`}},
		{"ec", nil, [3]string{"Error", "unknown_handler", `no handler "ec"`}},
		{"fail", nil, [3]string{"Error", "unknown_handler", `no handler "fail"; did you mean "fails"?`}},
		{"", nil, [3]string{"Error", "unknown_handler", `no handler ""`}},
		{"écho", nil, [3]string{"Error", "unknown_handler", `no handler "écho"; did you mean "echo"?`}},
		{strings.Repeat("x", 300), nil, [3]string{"Error", "unknown_handler", `no handler "` + strings.Repeat("x", 256) + `…"`}},
	}
	for _, test := range tests {
		for export, prefix := range map[string]string{"sync": "callSync: ", "async": "call: "} {
			t.Run(fmt.Sprint(export, "/", test.name, len(test.args)), func(t *testing.T) {
				got, err := try(c, export, append([]any{test.name}, test.args...)...)
				if want, ok := test.want.([3]string); ok {
					wantError(t, err, want[0], want[1], prefix+want[2])
				} else if err != nil || fmt.Sprint(got) != test.want {
					t.Errorf("got %v, %v, want %v", got, err, test.want)
				}
			})
		}
	}
	r.idle(t, c)
}

// The ctx of a callSync is one as the standard library's: it ends with the call, and others can be derived from it.
func TestContextOfCallSync(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	contexts := make(chan context.Context, 1)
	r.bridge.Register("leak", bridge.Func1(func(ctx context.Context, ask bool) (bool, error) {
		contexts <- ctx
		return ask && (ctx.Err() != nil || ctx.Done() == nil), nil
	}))
	r.bridge.Register("derive", bridge.Func0(func(ctx context.Context) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		<-ctx.Done()
		return fmt.Sprint(ctx.Err()), nil
	}))
	c := r.pool.Open(r.kind(t, callers), nil, nil)
	for _, ask := range []bool{false, true} {
		if got := call(t, c, "sync", "leak", ask); got != false {
			t.Errorf("asked %v: the context had ended, or had two channels", ask)
		}
		ctx := <-contexts
		<-ctx.Done()
		if err := ctx.Err(); err != context.Canceled {
			t.Errorf("asked %v: after the call the context's error is %v", ask, err)
		}
		if _, ok := bridge.CallerOf(ctx); !ok || ctx.Value("other") != nil {
			t.Errorf("asked %v: the context's values are wrong", ask)
		}
	}
	if got := call(t, c, "sync", "derive"); got != "context deadline exceeded" {
		t.Errorf("a derived context ended with %v", got)
	}
}

func TestCallWithBadArguments(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	c := r.pool.Open(r.kind(t, callers), nil, nil)
	for source, want := range map[string]string{
		"Rowan.callSync()":                                 "callSync: argument 1: want string, got undefined",
		"Rowan.callSync(7)":                                "callSync: argument 1: want string, got number",
		"Rowan.callSync('publish', 't', () => 1)":          "callSync: arg[2]: a function cannot be sent",
		"Rowan.call('publish', 't', {a: Symbol.iterator})": "call: arg[2].a: a symbol cannot be sent",
		"const o = {}; o.o = o; Rowan.publish('t', o)":     "publish: arg[1].o: cycle",
	} {
		_, err := try(c, "raw", source)
		var js *value.Error
		if !errors.As(err, &js) || js.Name != "TypeError" || js.Message != want {
			t.Errorf("%s: %v, want a TypeError: %s", source, err, want)
		}
	}
}

func TestResultThatCannotBeSent(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	r.bridge.Register("chan", bridge.Func0(func(context.Context) (any, error) { return []any{make(chan int)}, nil }))
	c := r.pool.Open(r.kind(t, callers), nil, nil)
	_, err := try(c, "async", "chan")
	wantError(t, err, "TypeError", "unclonable", "call: chan: result[0]: chan int cannot be sent")
	if _, err = try(c, "sync", "chan"); err == nil || !strings.Contains(err.Error(), "result[0]: chan int cannot be sent") {
		t.Errorf("callSync: %v", err)
	}
}

func TestAllowed(t *testing.T) {
	r := newRig(t, 1, bridge.Options{Allowed: func(c bridge.Context) bridge.Names {
		if c.ID()%2 == 0 {
			return nil
		}
		return bridge.MakeNames("publish", "absent")
	}})
	r.bridge.Register("secret", bridge.Func0(func(context.Context) (int, error) { return 1, nil }))
	k := r.kind(t, callers)
	free, bound := r.pool.Open(k, nil, nil), r.pool.Open(k, nil, nil)
	if free.ID()%2 != 0 {
		free, bound = bound, free
	}
	if got := call(t, free, "sync", "secret"); got != 1 {
		t.Errorf("secret() = %v", got)
	}
	if got := call(t, bound, "sync", "publish", "t", 1); got != 0 {
		t.Errorf("publish() = %v", got)
	}
	for export, prefix := range map[string]string{"sync": "callSync: ", "async": "call: "} {
		_, err := try(bound, export, "secret")
		wantError(t, err, "Error", "denied", prefix+`handler "secret" is not on this context's list`)
		_, err = try(bound, export, "secre") // names only what may be called
		wantError(t, err, "Error", "unknown_handler", prefix+`no handler "secre"`)
		_, err = try(bound, export, "absent") // on the list, but not there
		wantError(t, err, "Error", "unknown_handler", prefix+`no handler "absent"`)
	}
}

func TestRegisterMisuse(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	for _, name := range []string{"", "publish", strings.Repeat("x", 257)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Register(%.10q) did not panic", name)
				}
			}()
			r.bridge.Register(name, bridge.Func0(func(context.Context) (any, error) { return nil, nil }))
		}()
	}
	if got := fmt.Sprint(r.bridge.HandlerNames()); got != "[publish subscribers]" {
		t.Errorf("handlers: %s", got)
	}
}

// A call outlives its turn; its function runs while the context does other things, and calls run beside each other.
func TestCallsRunElsewhere(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	release := make(chan struct{})
	r.bridge.Register("wait", bridge.Func1(func(ctx context.Context, n int) (int, error) {
		select {
		case <-release:
		case <-ctx.Done():
		}
		return n, ctx.Err()
	}))
	c := r.pool.Open(r.kind(t, `
		let results;
		return {
			begin() { results = Promise.all([1, 2, 3].map((n) => Rowan.call("wait", n))) },
			ping: (x) => x,
			end: () => results,
		}`), nil, nil)
	call(t, c, "begin")
	if got := call(t, c, "ping", 7); got != 7 {
		t.Errorf("ping(7) = %v", got)
	}
	if n := r.bridge.Calls(c); n != 3 {
		t.Errorf("%d calls are under way, want 3", n)
	}
	close(release)
	if got := fmt.Sprint(call(t, c, "end")); got != "[1 2 3]" {
		t.Errorf("end() = %s", got)
	}
}

func TestCallBounds(t *testing.T) {
	r := newRig(t, 1, bridge.Options{ContextCalls: 2, Calls: 3})
	release := make(chan struct{})
	r.bridge.Register("wait", bridge.Func0(func(context.Context) (string, error) { <-release; return "done", nil }))
	k := r.kind(t, `
		const calls = [];
		return {
			begin: () => { calls.push(Rowan.call("wait")) },
			refused: () => Rowan.call("wait"),
			end: () => Promise.all(calls),
		}`)
	a, b := r.pool.Open(k, nil, nil), r.pool.Open(k, nil, nil)
	call(t, a, "begin")
	call(t, a, "begin")
	_, err := try(a, "refused")
	wantError(t, err, "RangeError", "limit", "call: 2 calls of this context are under way")
	call(t, b, "begin")
	_, err = try(b, "refused")
	wantError(t, err, "RangeError", "limit", "call: 3 calls of all contexts are under way")
	close(release)
	if got := fmt.Sprint(call(t, a, "end"), call(t, b, "end")); got != "[done done] [done]" {
		t.Errorf("outcomes %s", got)
	}
	r.idle(t, a)
	call(t, a, "refused")
}

// The promise of a call settles at its deadline even if the function goes on; its goroutine counts until it returns.
func TestCallThatIgnoresItsDeadline(t *testing.T) {
	r := newRig(t, 1, bridge.Options{CallTimeout: 5 * time.Millisecond})
	release := make(chan struct{})
	r.bridge.Register("deaf", bridge.Func0(func(context.Context) (string, error) { <-release; return "late", nil }))
	c := r.pool.Open(r.kind(t, callers), nil, nil)
	_, err := try(c, "async", "deaf")
	wantError(t, err, "Error", "timeout", "call: deaf: it did not return within 5ms")
	if n := r.bridge.Calls(c); n != 1 {
		t.Errorf("%d calls are under way, want 1", n)
	}
	close(release)
	r.idle(t, c)
}

// A handler that ends its goroutine fails its call, and costs a callSync's context alone.
func TestGoexit(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	r.bridge.Register("exit", bridge.Func0(func(context.Context) (any, error) { runtime.Goexit(); return nil, nil }))
	k := r.kind(t, callers)
	c := r.pool.Open(k, nil, nil)
	_, err := try(c, "async", "exit")
	wantError(t, err, "Error", "crashed", "call: exit: the handler ended its goroutine")
	_, err = try(c, "sync", "exit")
	var lost *engine.LostError
	if !errors.As(err, &lost) {
		t.Errorf("callSync: %v, want the context to be lost", err)
	}
	if got := call(t, r.pool.Open(k, nil, nil), "sync", "subscribers", "t"); got != 0 {
		t.Errorf("subscribers(t) = %v", got)
	}
}

func TestPanicked(t *testing.T) {
	type report struct {
		handler string
		fault   any
		stack   string
	}
	var got []report
	r := newRig(t, 1, bridge.Options{Panicked: func(handler string, fault any, stack []byte) {
		got = append(got, report{handler, fault, string(stack)})
	}})
	r.bridge.Register("panics", bridge.Func0(func(context.Context) (any, error) { panic("oh") }))
	try(r.pool.Open(r.kind(t, callers), nil, nil), "sync", "panics")
	if len(got) != 1 || got[0].handler != "panics" || got[0].fault != "oh" || !strings.Contains(got[0].stack, "call_test.go") {
		t.Errorf("told of %v", got)
	}
}

// The calls of a context that goes are cancelled; their outcomes reach nobody.
func TestCallsOfAClosedContext(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	causes := make(chan error, 1)
	begun := make(chan struct{})
	r.bridge.Register("wait", bridge.Func0(func(ctx context.Context) (any, error) {
		close(begun)
		<-ctx.Done()
		causes <- ctx.Err()
		return nil, ctx.Err()
	}))
	c := r.pool.Open(r.kind(t, `return { begin() { Rowan.call("wait") } }`), nil, nil)
	call(t, c, "begin")
	<-begun
	r.closeWait(c)
	if err := <-causes; !errors.Is(err, context.Canceled) {
		t.Errorf("the call's context ended with %v", err)
	}
}

// An outcome from before a context was reset does not reach a promise of the new one.
func TestCallsAcrossReset(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	release := make(chan string)
	r.bridge.Register("next", bridge.Func0(func(context.Context) (string, error) { return <-release, nil }))
	k := r.kind(t, `
		const log = [];
		return { begin: () => { Rowan.call("next").then((v) => log.push(v)) }, log: () => log }`)
	c := r.pool.Open(k, nil, nil)
	call(t, c, "begin")
	reset := make(chan struct{})
	c.Worker().Do(func(*engine.Thread) {
		r.bridge.Forget(c)
		c.Reset()
		close(reset)
	})
	<-reset
	call(t, c, "begin")
	release <- "one"
	release <- "two"
	r.idle(t, c)
	got := fmt.Sprint(call(t, c, "log"))
	if got != "[one]" && got != "[two]" { // the new call got one of them, the old one nothing
		t.Errorf("log is %s", got)
	}
}

// Outcomes wait while the mailbox is full, and then arrive.
func TestSettleWithFullMailbox(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	r.bridge.Register("fast", bridge.Func0(func(context.Context) (string, error) { return "ok", nil }))
	k := r.kind(t, `
		let result;
		return { begin() { result = Rowan.call("fast") }, end: () => result, ping() {} }`)
	k.Mailbox = 4
	c := r.pool.Open(k, nil, nil)
	call(t, c, "begin")
	hold, held := make(chan struct{}), make(chan struct{})
	c.Worker().Do(func(*engine.Thread) { close(held); <-hold })
	<-held
	var pings sync.WaitGroup
	for range 4 {
		pings.Add(1)
		if err := c.Call("app.ping", nil, 0, func([]byte, error) { pings.Done() }); err != nil {
			pings.Done() // the outcome was there first
		}
	}
	time.Sleep(20 * time.Millisecond)
	close(hold)
	pings.Wait()
	if got := call(t, c, "end"); got != "ok" {
		t.Errorf("end() = %v", got)
	}
}

func TestCloseOfTheBridge(t *testing.T) {
	r := newRig(t, 1, bridge.Options{})
	release := make(chan struct{})
	r.bridge.Register("deaf", bridge.Func0(func(context.Context) (any, error) { <-release; return nil, nil }))
	c := r.pool.Open(r.kind(t, `return { begin() { Rowan.call("deaf") }, async: () => Rowan.call("deaf") }`), nil, nil)
	call(t, c, "begin")
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := r.bridge.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Close: %v while a call runs", err)
	}
	_, err := try(c, "async")
	wantError(t, err, "Error", "stopped", "call: the server is stopping")
	close(release)
	if err := r.bridge.Close(context.Background()); err != nil {
		t.Errorf("Close: %v", err)
	}
}
