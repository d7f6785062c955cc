package bundle

import (
	"fmt"
	"strings"
	"testing"
)

// room is an app whose stacks below are the engine's own.
const room = `
-- app.ts --
import { Room } from './lib/room'
interface A { a: number }

function go(a: A): never {
  return new Room<A>('é😀').join(a)
}
try { go({ a: 1 }) } catch (e) { globalThis.stack = e.stack }
try { [1].map(() => { null.x }) } catch (e) { globalThis.stack2 = e.stack }
export default {}
-- lib/room.ts --
type Unused = string
/* 😀 */ export class Room<T> {
  constructor(readonly name: string) {}
  join(who: T): never { const e = new TypeError(` + "`no ${this.name}`" + `); throw e }
}
`

func TestRewriteStack(t *testing.T) {
	tree(t, room)
	b, err := Build("app.ts", Options{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, text, want string }{
		{
			name: "a stack of the engine",
			text: "TypeError: no é😀\n    at join (app.js:14:28)\n    at go (app.js:21:3)\n    at <anonymous> (app.js:25:5)\n",
			want: "TypeError: no é😀\n    at join (lib/room.ts:4:39)\n    at go (app.ts:5:3)\n    at <anonymous> (app.ts:7:7)\n",
		},
		{
			name: "native frames stay",
			text: "    at <anonymous> (app.js:30:10)\n    at map (native)\n",
			want: "    at <anonymous> (app.ts:8:11)\n    at map (native)\n",
		},
		{"without a column", "    at go (app.js:21)", "    at go (app.ts:5)"},
		{"without parentheses, as syntax errors have it", "    at app.js:21:3", "    at app.ts:5:3"},
		{"left of a line's first segment", "app.js:21:1", "app.ts:5:3"},
		{"the bundler's own code", "    at __name (app.js:2:33)", "    at __name (app.js:2:33)"},
		{"beyond the end", "app.js:999:1", "app.js:999:1"},
		{"no such line", "app.js:0:1", "app.js:0:1"},
		{"another file that ends alike", "myapp.js:21:3 ./app.js:21:3 -app.js:21:3 éapp.js:21:3", "myapp.js:21:3 ./app.js:21:3 -app.js:21:3 éapp.js:21:3"},
		{"no position", "app.js: app.js:x app.js", "app.js: app.js:x app.js"},
		{"a number too big", "app.js:12345678901:1", "app.js:12345678901:1"},
		{"a column too big is none", "(app.js:21:12345678901)", "(app.ts:5:12345678901)"},
		{"several on one line", "app.js:21:3,app.js:21:3", "app.ts:5:3,app.ts:5:3"},
		{"nothing to do", "Error: out of memory", "Error: out of memory"},
		{"nothing", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := b.Map.RewriteStack(test.text); got != test.want {
				t.Errorf("RewriteStack(%q)\n = %q\nwant %q", test.text, got, test.want)
			}
		})
	}
}

func TestRewriteStackIsCheapWithoutMatch(t *testing.T) {
	m := &SourceMap{name: "app.js"}
	text := strings.Repeat("    at map (native)\n", 100)
	if n := testing.AllocsPerRun(10, func() { m.RewriteStack(text) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestNilSourceMap(t *testing.T) {
	var m *SourceMap
	if got := m.RewriteStack("app.js:1:1"); got != "app.js:1:1" {
		t.Errorf("RewriteStack = %q, want the text as it was", got)
	}
	if _, _, _, ok := m.Lookup(1, 1); ok {
		t.Error("Lookup found something")
	}
}

func FuzzRewriteStack(f *testing.F) {
	m, err := parseSourceMap("app.js", []byte(`{"version": 3, "sources": ["a.ts", "b/c.ts"], "mappings": "AAAA,IAAI;CCAA;A;;EDCA"}`))
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{"", "app.js:1:1", "    at f (app.js:2:7)\n    at g (app.js:5)", "app.js:99999999999:1", "app.js:1:", "xapp.js:1:1app.js:1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := m.RewriteStack(text)
		if !strings.Contains(text, "app.js:") && got != text {
			t.Errorf("RewriteStack(%q) = %q without a position in it", text, got)
		}
		// Whatever surrounds a position, it is replaced and its surroundings
		// are rewritten as if it were not there.
		around := m.RewriteStack(text+"\n(app.js:1:5)") + m.RewriteStack(fmt.Sprintf("\n%s", text))
		if want := got + "\n(a.ts:1:5)\n" + got; around != want {
			t.Errorf("rewritten %q, want %q", around, want)
		}
	})
}
