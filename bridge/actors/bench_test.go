package actors_test

import (
	"context"
	"sync"
	"testing"

	"rowan/bridge/actors"
)

// BenchmarkCall is the way of a call from Go to an actor and back, by one caller that waits.
func BenchmarkCall(b *testing.B) {
	w := newWorld(b, actors.Options{Kinds: []actors.Kind{kind("counter")}}, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.system.Call(context.Background(), "counter", "a", "inc"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCalls is the same by 64 callers of 16 actors.
func BenchmarkCalls(b *testing.B) {
	w := newWorld(b, actors.Options{Kinds: []actors.Kind{kind("counter")}}, nil)
	ids := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"}
	const callers = 64
	b.ReportAllocs()
	b.ResetTimer()
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			for n := i; n < b.N; n += callers {
				if _, err := w.system.Call(context.Background(), "counter", ids[i%len(ids)], "inc"); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkScriptCalls is the way of a call from a session to an actor and back into the session's promise, 32 at a time.
func BenchmarkScriptCalls(b *testing.B) {
	w := newWorld(b, actors.Options{Kinds: []actors.Kind{kind("counter")}}, nil)
	c := w.open()
	b.ResetTimer()
	w.run(c, `
		const a = Rowan.actor("counter", "a");
		for (let n = 0; n < args[0]; n += 32) {
			const all = [];
			for (let i = 0; i < 32; i++) all.push(a.inc());
			await Promise.all(all);
		}`, b.N)
}
