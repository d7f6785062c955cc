package examples

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rowan/internal/browser"
	"rowan/internal/daemontest"
)

const chatService = "chat-service/app.ts"

func TestChatServiceChannels(t *testing.T) { runScript(t, "chat_service.mjs", chatService, keep) }

// chatTab is a page of a room.
type chatTab struct{ *browser.Tab }

func openChat(b *browser.Browser, s *daemontest.Server, user, room, more string) chatTab {
	tab := chatTab{b.Open(fmt.Sprintf("%schat_room?user_id=%s&channel_id=%s%s", s.URL(), user, room, more))}
	tab.WaitText("#state", "connected")
	return tab
}

func (tab chatTab) say(text string) { tab.Fill("#body", text+"\r") }

// waitUsers waits until the list has these names: "*" behind those who are online, "?" behind guests.
func (tab chatTab) waitUsers(names ...string) {
	tab.waitList("#users li", `(item) =>
	item.textContent + (item.classList.contains("online") ? "*" : "") + (item.classList.contains("guest") ? "?" : "")`, names)
}

// waitMessages waits until these messages are shown, as "USER: TEXT".
func (tab chatTab) waitMessages(messages ...string) {
	tab.waitList("#messages li", `(item) =>
	item.querySelector(".user").textContent + ": " + item.querySelector(".body").textContent`, messages)
}

func (tab chatTab) waitList(selector, text string, want []string) {
	quoted := make([]string, len(want))
	for i, w := range want {
		quoted[i] = fmt.Sprintf("%q", w)
	}
	tab.Wait(fmt.Sprintf(`JSON.stringify([...document.querySelectorAll(%q)].map(%s)) === JSON.stringify([%s])`,
		selector, text, strings.Join(quoted, ", ")))
}

func TestChatServicePage(t *testing.T) {
	b := browser.Start(t)
	s := daemontest.ServeApp(t, chatService, keep(t))

	// The way in.
	john := chatTab{b.Open(s.URL())}
	john.Fill("#user", "john")
	john.Fill("#room", "game_1\r")
	john.WaitText("#state", "connected")
	john.waitUsers("john*")
	jane := openChat(b, s, "jane", "game_1", "")
	for _, tab := range []chatTab{john, jane} {
		tab.waitUsers("john*", "jane*")
	}

	// Messages, in one order; empty ones are not sent.
	john.say("hello")
	jane.waitMessages("john: hello")
	jane.say("   ")
	jane.say("<img src=x onerror=alert(1)> & <b>bold</b>")
	want := []string{"john: hello", "jane: <img src=x onerror=alert(1)> & <b>bold</b>"}
	for _, tab := range []chatTab{john, jane} {
		tab.waitMessages(want...)
		tab.Wait(`document.querySelector("#messages img, #messages b") === null`)
	}

	// Adding a user.
	jane.Click("#add-user")
	jane.WaitText("#flash", "user cannot empty!!")
	jane.Fill("#new-user", "jim\r")
	for _, tab := range []chatTab{john, jane} {
		tab.waitUsers("john*", "jane*", "jim")
	}
	jane.WaitText("#flash", "")
	jane.Fill("#new-user", "jim\r") // already there
	jane.Wait(`document.querySelector("#new-user").value === ""`)
	jane.WaitText("#flash", "")

	// An embedded page is a guest.
	guest := openChat(b, s, "gil", "game_1", "&is_embedded=true")
	john.waitUsers("john*", "jane*", "jim", "gil*?")
	guest.waitMessages(want...)
	guest.Close()
	john.waitUsers("john*", "jane*", "jim")

	// Another room, and back.
	other := openChat(b, s, "jane", "game_2", "")
	other.waitUsers("jane*")
	other.say("elsewhere")
	other.waitMessages("jane: elsewhere")
	john.waitMessages(want...)
	other.Close()

	// Reloading finds everything.
	jane.Reload()
	jane.WaitText("#state", "connected")
	jane.waitUsers("john*", "jane*", "jim")
	jane.waitMessages(want...)

	// Leaving the room, in all of one's tabs.
	second := openChat(b, s, "jane", "game_1", "")
	jane.Click("#leave")
	for _, tab := range []chatTab{jane, second} {
		tab.Wait(`location.pathname === "/"`)
		tab.Wait(`document.querySelector("#rooms").innerText.includes("game_1")`)
	}
	john.waitUsers("john*", "jim")
	john.waitMessages(want...)

	// And back again, by the list of rooms.
	jane.Fill("#user", "jane")
	jane.Click("#rooms li a")
	jane.WaitText("#state", "connected")
	john.waitUsers("john*", "jim", "jane*")
	jane.waitMessages(want...)
}

// TestChatServicePageComesBack ends the server under a page, and starts another one in its place, which finds everything.
func TestChatServicePageComesBack(t *testing.T) {
	b := browser.Start(t)
	data := keep(t)
	s := daemontest.ServeApp(t, chatService, data)
	tab := openChat(b, s, "john", "game_1", "")
	tab.say("before")
	tab.waitMessages("john: before")
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	tab.WaitText("#state", "not connected, trying again")
	tab.Wait(`document.querySelector("#send").disabled`)

	daemontest.ServeApp(t, chatService, data, daemontest.At(s.Addr().String()))
	tab.WaitText("#state", "connected")
	tab.waitUsers("john*")
	tab.say("after")
	tab.waitMessages("john: before", "john: after")
}

// TestChatServiceColours looks at the page in light and dark: text must differ from what it is on.
func TestChatServiceColours(t *testing.T) {
	b := browser.Start(t)
	s := daemontest.ServeApp(t, chatService, keep(t))
	tab := openChat(b, s, "john", "game_1", "")
	colours := func() []string {
		return browser.Eval[[]string](tab.Tab, `["color", "backgroundColor"].map((name) => getComputedStyle(document.body)[name])`)
	}
	light := colours()
	tab.PreferDark()
	dark := colours()
	if slices.Equal(light, dark) || light[0] == light[1] || dark[0] == dark[1] {
		t.Errorf("light %q, dark %q", light, dark)
	}
}
