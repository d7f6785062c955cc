package conformance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// api is a row of docs/apis.md.
type api struct {
	names string
	spec  string // its name and address, as a link
	group string
	areas []string // of web-platform-tests
	note  string   // what is left out on purpose
}

var apis = []api{
	{"Event, EventTarget, CustomEvent, AbortController, AbortSignal, DOMException, reportError", "[DOM](https://dom.spec.whatwg.org)", "events", []string{"dom/events", "dom/abort", "webidl", "html/webappapis/scripting"}, "a server has no tree: events go to their target alone"},
	{"console", "[Console](https://console.spec.whatwg.org)", "console", []string{"console"}, ""},
	{"setTimeout, setInterval, setImmediate, queueMicrotask", "[HTML](https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html)", "timers", []string{"html/webappapis/timers", "html/webappapis/microtask-queuing"}, ""},
	{"performance, PerformanceObserver", "[High Resolution Time](https://w3c.github.io/hr-time), [Performance Timeline](https://w3c.github.io/performance-timeline), [User Timing](https://w3c.github.io/user-timing)", "performance", []string{"hr-time", "performance-timeline", "user-timing"}, "no navigation or resource entries"},
	{"navigator", "[HTML](https://html.spec.whatwg.org/multipage/system-state.html)", "navigator", nil, "userAgent, hardwareConcurrency, language, languages"},
	{"TextEncoder, TextDecoder and their streams, atob, btoa", "[Encoding](https://encoding.spec.whatwg.org)", "encoding", []string{"encoding", "html/webappapis/atob"}, ""},
	{"structuredClone", "[HTML](https://html.spec.whatwg.org/multipage/structured-data.html)", "encoding", []string{"html/webappapis/structured-clone"}, ""},
	{"URL, URLSearchParams", "[URL](https://url.spec.whatwg.org)", "url", []string{"url"}, ""},
	{"URLPattern", "[URL Pattern](https://urlpattern.spec.whatwg.org)", "url", []string{"urlpattern"}, ""},
	{"ReadableStream, WritableStream, TransformStream and what belongs to them", "[Streams](https://streams.spec.whatwg.org)", "streams", []string{"streams"}, ""},
	{"CompressionStream, DecompressionStream", "[Compression](https://compression.spec.whatwg.org)", "compression", []string{"compression"}, ""},
	{"Blob, File", "[File API](https://w3c.github.io/FileAPI)", "blob", []string{"FileAPI", "mimesniff"}, ""},
	{"FormData", "[XMLHttpRequest](https://xhr.spec.whatwg.org/#interface-formdata)", "blob", []string{"xhr/formdata"}, "no forms to make it from"},
	{"fetch, Request, Response, Headers", "[Fetch](https://fetch.spec.whatwg.org)", "fetch", []string{"fetch/api", "fetch/content-encoding", "fetch/content-type", "fetch/data-urls"}, "no CORS, no cookies kept, no HTTP cache: a server has no origin"},
	{"EventSource", "[HTML](https://html.spec.whatwg.org/multipage/server-sent-events.html)", "eventsource", []string{"eventsource"}, ""},
	{"WebSocket", "[WebSockets](https://websockets.spec.whatwg.org)", "websocket", []string{"websockets"}, ""},
	{"crypto, SubtleCrypto, CryptoKey", "[Web Cryptography](https://w3c.github.io/webcrypto)", "crypto", []string{"WebCryptoAPI"}, ""},
	{"localStorage, sessionStorage", "[HTML](https://html.spec.whatwg.org/multipage/webstorage.html)", "storage", []string{"webstorage"}, "localStorage lies in the app's database; no storage events between documents"},
	{"navigator.locks", "[Web Locks](https://w3c.github.io/web-locks)", "locks", []string{"web-locks"}, "held across the contexts of one process"},
	{"BroadcastChannel, MessageChannel, MessagePort", "[HTML](https://html.spec.whatwg.org/multipage/web-messaging.html)", "channel", []string{"webmessaging"}, ""},
	{"Worker", "[HTML](https://html.spec.whatwg.org/multipage/workers.html)", "worker", nil, "dedicated workers from a file or a data: URL"},
	{"Intl", "[ECMA-402](https://tc39.es/ecma402)", "intl", nil, "see the group's package documentation"},
	{"Buffer", "[Node](https://nodejs.org/api/buffer.html)", "buffer", nil, ""},
	{"node: modules", "[Node](https://nodejs.org/api)", "node", nil, "off by default; see the group's package documentation"},
}

// Page is docs/apis.md: what there is, by which specification, with which result.
func Page(counts map[string]Count, known *Known) string {
	reasons := map[string]map[string]int{} // by area: how many lines
	for line, reason := range known.reasons {
		file, _, _ := strings.Cut(line, separator)
		if reasons[area(file)] == nil {
			reasons[area(file)] = map[string]int{}
		}
		reasons[area(file)][reason]++
	}
	var b strings.Builder
	b.WriteString(`# The API groups

What scripts find, by which specification, and how many of the subtests of web-platform-tests pass. The figures and the known differences come from
a run of the tests (see [conformance](../conformance/README.md)); every failing subtest stands in a list there, with its reason.

| API | Specification | Group | Passed | Known differences |
|---|---|---|--:|---|
`)
	var all Count
	counted := map[string]bool{}
	for _, a := range apis {
		var c Count
		n := map[string]int{}
		for _, name := range a.areas {
			if !counted[name] {
				all.Passed, all.Total = all.Passed+counts[name].Passed, all.Total+counts[name].Total
				counted[name] = true
			}
			c.Passed, c.Total = c.Passed+counts[name].Passed, c.Total+counts[name].Total
			for reason, lines := range reasons[name] {
				n[reason] += lines
			}
		}
		figure := "–"
		if c.Total > 0 {
			figure = fmt.Sprintf("%d of %d", c.Passed, c.Total)
		}
		fmt.Fprintf(&b, "| %s | %s | `%s` | %s | %s |\n", a.names, a.spec, a.group, figure, differences(a.note, n))
	}
	fmt.Fprintf(&b, "\nTogether %d of %d subtests pass.\n", all.Passed, all.Total)
	return b.String()
}

// differences lists the reasons, the most frequent first.
func differences(note string, n map[string]int) string {
	type entry struct {
		reason string
		lines  int
	}
	var list []entry
	for reason, lines := range n {
		list = append(list, entry{reason, lines})
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.lines, a.lines), strings.Compare(a.reason, b.reason))
	})
	var parts []string
	if note != "" {
		parts = append(parts, note)
	}
	for _, e := range list {
		parts = append(parts, strings.ReplaceAll(e.reason, "|", "\\|"))
	}
	return strings.Join(parts, "; ")
}
