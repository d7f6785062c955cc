package channels_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"rowan/bridge"
	"rowan/bridge/presence"
	"rowan/daemon/channels"
	"rowan/daemon/channels/wire"
)

// hesitant is a client whose script answers when the test wants.
type hesitant struct {
	client
	t       *testing.T
	waiting []func(ok bool) // answers what the script was asked, oldest first
	closed  int             // the close code
}

func (h *hesitant) Send(message []byte, text bool) {
	var frame []json.RawMessage
	switch {
	case !text && message[0] > 2:
		h.t.Errorf("a binary frame is %q", message)
	case text && (json.Unmarshal(message, &frame) != nil || len(frame) != 5):
		h.t.Errorf("a text frame is %q", message)
	}
}

func (h *hesitant) Close(code int, _ string) { h.closed = code }

func (h *hesitant) ask(answer func(ok bool)) error {
	h.waiting = append(h.waiting, answer)
	return nil
}

func (h *hesitant) Join(j channels.Join) error {
	return h.ask(func(ok bool) {
		for _, before := range []int{j.Replaced, j.Leaving} {
			if before != 0 {
				h.Gone(before)
			}
		}
		if ok {
			h.Joined(j.Channel, []byte(`{}`), false)
		} else {
			h.Refused(j.Channel, []byte(`[1]`), j.Binary)
			h.Gone(j.Channel)
		}
	})
}

func (h *hesitant) Push(channel int, _, ref, payload []byte, binary bool) error {
	ref, payload = slices.Clone(ref), slices.Clone(payload) // they are of the frame
	return h.ask(func(ok bool) {
		h.Reply(channel, ref, ok, payload, binary)
		h.Socket.Push(channel, "pushed", payload, binary)
	})
}

func (h *hesitant) Left(channel int, ref []byte) error {
	ref = slices.Clone(ref)
	return h.ask(func(bool) {
		h.Socket.Left(channel, ref)
		h.Gone(channel)
	})
}

func (h *hesitant) End(channel int, _ string) {
	h.ask(func(bool) { h.Gone(channel) })
}

// FuzzReceive plays frames, one a line, among which + and - answer what the script was asked, and ! crashes the last channel.
// Every frame that is sent must be one that clients understand, and when the socket has closed nothing of it may be left.
func FuzzReceive(f *testing.F) {
	f.Add("[\"1\",\"1\",\"t:1\",\"phx_join\",{}]\n+\n[\"1\",\"2\",\"t:1\",\"echo\",{}]\n+\n[\"1\",\"3\",\"t:1\",\"phx_leave\",{}]\n+")
	f.Add("[1,1,\"t:1\",\"phx_join\",{}]\n[2,2,\"t:1\",\"phx_join\",{}]\n+\n-\n[2,3,\"t:1\",\"phx_leave\",{}]\n[4,4,\"t:1\",\"phx_join\",{}]\n+\n!")
	f.Add("[1,1,\"t:1\",\"phx_join\",{}]\n\x00\x01\x01\x03\x0112t:1e\xff\n+\n+\n[null,null,\"phoenix\",\"heartbeat\",{}]\n[[],[],[],[],[]]")
	f.Add("[1,1,\"t:1\",\"phx_join\",{}]\n+\n\x03\x01\x01\x03\x01\x00\x0112t:1e{}\n+\nnot JSON")
	routes, err := channels.MakeRoutes([]channels.Pattern{{Topic: "t:*"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, lines string) {
		l := &loop{}
		b := bridge.New([]*loop{l}, bridge.Options{})
		tracker := presence.New(presence.Options{})
		defer tracker.Close()
		hub := &channels.Hub{Broadcasts: b.Broadcasts, Topics: b.Topics, Presence: tracker, Workers: make([]channels.Partition, 1)}
		h := &hesitant{t: t}
		h.Socket = hub.NewSocket(wire.V2, "me", h, h, routes, channels.Settings{MaxChannels: 2, HeldBytes: 1 << 20, Timeout: 1 << 40})
		last := 0
		for line := range strings.SplitSeq(lines, "\n") {
			switch {
			case line == "!":
				last++
				h.Crash(last)
			case (line == "+" || line == "-") && len(h.waiting) > 0:
				answer := h.waiting[0]
				h.waiting = h.waiting[1:]
				answer(line == "+")
			case h.closed == 0:
				h.Receive([]byte(line), !strings.HasPrefix(line, "\x00") && !strings.HasPrefix(line, "\x03"))
			}
		}
		if h.closed != 0 && h.closed != 1011 {
			t.Errorf("closed with %d", h.closed)
		}
		h.Closed()
		l.run()
		if w := hub.Stats().Workers[0]; w.Sockets != 0 || w.Channels != 0 {
			t.Errorf("left are %+v", w)
		}
		if s := b.Broadcasts.Stats(); s.Topics != 0 || s.Subscriptions != 0 {
			t.Errorf("left are %d topics and %d subscriptions", s.Topics, s.Subscriptions)
		}
	})
}
