package crypto

import (
	"context"
	"crypto/subtle"
	"runtime"

	"github.com/google/uuid"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(a *async.Async) []engine.Host {
	return []engine.Host{
		{Name: "describe", Func: describeHost, Template: engine.PureCall},
		{Name: "view", Func: viewHost, Template: engine.PureCall},
		{Name: "constantTimeEqual", Func: constantTimeEqual, Template: engine.PureCall},
		{Name: "random", Func: randomHost},
		{Name: "uuid", Func: func(*engine.Turn, value.Args) (any, error) { return uuid.NewString(), nil }},
		{Name: "perform", Func: performHost},
		{Name: "compute", Func: performHost, Template: engine.PureCall},
		async.NewLanes(runtime.GOMAXPROCS(0)).Op(a, "begin", func(_ context.Context, args value.Args) (any, error) { return perform(args) }),
	}
}

// describeHost is the host function describe(operation, name).
func describeHost(_ *engine.Turn, args value.Args) (any, error) {
	operation, err := args.String(0)
	if err != nil {
		return nil, err
	}
	name, err := args.String(1)
	if err != nil {
		return nil, err
	}
	if d := describe(operation, name); d != nil {
		return d, nil
	}
	return value.Undefined, nil
}

// viewHost is the host function view(key).
func viewHost(_ *engine.Turn, args value.Args) (any, error) {
	k, err := keyArg(args, 0)
	if err != nil {
		return nil, err
	}
	return k.view(), nil
}

// performHost is the host functions perform(operation, ...) and compute(operation, ...), which is for operations that draw no
// random numbers, so that an app's bundle may call it while the template is made. It returns errors, since the messages of those that host
// functions throw begin with the function's name.
func performHost(_ *engine.Turn, args value.Args) (any, error) {
	result, err := perform(args)
	if err != nil {
		return err, nil
	}
	return result, nil
}

// maxRandom is the quota of getRandomValues in bytes.
const maxRandom = 65536

// randomHost is the host function random(length).
func randomHost(_ *engine.Turn, args value.Args) (any, error) {
	n, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	return random(min(max(n, 0), maxRandom)), nil
}

// constantTimeEqual is the host function constantTimeEqual(a, b). Its time depends on the lengths alone.
func constantTimeEqual(_ *engine.Turn, args value.Args) (any, error) {
	a, err := args.Bytes(0)
	if err != nil {
		return nil, err
	}
	b, err := args.Bytes(1)
	if err != nil {
		return nil, err
	}
	return subtle.ConstantTimeCompare(a, b) == 1, nil
}
