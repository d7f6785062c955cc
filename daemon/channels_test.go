package daemon_test

import (
	"testing"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// room is an app with a channel of each sort.
const room = `
-- app.ts --
import type { App } from "rowan";

export default {
  connect(params) {
    return params.token === "bad" ? false : { id: params.user ? "user:" + params.user : undefined, user: params.user ?? null };
  },
  channels: {
    "room:*": {
      join(socket, payload, topic) {
        if (payload.refuse) throw new Rowan.Refusal({ reason: "full" });
        if (payload.crash) throw new Error("no join");
        socket.push("joined", { topic });
        return { hello: payload.name ?? null, user: socket.assigns.user };
      },
      on: {
        echo: (socket, payload) => payload,
        silent() {},
        refuse() { throw new Rowan.Refusal({ reason: "not now" }); },
        crash() { throw new Error("oh no"); },
        shout(socket, payload) { socket.broadcast("shout", payload); return {}; },
        others(socket, payload) { socket.broadcastFrom("shout", payload); },
        async slow(socket, payload) { await Rowan.sleep(payload.ms); return { slept: payload.ms }; },
        disconnect(socket, payload) { Rowan.broadcast(payload.id, "disconnect"); return {}; },
        close(socket) { socket.close(); return { bye: true }; },
      },
    },
  },
} satisfies App;
`

func TestChannels(t *testing.T) {
	s := daemontest.Serve(t, room)
	a := s.DialPath("/socket/websocket?user=ann&vsn=2.0.0")
	a.Send(`[null,"1","phoenix","heartbeat",{}]`)
	a.Expect(`[null,"1","phoenix","phx_reply",{"response":{},"status":"ok"}]`)
	a.Send(`["2","2","room:1","phx_join",{"name":"Ann"}]`)
	a.Expect(`["2","2","room:1","phx_reply",{"response":{"hello":"Ann","user":"ann"},"status":"ok"}]`)
	a.Expect(`["2",null,"room:1","joined",{"topic":"room:1"}]`)
	a.Send(`["2","3","room:1","echo",{"x":[1,"ø"]}]`)
	a.Expect(`["2","3","room:1","phx_reply",{"response":{"x":[1,"ø"]},"status":"ok"}]`)
	a.Send(`["2","4","room:1","shout",{"m":1}]`)
	a.Expect(`[null,null,"room:1","shout",{"m":1}]`)
	a.Expect(`["2","4","room:1","phx_reply",{"response":{},"status":"ok"}]`)
	a.Send(`["2","5","room:1","crash",{}]`)
	a.Expect(`["2","2","room:1","phx_error",{"reason":"channel_crash"}]`)
	s.WaitLog("channel room:1 crashed", "oh no", "app.ts:19")
	a.Send(`["2","6","room:1","phx_leave",{}]`)
	a.Expect(`["2","6","room:1","phx_reply",{"response":{},"status":"ok"}]`)
	a.Send(`["7","7","room:1","phx_join",{}]`)
	a.Expect(`["7","7","room:1","phx_reply",{"response":{"hello":null,"user":"ann"},"status":"ok"}]`)
	a.Expect(`["7",null,"room:1","joined",{"topic":"room:1"}]`)
	a.Send(`["7","8","room:1","phx_leave",{}]`)
	a.Expect(`["7","8","room:1","phx_reply",{"response":{},"status":"ok"}]`)
	a.Expect(`["7","7","room:1","phx_close",{}]`)
	a.Close(1000, "")
	s.WaitContexts(0)
}

// TestChannelsLeft sends a client that has left, and whose script has not come to that, none of the topic's broadcasts any more: it would
// take them for its next channel on the topic, and believe of a presence_diff that nothing is missing after it.
func TestChannelsLeft(t *testing.T) {
	s := daemontest.Serve(t, room)
	a, b := s.DialPath("/socket/websocket?vsn=2.0.0"), s.DialPath("/socket/websocket?vsn=2.0.0")
	for _, c := range []*wstest.Client{a, b} {
		c.Send(`["1","1","room:1","phx_join",{}]`)
		c.Expect(`["1","1","room:1","phx_reply",{"response":{"hello":null,"user":null},"status":"ok"}]`, `["1",null,"room:1","joined",{"topic":"room:1"}]`)
	}
	a.Send(`["1","2","room:1","slow",{"ms":200}]`)
	a.Send(`["1","3","room:1","phx_leave",{}]`)
	a.Send(`[null,"4","phoenix","heartbeat",{}]`)
	a.Expect(`[null,"4","phoenix","phx_reply",{"response":{},"status":"ok"}]`) // the leave has been read
	b.Send(`["1","2","room:1","shout",{"m":1}]`)
	b.Expect(`[null,null,"room:1","shout",{"m":1}]`, `["1","2","room:1","phx_reply",{"response":{},"status":"ok"}]`)
	a.Expect(`["1","2","room:1","phx_reply",{"response":{"slept":200},"status":"ok"}]`,
		`["1","3","room:1","phx_reply",{"response":{},"status":"ok"}]`, `["1","1","room:1","phx_close",{}]`)
}
