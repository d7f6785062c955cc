package examples

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rowan/internal/browser"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// chatMessage is one message of a room.
type chatMessage struct {
	Sender, Text string
	Timestamp    float64
}

// chatEvent is what the chat room tells its page.
type chatEvent struct {
	Type, Room, Text string
	Message          chatMessage
	Messages         []chatMessage
}

// visitor is a session of the chat room.
type visitor struct {
	*wstest.Client
	t    testing.TB
	name string
}

// visit opens a session and joins a room.
func visit(t testing.TB, s *daemontest.Server, room, name string) (visitor, []chatMessage) {
	t.Helper()
	v := visitor{wstest.Dial(t, s.URL()+"ws"), t, name}
	return v, v.join(room)
}

// join goes to a room and returns its history.
func (v visitor) join(room string) []chatMessage {
	v.t.Helper()
	v.ask("join", "room", room)
	e := v.next("history")
	if e.Room != room {
		v.t.Fatalf("history of %q, want %q", e.Room, room)
	}
	return e.Messages
}

// say sends a message, and waits for the answer and for its own copy, in whichever order they come.
func (v visitor) say(text string) chatMessage {
	v.t.Helper()
	v.ask("send", "sender", v.name, "text", text)
	a := v.next("sent", "message")
	b := v.next("sent", "message")
	if a.Type == b.Type || a.Message != b.Message || a.Message.Text != text || a.Message.Sender != v.name || a.Message.Timestamp == 0 {
		v.t.Fatalf("say %q: %+v, %+v", text, a, b)
	}
	return a.Message
}

// ask sends a command with its fields, names and values in turn.
func (v visitor) ask(command string, fields ...string) {
	v.t.Helper()
	m := map[string]string{"type": command}
	for i := 0; i < len(fields); i += 2 {
		m[fields[i]] = fields[i+1]
	}
	v.SendJSON(m)
}

// next returns the next event, which must be of one of the types; news of other rooms are passed over.
func (v visitor) next(types ...string) chatEvent {
	v.t.Helper()
	for {
		var e chatEvent
		v.NextJSON(&e)
		if slices.Contains(types, e.Type) {
			return e
		}
		if e.Type != "activity" {
			v.t.Fatalf("%s got %+v, want one of %q", v.name, e, types)
		}
	}
}

// hear reads messages and checks their texts.
func (v visitor) hear(texts ...string) {
	v.t.Helper()
	for _, text := range texts {
		if e := v.next("message"); e.Message.Text != text {
			v.t.Fatalf("%s hears %q, want %q", v.name, e.Message.Text, text)
		}
	}
}

// hearNothing checks that no message comes, activity elsewhere apart.
func (v visitor) hearNothing() {
	v.t.Helper()
	for deadline := time.Now().Add(50 * time.Millisecond); ; {
		data, _, err := v.Read(time.Until(deadline))
		if err != nil {
			return
		}
		if !strings.Contains(string(data), `"activity"`) {
			v.t.Fatalf("%s got %s, want nothing", v.name, data)
		}
	}
}

func texts(messages []chatMessage) (list []string) {
	for _, m := range messages {
		list = append(list, m.Text)
	}
	return list
}

func TestChatRoomHistoryAndOrder(t *testing.T) {
	s := daemontest.ServeApp(t, "chat-room/app.ts")
	ann, history := visit(t, s, "general", "Ann")
	if len(history) != 0 {
		t.Fatalf("a new room has the history %v", history)
	}
	s.WaitContexts(2) // a session and a room
	bob, _ := visit(t, s, "general", "Bob")
	s.WaitContexts(3)

	var want []string
	var last float64
	for i := range 100 {
		from, to := ann, bob
		if i%2 == 1 {
			from, to = bob, ann
		}
		m := from.say(fmt.Sprintf("message %d <b>&amp;", i))
		to.hear(m.Text)
		if m.Timestamp < last {
			t.Fatalf("timestamp %v after %v", m.Timestamp, last)
		}
		last = m.Timestamp
		want = append(want, m.Text)
	}
	ann.hearNothing() // nothing twice
	bob.hearNothing()
	_, history = visit(t, s, "general", "Cleo")
	if got := texts(history); !slices.Equal(got, want) {
		t.Errorf("history %q, want %q", got, want)
	}
	if history[0].Sender != "Ann" || history[1].Sender != "Bob" {
		t.Errorf("senders %v", history[:2])
	}
}

func TestChatRoomsAreApart(t *testing.T) {
	s := daemontest.ServeApp(t, "chat-room/app.ts")
	ann, _ := visit(t, s, "general", "Ann")
	bob, _ := visit(t, s, "random", "Bob")
	ann.say("in general")
	bob.say("in random")
	ann.hearNothing()
	bob.hearNothing()
	if got := texts(ann.join("random")); !slices.Equal(got, []string{"in random"}) {
		t.Errorf("random: %q", got)
	}
	cleo, history := visit(t, s, "general", "Cleo")
	if got := texts(history); !slices.Equal(got, []string{"in general"}) {
		t.Errorf("general: %q", got)
	}
	cleo.say("is Ann gone?")
	ann.hearNothing() // she has left this room
	bob.say("hello Ann")
	ann.hear("hello Ann")
}

// TestChatRoomStartsOnce has many sessions join a new room at the same moment, and talk at once.
func TestChatRoomStartsOnce(t *testing.T) {
	s := daemontest.ServeApp(t, "chat-room/app.ts")
	const visitors, messages = 20, 10
	all := make([]visitor, visitors)
	for i := range all {
		all[i] = visitor{wstest.Dial(t, s.URL()+"ws"), t, fmt.Sprint("visitor ", i)}
	}
	for _, v := range all {
		v.ask("join", "room", "new")
	}
	for _, v := range all {
		v.next("history")
	}
	s.WaitContexts(visitors + 1)

	for n := range messages {
		for i, v := range all {
			v.ask("send", "sender", v.name, "text", fmt.Sprintf("%d.%d", i, n))
		}
	}
	var first []string // what the first visitor hears
	for i, v := range all {
		var heard []string
		for replies := 0; len(heard) < visitors*messages || replies < messages; {
			if e := v.next("message", "sent"); e.Type == "sent" {
				replies++
			} else {
				heard = append(heard, e.Message.Text)
			}
		}
		if i == 0 {
			first = heard
		}
		if !slices.Equal(heard, first) {
			t.Fatalf("visitor %d has heard another order than visitor 0", i)
		}
	}
	if different := slices.Compact(slices.Sorted(slices.Values(first))); len(different) != visitors*messages {
		t.Errorf("%d messages were heard, %d of them different", len(first), len(different))
	}
	if _, history := visit(t, s, "new", "late"); !slices.Equal(texts(history), first) {
		t.Error("the history is in another order than what was heard")
	}
}

// TestChatRoomJoinAmongMessages joins again and again while another one talks: the history and what follows have no gap
// and nothing twice.
func TestChatRoomJoinAmongMessages(t *testing.T) {
	s := daemontest.ServeApp(t, "chat-room/app.ts")
	ann, _ := visit(t, s, "general", "Ann")
	said := 0
	talk := func() {
		for range 10 {
			ann.ask("send", "sender", "Ann", "text", fmt.Sprint(said))
			said++
		}
	}
	for range 20 {
		v := visitor{wstest.Dial(t, s.URL()+"ws"), t, "Bob"}
		talk()
		v.ask("join", "room", "general")
		talk()
		// As the page does: the history replaces what came before it.
		var heard []string
		for joined := false; !joined || len(heard) < said; {
			e := v.next("history", "message")
			if e.Type == "history" {
				heard, joined = texts(e.Messages), true
			} else {
				heard = append(heard, e.Message.Text)
			}
		}
		for i, text := range heard {
			if text != fmt.Sprint(i) {
				t.Fatalf("message %d is %q, in %q", i, text, heard)
			}
		}
		v.Kill()
	}
}

func TestChatRoomKilled(t *testing.T) {
	s := daemontest.ServeApp(t, "chat-room/app.ts")
	ann, _ := visit(t, s, "general", "Ann")
	bob, _ := visit(t, s, "general", "Bob")
	other, _ := visit(t, s, "random", "Cleo")
	ann.say("old")
	bob.hear("old")
	other.say("kept")

	ann.ask("kill")
	ann.next("killed")
	bob.next("killed")
	s.WaitLog("error", "context lost")
	s.WaitContexts(3 + 1) // three sessions, and the other room

	bob.say("new")
	ann.hear("new")
	if _, history := visit(t, s, "general", "Dora"); !slices.Equal(texts(history), []string{"new"}) {
		t.Errorf("the killed room's history is %q, want the new message alone", texts(history))
	}
	if _, history := visit(t, s, "random", "Dora"); !slices.Equal(texts(history), []string{"kept"}) {
		t.Errorf("the other room's history is %q", texts(history))
	}
}

func TestChatRoomRefusesWhatMakesNoSense(t *testing.T) {
	s := daemontest.ServeApp(t, "chat-room/app.ts")
	v := visitor{wstest.Dial(t, s.URL()+"ws"), t, "Ann"}
	tests := []struct{ command, err string }{
		{`{"type": "send", "sender": "Ann", "text": "hello"}`, "join a room first"},
		{`{"type": "kill"}`, "join a room first"},
		{`{"type": "join"}`, "room is missing"},
		{`{"type": "join", "room": "` + strings.Repeat("x", 61) + `"}`, "longer than 60"},
		{`{"type": "dance"}`, `unknown command "dance"`},
		{`[`, "JSON"},
	}
	for _, test := range tests {
		v.Send(test.command)
		if e := v.next("error"); !strings.Contains(e.Text, test.err) {
			t.Errorf("%s: %q, want %q", test.command, e.Text, test.err)
		}
	}
	v.join("general")
	v.ask("send", "sender", "Ann", "text", " \n ")
	if e := v.next("error"); e.Text != "text is missing" {
		t.Errorf("%+v", e)
	}
	v.ask("send", "sender", "", "text", "hello")
	if e := v.next("error"); e.Text != "sender is missing" {
		t.Errorf("%+v", e)
	}
	v.ask("send", "sender", "Ann", "text", strings.Repeat("x", 2001))
	if e := v.next("error"); !strings.Contains(e.Text, "longer than 2000") {
		t.Errorf("%+v", e)
	}
	v.say("alive")
	if _, history := visit(t, s, "general", "Bob"); len(history) != 1 {
		t.Errorf("history %v", history)
	}
}

// TestChatRoomChannels is the room over channels.
func TestChatRoomChannels(t *testing.T) { runScript(t, "chat_room.mjs", "chat-room/app.ts") }

func TestChatRoomPage(t *testing.T) {
	b := browser.Start(t)
	s := daemontest.ServeApp(t, "chat-room/app.ts")
	open := func(name, room string) *browser.Tab {
		tab := b.Open(s.URL() + "#" + room)
		tab.WaitText("#state", "connected, in "+room)
		tab.Fill("#name", name)
		return tab
	}
	say := func(tab *browser.Tab, text string) { tab.Fill("#text", text+"\r") }
	shown := func(tab *browser.Tab) []string {
		return browser.Eval[[]string](tab, `[...document.querySelectorAll("#messages li:not(.notice)")]
			.map((item) => item.querySelector(".sender").textContent + ": " + item.querySelector(".text").textContent)`)
	}
	wait := func(tab *browser.Tab, messages int) {
		tab.Wait(fmt.Sprintf(`document.querySelectorAll("#messages li:not(.notice)").length >= %d`, messages))
	}

	ann, bob := open("Ann", "general"), open("Bob", "general")
	say(ann, "hello")
	wait(bob, 1)
	say(bob, "<img src=x onerror=alert(1)> & <b>bold</b>")
	wait(ann, 2)
	ann.Fill("#text", "   \r") // empty: not sent
	say(ann, "third")
	wait(bob, 3)
	want := []string{"Ann: hello", "Bob: <img src=x onerror=alert(1)> & <b>bold</b>", "Ann: third"}
	for _, tab := range []*browser.Tab{ann, bob} {
		wait(tab, 3)
		if got := shown(tab); !slices.Equal(got, want) {
			t.Errorf("shown: %q, want %q", got, want)
		}
		tab.Wait(`document.querySelector("#messages img, #messages b") === null`)
	}
	ann.Wait(`document.querySelector("#text").value === ""`)

	cleo := open("Cleo", "general") // history on join
	wait(cleo, 3)
	if got := shown(cleo); !slices.Equal(got, want) {
		t.Errorf("history: %q, want %q", got, want)
	}

	// Changing the room: other messages, and none of the old room.
	bob.Fill("#room", "random\r")
	bob.WaitText("#state", "connected, in random")
	say(bob, "alone here")
	wait(bob, 1)
	say(ann, "fourth")
	wait(ann, 4)
	wait(cleo, 4)
	if got := shown(bob); !slices.Equal(got, []string{"Bob: alone here"}) {
		t.Errorf("random: %q", got)
	}
	bob.Wait(`[...document.querySelectorAll("#rooms button")].find((b) => b.innerText === "general").dataset.unread === "1"`)
	ann.Wait(`[...document.querySelectorAll("#rooms button")].find((b) => b.innerText === "random").dataset.unread === "1"`)

	// Killing a room loses that room alone.
	ann.Click("#kill")
	for _, tab := range []*browser.Tab{ann, cleo} {
		tab.Wait(`document.querySelector("#messages .notice") !== null`)
		tab.Wait(`document.querySelectorAll("#messages .lost").length === 4`)
		tab.WaitText("#state", "connected, in general")
	}
	s.WaitLog("error", "context lost")
	say(cleo, "anew")
	wait(ann, 5)
	dora := open("Dora", "general")
	wait(dora, 1)
	if got := shown(dora); !slices.Equal(got, []string{"Cleo: anew"}) {
		t.Errorf("after the kill: %q", got)
	}
	bob.Wait(`document.querySelector("#messages .notice") === null`)
	ann.Fill("#room", "random\r")
	wait(ann, 1)
	if got := shown(ann); !slices.Equal(got, []string{"Bob: alone here"}) {
		t.Errorf("random, from history: %q", got)
	}
}

// TestChatRoomPageComesBack ends the server under a page, and starts another one in its place.
func TestChatRoomPageComesBack(t *testing.T) {
	b := browser.Start(t)
	s := daemontest.ServeApp(t, "chat-room/app.ts")
	tab := b.Open(s.URL())
	tab.WaitText("#state", "connected, in general")
	tab.Fill("#text", "before\r")
	tab.Wait(`document.querySelectorAll("#messages li").length === 1`)
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	tab.WaitText("#state", "not connected, trying again")
	tab.Wait(`document.querySelector("#send").disabled`)

	daemontest.ServeApp(t, "chat-room/app.ts", daemontest.At(s.Addr().String()))
	tab.WaitText("#state", "connected, in general")
	tab.Wait(`document.querySelectorAll("#messages li").length === 0`) // rooms are in memory
	tab.Fill("#text", "after\r")
	tab.Wait(`document.querySelectorAll("#messages li").length === 1`)
}
