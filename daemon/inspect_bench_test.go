package daemon_test

import (
	"strconv"
	"testing"

	"rowan/daemon/inspect"
	"rowan/internal/daemontest"
)

// BenchmarkInspect lists contexts, actors and topics of a server with 100,000 actors, each subscribed to a topic of its own.
func BenchmarkInspect(b *testing.B) {
	const n = 100_000
	s := daemontest.Serve(b, `
-- app.ts --
export default {
	actors: { room: "room.ts" },
	websocket: { async message(ws, text) {
		const [from, to] = text.split(" ").map(Number);
		await Promise.all(Array.from({ length: to - from }, (_, i) => Rowan.actor("room", "of " + (from + i)).begin(String(from + i))));
		ws.send("begun");
	} },
};
-- room.ts --
export function begin(id) { Rowan.subscribe("topic " + id, () => {}); }
`)
	c := s.Dial()
	for i := 0; i < n; i += 500 {
		c.Send(strconv.Itoa(i) + " " + strconv.Itoa(i+500))
		c.Expect("begun")
	}
	in := s.Inspector()
	for name, list := range map[string]func() (int, error){
		"memory": func() (int, error) {
			l, err := in.Contexts(inspect.Query{Sort: "memory", Limit: 50})
			return l.Matching, err
		},
		"busy": func() (int, error) {
			l, err := in.Contexts(inspect.Query{Sort: "busy", Limit: 50})
			return l.Matching, err
		},
		"deep": func() (int, error) {
			l, err := in.Contexts(inspect.Query{Sort: "time", Offset: n / 2, Limit: 50})
			return l.Matching, err
		},
		"search": func() (int, error) {
			l, err := in.Contexts(inspect.Query{Search: "of 99999", Limit: 50})
			return l.Matching, err
		},
		"actors": func() (int, error) { l, err := in.Actors(inspect.Query{Limit: 50}); return l.Matching, err },
		"topics": func() (int, error) { l, err := in.Topics(inspect.Query{Limit: 50}); return l.Matching, err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if found, err := list(); err != nil || found == 0 {
					b.Fatal(found, err)
				}
			}
		})
	}
}
