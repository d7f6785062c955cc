package examples

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"rowan/daemon/config"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// superhero is one of the list, as the channel tells of it.
type superhero struct {
	ID             int
	Name, Location string
	Power, Version int
}

// post creates a superhero by REST and returns its id.
func (a *api) post(name, location string, power int) int {
	a.t.Helper()
	answer, _ := a.call("POST", "api/superheroes", jsonType, body(name, location, power), 201)
	data, _ := answer["data"].(map[string]any)
	id, _ := data["id"].(float64)
	if want := shown(int(id), name, location, power); !reflect.DeepEqual(answer, want) {
		a.t.Fatalf("created %v, want %v", answer, want)
	}
	return int(id)
}

// put changes a superhero by REST.
func (a *api) put(id int, name, location string, power int) {
	a.t.Helper()
	answer, _ := a.call("PUT", fmt.Sprint("api/superheroes/", id), jsonType, body(name, location, power), 200)
	if want := shown(id, name, location, power); !reflect.DeepEqual(answer, want) {
		a.t.Fatalf("updated %v, want %v", answer, want)
	}
}

func (a *api) remove(id int) {
	a.t.Helper()
	a.call("DELETE", fmt.Sprint("api/superheroes/", id), "", "", 204)
}

// body is what a client sends of a superhero.
func body(name, location string, power int) string {
	text, _ := json.Marshal(map[string]any{"superhero": map[string]any{"name": name, "location": location, "power": power}})
	return string(text)
}

// shown is what REST answers.
func shown(id int, name, location string, power int) map[string]any {
	return map[string]any{"data": map[string]any{"id": float64(id), "name": name, "location": location, "power": float64(power)}}
}

// frame is a message of the channels protocol.
type frame struct {
	joinRef, ref any // nil or a string
	topic, event string
	payload      json.RawMessage
}

func (f *frame) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&f.joinRef, &f.ref, &f.topic, &f.event, &f.payload})
}

// reply is the payload of a phx_reply.
type reply struct {
	Status   string
	Response map[string]any
}

// member is a client of the channels protocol that sees every frame, and keeps who is present.
type member struct {
	*wstest.Client
	t       testing.TB
	topic   string
	joinRef string
	ref     int
	here    map[string]map[string]bool // by name, the phx_ref of each tab
}

// enter connects and joins a topic, whose reply must be ok and empty.
func enter(t testing.TB, s *daemontest.Server, topic string) *member {
	t.Helper()
	m := &member{Client: wstest.Dial(t, s.URL()+"socket/websocket?token=secret&vsn=2.0.0"), t: t, topic: topic}
	m.join()
	return m
}

func (m *member) join() {
	m.t.Helper()
	m.joinRef = fmt.Sprint(m.ref + 1)
	if r := m.ask("phx_join", map[string]any{}); r.Status != "ok" || len(r.Response) != 0 {
		m.t.Fatalf("join %s: %+v", m.topic, r)
	}
}

// tell sends an event and returns its ref.
func (m *member) tell(event string, payload any) string {
	m.t.Helper()
	m.ref++
	ref := fmt.Sprint(m.ref)
	m.SendJSON([]any{m.joinRef, ref, m.topic, event, payload})
	return ref
}

// ask sends an event and returns the reply, which must be the next frame.
func (m *member) ask(event string, payload any) (r reply) {
	m.t.Helper()
	ref := m.tell(event, payload)
	f := m.next("phx_reply", &r)
	if f.joinRef != m.joinRef || f.ref != ref {
		m.t.Fatalf("%s %s: answered by %+v", ref, event, f)
	}
	return r
}

// frame reads the next frame but those of presence.
func (m *member) frame() frame {
	m.t.Helper()
	for {
		var f frame
		if m.NextJSON(&f); !m.present(f) {
			return f
		}
	}
}

// next reads a frame, which must be of that event, and its payload.
func (m *member) next(event string, payload any) frame {
	m.t.Helper()
	f := m.frame()
	if f.topic != m.topic || f.event != event {
		m.t.Fatalf("got %s %s %s, want %s", f.topic, f.event, f.payload, event)
	}
	if err := json.Unmarshal(f.payload, payload); err != nil {
		m.t.Fatalf("%s: %v in %s", event, err, f.payload)
	}
	return f
}

// lobbyMessage is the payload of hydrate, create, update and delete.
type lobbyMessage struct {
	Superheroes []superhero
	Superhero   superhero
	MessageID   string `json:"message_id"`
}

// hear reads a message of the lobby and acknowledges it.
func (m *member) hear(event string) lobbyMessage {
	m.t.Helper()
	message := m.miss(event)
	m.tell("message_ack", map[string]any{"message_id": message.MessageID, "status": "ok"})
	return message
}

// miss reads a message of the lobby and does not acknowledge it.
func (m *member) miss(event string) (message lobbyMessage) {
	m.t.Helper()
	if f := m.next(event, &message); f.joinRef != m.joinRef || f.ref != nil || message.MessageID == "" {
		m.t.Fatalf("%+v %s", f, f.payload)
	}
	return message
}

// visitLobby enters the lobby and returns the list.
func visitLobby(t testing.TB, s *daemontest.Server) (*member, []superhero) {
	t.Helper()
	m := enter(t, s, "superheroes:lobby")
	return m, m.hear("hydrate").Superheroes
}

// heroes starts the example as it stands.
func heroes(t testing.TB, options ...daemontest.Option) (*daemontest.Server, *api) {
	t.Helper()
	s := daemontest.ServeApp(t, "superheroes/app.ts", options...)
	return s, newAPI(t, s)
}

// heroesWith starts the example with code around it, in a folder of its own: an app in which `app` is that of the example.
func heroesWith(t testing.TB, code string, options ...daemontest.Option) (*daemontest.Server, *api) {
	t.Helper()
	s := daemontest.ServeApp(t, heroesIn(t, t.TempDir(), code), options...)
	return s, newAPI(t, s)
}

// heroesIn writes such an app into a folder and returns its path.
func heroesIn(t testing.TB, dir, code string) string {
	t.Helper()
	source, err := filepath.Abs("superheroes")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "migrations"), os.DirFS("superheroes/migrations")); err != nil {
		t.Fatal(err)
	}
	daemontest.Write(t, dir, fmt.Sprintf("-- app.ts --\nimport app from %q;\n%s", filepath.Join(source, "app.ts"), code))
	return filepath.Join(dir, "app.ts")
}

// injector publishes what is posted to /inject, as a request does that has changed something.
const injector = `
export default {
  ...app,
  async fetch(request, server) {
    if (new URL(request.url).pathname !== "/inject") return app.fetch(request, server);
    for (const change of await request.json()) Rowan.publish("superheroes", change);
    return new Response(null, { status: 204 });
  },
};`

// change is what the app publishes.
func change(event string, id, version int) map[string]any {
	return map[string]any{"event": event, "superhero": map[string]any{
		"id": id, "name": fmt.Sprintf("%s %d", event, version), "location": "here", "power": 1, "version": version}}
}

func (a *api) inject(changes ...map[string]any) {
	a.t.Helper()
	text, _ := json.Marshal(changes)
	a.call("POST", "inject", jsonType, string(text), 204)
}

// TestSuperheroesClient goes through most points.
func TestSuperheroesClient(t *testing.T) { runScript(t, "superheroes.mjs", "superheroes/app.ts", keep) }

// Points 1, 3, 4, 5.
func TestSuperheroesREST(t *testing.T) {
	s, a := heroes(t)
	if got, _ := a.call("GET", "api/superheroes", "", "", 200); !reflect.DeepEqual(got, map[string]any{"data": []any{}}) {
		t.Errorf("at first the list is %v", got)
	}
	answer, header := a.call("POST", "api/superheroes", jsonType, body(" Storm ", "Kairo, القاهرة", 90), 201)
	if want := shown(1, "Storm", "Kairo, القاهرة", 90); !reflect.DeepEqual(answer, want) || header.Get("Location") != "/api/superheroes/1" {
		t.Errorf("created %v, %v", answer, header)
	}
	rogue := a.post("Rogue", "Caldecott", 1)
	a.put(rogue, "Rogue", "New York", 100)
	a.call("PUT", "api/superheroes/2", jsonType, `{"superhero": {"power": 99}}`, 200) // the other fields stay
	want := shown(2, "Rogue", "New York", 99)
	if got, _ := a.call("GET", "api/superheroes/2", "", "", 200); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	a.remove(1)
	a.call("GET", "api/superheroes/1", "", "", 404)
	a.call("PUT", "api/superheroes/1", jsonType, body("Storm", "Cairo", 1), 404)
	a.call("DELETE", "api/superheroes/1", "", "", 404)
	if got, _ := a.call("GET", "api/superheroes", "", "", 200); !reflect.DeepEqual(got["data"], []any{want["data"]}) {
		t.Errorf("the list is %v", got)
	}
	a.remove(rogue)
	if id := a.post("Beast", "Chicago", 50); id != 3 {
		t.Errorf("the third has id %d: one was given again", id)
	}
	s.WaitContexts(0)
}

// Point 2, and the other refusals.
func TestSuperheroesRefusals(t *testing.T) {
	_, a := heroes(t)
	a.post("Storm", "Cairo", 90)
	tests := []struct{ body, errors string }{
		{`{}`, `{"location":["is missing"],"name":["is missing"],"power":["is missing"]}`},
		{`null`, `{"location":["is missing"],"name":["is missing"],"power":["is missing"]}`},
		{`{"superhero": [1]}`, `{"location":["is missing"],"name":["is missing"],"power":["is missing"]}`},
		{body("Storm", "Cairo", 0), `{"power":["is not between 1 and 100"]}`},
		{body("Storm", "Cairo", 101), `{"power":["is not between 1 and 100"]}`},
		{body("Storm", " ", 1), `{"location":["is missing"]}`},
		{body(strings.Repeat("x", 101), "Cairo", 1), `{"name":["is longer than 100 characters"]}`},
		{`{"superhero": {"name": 7, "location": null, "power": 1.5}}`, `{"location":["is missing"],"name":["is no text"],"power":["is no whole number"]}`},
	}
	for _, test := range tests {
		answer, _ := a.call("POST", "api/superheroes", jsonType, test.body, 422)
		if got, _ := json.Marshal(answer["errors"]); string(got) != test.errors {
			t.Errorf("%s: %s, want %s", test.body, got, test.errors)
		}
	}
	a.call("PUT", "api/superheroes/1", jsonType, body("", "Cairo", 1), 422)
	a.call("PUT", "api/superheroes/1", jsonType, body("Storm", "Cairo", 1000), 422)
	a.call("POST", "api/superheroes", jsonType, "{", 400)
	a.call("POST", "api/superheroes", "text/plain", body("Storm", "Cairo", 1), 415)
	a.call("PATCH", "api/superheroes/1", jsonType, "{}", 405)
	a.call("GET", "api/superheroes/x", "", "", 404)
	a.call("GET", "api/villains", "", "", 404)
	want := []any{shown(1, "Storm", "Cairo", 90)["data"]}
	if got, _ := a.call("GET", "api/superheroes", "", "", 200); !reflect.DeepEqual(got["data"], want) {
		t.Errorf("the list is %v", got)
	}
}

// TestSuperheroesTooMany has as many superheroes as there may be, the largest: a client gets them all.
func TestSuperheroesTooMany(t *testing.T) {
	s, a := heroesWith(t, `
export default {
  ...app,
  fetch(request, server) {
    if (new URL(request.url).pathname !== "/fill") return app.fetch(request, server);
    Rowan.sql("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 499) INSERT INTO superheroes SELECT i, ?, ?, 1, -i FROM n",
      "\u0001".repeat(100), "\u0001".repeat(100));
    return new Response(null, { status: 204 });
  },
};`, daemontest.Configure(func(c *config.Config) { c.Session.Turn = config.Duration(time.Second) })) // for slow machines
	a.call("POST", "fill", "", "", 204)
	m, list := visitLobby(t, s)
	a.post("Storm", "Cairo", 90)
	m.hear("create")
	if len(list) != 499 {
		t.Errorf("the client gets %d", len(list))
	}
	if _, list := visitLobby(t, s); len(list) != 500 {
		t.Errorf("the next client gets %d", len(list))
	}
	answer, _ := a.call("POST", "api/superheroes", jsonType, body("Rogue", "Caldecott", 1), 422)
	if want := map[string]any{"base": []any{"there are 500 already"}}; !reflect.DeepEqual(answer["errors"], want) {
		t.Errorf("one more: %v", answer)
	}
}

// Point 6. In a browser: TestSuperheroesPageElsewhere.
func TestSuperheroesOrigins(t *testing.T) {
	s, a := heroes(t)
	_, preflight := a.call("OPTIONS", "api/superheroes/1", "", "", 204)
	if methods := preflight.Get("Access-Control-Allow-Methods"); !strings.Contains(methods, "PUT") || !strings.Contains(methods, "DELETE") ||
		preflight.Get("Access-Control-Allow-Headers") != "content-type" {
		t.Errorf("preflight: %v", preflight)
	}
	_, created := a.call("POST", "api/superheroes", jsonType, body("Storm", "Cairo", 90), 201)
	_, missing := a.call("GET", "api/superheroes/7", "", "", 404)
	_, wrong := a.call("POST", "api/superheroes", jsonType, "{}", 422)
	for _, header := range []http.Header{preflight, created, missing, wrong} {
		if got := header.Get("Access-Control-Allow-Origin"); got != "*" {
			t.Errorf("allowed is %q", got)
		}
	}
	for origin, allowed := range map[string]bool{"http://localhost:5173": true, "http://127.0.0.1:8000": true, "https://evil.example": false} {
		dialer := ws.Dialer{Header: ws.HandshakeHeaderHTTP{"Origin": {origin}}}
		if _, err := wstest.TryDial(t, s.URL()+"socket/websocket?token=t&vsn=2.0.0", dialer); (err == nil) != allowed {
			t.Errorf("%s: %v", origin, err)
		}
	}
}

// Point 7.
func TestSuperheroesHydrate(t *testing.T) {
	s, a := heroes(t)
	if _, list := visitLobby(t, s); len(list) != 0 {
		t.Errorf("at first the list is %v", list)
	}
	a.post("Storm", "Cairo", 90)
	a.post("Rogue", "Caldecott", 1)
	a.put(1, "Storm", "Kenya", 91)
	a.remove(2)
	m, list := visitLobby(t, s)
	if want := []superhero{{1, "Storm", "Kenya", 91, 3}}; !reflect.DeepEqual(list, want) {
		t.Errorf("the list is %v, want %v", list, want)
	}
	m.ExpectNothing(50 * time.Millisecond) // one hydrate
}

// Points 8, 9 and 11: what one request after another changes.
func TestSuperheroesChanges(t *testing.T) {
	s, a := heroes(t)
	ann, _ := visitLobby(t, s)
	bob, _ := visitLobby(t, s)
	expect := func(event string, want superhero) {
		t.Helper()
		for _, m := range []*member{ann, bob} {
			if got := m.hear(event).Superhero; got != want {
				t.Errorf("%s %+v, want %+v", event, got, want)
			}
		}
	}
	id := a.post("Storm", "Cairo", 90)
	expect("create", superhero{id, "Storm", "Cairo", 90, 1})
	a.put(id, "Storm", "Kenya", 91)
	expect("update", superhero{id, "Storm", "Kenya", 91, 2})
	a.call("PUT", "api/superheroes/1", jsonType, body("", "", 0), 422) // no change
	a.remove(id)
	expect("delete", superhero{id, "Storm", "Kenya", 91, 3})
	ann.ExpectNothing(50 * time.Millisecond)
	bob.ExpectNothing(0)
}

// Point 8: while clients join, others create. Each client gets each superhero once, in its list or after it.
func TestSuperheroesJoinAmongChanges(t *testing.T) {
	s, a := heroes(t)
	const creators, each, clients = 4, 25, 12
	var created sync.WaitGroup
	for i := range creators {
		created.Go(func() {
			for n := range each {
				a.post(fmt.Sprintf("%d.%d", i, n), "here", 1)
			}
		})
	}
	var members []*member
	var lists [][]superhero
	for range clients {
		m, list := visitLobby(t, s)
		members, lists = append(members, m), append(lists, list)
	}
	for i, m := range members {
		seen := map[int]int{}
		for _, h := range lists[i] {
			seen[h.ID]++
		}
		for len(seen) < creators*each {
			seen[m.hear("create").Superhero.ID]++
		}
		for id, times := range seen {
			if times != 1 {
				t.Errorf("client %d got superhero %d %d times", i, id, times)
			}
		}
		t.Logf("client %d: %d in its list", i, len(lists[i]))
	}
	created.Wait()
	for _, m := range members {
		m.ExpectNothing(5 * time.Millisecond)
	}
}

// Points 9 and 11: whatever the order in which changes reach a channel, its client ends with the newest.
func TestSuperheroesOutOfOrder(t *testing.T) {
	create, update, remove := "create", "update", "delete"
	tests := []struct {
		name    string
		changes []map[string]any
		events  []string // what the client is told: event, id and version
	}{
		{"newer", []map[string]any{change(update, 1, 10), change(update, 1, 11)}, []string{"update 1 10", "update 1 11"}},
		{"older", []map[string]any{change(update, 1, 11), change(update, 1, 10)}, []string{"update 1 11"}},
		{"equal", []map[string]any{change(update, 1, 10), change(update, 1, 10)}, []string{"update 1 10"}},
		{"that of the list, and before", []map[string]any{change(update, 1, 1), change(create, 1, 1), change(update, 1, 0)}, nil},
		{"unknown", []map[string]any{change(update, 9, 10), change(remove, 8, 11)}, nil},
		{"nothing is missing", []map[string]any{change(update, 9, 2), change(remove, 1, 4), change(update, 1, 3), change(update, 1, 3)}, []string{"delete 1 4"}},
		{"an update before its create", []map[string]any{change(update, 9, 12), change(update, 9, 11), change(create, 9, 10), change(update, 9, 11)},
			[]string{"create 9 12"}},
		{"a delete before its update", []map[string]any{change(remove, 1, 12), change(update, 1, 11), change(create, 1, 10), change(update, 1, 13)},
			[]string{"delete 1 12"}},
		{"a delete before its create", []map[string]any{change(remove, 9, 12), change(update, 9, 11), change(create, 9, 10)}, nil},
		{"a create twice", []map[string]any{change(create, 9, 10), change(create, 9, 10)}, []string{"create 9 10"}},
		{"a delete twice", []map[string]any{change(remove, 1, 10), change(remove, 1, 10)}, []string{"delete 1 10"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, a := heroesWith(t, injector)
			a.post("Storm", "Cairo", 90) // 1, in version 1
			m, _ := visitLobby(t, s)
			a.inject(test.changes...)
			a.inject(change(create, 100, 100))
			var events []string
			for {
				var message lobbyMessage
				f := m.frame()
				if err := json.Unmarshal(f.payload, &message); err != nil {
					t.Fatal(err)
				}
				if message.Superhero.ID == 100 {
					break
				}
				events = append(events, fmt.Sprintf("%s %d %d", f.event, message.Superhero.ID, message.Superhero.Version))
			}
			if !reflect.DeepEqual(events, test.events) {
				t.Errorf("the client is told %q, want %q", events, test.events)
			}
		})
	}
}

// A change that does not come, although newer ones do, was lost on the way: the client joins again.
func TestSuperheroesLostChange(t *testing.T) {
	s, a := heroesWith(t, injector)
	ann, _ := visitLobby(t, s)
	a.inject(change("create", 1, 2), change("create", 2, 3))
	ann.hear("create")
	ann.hear("create")
	bob, _ := visitLobby(t, s)
	ann.next("phx_error", &map[string]any{})
	s.WaitLog("changes_lost")
	ann.join()
	ann.hear("hydrate")

	a.inject(change("create", 3, 2), change("create", 4, 1)) // in another order
	for _, m := range []*member{ann, bob} {
		m.hear("create")
		m.hear("create")
	}
	ann.ExpectNothing(3500 * time.Millisecond)
	bob.ExpectNothing(0)
}

// Points 9 and 10: many updates within one second, of two at a time. The client ends with what is stored.
func TestSuperheroesSameSecond(t *testing.T) {
	s, a := heroes(t)
	id := a.post("Storm", "Cairo", 1)
	m, list := visitLobby(t, s)
	const updates = 30
	var updated sync.WaitGroup
	for i := range 2 {
		updated.Go(func() {
			for n := range updates {
				a.put(id, "Storm", fmt.Sprintf("%d.%d", i, n), 1)
			}
		})
	}
	updated.Wait()
	version := list[0].Version
	for last := version + 2*updates; version < last; {
		h := m.hear("update").Superhero
		if h.Version <= version {
			t.Fatalf("version %d after %d", h.Version, version)
		}
		version, list[0] = h.Version, h
	}
	if _, stored := visitLobby(t, s); !reflect.DeepEqual(stored, list) {
		t.Errorf("the client has %v, stored is %v", list, stored)
	}
}

// Point 13: a channel that was left is told nothing, waits for nothing, and its socket's context goes with the socket.
func TestSuperheroesLeave(t *testing.T) {
	s, a := heroes(t)
	m := enter(t, s, "superheroes:lobby")
	m.miss("hydrate") // not acknowledged
	s.WaitContexts(1)
	if r := m.ask("phx_leave", map[string]any{}); r.Status != "ok" {
		t.Errorf("leave: %+v", r)
	}
	m.next("phx_close", &map[string]any{})
	a.post("Storm", "Cairo", 90)
	m.ExpectNothing(3500 * time.Millisecond)
	m.join()
	m.hear("hydrate")
	m.Kill()
	s.WaitContexts(0)
}

// Point 14. That the client joins again by itself: testdata/superheroes.mjs.
func TestSuperheroesNoAcknowledgement(t *testing.T) {
	s, a := heroes(t)
	ann := enter(t, s, "superheroes:lobby")
	bob, _ := visitLobby(t, s)
	ann.hear("hydrate")
	a.post("Storm", "Cairo", 90)
	start := time.Now()
	bob.hear("create")
	ann.miss("create")
	ann.tell("message_ack", map[string]any{"message_id": "of another one", "status": "ok"})
	a.put(1, "Storm", "Kenya", 90)
	bob.hear("update")
	ann.hear("update") // acknowledges the later one alone
	f := ann.next("phx_error", &map[string]any{})
	if f.joinRef != ann.joinRef || f.ref != ann.joinRef {
		t.Errorf("%+v", f)
	}
	if waited := time.Since(start); waited < 2900*time.Millisecond || waited > 3900*time.Millisecond {
		t.Errorf("the channel crashed after %v", waited)
	}
	s.WaitLog("no_ack_received")
	ann.join()
	if list := ann.hear("hydrate").Superheroes; len(list) != 1 || list[0].Location != "Kenya" {
		t.Errorf("the list is %v", list)
	}
	bob.ExpectNothing(0) // the other's channel goes on
	s.WaitContexts(2)
}

// Point 15.
func TestSuperheroesToken(t *testing.T) {
	s, _ := heroes(t)
	for query, admitted := range map[string]bool{
		"?token=secret&vsn=2.0.0": true, "?vsn=2.0.0": false, "?token=&vsn=2.0.0": false, "?token[]=x&vsn=2.0.0": false,
	} {
		_, err := wstest.TryDial(t, s.URL()+"socket/websocket"+query, ws.Dialer{})
		if (err == nil) != admitted || err != nil && err != ws.StatusError(http.StatusForbidden) {
			t.Errorf("%s: %v", query, err)
		}
	}
}

// Point 15: the token names the socket.
func TestSuperheroesDisconnect(t *testing.T) {
	s, a := heroesWith(t, `
export default {
  ...app,
  fetch() {
    Rowan.broadcast("visitor:secret", "disconnect");
    return new Response(null, { status: 204 });
  },
};`)
	m, _ := visitLobby(t, s)
	a.call("POST", "disconnect", "", "", 204)
	m.ExpectClose(1001)
}

// presences is a presence_state, and each side of a presence_diff.
type presences map[string]struct {
	Metas []struct {
		Ref string `json:"phx_ref"`
	}
}

// present applies a frame of presence. It returns false for any other.
func (m *member) present(f frame) bool {
	m.t.Helper()
	var diff struct{ Joins, Leaves presences }
	var err error
	switch f.event {
	case "presence_state":
		m.here = map[string]map[string]bool{}
		err = json.Unmarshal(f.payload, &diff.Joins)
	case "presence_diff":
		err = json.Unmarshal(f.payload, &diff)
	default:
		return false
	}
	if err != nil {
		m.t.Fatalf("%s: %v in %s", f.event, err, f.payload)
	}
	for name, presence := range diff.Joins {
		if m.here[name] == nil {
			m.here[name] = map[string]bool{}
		}
		for _, meta := range presence.Metas {
			m.here[name][meta.Ref] = true
		}
	}
	for name, presence := range diff.Leaves {
		for _, meta := range presence.Metas {
			delete(m.here[name], meta.Ref)
		}
	}
	return true
}

// sees waits until those are here, each as often as it is named.
func (m *member) sees(names ...string) {
	m.t.Helper()
	for {
		var here []string
		for name, tabs := range m.here {
			for range tabs {
				here = append(here, name)
			}
		}
		slices.Sort(here)
		if slices.Equal(here, names) {
			return
		}
		data, _, err := m.Read(wstest.Patience)
		var f frame
		if err != nil || json.Unmarshal(data, &f) != nil || !m.present(f) {
			m.t.Fatalf("here are %q, want %q; next is %s, %v", here, names, data, err)
		}
	}
}

// introduce enters notifications:lobby under a name.
func introduce(t testing.TB, s *daemontest.Server, name string) *member {
	t.Helper()
	m := enter(t, s, "notifications:lobby")
	if r := m.ask("user_info", map[string]any{"user_name": name}); r.Status != "ok" {
		t.Fatalf("%s: %+v", name, r)
	}
	return m
}

// Points 18 and 20.
func TestSuperheroesPresence(t *testing.T) {
	s, _ := heroes(t)
	ann := introduce(t, s, "Ann")
	ann.sees("Ann")
	bob := introduce(t, s, "Bob")
	bob.sees("Ann", "Bob")
	tab := introduce(t, s, "Bob")
	tab.sees("Ann", "Bob", "Bob")
	ann.sees("Ann", "Bob", "Bob")
	bob.sees("Ann", "Bob", "Bob")

	tab.Kill()
	start := time.Now()
	ann.sees("Ann", "Bob")
	bob.Close(1000, "")
	ann.sees("Ann")
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("two leaves took %v", took)
	}

	if r := ann.ask("user_info", map[string]any{"user_name": "Ann"}); r.Status != "ok" {
		t.Errorf("the same name: %+v", r)
	}
	dora := introduce(t, s, "Dora")
	ann.ask("user_info", map[string]any{"user_name": "Anna"})
	dora.sees("Anna", "Dora")
	ann.sees("Anna", "Dora")
}

// notification is what notify_all, notify_others and notify_direct bring.
type notification struct {
	From, Body string
	Timestamp  time.Time
}

// Point 19.
func TestSuperheroesNotifications(t *testing.T) {
	s, _ := heroes(t)
	ann, bob, tab := introduce(t, s, "Ann"), introduce(t, s, "Bob"), introduce(t, s, "Bob")
	for _, m := range []*member{ann, bob, tab} {
		m.sees("Ann", "Bob", "Bob")
	}
	get := func(m *member, body string) {
		t.Helper()
		var n notification
		m.next("notification", &n)
		if n.From != "Ann" || n.Body != body || time.Since(n.Timestamp).Abs() > time.Minute {
			t.Errorf("%+v, want %q", n, body)
		}
	}
	notify := func(event, recipient, body string, self bool) {
		t.Helper()
		if self {
			// A broadcast and a reply come in either order.
			ann.tell(event, map[string]any{"body": body, "recipient": recipient})
			for range 2 {
				if f := ann.frame(); f.event != "phx_reply" && f.event != "notification" {
					t.Errorf("%+v", f)
				}
			}
		} else if r := ann.ask(event, map[string]any{"body": body, "recipient": recipient}); r.Status != "ok" {
			t.Errorf("%s: %+v", event, r)
		}
	}
	notify("notify_all", "", "hello all", true)
	get(bob, "hello all")
	get(tab, "hello all")
	notify("notify_others", "", "hello others", false)
	get(bob, "hello others")
	get(tab, "hello others")
	notify("notify_direct", "Bob", "hello Bob", false)
	get(bob, "hello Bob")
	get(tab, "hello Bob") // in each of his tabs
	notify("notify_direct", "Ann", "to myself", true)
	for _, m := range []*member{ann, bob, tab} {
		m.ExpectNothing(30 * time.Millisecond)
	}

	nameless := enter(t, s, "notifications:lobby")
	nameless.sees("Ann", "Bob", "Bob")
	for _, refused := range []struct {
		m       *member
		event   string
		payload map[string]any
		reason  string
	}{
		{ann, "notify_direct", map[string]any{"recipient": "Zoe", "body": "x"}, "Zoe is not here"},
		{ann, "notify_direct", map[string]any{"recipient": "constructor", "body": "x"}, "constructor is not here"},
		{ann, "notify_direct", map[string]any{"body": "x"}, "recipient is missing"},
		{ann, "notify_all", map[string]any{"body": " "}, "body is missing"},
		{ann, "notify_others", map[string]any{"body": strings.Repeat("x", 501)}, "body is longer than 500 characters"},
		{ann, "user_info", map[string]any{"user_name": 7}, "user_name is missing"},
		{nameless, "notify_all", map[string]any{"body": "x"}, "say who you are first"},
		{nameless, "dance", map[string]any{}, "unknown event"},
	} {
		if r := refused.m.ask(refused.event, refused.payload); r.Status != "error" || r.Response["reason"] != refused.reason {
			t.Errorf("%s %v: %+v, want %q", refused.event, refused.payload, r, refused.reason)
		}
	}
}
