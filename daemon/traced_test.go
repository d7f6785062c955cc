package daemon_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"rowan/daemon/config"
	"rowan/internal/daemontest"
)

// sentSpan is a span as a collector gets it.
type sentSpan struct {
	TraceID, SpanID, ParentSpanID, Name string
	Kind                                int
	StartTimeUnixNano, EndTimeUnixNano  string
	Attributes                          []struct {
		Key   string
		Value struct{ StringValue string }
	}
	Status struct {
		Code    int
		Message string
	}
}

// collector takes spans as OpenTelemetry's does.
type collector struct {
	*httptest.Server
	mu    sync.Mutex
	spans []sentSpan
	about string
}

func newCollector(t *testing.T) *collector {
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var sent struct {
			ResourceSpans []struct {
				Resource   json.RawMessage
				ScopeSpans []struct{ Spans []sentSpan }
			}
		}
		if r.URL.Path != "/v1/traces" || r.Header.Get("Authorization") != "Bearer 0123456789" || json.NewDecoder(r.Body).Decode(&sent) != nil {
			t.Errorf("%s %s with %v", r.Method, r.URL, r.Header)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, of := range sent.ResourceSpans {
			c.about = string(of.Resource)
			for _, scope := range of.ScopeSpans {
				c.spans = append(c.spans, scope.Spans...)
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// all are the spans so far.
func (c *collector) all() []sentSpan {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.spans)
}

// tree writes the spans below one, indented.
func tree(spans []sentSpan, parent string, depth int) string {
	var names []string
	for _, s := range spans {
		if s.ParentSpanID == parent {
			name := fmt.Sprintf("%s%s %d", strings.Repeat("  ", depth), s.Name, s.Kind)
			if s.Status.Code != 0 {
				name += " failed"
			}
			names = append(names, name+"\n"+tree(spans, s.SpanID, depth+1))
		}
	}
	slices.Sort(names)
	return strings.Join(names, "")
}

// traced is an app whose handlers call actors, host functions and other servers.
const traced = `
-- app.ts --
export default {
	async fetch(request, server) {
		const { pathname } = new URL(request.url);
		if (pathname === "/ws") return server.upgrade(request) ? undefined : new Response("", { status: 400 });
		if (pathname === "/broken") throw new Error("broken");
		const text = await Rowan.actor("room", "a").look(request.headers.get("x-at"));
		Rowan.callSync("broadcast", "room:1", "seen", null);
		await Rowan.call("broadcast", "room:1", "seen", null);
		return new Response(text);
	},
	websocket: {
		async message(ws, text) {
			await new Promise((done) => setTimeout(done, 1));
			ws.send(text);
		},
	},
	channels: {
		"room:*": {
			join: () => ({}),
			on: {
				async slow(socket, payload) {
					await Rowan.actor("room", "a").look(payload.at);
					return { seen: true };
				},
				async refuse() { throw new Rowan.Refusal({ reason: "no" }); },
			},
		},
	},
	actors: { room: { script: "./room.ts" } },
};
-- room.ts --
export async function look(at) {
	const response = await fetch(at);
	return response.text();
}
`

func TestTraces(t *testing.T) {
	var parents []string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parents = append(parents, r.Header.Get("Traceparent"))
		fmt.Fprint(w, "seen")
	}))
	defer other.Close()
	c := newCollector(t)
	s := daemontest.Serve(t, traced, daemontest.Configure(func(o *config.Config) {
		o.Tracing = config.Tracing{Endpoint: c.URL, Authorization: "Bearer 0123456789", Service: "chat", OneIn: 1}
		o.Session.Hosts = []string{strings.TrimPrefix(other.URL, "http://")}
	}))
	const trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	r, _ := http.NewRequest("GET", s.URL()+"look", nil)
	r.Header.Set("Traceparent", "00-"+trace+"-"+parent+"-01")
	r.Header.Set("X-At", other.URL+"/there")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response, err = http.Get(s.URL() + "broken"); err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	s.WaitLog("GET /broken failed")
	plain := s.DialPath("/ws")
	plain.Send("hello")
	plain.Expect("hello")
	client := s.DialPath("/socket/websocket?vsn=2.0.0")
	client.Send(`["1","1","room:1","phx_join",{}]`)
	client.Expect(`["1","1","room:1","phx_reply",{"response":{},"status":"ok"}]`)
	client.Send(`["1","2","room:1","slow",{"at":"` + other.URL + `"}]`)
	client.Expect(`["1","2","room:1","phx_reply",{"response":{"seen":true},"status":"ok"}]`)
	client.Send(`["1","3","room:1","refuse",{}]`)
	client.Expect(`["1","3","room:1","phx_reply",{"response":{"reason":"no"},"status":"error"}]`)
	client.Close(1000, "")
	plain.Close(1000, "")
	s.WaitContexts(1)
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}

	spans := c.all()
	if got, want := tree(spans, parent, 0), `GET 2
  actor room.look 1
    fetch GET 3
  call broadcast 1
  call broadcast 1
`; got != want {
		t.Errorf("below the client's span:\n%s\nwant:\n%s", got, want)
	}
	if got, want := tree(spans, "", 0), `GET 2
GET 2 failed
event refuse 2 failed
event slow 2
  actor room.look 1
    fetch GET 3
join room:* 2
message 2
`; got != want {
		t.Errorf("from the start:\n%s\nwant:\n%s", got, want)
	}
	if len(parents) != 2 || !strings.HasPrefix(parents[0], "00-"+trace+"-") || !strings.HasSuffix(parents[0], "-01") {
		t.Errorf("the other server was told of %v", parents)
	}
	for _, span := range spans {
		if span.Name == "fetch GET" && span.TraceID == trace && parents[0] != "00-"+trace+"-"+span.SpanID+"-01" {
			t.Errorf("the other server was told of %v, not of %v", parents, span)
		}
		if span.StartTimeUnixNano > span.EndTimeUnixNano || span.StartTimeUnixNano == "" {
			t.Errorf("%s from %s to %s", span.Name, span.StartTimeUnixNano, span.EndTimeUnixNano)
		}
	}
	if !strings.Contains(c.about, `"service.name"`) || !strings.Contains(c.about, `"chat"`) {
		t.Errorf("the server says of itself: %s", c.about)
	}
}

// A collector that is away, or says no, is a line in the log; one of many traces is kept, whatever clients want.
func TestTracesThatAreNotKept(t *testing.T) {
	c := newCollector(t)
	s := daemontest.Serve(t, `
-- app.ts --
export default { fetch: () => new Response("hello") };
`, daemontest.Configure(func(o *config.Config) {
		o.Tracing = config.Tracing{Endpoint: c.URL, Authorization: "Bearer 0123456789", OneIn: 1 << 30}
	}))
	r, _ := http.NewRequest("GET", s.URL(), nil)
	r.Header.Set("Traceparent", "00-0af7651916cd43ddffffffffffffffff-b7ad6b7169203331-01")
	for range 10 {
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	s.Shutdown(t.Context())
	if n := len(c.all()); n > 0 {
		t.Errorf("%d spans of 10, of which one in a thousand million is to be kept", n)
	}

	away := daemontest.Serve(t, `
-- app.ts --
export default { websocket: { message(ws, text) { ws.send(text); } } };
`, daemontest.Configure(func(o *config.Config) {
		o.Tracing = config.Tracing{Endpoint: "http://127.0.0.1:9", OneIn: 1}
	}))
	client := away.Dial()
	client.Send("hello")
	client.Expect("hello")
	away.Shutdown(t.Context())
	away.WaitLog("tracing: ", "spans are lost")
}
