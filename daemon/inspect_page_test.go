package daemon_test

import (
	"strconv"
	"testing"

	"rowan/daemon/config"
	"rowan/internal/browser"
	"rowan/internal/daemontest"
)

// TestInspectPage looks at each view of the admin page, follows what changes, and uses the prompt.
func TestInspectPage(t *testing.T) {
	b := browser.Start(t)
	i := newInspection(t, inspectable, daemontest.Configure(func(c *config.Config) { c.Admin.Listen = "127.0.0.1:0" }))
	c, id := i.open()
	c.Send("actor")
	c.Expect("actor")

	tab := b.Open(i.Admin().LoginURL())
	tab.WaitText("#state", "live")
	tab.Wait(`document.querySelector(".tile b")?.textContent === "2"`) // the session and the actor
	tab.Wait(`document.querySelectorAll("canvas").length === 4`)
	tab.Wait(`[...document.querySelectorAll("tbody td")].some((cell) => cell.textContent === "actor room")`)
	i.open()
	tab.Wait(`document.querySelector(".tile b").textContent === "3"`)
	tab.Wait(`(document.querySelector(".stack section:last-child tbody")?.lastElementChild)?.click() === undefined && location.hash === "#/contexts?kind=actor+room"`)
	tab.Wait(`document.querySelector("tbody")?.textContent.includes("lobby") && document.querySelector("select").value === "actor room"`)

	tab.Click(`nav a[href="#/contexts"]`)
	tab.Wait(`document.querySelectorAll("tbody tr").length === 3`)
	tab.Fill(`input[type=search]`, "room")
	tab.Wait(`document.querySelectorAll("tbody tr").length === 1 && location.hash === "#/contexts?search=room"`)
	tab.Click(`nav a[href="#/actors"]`)
	tab.Wait(`document.querySelector("tbody")?.textContent.includes("lobby")`)
	tab.Click(`nav a[href="#/topics"]`)
	tab.Wait(`[...document.querySelectorAll("tbody td")].some((cell) => cell.textContent === "weather")`)

	browser.Eval[bool](tab, `location.hash = "#/contexts/`+id+`"; true`)
	tab.Wait(`document.querySelector("dl")?.textContent.includes("remote address")`)
	tab.Fill(".prompt textarea", "seen.length + 40\r")
	tab.WaitText(".lines .value", "41")
	tab.Fill(".prompt textarea", "nowhere\r")
	tab.Wait(`document.querySelector(".lines .thrown")?.textContent.includes("ReferenceError")`)
	c.Send("log")
	c.Expect("log")
	tab.Wait(`document.querySelector(".lines .info")?.textContent.includes("said by session#` + id + `")`)
	tab.Fill(".prompt textarea", "setTimeout(() => { for (let i = 0; i < 3; i++) console.log('again') }, 500)\r") // after the prompt's own answer
	tab.Wait(`document.querySelector(".lines .times")?.textContent === "3 ×"`)
	tab.Click("button.danger")
	tab.WaitText("button.danger", "Sure?")
	tab.Click("button.danger")
	c.ExpectClose(1001)
	tab.Wait(`!document.querySelector(".ended").hidden`)

	tab.Click(`nav a[href="#/log"]`)
	tab.Wait(`[...document.querySelectorAll(".lines a")].some((link) => link.textContent === "#` + id + `")`)
	browser.Eval[bool](tab, `location.hash = "#/log?level=error"; true`)
	tab.Wait(`document.querySelector("select")?.value === "error" && document.querySelector(".lines")?.childElementCount > 0 && document.querySelector(".lines").innerText === ""`) // nothing went wrong
	tab.Click(`nav a[href="#/contexts"]`)
	tab.Wait(`document.querySelector("tbody a")?.getAttribute("href").startsWith("#/contexts/")`) // for the keyboard
	tab.Click("#theme")
	if theme := browser.Eval[string](tab, `document.documentElement.dataset.theme`); theme != "dark" {
		t.Errorf("theme %s", strconv.Quote(theme))
	}
}

// What scripts and clients call things is text on the admin page, and nothing of it runs: topics, actors, lines of a console, errors, values.
func TestAttackOnInspectPage(t *testing.T) {
	b := browser.Start(t)
	i := newInspection(t, `
-- app.ts --
const evil = '<img src=x onerror="window.owned = 1"><script>window.owned = 1</script>"\'javascript:window.owned=1';
export default { websocket: { open(ws) { ws.send("open"); }, async message(ws, text) {
	if (text === "log") console.log(evil);
	if (text === "throw") throw new Error(evil);
	Rowan.subscribe(evil, () => {});
	await Rowan.actor("room", evil).hello();
	ws.send(evil);
} }, actors: { room: "./room.ts" } };
-- room.ts --
export const hello = () => "hello";
`, daemontest.Configure(func(c *config.Config) { c.Admin.Listen = "127.0.0.1:0" }))
	c, id := i.open()
	c.Send("log")
	c.Next()
	c.Send("throw")
	i.WaitLog("uncaught", "onerror")

	tab := b.Open(i.Admin().LoginURL())
	tab.WaitText("#state", "live")
	shows := `document.querySelector("main").textContent.includes("<img src=x")`
	for _, view := range []string{"#/topics", "#/actors", "#/log", "#/contexts", "#/contexts/" + id} {
		browser.Eval[bool](tab, `location.hash = "`+view+`"; true`)
		tab.Wait(shows)
	}
	tab.Fill(".prompt textarea", "evil\r")
	tab.Wait(`document.querySelector(".lines .value")?.textContent.includes("<img")`)
	tab.Fill(".prompt textarea", "throw evil\r")
	tab.Wait(`document.querySelector(".lines .thrown")?.textContent.includes("<img")`)
	browser.Eval[bool](tab, `location.hash = "#/contexts?search=<img src=x onerror=window.owned=1>&kind=<script>"; true`)
	tab.Wait(`document.querySelector("input[type=search]").value.includes("<img")`)
	if !browser.Eval[bool](tab, `window.owned === undefined && document.querySelectorAll("img, main script").length === 0`) {
		t.Error("a script of an attacker runs on the page, or could")
	}
}
