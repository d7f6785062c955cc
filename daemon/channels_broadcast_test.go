package daemon_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// casting is an app whose channels broadcast from everywhere, and look at some broadcasts before they leave.
const casting = `
-- app.ts --
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export default {
	async fetch(request) {
		const [topic, event] = new URL(request.url).pathname.slice(1).split("/");
		const text = await request.text();
		if (event === "publish") Rowan.publish(topic, text);
		else if (event === "actor") await Rowan.actor("teller", "t").tell(topic, text);
		else if (event === "bytes") Rowan.broadcast(topic, event, new TextEncoder().encode(text));
		else Rowan.broadcast(topic, event, text === "" ? undefined : JSON.parse(text));
		return new Response(null, { status: 204 });
	},
	actors: { teller: "teller.ts" },
	channels: {
		"room:*": {
			async join(socket, payload) {
				if (payload.large) socket.push("large", "x".repeat(payload.large));
				if (payload.subscribe) socket.subscribe(payload.subscribe);
				if (payload.early) socket.push("early", {});
				await sleep(payload.wait ?? 0);
				if (payload.until) await new Promise((done) => { Rowan.subscribe(payload.until, done); console.log("join waits"); });
				if (payload.late) socket.push("late", {});
			},
			on: {
				send: (socket, [event, payload]) => socket.broadcast(event, payload),
				unsubscribe: (socket, topic) => { socket.unsubscribe(topic); return {}; },
				later: (socket, ms) => sleep(ms),
			},
			info(socket, message, topic) { socket.push("info", { topic, message }); },
		},
		"filter:*": {
			on: { send: (socket, [event, payload]) => socket.broadcast(event, payload), ping: () => "pong" },
			out: {
				seen(socket, payload) { socket.push("seen", { ...payload, by: socket.topic }); },
				dropped() {},
				broken() { throw new Error("out failed"); },
			},
		},
	},
};
-- teller.ts --
export function tell(topic, text) { Rowan.broadcast(topic, "told", { text, by: Rowan.actorId }); }
`

// post sends a request to the app.
func post(t *testing.T, s *daemontest.Server, path, body string) {
	t.Helper()
	if resp, text := ask(t, client(t), "POST", s.URL()+path, body); resp.StatusCode != 204 {
		t.Fatalf("POST %s: status %d, %s", path, resp.StatusCode, text)
	}
}

func TestBroadcastsComeFromAnywhere(t *testing.T) {
	s := daemontest.Serve(t, casting)
	c := connect(t, s, "")
	old := connect(t, s, "vsn=1.0.0")
	p := poll(t, s)
	talk(t, joined+`
		b> {"topic":"room:a","event":"phx_join","payload":{},"ref":"1"}
		b< {"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"1","topic":"room:a"}`, c, old)
	p.send(`["7","7","room:a","phx_join",{}]`)
	p.expect(`["7","7","room:a","phx_reply",{"response":{},"status":"ok"}]`)
	for _, test := range []struct{ path, body, event, payload string }{
		{"room:a/news", `{"n":[1,"é"]}`, "news", `{"n":[1,"é"]}`},
		{"room:a/news", ``, "news", `{}`},
		{"room:a/news", `null`, "news", `{}`}, // clients read fields of a payload
		{"room:a/actor", `hello`, "told", `{"text":"hello","by":"t"}`},
	} {
		post(t, s, test.path, test.body)
		c.Expect(`[null,null,"room:a","` + test.event + `",` + test.payload + `]`)
		old.Expect(`{"event":"` + test.event + `","payload":` + test.payload + `,"ref":null,"topic":"room:a"}`)
		p.expect(`[null,null,"room:a","` + test.event + `",` + test.payload + `]`)
	}
	post(t, s, "room:a/bytes", "\x01\x02")
	if got, want := string(c.NextBinary()), "\x02\x06\x05room:abytes\x01\x02"; got != want {
		t.Errorf("bytes are %q, want %q", got, want)
	}
	old.Expect(`{"event":"bytes","payload":{"base64":"AQI="},"ref":null,"topic":"room:a"}`)
	p.expect(`[null,null,"room:a","bytes",{"base64":"AQI="}]`)
	post(t, s, "room:b/news", `{}`) // of another room
	post(t, s, "room:a/last", `{}`)
	c.Expect(`[null,null,"room:a","last",{}]`)
	old.Expect(`{"event":"last","payload":{},"ref":null,"topic":"room:a"}`)
}

// TestABroadcastEntersNoScript counts turns: one for the sender's event, and none for the members.
func TestABroadcastEntersNoScript(t *testing.T) {
	s := daemontest.Serve(t, casting)
	var clients []*wstest.Client
	for range 50 {
		c := connect(t, s, "")
		talk(t, joined, c)
		clients = append(clients, c)
	}
	time.Sleep(50 * time.Millisecond) // the last join's turn may not be over yet
	before := s.Stats().Turns
	const casts = 10
	for i := range casts {
		clients[0].Send(fmt.Sprintf(`["10",null,"room:a","send",["news",%d]]`, i))
	}
	for i := range casts {
		for _, c := range clients {
			c.Expect(fmt.Sprintf(`[null,null,"room:a","news",%d]`, i))
		}
	}
	if turns := s.Stats().Turns - before; turns != casts {
		t.Errorf("%d broadcasts to %d members took %d turns", casts, len(clients), turns)
	}
}

// TestOut has what a channel's out handler pushes leave in a broadcast's place.
func TestOut(t *testing.T) {
	s := daemontest.Serve(t, casting)
	a, b := connect(t, s, ""), connect(t, s, "")
	for i, c := range []*wstest.Client{a, b} {
		talk(t, fmt.Sprintf(`
			> ["%[1]d","%[1]d","filter:x","phx_join",{}]
			< ["%[1]d","%[1]d","filter:x","phx_reply",{"response":{},"status":"ok"}]`, i), c)
	}
	talk(t, `
		> ["0",null,"filter:x","send",["dropped",{}]]
		> ["0",null,"filter:x","send",["seen",{"n":1}]]
		> ["0",null,"filter:x","send",["plain",{"n":2}]]`, a)
	// The out handler's turn comes after that of the event which broadcasts.
	got := map[string]bool{a.Next(): true, a.Next(): true}
	if !got[`["0",null,"filter:x","seen",{"n":1,"by":"filter:x"}]`] || !got[`[null,null,"filter:x","plain",{"n":2}]`] {
		t.Errorf("the sender gets %v", got)
	}
	got = map[string]bool{b.Next(): true, b.Next(): true}
	if !got[`["1",null,"filter:x","seen",{"n":1,"by":"filter:x"}]`] || !got[`[null,null,"filter:x","plain",{"n":2}]`] {
		t.Errorf("the other gets %v", got)
	}
	post(t, s, "filter:x/seen", `{"n":3}`)
	a.Expect(`["0",null,"filter:x","seen",{"n":3,"by":"filter:x"}]`)
	b.Expect(`["1",null,"filter:x","seen",{"n":3,"by":"filter:x"}]`)

	post(t, s, "filter:x/broken", `{}`)
	a.Expect(`["0","0","filter:x","phx_error",{"reason":"channel_crash"}]`)
	b.Expect(`["1","1","filter:x","phx_error",{"reason":"channel_crash"}]`)
	s.WaitLog("Error: out failed")
	s.WaitLog("Error: out failed")
}

// TestAJoinMissesNothing: broadcasts that come while join runs leave after its reply and its own pushes.
func TestAJoinMissesNothing(t *testing.T) {
	s := daemontest.Serve(t, casting)
	c := connect(t, s, "")
	c.Send(`["10","10","room:a","phx_join",{"until":"go","early":true,"late":true}]`)
	s.WaitLog("join waits")
	post(t, s, "room:a/news", `1`)
	post(t, s, "room:a/news", `2`)
	talk(t, `
		> [null,"11","phoenix","heartbeat",{}]
		< [null,"11","phoenix","phx_reply",{"response":{},"status":"ok"}]`, c)
	post(t, s, "go/publish", "")
	talk(t, `
		< ["10","10","room:a","phx_reply",{"response":{},"status":"ok"}]
		< ["10",null,"room:a","early",{}]
		< ["10",null,"room:a","late",{}]
		< [null,null,"room:a","news",1]
		< [null,null,"room:a","news",2]`, c)
	post(t, s, "room:a/news", `3`)
	c.Expect(`[null,null,"room:a","news",3]`)
}

// TestAJoinPushesALargeState, as a send queue that is empty takes any message.
func TestAJoinPushesALargeState(t *testing.T) {
	s := daemontest.Serve(t, withSettings(casting, `backpressure_limit = "10KB"`))
	c := connect(t, s, "")
	talk(t, `
		> ["10","10","room:a","phx_join",{"large":20000}]
		< ["10","10","room:a","phx_reply",{"response":{},"status":"ok"}]
		< ["10",null,"room:a","large","`+strings.Repeat("x", 20_000)+`"]`, c)
}

// TestInfo shows the messages of topics that a channel subscribed to, which come in the order of its events.
func TestInfo(t *testing.T) {
	s := daemontest.Serve(t, casting)
	c := connect(t, s, "")
	talk(t, `
		> ["10","10","room:a","phx_join",{"subscribe":"news"}]
		< ["10","10","room:a","phx_reply",{"response":{},"status":"ok"}]
		> ["11","11","room:b","phx_join",{}]
		< ["11","11","room:b","phx_reply",{"response":{},"status":"ok"}]`, c)
	post(t, s, "news/publish", "one")
	c.Expect(`["10",null,"room:a","info",{"topic":"news","message":"one"}]`)
	start := time.Now()
	c.Send(`["10","12","room:a","later",200]`)
	time.Sleep(50 * time.Millisecond)
	post(t, s, "news/publish", "two")
	c.Expect(`["10",null,"room:a","info",{"topic":"news","message":"two"}]`)
	if took := time.Since(start); took < 200*time.Millisecond {
		t.Errorf("a message came in %v, before the event that ran was over", took)
	}
	talk(t, `
		> ["10","13","room:a","unsubscribe","news"]
		< ["10","13","room:a","phx_reply",{"response":{},"status":"ok"}]`, c)
	post(t, s, "news/publish", "three")
	post(t, s, "room:a/last", "{}")
	c.Expect(`[null,null,"room:a","last",{}]`)

	// The subscription ends with the channel.
	talk(t, `
		> ["11","14","room:b","phx_leave",{}]
		< ["11","14","room:b","phx_reply",{"response":{},"status":"ok"}]
		< ["11","11","room:b","phx_close",{}]
		> ["15","15","room:b","phx_join",{"subscribe":"other"}]
		< ["15","15","room:b","phx_reply",{"response":{},"status":"ok"}]
		> ["15","16","room:b","phx_leave",{}]
		< ["15","16","room:b","phx_reply",{"response":{},"status":"ok"}]
		< ["15","15","room:b","phx_close",{}]`, c)
	post(t, s, "other/publish", "four")
	c.ExpectNothing(30 * time.Millisecond)
}

// TestAHandlerThatNeverSettles crashes its channel, or its join.
func TestAHandlerThatNeverSettles(t *testing.T) {
	s := daemontest.Serve(t, "-- rowan.toml --\n[call]\ntimeout = \"300ms\""+casting)
	c := connect(t, s, "")
	talk(t, joined+`
		> ["10","11","room:a","later",60000]
		< ["10","10","room:a","phx_error",{"reason":"channel_crash"}]
		> ["12","12","room:a","phx_join",{"wait":60000}]
		< ["12","12","room:a","phx_reply",{"response":{"reason":"join crashed"},"status":"error"}]
		> ["13","13","room:a","phx_join",{}]
		< ["13","13","room:a","phx_reply",{"response":{},"status":"ok"}]`, c)
	s.WaitLog("channel room:a crashed", "has not settled within 300ms")
	s.WaitLog("channel room:a crashed", "has not settled within 300ms")
}

// TestASlowMemberIsClosed has one of two members of a topic not read: the other one hears everything.
func TestASlowMemberIsClosed(t *testing.T) {
	skipShort(t)
	s := daemontest.Serve(t, withSettings(casting, `backpressure_limit = "200KB"`, "[session]", `turn = "2s"`))
	fast, slow := connect(t, s, ""), connect(t, s, "")
	talk(t, joined, fast)
	talk(t, joined, slow)
	text := strings.Repeat("x", 64<<10)
	const casts = 200 // more than the kernel's buffers hold
	for range casts {
		fast.Send(`["10",null,"room:a","send",["news","` + text + `"]]`)
		if got := fast.Next(); !strings.HasPrefix(got, `[null,null,"room:a","news","xxx`) {
			t.Fatalf("got %.100s", got)
		}
	}
	slow.ExpectClose(1013)
}
