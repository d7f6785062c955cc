package daemon_test

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"

	"rowan/daemon/config"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// scrape reads a metric: its values by the labels.
func scrape(t *testing.T, s *daemontest.Server, name string) map[string]float64 {
	t.Helper()
	text := s.AdminGet("metrics")
	values := map[string]float64{}
	for _, m := range regexp.MustCompile(`(?m)^rowan_`+name+`(?:\{(.*)\})? (.*)$`).FindAllStringSubmatch(text, -1) {
		v, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		values[m[1]] = v
	}
	return values
}

// What the numbers say of how sockets, channels and topics are spread over workers, and connections over acceptors.
func TestMetricsOfChannels(t *testing.T) {
	s := daemontest.Serve(t, room, daemontest.Admin, daemontest.Configure(func(c *config.Config) { c.Acceptors = 3 }))
	const n = 40
	var clients []*wstest.Client
	for i := range n {
		c := s.DialPath("/socket/websocket?vsn=2.0.0")
		topic := fmt.Sprintf("room:%d", i)
		c.Send(fmt.Sprintf(`["1","1",%q,"phx_join",{}]`, topic))
		c.Expect(fmt.Sprintf(`["1","1",%q,"phx_reply",{"response":{"hello":null,"user":null},"status":"ok"}]`, topic))
		c.Expect(fmt.Sprintf(`["1",null,%q,"joined",{"topic":%q}]`, topic, topic))
		clients = append(clients, c)
	}
	for _, name := range []string{"contexts", "channel_sockets", "channels"} {
		if got := scrape(t, s, name); got[`worker="0"`] != n/2 || got[`worker="1"`] != n/2 {
			t.Errorf("%s: %v, want %d on each worker", name, got, n/2)
		}
	}
	got := scrape(t, s, "subscriptions")
	if got[`space="broadcasts",worker="0"`] != n/2 || got[`space="broadcasts",worker="1"`] != n/2 || got[`space="topics",worker="0"`] != 0 {
		t.Errorf("subscriptions: %v", got)
	}
	accepted := 0.0
	for _, v := range scrape(t, s, "accepted_total") {
		accepted += v
	}
	if by := scrape(t, s, "accepted_total"); len(by) != 3 || accepted != n {
		t.Errorf("accepted: %v, want %d by 3 acceptors", by, n)
	}
	if got := scrape(t, s, "channel_joins_total")[""]; got != n {
		t.Errorf("%v joins", got)
	}
	clients[0].Send(`["1","2","room:0","crash",{}]`)
	clients[0].Expect(`["1","1","room:0","phx_error",{"reason":"channel_crash"}]`)
	s.WaitLog("oh no")
	if got := scrape(t, s, "channel_crashes_total")[""]; got != 1 {
		t.Errorf("%v crashes", got)
	}
	for _, c := range clients {
		c.Close(1000, "")
	}
	s.WaitContexts(0)
	for _, name := range []string{"channel_sockets", "channels", "subscriptions"} {
		for labels, v := range scrape(t, s, name) {
			if v != 0 {
				t.Errorf("%s{%s} is %v when all have gone", name, labels, v)
			}
		}
	}
}
