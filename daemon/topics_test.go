package daemon_test

import (
	"fmt"
	"testing"
	"time"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

func TestTopicsReachSocketsAndScripts(t *testing.T) {
	s := daemontest.Serve(t, commanded("", ""))
	a, b, c := s.Dial(), s.Dial(), s.Dial()
	do(t, a, `ws.subscribe("news"); ws.subscribe("news"); return ws.subscriptions`, `["news"]`)
	do(t, b, `ws.subscribe("news"); return [ws.isSubscribed("news"), ws.isSubscribed("other")]`, `[true,false]`)
	do(t, c, `Rowan.subscribe("news", (m, topic) => heard.push([m, topic])); return Rowan.callSync("subscribers", "news")`, `3`)

	// ws.publish reaches all but the sender, Rowan.publish all.
	do(t, a, `return ws.publish("news", "from a")`, `2`)
	b.Expect("from a")
	a.ExpectNothing(20 * time.Millisecond)
	do(t, c, `return Rowan.publish("news", "from c")`, `3`)
	a.Expect("from c")
	b.Expect("from c")
	do(t, c, hear(2), `[["from a","news"],["from c","news"]]`)
	do(t, c, `return Rowan.publish("silence", 1)`, `0`)

	// Strings and bytes arrive as they are, other values as JSON.
	do(t, c, `return Rowan.publish("news", { n: [1, null, "x"] })`, `3`)
	a.Expect(`{"n":[1,null,"x"]}`)
	b.Expect(`{"n":[1,null,"x"]}`)
	do(t, c, `return Rowan.publish("news", new Uint8Array([0, 255]))`, `3`)
	if got := a.NextBinary(); string(got) != "\x00\xff" {
		t.Errorf("bytes: %x", got)
	}
	b.NextBinary()
	do(t, c, hear(2)+`.map(([m]) => m.constructor.name)`, `["Object","Uint8Array"]`)

	// The bridge and the Web's name are the same topics.
	do(t, c, `return Rowan.callSync("publish", "news", "by callSync")`, `3`)
	a.Expect("by callSync")
	b.Expect("by callSync")
	do(t, c, `return await Rowan.call("publish", "news", "by call")`, `3`)
	a.Expect("by call")
	b.Expect("by call")
	do(t, c, `new BroadcastChannel("news").postMessage({ by: "channel" })`, `undefined`)
	a.Expect(`{"by":"channel"}`)
	b.Expect(`{"by":"channel"}`)

	do(t, b, `ws.unsubscribe("news"); return ws.subscriptions`, `[]`)
	do(t, a, `return ws.publish("news", "last")`, `2`) // c's callback, and its channel
	b.ExpectNothing(20 * time.Millisecond)
	c.Kill()
	s.WaitContexts(2)
	do(t, b, `return Rowan.callSync("subscribers", "news")`, `1`)
}

func TestPublishToSelf(t *testing.T) {
	s := daemontest.Serve(t, commanded("", "publishToSelf: true,"))
	c := s.Dial()
	do(t, c, `ws.subscribe("news")`, `undefined`)
	do(t, c, `ws.publish("news", "me too")`, `undefined`)
	c.Expect("me too")
}

// TestTopicsKeepTheirOrder has publishers on both workers and subscribers on both: all hear each publisher's messages in
// order, and each message once.
func TestTopicsKeepTheirOrder(t *testing.T) {
	s := daemontest.Serve(t, commanded("", ""))
	const publishers, messages = 4, 100
	var subscribers []*wstest.Client
	for range 6 {
		c := s.Dial()
		do(t, c, `ws.subscribe("many")`, `undefined`)
		subscribers = append(subscribers, c)
	}
	for p := range publishers {
		s.Dial().Send(fmt.Sprintf(`for (let i = 0; i < %d; i++) { Rowan.publish("many", "%d " + i); if (i %% 10 === 0) await Rowan.sleep(1); }`, messages, p))
	}
	for i, c := range subscribers {
		next := make([]int, publishers)
		for range publishers * messages {
			var p, n int
			if _, err := fmt.Sscan(c.Next(), &p, &n); err != nil {
				t.Fatal(err)
			}
			if n != next[p] {
				t.Fatalf("subscriber %d hears message %d of publisher %d, want %d", i, n, p, next[p])
			}
			next[p]++
		}
		c.ExpectNothing(time.Millisecond)
	}
}

func TestHandlersThatSessionsMayCall(t *testing.T) {
	s := daemontest.Serve(t, commanded(`actors: { open: "./open.ts" },`, "")+`
-- rowan.toml --
[session]
handlers = ["subscribers"]
[actor.open]
handlers = ["publish", "subscribers"]
-- open.ts --
export const publish = () => Rowan.callSync("publish", "news", 1);
`)
	c := s.Dial()
	do(t, c, `return Rowan.callSync("subscribers", "news")`, `0`)
	do(t, c, `return Rowan.callSync("publish", "news", 1)`,
		`["Error","denied","callSync: handler \"publish\" is not on this context's list"]`)
	do(t, c, `return await Rowan.call("publish", "news", 1)`,
		`["Error","denied","call: handler \"publish\" is not on this context's list"]`)
	do(t, c, `return Rowan.callSync("subscriber", "news")`,
		`["Error","unknown_handler","callSync: no handler \"subscriber\"; did you mean \"subscribers\"?"]`)
	do(t, c, `return await Rowan.actor("open", "x").publish()`, `0`) // it has a list of its own
	// Publishing itself is no handler.
	do(t, c, `return Rowan.publish("news", 1)`, `0`)
}
