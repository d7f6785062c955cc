package daemon_test

import (
	"sync/atomic"
	"testing"

	"rowan/daemon"
	"rowan/internal/daemontest"
)

// otherNode is the other node of a cluster of two in one process.
type otherNode struct {
	t  *testing.T
	to atomic.Pointer[daemon.Server]
}

func (n *otherNode) Relay(space, topic string, encoded []byte) {
	if s := n.to.Load(); s != nil {
		if err := s.Receive(space, topic, encoded); err != nil {
			n.t.Error(err)
		}
	}
}

// Two nodes with the same app: a broadcast and a message of a topic reach the members of both, each once.
func TestNodes(t *testing.T) {
	var relays [2]otherNode
	var servers [2]*daemontest.Server
	for i := range servers {
		relays[i].t = t
		servers[i] = daemontest.Serve(t, room, func(o *daemon.Options) { o.Relay = &relays[i] })
	}
	relays[0].to.Store(servers[1].Server)
	relays[1].to.Store(servers[0].Server)

	a, b := servers[0].DialPath("/socket/websocket?vsn=2.0.0"), servers[1].DialPath("/socket/websocket?vsn=2.0.0&user=bob")
	a.Send(`["1","1","room:1","phx_join",{}]`)
	a.Expect(`["1","1","room:1","phx_reply",{"response":{"hello":null,"user":null},"status":"ok"}]`)
	a.Expect(`["1",null,"room:1","joined",{"topic":"room:1"}]`)
	b.Send(`["1","1","room:1","phx_join",{}]`)
	b.Expect(`["1","1","room:1","phx_reply",{"response":{"hello":null,"user":"bob"},"status":"ok"}]`)
	b.Expect(`["1",null,"room:1","joined",{"topic":"room:1"}]`)

	a.Send(`["1","2","room:1","shout",{"from":"a"}]`)
	a.Expect(`[null,null,"room:1","shout",{"from":"a"}]`)
	a.Expect(`["1","2","room:1","phx_reply",{"response":{},"status":"ok"}]`)
	b.Expect(`[null,null,"room:1","shout",{"from":"a"}]`)

	b.Send(`["1","2","room:1","others",{"from":"b"}]`)
	a.Expect(`[null,null,"room:1","shout",{"from":"b"}]`)
	b.Send(`["1","3","room:1","echo",{}]`) // nothing came to itself before this
	b.Expect(`["1","3","room:1","phx_reply",{"response":{},"status":"ok"}]`)

	a.Send(`["1","4","room:1","disconnect",{"id":"user:bob"}]`)
	a.Expect(`["1","4","room:1","phx_reply",{"response":{},"status":"ok"}]`)
	b.ExpectClose(1001)
}
