package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"rowan/bridge"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi"
	"rowan/jsapi/rowan"
	"rowan/pool"
)

// runScript evaluates a script in a context of its own and prints what it makes of its last line.
func runScript(p *pool.Pool, b *bridge.Bridge, source string) {
	hosts := append(rowan.Hosts(rowan.Options{}), b.Hosts()...)
	groups, err := jsapi.Groups(func(name string) bool { return name == "rowan" }, "", map[string][]engine.Host{"rowan": hosts})
	if err != nil {
		panic(err)
	}
	app, err := engine.Compile("(() => ({ run: (source) => (0, eval)(source) }))", "app.js", false)
	if err != nil {
		panic(err)
	}
	kind := p.NewKind(engine.Spec{Name: "example", Groups: append(groups, engine.Group{Name: "app", Program: app})})
	c := p.Open(kind, nil, nil)
	defer b.Forget(c)
	v, err := c.CallWait(context.Background(), "app.run", source)
	var thrown *value.Error
	switch {
	case errors.As(err, &thrown):
		fmt.Printf("%s: %s (%s)\n", thrown.Name, thrown.Message, thrown.Code)
	case err != nil:
		fmt.Println(err)
	default:
		fmt.Println(v)
	}
}

// A function of two arguments. What a script gets wrong is told with the function's name.
func ExampleFunc2() {
	p := pool.New(pool.Options{Workers: 1})
	defer p.Close()
	b := bridge.New(p.Workers(), bridge.Options{})
	defer b.Close(context.Background())

	b.Register("repeat", bridge.Func2(func(ctx context.Context, text string, n int) ([]string, error) {
		if n > 10 {
			return nil, &value.Error{Name: "RangeError", Code: "too_many", Message: "ten at most"}
		}
		list := make([]string, n)
		for i := range list {
			list[i] = text
		}
		return list, nil
	}))

	runScript(p, b, `Rowan.callSync("repeat", "hey", 2).join(" ")`)
	runScript(p, b, `Rowan.callSync("repeat", "hey")`)
	runScript(p, b, `Rowan.callSync("repeat", "hey", 11)`)
	runScript(p, b, `Rowan.callSync("repaet", "hey", 2)`)
	// Output:
	// hey hey
	// TypeError: callSync: repeat: argument 2: want integer, got undefined ()
	// RangeError: callSync: repeat: ten at most (too_many)
	// Error: callSync: no handler "repaet"; did you mean "repeat"? (unknown_handler)
}

// A function that waits is called with Rowan.call; its ctx ends with the deadline, or with the caller.
func ExampleBridge_Register() {
	p := pool.New(pool.Options{Workers: 1})
	defer p.Close()
	b := bridge.New(p.Workers(), bridge.Options{})
	defer b.Close(context.Background())

	b.Register("fetchPrice", func(ctx context.Context, args value.Args) (any, error) {
		item, err := args.String(0)
		if err != nil {
			return nil, err
		}
		if item == "gold" { // the market is slow today
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return value.Object{{Key: "item", Value: item}, {Key: "price", Value: 3.5}}, nil
	}, bridge.Timeout(200*time.Millisecond))

	runScript(p, b, `Rowan.call("fetchPrice", "tea").then(({ item, price }) => item + " costs " + price)`)
	runScript(p, b, `Rowan.call("fetchPrice", "gold")`)
	// Output:
	// tea costs 3.5
	// Error: call: fetchPrice: it did not return within 200ms (timeout)
}

// Each context may call what its list names. A handler learns from its ctx who calls.
func ExampleCallerOf() {
	p := pool.New(pool.Options{Workers: 1})
	defer p.Close()
	b := bridge.New(p.Workers(), bridge.Options{
		Allowed: func(bridge.Context) bridge.Names { return bridge.MakeNames("whoami") },
	})
	defer b.Close(context.Background())

	b.Register("whoami", bridge.Func0(func(ctx context.Context) (string, error) {
		caller, _ := bridge.CallerOf(ctx)
		return "a context of kind " + caller.Kind, nil
	}))
	b.Register("shutdown", bridge.Func0(func(ctx context.Context) (any, error) { os.Exit(1); return nil, nil }))

	runScript(p, b, `Rowan.callSync("whoami")`)
	runScript(p, b, `Rowan.callSync("shutdown")`)
	// Output:
	// a context of kind example
	// Error: callSync: handler "shutdown" is not on this context's list (denied)
}

// letters is a Subscriber in Go, with room for some messages.
type letters chan string

func (l letters) Deliver(m *bridge.Message) bool {
	text, _, err := m.Wire()
	if err != nil {
		return false
	}
	select {
	case l <- m.Topic() + ": " + string(text):
		return true
	default:
		return false
	}
}

// Go subscribes to what scripts publish. A subscriber lives on a worker, here the first, and is called on its loop.
func ExampleTopics_Join() {
	p := pool.New(pool.Options{Workers: 1})
	defer p.Close()
	b := bridge.New(p.Workers(), bridge.Options{})
	defer b.Close(context.Background())

	mail := make(letters, 10)
	member := b.Topics.Join(0, mail)
	defer member.Leave()
	if err := member.Subscribe("news"); err != nil {
		fmt.Println(err)
	}
	runScript(p, b, `"subscribers: " + Rowan.publish("news", { title: "rowan runs" })`)
	fmt.Println(<-mail)
	// Output:
	// subscribers: 1
	// news: {"title":"rowan runs"}
}
