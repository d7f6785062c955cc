package daemon_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"rowan/daemon/config"
	"rowan/internal/daemontest"
	"rowan/internal/swarm"
	"rowan/internal/wstest"
)

// many opens so many WebSockets at a path of a server.
func many(t *testing.T, s *daemontest.Server, path string, n int) *swarm.Swarm {
	t.Helper()
	clients, err := swarm.New(t.Context(), swarm.Options{URL: "ws://" + s.Addr().String() + path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(clients.Close)
	if err := clients.Open(t.Context(), n, 0, nil); err != nil {
		t.Fatal(err)
	}
	return clients
}

// TestThousandsAreClosedSpreadOut ends a server with sessions and sockets of channels: each is told so by its code, one batch after the
// other, or faster where there would be no time for that.
func TestThousandsAreClosedSpreadOut(t *testing.T) {
	skipShort(t)
	const app = `
-- app.ts --
export default { websocket: { message() {} }, channels: { "room:*": {} } };
`
	for _, test := range []struct {
		name        string
		timeout     time.Duration
		least, most time.Duration // between the first close and the last
	}{
		{"in time", time.Minute, 1200 * time.Millisecond, 5 * time.Second},
		{"in a hurry", time.Second, 400 * time.Millisecond, time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := daemontest.Serve(t, app, daemontest.Configure(func(c *config.Config) {
				c.Shutdown.Batch, c.Shutdown.Interval = 500, config.Duration(200*time.Millisecond)
			}))
			sessions, sockets := many(t, s, "/", 2000), many(t, s, "/socket/websocket?vsn=2.0.0", 2000)
			codes := map[int]int{}
			var first, last time.Time
			closed := func(_ *swarm.Client, err error) {
				last = time.Now()
				if first.IsZero() {
					first = last
				}
				code := 0
				if e, ok := errors.AsType[*swarm.CloseError](err); ok {
					code = e.Code
				}
				codes[code]++
			}
			sessions.Closed, sockets.Closed = closed, closed
			ctx, cancel := context.WithTimeout(t.Context(), test.timeout)
			defer cancel()
			down := make(chan error, 1)
			go func() { down <- s.Shutdown(ctx) }()
			for end := time.Now().Add(wstest.Patience); codes[1001]+codes[1012] < 4000 && time.Now().Before(end); {
				sessions.Wait(5 * time.Millisecond)
				sockets.Wait(5 * time.Millisecond)
			}
			if err := <-down; err != nil {
				t.Error(err)
			}
			if codes[1001] != 2000 || codes[1012] != 2000 {
				t.Errorf("ends by their codes: %v", codes)
			}
			if took := last.Sub(first); took < test.least || took > test.most {
				t.Errorf("from the first close to the last %v, want %v to %v", took, test.least, test.most)
			}
		})
	}
}

// TestASessionThatComesLateIsToldToo ends a server while the app thinks of whether to upgrade a request, and no other session is open.
func TestASessionThatComesLateIsToldToo(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default {
  async fetch(request, server) {
    console.log("asked");
    await Rowan.sleep(300);
    server.upgrade(request);
  },
  websocket: { message() {}, close(ws, code) { console.log("heard of", code); } },
};
`)
	connected := make(chan *wstest.Client, 1)
	go func() { connected <- s.Dial() }()
	s.WaitLog("asked")
	down := make(chan error, 1)
	go func() { down <- s.Shutdown(t.Context()) }()
	(<-connected).ExpectClose(1001)
	s.WaitLog("heard of 1001")
	if err := <-down; err != nil {
		t.Error(err)
	}
}
