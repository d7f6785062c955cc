package daemon_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

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
	for _, name := range []string{"worker_contexts", "channel_sockets", "channels"} {
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

// counted is an app in which everything happens that is counted by kinds of contexts.
const counted = `
-- app.ts --
export default {
	fetch(request, server) {
		const { pathname } = new URL(request.url);
		if (pathname === "/ws") return server.upgrade(request) ? undefined : new Response("", { status: 400 });
		if (pathname === "/broken") throw new Error("broken");
		if (pathname === "/room") return Rowan.actor("room", "a").hello().then((t) => new Response(t));
		return new Response("hello", { status: pathname === "/" ? 200 : 404 });
	},
	websocket: {
		open(ws) { ws.subscribe("news:sport"); ws.subscribe("plain"); },
		message(ws, text) {
			if (text === "loop") for (;;);
			if (text === "publish") return void ws.publish("news:sport", "goal");
			if (text === "throw") throw new Error("thrown");
			globalThis.kept = Array(1000).fill(text);
			console.warn("about to answer");
			ws.send(text);
		},
	},
	actors: { room: { script: "./room.ts" } },
};
-- room.ts --
export function hello() { return "hello from the room"; }
`

func TestMetricsByKind(t *testing.T) {
	s := daemontest.Serve(t, counted, daemontest.Admin, daemontest.Configure(func(c *config.Config) {
		c.Session.Turn, c.Log.SlowTurn = config.Duration(200*time.Millisecond), config.Duration(time.Hour)
		c.Request.MaxBody = 1000
	}))
	get := func(path string, want int) {
		t.Helper()
		response, err := http.Get(strings.TrimSuffix(s.URL(), "/") + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Fatalf("%s: status %d", path, response.StatusCode)
		}
	}
	get("/", 200)
	get("/nothing", 404)
	get("/room", 200)
	get("/broken", 500)
	s.WaitLog("GET /broken failed")
	response, err := http.Post(s.URL(), "", strings.NewReader(strings.Repeat("x", 1001)))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 413 {
		t.Errorf("a body that is too large has the status %d", response.StatusCode)
	}
	var clients []*wstest.Client
	for range 6 {
		c := s.DialPath("/ws")
		c.Send("hello")
		c.Expect("hello")
		clients = append(clients, c)
	}
	clients[0].Send("loop")
	s.WaitLog("turn ended: it ran longer")
	clients[0].Send("throw")
	s.WaitLog("thrown")
	clients[0].Send("publish")
	for _, c := range clients[1:] {
		c.Expect("goal")
	}
	clients[0].Send("hello")
	clients[0].Expect("hello")

	value := func(name, labels string) float64 {
		t.Helper()
		v, ok := scrape(t, s, name)[labels]
		if !ok {
			t.Errorf("there is no rowan_%s{%s}, but %v", name, labels, scrape(t, s, name))
		}
		return v
	}
	is := func(want float64, name, labels string) {
		t.Helper()
		if got := value(name, labels); got != want {
			t.Errorf("rowan_%s{%s} is %v, want %v", name, labels, got, want)
		}
	}
	positive := func(name, labels string) {
		t.Helper()
		if got := value(name, labels); got <= 0 {
			t.Errorf("rowan_%s{%s} is %v", name, labels, got)
		}
	}
	resident, parked := value("contexts", `kind="session",state="resident"`), value("contexts", `kind="session",state="parked"`)
	if resident < 1 || resident > 4 || resident+parked != 6 {
		t.Errorf("%v sessions are resident and %v parked, of 6", resident, parked)
	}
	is(1, "contexts", `kind="actor room",state="resident"`)
	is(1, "actors", "")
	positive("context_bytes", `kind="session",part="images"`)
	positive("context_bytes", `kind="session",part="deltas"`)
	positive("context_bytes", `kind="session",part="heaps"`)
	positive("windows", `kind="actor room"`)
	if forks := value("context_forks_total", `kind="session"`); forks != 11 { // of one that read the app, four requests and six sessions
		t.Errorf("%v forks of sessions, want 11", forks)
	}
	positive("context_parks_total", `kind="session"`)
	positive("context_resumes_total", `kind="session"`)
	if n := value("turn_seconds_count", `kind="session"`); n < 6*2+4 {
		t.Errorf("%v turns of sessions", n)
	}
	if sum := value("turn_seconds_sum", `kind="session"`); sum < 0.2 || sum > 30 {
		t.Errorf("their time is %v s, with one of 200 ms", sum)
	}
	is(value("turn_seconds_count", `kind="session"`), "turn_seconds_bucket", `kind="session",le="+Inf"`)
	is(1, "limits_total", `kind="session",limit="time"`)
	is(0, "limits_total", `kind="session",limit="heap"`)
	is(3, "errors_total", `kind="session"`)
	is(2, "response_seconds_count", `status="2xx"`)
	is(2, "response_seconds_count", `status="4xx"`) // one of the app's, and one that it was not asked for
	is(1, "response_seconds_count", `status="5xx"`)
	is(6, "topic_subscriptions", `space="topics",topic="news:*"`)
	is(6, "topic_subscriptions", `space="topics",topic="plain"`)
	is(1, "topic_messages_total", `space="topics",topic="news:*"`)
	is(5, "topic_deliveries_total", `space="topics",topic="news:*"`)
	is(2, "topics", `space="topics"`)
	is(6, "sockets_opened_total", "")
	is(10, "socket_messages_in_total", "")
	is(12, "socket_messages_out_total", "")
	positive("worker_answer_seconds", `worker="0"`)
	is(1, "ready", "")
	if warned := value("log_lines_total", `level="warn"`); warned != 7 {
		t.Errorf("%v lines with warnings", warned)
	}
	positive("log_lines_total", `level="error"`)

	problems, err := promlint.New(strings.NewReader(s.AdminGet("metrics"))).Lint()
	if err != nil {
		t.Error(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "rowan_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

// TestMetricsOfTopicsAreBounded has a client name ever more topics.
func TestMetricsOfTopicsAreBounded(t *testing.T) {
	s := daemontest.Serve(t, `
-- app.ts --
export default { websocket: { message(ws, text) { ws.subscribe(text); ws.send(text); } } };
`, daemontest.Admin)
	c := s.Dial()
	for i := range 300 {
		name := fmt.Sprintf("topic %d:\"x\n", i)
		c.Send(name)
		c.Expect(name)
	}
	got := scrape(t, s, "topic_subscriptions")
	if len(got) != 101 || got[`space="topics",topic="other"`] != 200 {
		t.Errorf("%d groups, %v in the last", len(got), got[`space="topics",topic="other"`])
	}
}
