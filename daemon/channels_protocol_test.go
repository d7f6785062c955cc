package daemon_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rowan/internal/daemontest"
)

// rooms is an app whose channels do what a payload or an event says.
const rooms = `
-- app.ts --
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export default { channels: { "room:*": {
	async join(socket, payload) {
		if (payload?.wait) await sleep(payload.wait);
		if (payload?.push) socket.push("joined", payload.push);
		if (payload?.refuse) throw new Rowan.Refusal(payload.refuse);
		if (payload?.throw) throw new Error(payload.throw);
		return payload?.quiet ? undefined : { joined: payload };
	},
	on: {
		echo: (socket, payload) => payload,
		later: async (socket, payload) => { await sleep(payload.wait); return payload; },
		quiet() {},
		null: () => null,
		push(socket, payload) { socket.push("pushed", payload); socket.push("bare"); return { after: "pushes" }; },
		refuse(socket, payload) { throw new Rowan.Refusal(payload); },
		close(socket) { socket.push("last", {}); socket.close(); return { bye: true }; },
		end(socket) { socket.close(); },
		crash(socket) { socket.crash(); },
		throw() { throw new Error("thrown"); },
		reject: async () => { await sleep(1); throw new Error("rejected"); },
		defer(socket, payload) {
			const later = socket.defer();
			setTimeout(() => later.reply(payload.status, payload.response), payload.wait);
		},
		broadcast(socket, payload) { socket.broadcast("msg", payload); return { told: "all" }; },
		broadcastFrom(socket, payload) { socket.broadcastFrom("msg", payload); return { told: "others" }; },
		leaving(socket, payload) { socket.assigns.leaving = payload; return {}; },
	},
	leave(socket, reason) {
		console.log("left", socket.topic, reason);
		if (socket.assigns.leaving) socket.push("leaving", { reason });
	},
} } };
`

// joined is the dialogue of a join of room:a by the reference "10".
const joined = `
> ["10","10","room:a","phx_join",{"quiet":true}]
< ["10","10","room:a","phx_reply",{"response":{},"status":"ok"}]
`

// TestChannelsProtocol plays what clients say and compares every frame that comes, in order.
func TestChannelsProtocol(t *testing.T) {
	tests := []struct {
		name, dialogue string
		log            []string // of the server, one entry each
	}{
		{name: "heartbeat", dialogue: `
			> [null,"1","phoenix","heartbeat",{}]
			< [null,"1","phoenix","phx_reply",{"response":{},"status":"ok"}]
			> ["7",null,"phoenix","heartbeat","whatever"]
			< [null,null,"phoenix","phx_reply",{"response":{},"status":"ok"}]`},
		{name: "other events of the topic phoenix", dialogue: `
			> [null,"1","phoenix","other",{}]
			< [null,"1","phoenix","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]
			> ["2","2","phoenix","phx_join",{}]
			< [null,"2","phoenix","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]`},

		{name: "join", dialogue: `
			> ["10","10","room:a","phx_join",{"user":"u"}]
			< ["10","10","room:a","phx_reply",{"response":{"joined":{"user":"u"}},"status":"ok"}]`},
		{name: "join pushes after its reply", dialogue: `
			> ["10","10","room:a","phx_join",{"push":{"status":"connected"}}]
			< ["10","10","room:a","phx_reply",{"response":{"joined":{"push":{"status":"connected"}}},"status":"ok"}]
			< ["10",null,"room:a","joined",{"status":"connected"}]`},
		{name: "join's payload as it is", dialogue: `
			> ["10","10","room:a","phx_join","text"]
			< ["10","10","room:a","phx_reply",{"response":{"joined":"text"},"status":"ok"}]
			> ["11","11","room:b","phx_join",null]
			< ["11","11","room:b","phx_reply",{"response":{"joined":null},"status":"ok"}]
			> ["12","12","room:c","phx_join","é🦀\u2028<&>"]
			< ["12","12","room:c","phx_reply",{"response":{"joined":"é🦀` + "\u2028" + `<&>"},"status":"ok"}]`},
		{name: "references of other types", dialogue: `
			> [10,{"r":1},"room:a","phx_join",{"quiet":true}]
			< [10,{"r":1},"room:a","phx_reply",{"response":{},"status":"ok"}]
			> [10,null,"room:a","echo",1]
			< [10,null,"room:a","phx_reply",{"response":1,"status":"ok"}]`},
		{name: "join refuses", dialogue: `
			> ["10","11","room:a","phx_join",{"push":{},"refuse":{"reason":"not today"}}]
			< ["10","11","room:a","phx_reply",{"response":{"reason":"not today"},"status":"error"}]
			> ["10","12","room:a","echo",{}]
			< [null,"12","room:a","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]`},
		{name: "join throws", dialogue: `
			> ["10","10","room:a","phx_join",{"throw":"oops"}]
			< ["10","10","room:a","phx_reply",{"response":{"reason":"join crashed"},"status":"error"}]
			> ["12","12","room:a","phx_join",{"quiet":true}]
			< ["12","12","room:a","phx_reply",{"response":{},"status":"ok"}]`,
			log: []string{"oops"}},
		{name: "join without a pattern", dialogue: `
			> ["10","10","nope:x","phx_join",{}]
			< [null,"10","nope:x","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]`},
		{name: "join again", dialogue: joined + `
			> ["20","20","room:a","phx_join",{"push":{}}]
			< ["20","20","room:a","phx_reply",{"response":{"joined":{"push":{}}},"status":"ok"}]
			< ["10","10","room:a","phx_close",{}]
			< ["20",null,"room:a","joined",{}]
			> ["10","21","room:a","echo","stale"]
			> ["20","22","room:a","echo","fresh"]
			< ["20","22","room:a","phx_reply",{"response":"fresh","status":"ok"}]`,
			log: []string{"left room:a rejoined"}},
		{name: "leave and join at once", dialogue: joined + `
			> ["10","19","room:a","phx_leave",{}]
			> ["20","20","room:a","phx_join",{"quiet":true}]
			< ["10","19","room:a","phx_reply",{"response":{},"status":"ok"}]
			< ["10","10","room:a","phx_close",{}]
			< ["20","20","room:a","phx_reply",{"response":{},"status":"ok"}]`,
			log: []string{"left room:a left"}},

		{name: "push and reply", dialogue: joined + `
			> ["10","15","room:a","echo",{"x":[1,null,"y"]}]
			< ["10","15","room:a","phx_reply",{"response":{"x":[1,null,"y"]},"status":"ok"}]`},
		{name: "push without a reply", dialogue: joined + `
			> ["10","15","room:a","quiet",{}]
			> ["10","16","room:a","null",{}]
			< ["10","16","room:a","phx_reply",{"response":null,"status":"ok"}]`},
		{name: "push without join_ref", dialogue: joined + `
			> [null,"15","room:a","echo",1]
			< ["10","15","room:a","phx_reply",{"response":1,"status":"ok"}]`},
		{name: "push without ref", dialogue: joined + `
			> ["10",null,"room:a","echo",1]
			< ["10",null,"room:a","phx_reply",{"response":1,"status":"ok"}]`},
		{name: "stale join_ref", dialogue: joined + `
			> ["9","15","room:a","echo","stale"]
			> [10,"16","room:a","echo","of another type"]
			> ["9","17","room:a","phx_leave",{}]
			> ["10","18","room:a","echo","fresh"]
			< ["10","18","room:a","phx_reply",{"response":"fresh","status":"ok"}]`},
		{name: "push to a topic that is not joined", dialogue: `
			> ["10","15","room:a","echo",1]
			< [null,"15","room:a","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]`},
		{name: "handler pushes before its reply", dialogue: joined + `
			> ["10","15","room:a","push",{"n":1}]
			< ["10",null,"room:a","pushed",{"n":1}]
			< ["10",null,"room:a","bare",{}]
			< ["10","15","room:a","phx_reply",{"response":{"after":"pushes"},"status":"ok"}]`},
		{name: "handler refuses", dialogue: joined + `
			> ["10","15","room:a","refuse",{"reason":"no"}]
			< ["10","15","room:a","phx_reply",{"response":{"reason":"no"},"status":"error"}]
			> ["10","16","room:a","echo","still here"]
			< ["10","16","room:a","phx_reply",{"response":"still here","status":"ok"}]`},
		{name: "event without a handler", dialogue: joined + `
			> ["10","15","room:a","nope",{}]
			< ["10","15","room:a","phx_reply",{"response":{"reason":"unknown event"},"status":"error"}]
			> ["10","16","room:a",5,{}]
			< ["10","16","room:a","phx_reply",{"response":{"reason":"unknown event"},"status":"error"}]
			> ["10","17","room:a","toString",{}]
			< ["10","17","room:a","phx_reply",{"response":{"reason":"unknown event"},"status":"error"}]
			> ["10","18","room:a","__proto__",{}]
			< ["10","18","room:a","phx_reply",{"response":{"reason":"unknown event"},"status":"error"}]
			> ["10","19","room:a","echo","still here"]
			< ["10","19","room:a","phx_reply",{"response":"still here","status":"ok"}]`},
		{name: "deferred reply", dialogue: joined + `
			> ["10","15","room:a","defer",{"status":"error","response":{"n":1},"wait":50}]
			> ["10","16","room:a","echo",1]
			< ["10","16","room:a","phx_reply",{"response":1,"status":"ok"}]
			< ["10","15","room:a","phx_reply",{"response":{"n":1},"status":"error"}]`},
		{name: "events of one channel are in order", dialogue: joined + `
			> ["10","15","room:a","later",{"wait":50}]
			> ["10","16","room:a","echo",1]
			< ["10","15","room:a","phx_reply",{"response":{"wait":50},"status":"ok"}]
			< ["10","16","room:a","phx_reply",{"response":1,"status":"ok"}]`},

		{name: "leave", dialogue: joined + `
			> ["10","15","room:a","phx_leave",{}]
			< ["10","15","room:a","phx_reply",{"response":{},"status":"ok"}]
			< ["10","10","room:a","phx_close",{}]
			> ["10","16","room:a","echo",1]
			< [null,"16","room:a","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]`,
			log: []string{"left room:a left"}},
		{name: "leave without join_ref", dialogue: joined + `
			> [null,"15","room:a","phx_leave",{}]
			< ["10","15","room:a","phx_reply",{"response":{},"status":"ok"}]
			< ["10","10","room:a","phx_close",{}]`,
			log: []string{"left room:a left"}},
		{name: "leave handler pushes at the end", dialogue: joined + `
			> ["10","15","room:a","leaving",true]
			< ["10","15","room:a","phx_reply",{"response":{},"status":"ok"}]
			> ["10","16","room:a","phx_leave",{}]
			< ["10","16","room:a","phx_reply",{"response":{},"status":"ok"}]
			< ["10","10","room:a","phx_close",{}]
			< ["10",null,"room:a","leaving",{"reason":"left"}]`},
		{name: "leave of a topic that is not joined", dialogue: `
			> ["12","24","room:a","phx_leave",{}]
			< ["12","24","room:a","phx_reply",{"response":{},"status":"ok"}]
			> ["12","25","nope:x","phx_leave",{}]
			< ["12","25","nope:x","phx_reply",{"response":{},"status":"ok"}]`},

		{name: "handler closes", dialogue: joined + `
			> ["10","15","room:a","close",{}]
			< ["10",null,"room:a","last",{}]
			< ["10","15","room:a","phx_reply",{"response":{"bye":true},"status":"ok"}]
			< ["10","10","room:a","phx_close",{}]
			> ["10","16","room:a","echo",1]
			< [null,"16","room:a","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]`,
			log: []string{"left room:a shutdown"}},
		{name: "handler closes without a reply", dialogue: joined + `
			> ["10","15","room:a","end",{}]
			< ["10","10","room:a","phx_close",{}]`},
		{name: "handler crashes its channel", dialogue: joined + `
			> ["10","15","room:a","crash",{}]
			< ["10","10","room:a","phx_error",{"reason":"channel_crash"}]
			> ["20","20","room:a","phx_join",{"quiet":true}]
			< ["20","20","room:a","phx_reply",{"response":{},"status":"ok"}]`,
			log: []string{"left room:a crashed"}},
		{name: "handler throws", dialogue: joined + `
			> ["11","11","room:b","phx_join",{"quiet":true}]
			< ["11","11","room:b","phx_reply",{"response":{},"status":"ok"}]
			> ["10","15","room:a","throw",{}]
			< ["10","10","room:a","phx_error",{"reason":"channel_crash"}]
			> ["10","16","room:a","echo",1]
			< [null,"16","room:a","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]
			> ["11","17","room:b","echo","not harmed"]
			< ["11","17","room:b","phx_reply",{"response":"not harmed","status":"ok"}]`,
			log: []string{"Error: thrown", "left room:a crashed"}},
		{name: "handler rejects", dialogue: joined + `
			> ["10","15","room:a","reject",{}]
			> ["10","16","room:a","echo","waits in vain"]
			< ["10","10","room:a","phx_error",{"reason":"channel_crash"}]`,
			log: []string{"Error: rejected", "left room:a crashed"}},

		{name: "arrays for everything", dialogue: `
			> [[],[],[],[],[]]
			< [null,[],[],"phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]
			> [null,"1",{"a":1},"phx_join",{}]
			< [null,"1",{"a":1},"phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]
			> [null,"2",null,"heartbeat",{}]
			< [null,"2",null,"phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]`},
		{name: "more elements, white space and escapes", dialogue: `
			> [ "10" , "10" , "r\u006fom:a" , "phx\u005fjoin" , { "quiet" : true } , "more" ]
			< ["10","10","room:a","phx_reply",{"response":{},"status":"ok"}]
			> ["10","11","room:a","echo","\"\\\u00e9"]
			< ["10","11","room:a","phx_reply",{"response":"\"\\é","status":"ok"}]`},
		{name: "broadcast", dialogue: joined + `
			b> ["7","7","room:a","phx_join",{"quiet":true}]
			b< ["7","7","room:a","phx_reply",{"response":{},"status":"ok"}]
			b> ["8","8","room:b","phx_join",{"quiet":true}]
			b< ["8","8","room:b","phx_reply",{"response":{},"status":"ok"}]
			> ["10","15","room:a","broadcast",{"m":1}]
			< [null,null,"room:a","msg",{"m":1}]
			< ["10","15","room:a","phx_reply",{"response":{"told":"all"},"status":"ok"}]
			b< [null,null,"room:a","msg",{"m":1}]
			> ["10","16","room:a","broadcastFrom",{"m":2}]
			< ["10","16","room:a","phx_reply",{"response":{"told":"others"},"status":"ok"}]
			b< [null,null,"room:a","msg",{"m":2}]
			b> ["7","17","room:a","phx_leave",{}]
			b< ["7","17","room:a","phx_reply",{"response":{},"status":"ok"}]
			b< ["7","7","room:a","phx_close",{}]
			> ["10","18","room:a","broadcast",{"m":3}]
			< [null,null,"room:a","msg",{"m":3}]
			< ["10","18","room:a","phx_reply",{"response":{"told":"all"},"status":"ok"}]
			b> ["8","19","room:b","echo","nothing more"]
			b< ["8","19","room:b","phx_reply",{"response":"nothing more","status":"ok"}]`},
	}
	s := daemontest.Serve(t, rooms)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, b := connect(t, s, ""), connect(t, s, "")
			talk(t, test.dialogue, a, b)
			for _, entry := range test.log {
				s.WaitLog(entry)
			}
			a.Close(1000, "")
			b.Close(1000, "")
			s.WaitContexts(0)
		})
	}
}

// TestASlowJoinHoldsUpItsTopicAlone is better than Phoenix, where it holds up the socket.
func TestASlowJoinHoldsUpItsTopicAlone(t *testing.T) {
	c := connect(t, daemontest.Serve(t, rooms), "")
	talk(t, joined, c)
	start := time.Now()
	talk(t, `
		> ["20","20","room:slow","phx_join",{"wait":3000}]
		> ["20","21","room:slow","echo","after the join"]
		> [null,"22","phoenix","heartbeat",{}]
		< [null,"22","phoenix","phx_reply",{"response":{},"status":"ok"}]
		> ["10","23","room:a","echo",1]
		< ["10","23","room:a","phx_reply",{"response":1,"status":"ok"}]
		> ["24","24","room:b","phx_join",{"quiet":true}]
		< ["24","24","room:b","phx_reply",{"response":{},"status":"ok"}]`, c)
	if took := time.Since(start); took > 2500*time.Millisecond {
		t.Errorf("the others were held up for %v", took)
	}
	talk(t, `
		< ["20","20","room:slow","phx_reply",{"response":{"joined":{"wait":3000}},"status":"ok"}]
		< ["20","21","room:slow","phx_reply",{"response":"after the join","status":"ok"}]`, c)
	if took := time.Since(start); took < 3*time.Second {
		t.Errorf("the join took %v", took)
	}
}

// TestASlowHandlerHoldsUpItsChannelAlone is as in Phoenix.
func TestASlowHandlerHoldsUpItsChannelAlone(t *testing.T) {
	c := connect(t, daemontest.Serve(t, rooms), "")
	talk(t, joined+`
		> ["11","11","room:b","phx_join",{"quiet":true}]
		< ["11","11","room:b","phx_reply",{"response":{},"status":"ok"}]
		> ["10","20","room:a","later",{"wait":500}]
		> ["10","21","room:a","echo",1]
		> [null,"22","phoenix","heartbeat",{}]
		< [null,"22","phoenix","phx_reply",{"response":{},"status":"ok"}]
		> ["11","23","room:b","echo",2]
		< ["11","23","room:b","phx_reply",{"response":2,"status":"ok"}]
		< ["10","20","room:a","phx_reply",{"response":{"wait":500},"status":"ok"}]
		< ["10","21","room:a","phx_reply",{"response":1,"status":"ok"}]`, c)
}

// TestALeaveEndsAWaitingJoin has the client give up a join: it leaves with the join's reference, and joins with a new one.
func TestALeaveEndsAWaitingJoin(t *testing.T) {
	s := daemontest.Serve(t, rooms)
	c := connect(t, s, "")
	talk(t, `
		> ["10","10","room:a","phx_join",{"wait":300}]
		> ["10","11","room:a","phx_leave",{}]
		> ["12","12","room:a","phx_join",{"quiet":true}]`, c)
	for { // the first join may be answered, and is over
		frame := c.Next()
		if strings.HasPrefix(frame, `["12",`) {
			if want := `["12","12","room:a","phx_reply",{"response":{},"status":"ok"}]`; frame != want {
				t.Fatalf("got %s, want %s", frame, want)
			}
			break
		}
	}
	talk(t, `
		> ["12","13","room:a","echo","joined"]
		< ["12","13","room:a","phx_reply",{"response":"joined","status":"ok"}]`, c)
	c.ExpectNothing(400 * time.Millisecond)
}

// TestAJoinReplacesAWaitingJoin has the client join a topic again before it was answered, without a leave.
func TestAJoinReplacesAWaitingJoin(t *testing.T) {
	s := daemontest.Serve(t, rooms)
	c := connect(t, s, "")
	talk(t, `
		> ["10","10","room:a","phx_join",{"wait":100,"push":{"by":"the first"}}]
		> ["10","11","room:a","echo","to the first"]
		> ["12","12","room:a","phx_join",{"push":{"by":"the second"}}]
		> ["12","13","room:a","echo","to the second"]`, c)
	want := []string{
		`["12","12","room:a","phx_reply",{"response":{"joined":{"push":{"by":"the second"}}},"status":"ok"}]`,
		`["10","10","room:a","phx_close",{}]`,
		`["12",null,"room:a","joined",{"by":"the second"}]`,
		`["12","13","room:a","phx_reply",{"response":"to the second","status":"ok"}]`,
	}
	for len(want) > 0 {
		frame := c.Next()
		if frame == `[null,"11","room:a","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]` {
			continue // what waited for the first join comes to nothing
		}
		if frame != want[0] {
			t.Fatalf("got %s, want %s", frame, want[0])
		}
		want = want[1:]
	}
	c.ExpectNothing(200 * time.Millisecond)
	s.WaitLog("left room:a rejoined") // its join has come to its end all the same
}

// TestPatterns shows which channel a topic gets: the exact one, then the first of the prefixes.
func TestPatterns(t *testing.T) {
	c := connect(t, daemontest.Serve(t, `
-- app.ts --
const of = (name) => ({ join: (socket, payload, topic) => name + " " + topic + " " + socket.topic });
export default { channels: { "a:*": of("a:*"), "a:b:*": of("a:b:*"), "a:b": of("a:b"), "*": of("*") } };
`), "")
	talk(t, `
		> ["1","1","","phx_join",{}]
		< [null,"1","","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]`, c)
	long := strings.Repeat("x", 1025) // bytes, more than a topic's name may have
	talk(t, fmt.Sprintf(`
		> ["1","1","%[1]s","phx_join",{}]
		< [null,"1","%[1]s","phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]`, long), c)
	for i, topic := range []string{"a:b", "a:b:c", "a:", "a:x", "a", "phoenix:x", "é🦀"} {
		want := []string{"a:b", "a:*", "a:*", "a:*", "*", "*", "*"}[i]
		talk(t, fmt.Sprintf(`
			> ["%[1]d","%[1]d","%[2]s","phx_join",{}]
			< ["%[1]d","%[1]d","%[2]s","phx_reply",{"response":"%[3]s %[2]s %[2]s","status":"ok"}]`, i, topic, want), c)
	}
}
