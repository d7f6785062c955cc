package engine

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// TestALimitTellsWhereTheScriptWas ends turns in all sorts of places: the error says which function it was.
func TestALimitTellsWhereTheScriptWas(t *testing.T) {
	tests := []struct{ name, source string }{
		{"function", "function busy() { for (;;); } busy()"},
		{"try", "function busy() { try { for (;;); } catch { } finally { for (;;); } } busy()"},
		{"generator", "function* busy() { for (;;); } [...busy()]"},
		{"iterator that closes", `function busy() {
			const iterator = { next: () => ({ value: 1 }), return: function closing() { for (;;); } };
			for (const x of { [Symbol.iterator]: () => iterator }) for (;;);
		}
		busy()`},
		{"async function", "async function busy() { for (;;); } busy()"},
		{"async arrow function", "const busy = async () => { for (;;); }; busy()"},
		{"after an await", "async function busy() { await null; for (;;); } busy()"},
		{"async generator", "async function* busy() { for (;;); } busy().next()"},
		{"awaited by another", "async function busy() { await null; for (;;); } (async () => { await busy(); })()"},
		{"promise reaction", "Promise.resolve().then(function busy() { for (;;); })"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			th := testThread(t)
			w := newTemplate(t, th, "", Spec{Limits: Limits{Turn: 5 * time.Millisecond}})
			c := w.Fork(nil)
			defer c.Close()
			err := th.Run(c, func(tn *Turn) error {
				_, err := tn.Eval(test.source, "test.js")
				return err
			})
			var limit *LimitError
			if !errors.As(err, &limit) || limit.Limit != LimitTime {
				t.Fatalf("%v, want the limit of time", err)
			}
			if !strings.HasPrefix(limit.Stack, "    at busy (test.js:") {
				t.Errorf("stack %q, want busy first", limit.Stack)
			}
			eval(t, th, c, "1 + 1")
		})
	}
}
