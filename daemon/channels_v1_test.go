package daemon_test

import (
	"testing"

	"rowan/internal/daemontest"
)

// TestChannelsV1 plays the table of version 1, which knows no join_ref.
func TestChannelsV1(t *testing.T) {
	const joined = `
		> {"topic":"room:a","event":"phx_join","payload":{"quiet":true},"ref":"1"}
		< {"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"1","topic":"room:a"}`
	tests := []struct {
		name, dialogue string
		log            []string
	}{
		{name: "heartbeat", dialogue: `
			> {"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}
			< {"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"1","topic":"phoenix"}`},
		{name: "join", dialogue: `
			> {"ref":"1","payload":{"push":{"n":1}},"event":"phx_join","topic":"room:a","more":1}
			< {"event":"phx_reply","payload":{"response":{"joined":{"push":{"n":1}}},"status":"ok"},"ref":"1","topic":"room:a"}
			< {"event":"joined","payload":{"n":1},"ref":null,"topic":"room:a"}`},
		{name: "join refuses", dialogue: `
			> {"topic":"room:a","event":"phx_join","payload":{"refuse":{"reason":"no"}},"ref":"1"}
			< {"event":"phx_reply","payload":{"response":{"reason":"no"},"status":"error"},"ref":"1","topic":"room:a"}
			> {"topic":"nope:x","event":"phx_join","payload":{},"ref":"2"}
			< {"event":"phx_reply","payload":{"response":{"reason":"unmatched topic"},"status":"error"},"ref":"2","topic":"nope:x"}`},
		{name: "push and reply", dialogue: joined + `
			> {"topic":"room:a","event":"push","payload":{"n":1},"ref":"2"}
			< {"event":"pushed","payload":{"n":1},"ref":null,"topic":"room:a"}
			< {"event":"bare","payload":{},"ref":null,"topic":"room:a"}
			< {"event":"phx_reply","payload":{"response":{"after":"pushes"},"status":"ok"},"ref":"2","topic":"room:a"}
			> {"topic":"room:a","event":"nope","payload":{},"ref":null}
			< {"event":"phx_reply","payload":{"response":{"reason":"unknown event"},"status":"error"},"ref":null,"topic":"room:a"}`},
		{name: "broadcast to both versions", dialogue: joined + `
			b> ["7","7","room:a","phx_join",{"quiet":true}]
			b< ["7","7","room:a","phx_reply",{"response":{},"status":"ok"}]
			> {"topic":"room:a","event":"broadcast","payload":{"m":1},"ref":"2"}
			< {"event":"msg","payload":{"m":1},"ref":null,"topic":"room:a"}
			< {"event":"phx_reply","payload":{"response":{"told":"all"},"status":"ok"},"ref":"2","topic":"room:a"}
			b< [null,null,"room:a","msg",{"m":1}]`},
		{name: "join again", dialogue: joined + `
			> {"topic":"room:a","event":"phx_join","payload":{"push":{}},"ref":"2"}
			< {"event":"phx_reply","payload":{"response":{"joined":{"push":{}}},"status":"ok"},"ref":"2","topic":"room:a"}
			< {"event":"phx_close","payload":{},"ref":null,"topic":"room:a"}
			< {"event":"joined","payload":{},"ref":null,"topic":"room:a"}`},
		{name: "leave", dialogue: joined + `
			> {"topic":"room:a","event":"phx_leave","payload":{},"ref":"2"}
			< {"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"2","topic":"room:a"}
			< {"event":"phx_close","payload":{},"ref":null,"topic":"room:a"}`},
		{name: "crash", dialogue: joined + `
			> {"topic":"room:a","event":"throw","payload":{},"ref":"2"}
			< {"event":"phx_error","payload":{"reason":"channel_crash"},"ref":null,"topic":"room:a"}`,
			log: []string{"Error: thrown"}},
		{name: "not JSON", dialogue: joined + `
			> not JSON
			x 1011`},
		{name: "an array", dialogue: `
			> [null,"1","phoenix","heartbeat",{}]
			x 1011`},
		{name: "without a ref", dialogue: `
			> {"topic":"phoenix","event":"heartbeat","payload":{}}
			x 1011`},
		{name: "without a topic", dialogue: `
			> {"event":"heartbeat","payload":{},"ref":"1"}
			x 1011`},
		{name: "without an event", dialogue: `
			> {"topic":"phoenix","payload":{},"ref":"1"}
			x 1011`},
		{name: "without a payload", dialogue: `
			> {"topic":"phoenix","event":"heartbeat","ref":"1"}
			x 1011`},
	}
	s := daemontest.Serve(t, rooms)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			talk(t, test.dialogue, connect(t, s, "vsn=1.0.0"), connect(t, s, ""))
			for _, entry := range test.log {
				s.WaitLog(entry)
			}
		})
	}
	t.Run("bytes as base64", func(t *testing.T) {
		talk(t, joined+`
			> {"topic":"room:a","event":"reply","payload":{},"ref":"2"}
			< {"event":"phx_reply","payload":{"response":{"base64":"AQIDBA=="},"status":"ok"},"ref":"2","topic":"room:a"}
			> {"topic":"room:a","event":"push","payload":{},"ref":"3"}
			< {"event":"bin","payload":{"base64":"AAE="},"ref":null,"topic":"room:a"}`,
			connect(t, daemontest.Serve(t, bytesRooms), "vsn=1.0.0"))
	})
	t.Run("bytes of a client", func(t *testing.T) {
		c := connect(t, s, "token=x") // no vsn is version 1
		talk(t, joined, c)
		c.SendBinary([]byte("\x00\x02\x02\x06\x04" + "1015" + "room:a" + "echo"))
		c.ExpectClose(1011)
	})
}
