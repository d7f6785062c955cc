package events

import (
	"runtime"
	"testing"

	"rowan/engine"
	"rowan/jsapi"
	"rowan/jsapi/async"
	"rowan/jsapi/navigator"
	"rowan/jsapi/performance"
)

func TestFirstFrame(t *testing.T) {
	tests := []struct {
		stack        string
		file         string
		line, column int
	}{
		{"    at f (app.ts:12:3)\n    at g (app.ts:1:1)\n", "app.ts", 12, 3},
		{"    at app.ts:12:3\n", "app.ts", 12, 3},
		{"    at <eval> (C:\\a b\\app.ts:1:2)", "C:\\a b\\app.ts", 1, 2},
		{"    at construct (native)\n    at DOMException (rowan:events:8:1)\n    at <anonymous> (app.ts:4:5)\n", "app.ts", 4, 5},
		{"    at map (native)\n", "", 0, 0},
		{"text: 1", "", 0, 0},
		{"", "", 0, 0},
	}
	for _, test := range tests {
		file, line, column := firstFrame(test.stack)
		if file != test.file || line != test.line || column != test.column {
			t.Errorf("%q: got %q %d %d", test.stack, file, line, column)
		}
	}
}

// TestImage: what a bundle does at its top level lies in the image, unless it asks for the time.
func TestImage(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	tests := []struct{ bundle, impure string }{
		{`new EventTarget().addEventListener("x", () => {}); onerror = () => {}; new Event("x"); performance; navigator`, ""},
		{`const c = new AbortController(); AbortSignal.any([c.signal]).onabort = () => {}; c.abort()`, ""},
		{`AbortSignal.timeout(1000)`, ""},
		{`const { now } = performance; new PerformanceObserver(() => {}).observe({ type: "mark" })`, ""},
		{`performance.now()`, "now()"},
		{`performance.mark("m")`, "now()"},
		{`reportError(1)`, "report()"},
	}
	a := async.New(nil) // no operation begins
	hosts := map[string][]engine.Host{
		"internal":    a.Hosts(),
		"events":      Hosts(nil),
		"clone":       {},
		"performance": performance.Hosts(a),
		"navigator":   navigator.Hosts("test"),
	}
	for _, test := range tests {
		groups, err := jsapi.Groups(func(name string) bool { return hosts[name] != nil }, "", hosts)
		if err != nil {
			t.Fatal(err)
		}
		bundle, err := engine.Compile(test.bundle, "bundle.js", false)
		if err != nil {
			t.Fatal(err)
		}
		th := engine.NewThread()
		tpl, w, err := engine.NewTemplate(th, engine.Spec{Name: "test", Groups: groups, Bundle: bundle})
		if err != nil {
			t.Errorf("%s: %v", test.bundle, err)
		} else {
			if got := tpl.Impure(); got != test.impure {
				t.Errorf("%s: impure by %q, want %q", test.bundle, got, test.impure)
			}
			w.Close()
		}
		th.Close()
	}
}
