package channels_test

import (
	"bytes"
	"runtime"
	"testing"
)

// TestLargeMessagesAreNotKept: a socket keeps no room for the largest message that it has sent.
func TestLargeMessagesAreNotKept(t *testing.T) {
	const sockets, size = 32, 1 << 20
	r := newPresenceRig(t)
	clients := make([]*client, sockets)
	for i := range clients {
		clients[i] = r.join()
	}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	payload := append(append([]byte{'"'}, bytes.Repeat([]byte{'x'}, size)...), '"')
	for _, c := range clients {
		if err := c.Socket.Push(1, "event", payload, false); err != nil {
			t.Fatal(err)
		}
		c.got = nil
	}
	if after := heap(); after > before+sockets*size/4 {
		t.Errorf("%d sockets keep %d bytes", sockets, after-before)
	}
	runtime.KeepAlive(clients)
}
