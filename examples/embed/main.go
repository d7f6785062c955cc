// Command embed is a Go program that runs a script: some invoices, each in a JavaScript context of its own, that ask Go for
// the prices.
package main

import (
	"context"
	_ "embed"
	"fmt"
	"log"
	"time"

	"rowan/bridge"
	"rowan/engine"
	"rowan/jsapi"
	"rowan/jsapi/rowan"
	"rowan/pool"
)

//go:embed invoice.js
var source string

var prices = map[string]float64{"tea": 3.5, "scone": 2.25}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	// Workers run scripts, each on a thread of its own.
	p := pool.New(pool.Options{Workers: 1})
	defer p.Close()

	// The bridge has the functions that scripts call by name.
	b := bridge.New(p.Workers(), bridge.Options{})
	defer b.Close(ctx)
	b.Register("price", bridge.Func1(func(_ context.Context, item string) (float64, error) {
		price, ok := prices[item]
		if !ok {
			return 0, fmt.Errorf("there is no %s today", item)
		}
		return price, nil
	}))

	// A kind of context: what its scripts may do, the script itself, and its limits. It is evaluated once; contexts are
	// forks. The group "actor" finds the functions that the script exports.
	hosts := map[string][]engine.Host{"rowan": append(rowan.Hosts(rowan.Options{}), b.Hosts()...)}
	groups, err := jsapi.Groups(func(name string) bool { return name == "rowan" }, "actor", hosts)
	if err != nil {
		return err
	}
	script, err := engine.Compile(source, "invoice.js", true)
	if err != nil {
		return err
	}
	invoice := p.NewKind(engine.Spec{
		Name: "invoice", Groups: groups, Bundle: script, Install: "actor.install",
		Limits: engine.Limits{HeapBytes: 1 << 20, Turn: 10 * time.Millisecond},
	})

	for _, item := range []string{"tea", "scone", "coffee"} {
		c := p.Open(invoice, nil, nil)
		defer c.Close(func() { b.Forget(c) })
		call := func(method string, args ...any) (any, error) {
			return c.CallWait(ctx, "actor.call", "invoice", method, args)
		}
		if _, err := call("add", item, 2); err != nil {
			fmt.Println(err) // what the script did not catch, with its class and stack as a *value.Error
		}
		total, err := call("total")
		if err != nil {
			return err
		}
		fmt.Printf("two of %s: %v\n", item, total)
	}
	return nil
}
