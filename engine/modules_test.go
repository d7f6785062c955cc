package engine

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"rowan/engine/value"
)

// installJS is a group whose export install keeps what the bundle exports.
const installJS = `(function (host) {
	globalThis.host = host;
	return { install(ns) { globalThis.installed = ns === undefined ? "a script" : ns } };
})`

// appSpec is the spec of a bundle that is installed.
func appSpec(t testing.TB, source string, module bool, hosts ...Host) Spec {
	t.Helper()
	group, err := Compile(installJS, "rowan:group", false)
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := Compile(source, "app.js", module)
	if err != nil {
		t.Fatal(err)
	}
	return Spec{
		Name: "app", Bundle: bundle, Install: "group.install",
		Groups:   []Group{{Name: "group", Program: group, Hosts: hosts}},
		Uncaught: func(_ *Turn, err error) { t.Errorf("uncaught: %v", err) },
	}
}

func openApp(t testing.TB, th *Thread, spec Spec) *Window {
	t.Helper()
	if raceEnabled {
		spec.Limits.Turn = 20 * defaultTurn
	}
	_, w, err := NewTemplate(th, spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func TestModules(t *testing.T) {
	for _, tt := range []struct {
		name, source string
		script       bool
		check        string // true in each fork
		impure       string
	}{
		{"default and named exports", "export default { open: () => ++n }; let n = 0; export { n }; export const k = 'named'", false,
			"installed.default.open() === 1 && installed.n === 1 && installed.k === 'named' && Object.isSealed(installed)", ""},
		{"no exports", "globalThis.ran = 1", false, "ran === 1 && Object.keys(installed).length === 0", ""},
		{"script", "var ran = 1; let also = 2", true, "installed === 'a script' && ran === 1 && also === 2", ""},
		{"strict mode", "export default (function () { return this === undefined })()", false, "installed.default", ""},
		{"import.meta", "export default import.meta.url === undefined || typeof import.meta.url", false, "installed.default !== undefined", ""},
		{"await that settles at once", "export default await (async () => { await null; return [await 5, await Promise.all([1, 2])] })()", false,
			"JSON.stringify(installed.default) === '[5,[1,2]]'", ""},
		{"await that waits for later", "let go; const p = new Promise((r) => { go = r }); globalThis.go = () => go(7); export default await p", false,
			"(globalThis.installed ?? go()), true", "await at the top level"},
		{"class fields and private state", "export default class { static #n = 5; static get n() { return this.#n++ } }", false, "installed.default.n === 5 && installed.default.n === 6", ""},
		{"sources with odd characters", "export default '\u00e9\u20ac\U0001F600\\u2028'", false, "installed.default.length === 5", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			th := testThread(t)
			w := openApp(t, th, appSpec(t, tt.source, !tt.script))
			if w.tpl.Impure() != tt.impure {
				t.Errorf("impure %q, want %q", w.tpl.Impure(), tt.impure)
			}
			for range 2 {
				if got := eval(t, th, w.Fork(nil), tt.check); got != true {
					t.Errorf("%s = %v", tt.check, got)
				}
			}
		})
	}
}

// A bundle that waits is installed in the turn in which it settles.
func TestModuleInstalledLater(t *testing.T) {
	th := testThread(t)
	w := openApp(t, th, appSpec(t, "globalThis.early = 1; let go; const p = new Promise((r) => { go = r }); globalThis.go = go; export default await p", true))
	c, other := w.Fork(nil), w.Fork(nil)
	if got := eval(t, th, c, "early + ':' + typeof installed"); got != "1:undefined" {
		t.Errorf("before: %v", got)
	}
	eval(t, th, other, "1")
	eval(t, th, c, "go(7)")
	if got := eval(t, th, c, "installed.default"); got != 7 {
		t.Errorf("after: %v", got)
	}
	if got := eval(t, th, other, "typeof installed"); got != "undefined" {
		t.Errorf("another fork: %v", got)
	}
}

func TestBundleErrors(t *testing.T) {
	for _, tt := range []struct {
		name, source string
		module       bool
		want, stack  string
	}{
		{"syntax", "let a = 1;\n  let b = ;", true, "SyntaxError: unexpected token in expression: ';'", "app.js:2:11"},
		{"syntax in a script", "function (", false, "SyntaxError: function name expected", "app.js:1:10"},
		{"throws", "\n\nfunction f() { throw new TypeError('top') }\nf()", true, "TypeError: top", "app.js:3:35"},
		{"script throws", "var x = 1;\nnull.x", false, "TypeError: cannot read property 'x' of null", "app.js:2:5"},
		{"rejects", "await null;\nthrow new RangeError('late')", true, "RangeError: late", "app.js:2:21"},
		{"throws no error", "throw { code: 5 }", true, "Uncaught: {code: 5}", ""},
		{"not exported", "export { nothing }", true, "SyntaxError: exported variable 'nothing' does not exist", ""},
		{"frame too large", "(function (" + strings.TrimSuffix(strings.Repeat("a,", 5000), ",") + ") {})", false, "app.js: a function has", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			th := testThread(t)
			p, err := Compile(tt.source, "app.js", tt.module)
			if err == nil {
				var w *Window
				if _, w, err = NewTemplate(th, Spec{Name: "app", Bundle: p}); err == nil {
					w.Close()
				}
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("%v, want %s", err, tt.want)
			}
			var js *value.Error
			if errors.As(err, &js) && tt.stack != "" {
				first, _, _ := strings.Cut(js.Stack, "\n")
				if !strings.Contains(first, tt.stack) {
					t.Errorf("stack %q, want %s in its first line", js.Stack, tt.stack)
				}
			}
		})
	}
	if windowsOpen() != 0 {
		t.Errorf("%d windows left open", windowsOpen())
	}
}

func windowsOpen() (n int) {
	for i := range windows {
		if windows[i].Load() != nil {
			n++
		}
	}
	return n
}

// TestDebugInformation: line tables and sources lie outside the window, and stacks and toString have them all the same, in
// each window, fork and program.
func TestDebugInformation(t *testing.T) {
	th := testThread(t)
	mapped := 0
	app := "export default { // an unmistakable comment\n  fail() {\n    throw new Error('app')\n  },\n}\nglobalThis.drop = function drop() { return new Error().stack }"
	spec := appSpec(t, app, true)
	group, err := Compile("(function () {\n\n\n  return { fail() { throw new Error('group') /* another unmistakable comment */ }, \n more() {} } })", "rowan:second", false)
	if err != nil {
		t.Fatal(err)
	}
	spec.Groups = append(spec.Groups, Group{Name: "second", Program: group})
	spec.MapStack = func(stack string) string {
		mapped++
		return strings.ReplaceAll(stack, "app.js", "src/app.ts")
	}
	w := openApp(t, th, spec)
	w2, err := w.tpl.Open(th)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []*Window{w, w2} {
		if bytes.Contains(w.image.image, []byte("unmistakable comment")) {
			t.Error("the image contains the source")
		}
		for range 2 {
			c := w.Fork(nil)
			stackOf := func(f func(tn *Turn) error) string {
				t.Helper()
				err := th.Run(c, f)
				var js *value.Error
				if !errors.As(err, &js) {
					t.Fatalf("%v", err)
				}
				return js.Stack
			}
			appStack := stackOf(func(tn *Turn) error { _, err := tn.Eval("installed.default.fail()", "call.js"); return err })
			if !regexp.MustCompile(`^    at fail \(src/app\.ts:3:\d+\)\n    at <eval> \(call\.js:1:\d+\)`).MatchString(appStack) {
				t.Errorf("app: %q", appStack)
			}
			groupStack := stackOf(func(tn *Turn) error {
				f, _ := w.tpl.Func("second.fail")
				_, err := tn.Call(f)
				return err
			})
			if !regexp.MustCompile(`^    at fail \(rowan:second:4:\d+\)`).MatchString(groupStack) {
				t.Errorf("group: %q", groupStack)
			}
			if got := eval(t, th, c, "String(installed.default.fail)"); got != "fail() {\n    throw new Error('app')\n  }" {
				t.Errorf("toString: %q", got)
			}
			// A context may free what has its code outside.
			if got := eval(t, th, c, "const s = drop(); delete globalThis.drop; globalThis.installed = 0; s"); !strings.Contains(got.(string), "drop (app.js:6:") {
				t.Errorf("drop: %v", got)
			}
			eval(t, th, c, "for (let i = 0; i < 1e4; i++) ({}).self = {}; 1")
		}
	}
	if mapped == 0 {
		t.Error("MapStack was not called")
	}
	w2.Close()
	w.Close()
	if len(w.tpl.code.chunks) != 0 {
		t.Error("code is kept after the last window")
	}
}

// TestLoad evaluates programs in a context.
func TestLoad(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, counterJS, Spec{})
	c := w.Fork(nil)
	load := func(source string, module bool) (v any, err error) {
		p, err := Compile(source, "loaded.js", module)
		if err != nil {
			t.Fatal(err)
		}
		err = th.Run(c, func(tn *Turn) error { v, err = tn.Load(p); return err })
		return v, err
	}
	if v, err := load("inc(); inc() * 10", false); v != 20 || err != nil {
		t.Errorf("script: %v, %v", v, err)
	}
	v, err := load("export const a = 1; export default 'd'", true)
	if o, ok := v.(value.Object); !ok || err != nil || len(o) != 2 {
		t.Errorf("module: %v, %v", v, err)
	}
	_, err = load("\n  nowhere()", false)
	var js *value.Error
	if !errors.As(err, &js) || js.Name != "ReferenceError" || !strings.Contains(js.Stack, "loaded.js:2:3") {
		t.Errorf("error: %#v", err)
	}
	if got := eval(t, th, c, "count"); got != 2 {
		t.Errorf("count = %v", got)
	}
}
