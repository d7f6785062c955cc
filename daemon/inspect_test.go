package daemon_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"rowan/daemon/inspect"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// inspectable has a session for whom globals can be told apart, an actor, a worker and a request that lasts.
const inspectable = `
-- app.ts --
globalThis.seen = [];
let greeting = "hi";
const fixed = { a: 1 };
export default {
	actors: { room: "room.ts" },
	fetch(request, server) {
		const path = new URL(request.url).pathname;
		if (path === "/ws") return server.upgrade(request) ? undefined : new Response("no", { status: 400 });
		return new Promise((done) => setTimeout(() => done(new Response("late")), 20_000));
	},
	websocket: {
		open(ws) { ws.subscribe("news"); Rowan.subscribe("weather", () => {}); ws.send("open"); },
		async message(ws, text) {
			seen.push(text);
			if (text === "actor") await Rowan.actor("room", "lobby").hello();
			if (text === "log") console.log("said by", ws.id);
			if (text === "big") globalThis.big = Array.from({ length: 2_000 }, (_, i) => i + 0.5);
			if (text === "huge") globalThis.huge = Array.from({ length: 100_000 }, (_, i) => i);
			if (text === "fail") console.error("it fails");
			if (text === "timer") setInterval(() => {}, 50_000);
			ws.send(text === "greet" ? greeting + fixed.a : text);
		},
	},
};
-- room.ts --
export function hello() { return "hello"; }
-- rowan.toml --
[session]
turn = "1s" # the race detector takes its time
`

// inspection is a server with its inspector's API.
type inspection struct {
	*daemontest.Server
	t   *testing.T
	url string
}

func newInspection(t *testing.T, app string, options ...daemontest.Option) *inspection {
	s := daemontest.Serve(t, app, options...)
	mux := http.NewServeMux()
	s.Inspector().Routes(func(pattern string, h http.HandlerFunc) { mux.HandleFunc(pattern, h) })
	h := httptest.NewServer(mux)
	t.Cleanup(h.Close)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return &inspection{Server: s, t: t, url: h.URL}
}

// do asks the API; another status than 200 is returned with the text.
func (i *inspection) do(method, path, body string, v any) (status int, text string) {
	i.t.Helper()
	r, err := http.NewRequest(method, i.url+path, strings.NewReader(body))
	if err != nil {
		i.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		i.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		i.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		return res.StatusCode, string(b)
	}
	if err := json.Unmarshal(b, v); err != nil {
		i.t.Fatalf("%s: %v in %s", path, err, b)
	}
	return 200, ""
}

func (i *inspection) get(path string, v any) {
	i.t.Helper()
	if status, text := i.do("GET", path, "", v); status != 200 {
		i.t.Fatalf("%s: status %d: %s", path, status, text)
	}
}

// contexts lists contexts.
func (i *inspection) contexts(query string) (l inspect.ContextList) {
	i.t.Helper()
	i.get("/api/contexts?"+query, &l)
	return l
}

// open is a session, and its context's number.
func (i *inspection) open() (*wstest.Client, string) {
	i.t.Helper()
	c := i.DialPath("/ws")
	c.Expect("open")
	return c, strconv.FormatUint(i.contexts("kind=session&sort=newest&limit=1").Rows[0].ID, 10)
}

func (i *inspection) eval(id, code string) (e inspect.Evaluated) {
	i.t.Helper()
	if status, text := i.do("POST", "/api/contexts/"+id+"/eval", code, &e); status != 200 {
		i.t.Fatalf("eval %s: status %d: %s", code, status, text)
	}
	return e
}

func TestInspectContexts(t *testing.T) {
	i := newInspection(t, inspectable)
	a, first := i.open()
	b, second := i.open()
	for range 3 {
		b.Send("hello")
		b.Expect("hello")
	}
	a.Send("big")
	a.Expect("big")
	b.Send("actor")
	b.Expect("actor")

	if l := i.contexts("kind=session&sort=memory"); l.Total != 3 || l.Matching != 2 || len(l.Rows) != 2 || strconv.FormatUint(l.Rows[0].ID, 10) != first {
		t.Errorf("by memory: %+v, want %s first", l, first)
	}
	b.Send("huge") // and it stays resident: nobody else has a turn
	b.Expect("huge")
	if l := i.contexts("kind=session&sort=memory"); strconv.FormatUint(l.Rows[0].ID, 10) != second || l.Rows[0].Memory < 100_000*8 {
		t.Errorf("by memory, one resident: %+v, want %s first", l, second)
	}
	if l := i.contexts("kind=session&sort=turns"); strconv.FormatUint(l.Rows[0].ID, 10) != second || l.Rows[0].Turns < 5 {
		t.Errorf("by turns: %+v, want %s first", l, second)
	}
	if l := i.contexts("search=LOBBY"); l.Matching != 1 || l.Rows[0].Kind != "actor room" || l.Rows[0].Name != "lobby" {
		t.Errorf("search: %+v", l)
	}
	if l := i.contexts("sort=id&offset=1&limit=1"); len(l.Rows) != 1 || strconv.FormatUint(l.Rows[0].ID, 10) != second {
		t.Errorf("second page: %+v", l)
	}
	i.contexts("sort=busy")
	if status, text := i.do("GET", "/api/contexts?sort=beauty", "", nil); status != 400 || !strings.Contains(text, "beauty") {
		t.Errorf("sort by beauty: %d %s", status, text)
	}

	late := make(chan struct{})
	go func() {
		defer close(late)
		if res, err := http.Get(i.URL() + "late"); err == nil {
			res.Body.Close()
		}
	}()
	var request inspect.ContextList
	for deadline := time.Now().Add(wstest.Patience); len(request.Rows) == 0 && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		request = i.contexts("kind=request")
	}
	if len(request.Rows) != 1 || request.Rows[0].Name != "GET /late" {
		t.Fatalf("requests: %+v", request)
	}
	var done struct{}
	if status, text := i.do("POST", "/api/contexts/"+strconv.FormatUint(request.Rows[0].ID, 10)+"/stop", "", &done); status != 200 {
		t.Errorf("stop a request: %d %s", status, text)
	}
	i.WaitContexts(3)
	<-late
}

func TestInspectOpened(t *testing.T) {
	i := newInspection(t, inspectable)
	c, id := i.open()
	c.Send("timer")
	c.Expect("timer")
	var o inspect.Opened
	i.get("/api/contexts/"+id, &o)
	if o.Kind != "session" || o.Kept != 1 || len(o.Timers) != 1 || o.Timers[0] < 10_000 || o.MemoryLimit != 32<<20 || len(o.APIs) < 10 {
		t.Errorf("%+v", o)
	}
	if len(o.Subscriptions) != 2 || o.Subscriptions[0].Name != "weather" || o.Subscriptions[1].Name != "news" {
		t.Errorf("subscriptions: %+v", o.Subscriptions)
	}
	for _, f := range o.Facts {
		if f.Name == "URL" && !strings.HasSuffix(f.Text, "/ws") {
			t.Errorf("URL %s", f.Text)
		}
	}
	if status, _ := i.do("GET", "/api/contexts/9999999", "", nil); status != 404 {
		t.Errorf("a context that is not there: status %d", status)
	}
	if status, _ := i.do("GET", "/api/contexts/x", "", nil); status != 400 {
		t.Errorf("no number: status %d", status)
	}
}

func TestInspectEvaluate(t *testing.T) {
	i := newInspection(t, inspectable)
	c, id := i.open()
	_, other := i.open()
	c.Send("hello")
	c.Expect("hello")
	for _, test := range []struct{ code, want string }{
		{"1 + 1", "2"},
		{"seen", "[ 'hello' ]"},
		{"'a string'", "'a string'"},
		{"({ a: { b: [1, 2] } })", "{ a: { b: [ 1, 2 ] } }"},
		{"let kept = 7; const double = (x) => 2 * x", "undefined"},
		{"double(kept)", "14"},
		{"await new Promise((f) => setTimeout(f, 5, 'later'))", "'later'"},
		{"new Promise(() => {})", "Promise { <pending> }"},
		{"", "undefined"},
		{"greeting", "'hi'"},
		{"greeting = greeting.toUpperCase(); fixed.a++", "1"},
		{"const shown = () => [greeting, fixed]; shown()", "[ 'HI', { a: 2 } ]"},
		{"Object.keys(globalThis).includes('greeting')", "false"},
		{"let greeting = 'typed'; greeting + this", "'typed[object global]'"},
	} {
		if e := i.eval(id, test.code); e.Text != test.want || e.Error != "" {
			t.Errorf("%s: %+v, want %s", test.code, e, test.want)
		}
	}
	if e := i.eval(other, "seen"); e.Text != "[]" {
		t.Errorf("another session's: %+v", e)
	}
	for _, test := range []struct{ code, want string }{
		{"nowhere", "ReferenceError: 'nowhere' is not defined"},
		{"await Promise.reject(new TypeError('no'))", "TypeError: no"},
		{"1 +", "SyntaxError"},
		{"for (;;);", "longer than its budget"},
	} {
		if e := i.eval(id, test.code); !strings.Contains(e.Error, test.want) || e.Text != "" {
			t.Errorf("%s: %+v, want %s", test.code, e, test.want)
		}
	}
	c.Send("greet")
	c.Expect("HI2")
}

// TestInspectEvaluateBare: a context without any API group has a prompt too.
func TestInspectEvaluateBare(t *testing.T) {
	i := newInspection(t, `
-- app.ts --
let count = 0;
export default { websocket: { message(ws) { ws.send(String(++count)); } } };
-- rowan.toml --
[session]
apis = "none"
`)
	c := i.Dial()
	c.Send("")
	c.Expect("1")
	id := strconv.FormatUint(i.contexts("").Rows[0].ID, 10)
	if e := i.eval(id, "[count, typeof console, typeof Rowan]"); e.Text != "[ 1, 'undefined', 'undefined' ]" {
		t.Errorf("%+v", e)
	}
}

func TestInspectLog(t *testing.T) {
	i := newInspection(t, inspectable)
	a, first := i.open()
	b, _ := i.open()
	res, err := http.Get(i.url + "/api/log?follow=1&context=" + first)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for _, c := range []*wstest.Client{b, a} {
		c.Send("log")
		c.Expect("log")
	}
	var line inspect.Line
	if err := json.NewDecoder(res.Body).Decode(&line); err != nil {
		t.Fatal(err)
	}
	if line.Text != "said by session#"+first || line.Level != "info" || line.Place != "app.ts:16:32" {
		t.Errorf("%+v", line)
	}
	var log inspect.Log
	i.get("/api/log?context="+first, &log)
	if len(log.Lines) != 1 || log.Lines[0].Seq != line.Seq {
		t.Errorf("%+v", log)
	}
	i.get("/api/log?after="+strconv.FormatUint(log.Last, 10), &log)
	if len(log.Lines) != 0 {
		t.Errorf("after the last: %+v", log)
	}
}

func TestInspectStopAndRestart(t *testing.T) {
	i := newInspection(t, inspectable)
	a, first := i.open()
	b, second := i.open()
	a.Send("actor")
	a.Expect("actor")
	var done struct{}
	i.do("POST", "/api/contexts/"+first+"/stop", "", &done)
	a.ExpectClose(1001)
	i.do("POST", "/api/contexts/"+second+"/restart", "", &done)
	b.ExpectClose(1012)

	var l inspect.ActorList
	i.get("/api/actors", &l)
	if len(l.Rows) != 1 || l.Rows[0].State != "idle" || l.Rows[0].ID != "lobby" {
		t.Fatalf("actors: %+v", l)
	}
	before := l.Rows[0].Context
	i.do("POST", "/api/contexts/"+strconv.FormatUint(before, 10)+"/restart", "", &done)
	for deadline := time.Now().Add(wstest.Patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if i.get("/api/actors", &l); len(l.Rows) == 1 && l.Rows[0].Context != before && l.Rows[0].State == "idle" {
			break
		}
	}
	if len(l.Rows) != 1 || l.Rows[0].Context == before {
		t.Fatalf("after a restart: %+v", l)
	}
	i.do("POST", "/api/contexts/"+strconv.FormatUint(l.Rows[0].Context, 10)+"/stop", "", &done)
	i.WaitContexts(0)
	if l := i.contexts(""); l.Total != 0 {
		t.Errorf("after the end of all: %+v", l)
	}
}

func TestInspectOverview(t *testing.T) {
	i := newInspection(t, inspectable)
	c, _ := i.open()
	c.Send("hello")
	c.Expect("hello")
	c.Send("fail")
	c.Expect("fail")
	i.WaitLog("it fails")
	var samples []inspect.Sample
	for deadline := time.Now().Add(wstest.Patience); len(samples) == 0 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		i.get("/api/samples", &samples)
	}
	var o inspect.Overview
	i.get("/api/overview", &o)
	if o.Totals.Sessions != 1 || o.Totals.Topics != 2 || o.Totals.MessagesIn != 2 || o.Totals.Errors != 1 || o.NotReady != "" || len(o.Workers) != 2 || o.Now.Contexts != 1 {
		t.Errorf("%+v", o)
	}
	var kinds []inspect.KindRow
	i.get("/api/kinds", &kinds)
	if len(kinds) == 0 || kinds[0].Contexts != 1 || kinds[0].Turns == 0 || kinds[0].Images == 0 {
		t.Errorf("%+v", kinds)
	}
	var l inspect.TopicList
	i.get("/api/topics?search=ne", &l)
	if l.Total != 2 || len(l.Rows) != 1 || l.Rows[0] != (inspect.Topic{Space: "topics", Name: "news", Subscribers: 1}) {
		t.Errorf("%+v", l)
	}
}

// TestInspectChannels gives a socket of channels a fresh context: its client joins anew.
func TestInspectChannels(t *testing.T) {
	i := newInspection(t, `
-- app.ts --
let joins = 0;
export default { channels: { "room:*": { join() { return { joins: ++joins }; } } } };
`)
	c := i.DialPath("/socket/websocket?vsn=2.0.0")
	c.Send(`["1","1","room:a","phx_join",{}]`)
	c.Expect(`["1","1","room:a","phx_reply",{"response":{"joins":1},"status":"ok"}]`)
	l := i.contexts("kind=channels")
	if len(l.Rows) != 1 {
		t.Fatalf("%+v", l)
	}
	id := strconv.FormatUint(l.Rows[0].ID, 10)
	var o inspect.Opened
	i.get("/api/contexts/"+id, &o)
	if len(o.Subscriptions) != 1 || o.Subscriptions[0] != (inspect.Subscription{Space: "broadcasts", Name: "room:a"}) {
		t.Errorf("%+v", o.Subscriptions)
	}
	if e := i.eval(id, "joins"); e.Text != "1" {
		t.Errorf("%+v", e)
	}
	var done struct{}
	i.do("POST", "/api/contexts/"+id+"/restart", "", &done)
	c.Expect(`["1","1","room:a","phx_error",{"reason":"channel_crash"}]`)
	c.Send(`["2","2","room:a","phx_join",{}]`)
	c.Expect(`["2","2","room:a","phx_reply",{"response":{"joins":1},"status":"ok"}]`)
	l = i.contexts("kind=channels")
	i.do("POST", "/api/contexts/"+strconv.FormatUint(l.Rows[0].ID, 10)+"/stop", "", &done)
	c.ExpectClose(1001)
}

// TestInspectLive follows a context and its log over a WebSocket, as the page does.
func TestInspectLive(t *testing.T) {
	i := newInspection(t, inspectable)
	c, id := i.open()
	live := wstest.Dial(t, i.url+"/live")
	live.Send(`{"watch": {"it": "/api/contexts/` + id + `", "no": "/api/nothing"}, "log": {"context": ` + id + `, "after": 0}}`)
	next := func(name string) (m struct {
		Name, Error string
		Turn        int
		Data        struct {
			Turns uint32
			Lines []inspect.Line
		}
	}) {
		t.Helper()
		for m.Name != name {
			m.Error, m.Data.Lines = "", nil
			text := live.Next()
			if err := json.Unmarshal([]byte(text), &m); err != nil {
				t.Fatal(err, text)
			}
		}
		return m
	}
	before := next("it").Data.Turns
	live.Send(`{"turn": 7, "watch": {"again": "/api/nothing"}}`)
	if m := next("again"); m.Turn != 7 || m.Error != "there is no /api/nothing" {
		t.Errorf("%+v", m)
	}
	live.Send(`{"turn": 8, "watch": {"it": "/api/contexts/` + id + `"}, "log": {"context": ` + id + `, "after": 0}}`)
	c.Send("log")
	c.Expect("log")
	if m := next("log"); m.Turn != 8 || len(m.Data.Lines) != 1 || m.Data.Lines[0].Text != "said by session#"+id {
		t.Errorf("%+v", m)
	}
	for next("it").Data.Turns <= before { // within a second or two
	}
	live.Send("nonsense")
	live.ExpectClose(1008)
}
