package examples

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rowan/internal/browser"
	"rowan/internal/daemontest"
	"rowan/internal/nodetest"
)

// heroesPage builds the example's page, with options of npm run build, and returns the path of an app with it.
func heroesPage(t *testing.T, options ...string) (app string) {
	t.Helper()
	nodetest.Packages(t, "superheroes")
	app = heroesNoPage(t)
	cmd := exec.Command("npm", append([]string{"run", "build", "--", "--outdir=" + publicOf(app)}, options...)...)
	cmd.Dir = "superheroes"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm run build: %v\n%s", err, out)
	}
	return app
}

// heroesNoPage returns the path of the example's app before its page was built.
func heroesNoPage(t testing.TB) (app string) {
	t.Helper()
	app = heroesIn(t, t.TempDir(), "export default app;")
	if err := os.Mkdir(publicOf(app), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"index.html", "style.css"} {
		data, err := os.ReadFile(filepath.Join("superheroes/public", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(publicOf(app), name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return app
}

func publicOf(app string) string { return filepath.Join(filepath.Dir(app), "public") }

// addToHead adds HTML to the head of an app's page.
func addToHead(t testing.TB, app, html string) {
	t.Helper()
	index := filepath.Join(publicOf(app), "index.html")
	data, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(index, []byte(strings.Replace(string(data), "</head>", html+"</head>", 1)), 0o666); err != nil {
		t.Fatal(err)
	}
}

// heroTab is the page, in a browser.
type heroTab struct {
	*browser.Tab
}

// openHeroes opens the page and waits until it has the list and its visitor is here under a name.
func openHeroes(b *browser.Browser, url, name string) heroTab {
	tab := heroTab{b.Open(url)}
	tab.WaitText("#state", "connected")
	tab.Fill("#name", name+"\r")
	tab.waitMember(name + " (you)")
	tab.Wait(`!document.body.innerText.includes("Asking the server")`)
	return tab
}

// waitList waits until the page shows those superheroes.
func (tab heroTab) waitList(list ...string) {
	tab.Wait(fmt.Sprintf(`[...document.querySelectorAll("#superheroes li")].map((item) =>
		["h3", ".quiet", ".number"].map((part) => item.querySelector(part)?.innerText).join(", ")).join("; ") === %q`, strings.Join(list, "; ")))
}

func (tab heroTab) waitMember(text string) {
	tab.Wait(fmt.Sprintf(`[...document.querySelectorAll("#members li")].some((item) => item.innerText === %q)`, text))
}

// waitNotifications waits until the page shows those bodies, the newest first.
func (tab heroTab) waitNotifications(bodies ...string) {
	tab.Wait(fmt.Sprintf(`[...document.querySelectorAll("#notifications li p")].map((item) => item.innerText).join("; ") === %q`, strings.Join(bodies, "; ")))
}

// fill enters a superhero into a form and sends it.
func (tab heroTab) fill(form, name, location, power string) {
	tab.Fill(form+" [name=name]", name)
	tab.Fill(form+" [name=location]", location)
	tab.Fill(form+" [name=power]", power+"\r")
}

// notify sends a notification to what a choice of the page says.
func (tab heroTab) notify(to, body string) {
	tab.Wait(fmt.Sprintf(`[...document.querySelectorAll("#to option")].some((option) => option.innerText === %q && (option.selected = true))`, to))
	tab.Fill("#body", body+"\r")
}

// Points 8, 9, 11, 12, and what the page says of fields that are wrong.
func TestSuperheroesPage(t *testing.T) {
	b := browser.Start(t)
	s := daemontest.ServeApp(t, heroesPage(t))
	ann, bob := openHeroes(b, s.URL(), "Ann"), openHeroes(b, s.URL(), "Bob")
	tabs := []heroTab{ann, bob}
	expect := func(list ...string) {
		t.Helper()
		for _, tab := range tabs {
			tab.waitList(list...)
		}
	}
	ann.fill("#add", "<b>Storm</b>", "Cairo", "90")
	expect("<b>Storm</b>, Cairo, 90")
	bob.fill("#add", "Rogue", "Caldecott", "1")
	expect("<b>Storm</b>, Cairo, 90", "Rogue, Caldecott, 1")

	bob.Click(`#superheroes [data-id="1"] button`)
	bob.Wait(`document.activeElement.value === "<b>Storm</b>"`)
	bob.fill(`#superheroes [data-id="1"]`, "Storm", "Kenya", "91")
	expect("Storm, Kenya, 91", "Rogue, Caldecott, 1") // one row for each
	bob.Click(`#superheroes [data-id="1"] button`)
	bob.Click(`#superheroes [data-id="1"] button[type=button]`) // Cancel
	bob.Wait(`document.activeElement.innerText === "Edit"`)
	expect("Storm, Kenya, 91", "Rogue, Caldecott, 1")

	ann.fill("#add", "Beast", " ", "101")
	ann.Wait(`[...document.querySelectorAll("#add .error")].map((error) => error.innerText).join("; ") === "is missing; is not between 1 and 100"`)
	ann.Wait(`document.querySelector("#add [name=power]").getAttribute("aria-invalid") === "true"`)
	ann.fill("#add", "Beast", "Chicago", "100")
	expect("Storm, Kenya, 91", "Rogue, Caldecott, 1", "Beast, Chicago, 100")
	ann.Wait(`document.querySelector("#add .error") === null && document.querySelector("#add [name=name]").value === ""`)

	ann.Click(`#superheroes [data-id="2"] [aria-label="Delete Rogue"]`)
	expect("Storm, Kenya, 91", "Beast, Chicago, 100")
	bob.Click(`#superheroes [data-id="1"] [aria-label="Delete Storm"]`)
	expect("Beast, Chicago, 100")
	bob.Click(`#superheroes [data-id="3"] [aria-label="Delete Beast"]`)
	expect()
}

// Points 13, 18, 19 and 20.
func TestSuperheroesPageMembers(t *testing.T) {
	b := browser.Start(t)
	s := daemontest.ServeApp(t, heroesPage(t))
	ann, bob, tab := openHeroes(b, s.URL(), "Ann"), openHeroes(b, s.URL(), "Bob"), openHeroes(b, s.URL(), "Bob")
	ann.waitMember("Bob in 2 tabs")
	ann.notify("everybody", "to all")
	ann.notify("everybody else", "to others")
	ann.notify("Bob", "to Bob")
	bob.waitNotifications("to Bob", "to others", "to all")
	tab.waitNotifications("to Bob", "to others", "to all")
	ann.waitNotifications("to all")
	ann.notify("Ann", " ")
	ann.WaitText("#notify .error", "body is missing")
	s.WaitContexts(3)

	tab.Close()
	ann.waitMember("Bob")
	bob.Fill("#name", "Bert\r")
	ann.waitMember("Bert")
	bob.Close()
	ann.Wait(`document.querySelectorAll("#members li").length === 1`)
	s.WaitContexts(1)
	ann.Close()
	s.WaitContexts(0)
}

// Point 16.
func TestSuperheroesPageRestart(t *testing.T) {
	b := browser.Start(t)
	app, data := heroesPage(t), keep(t)
	s := daemontest.ServeApp(t, app, data)
	newAPI(t, s).post("Storm", "Cairo", 90)
	ann, bob := openHeroes(b, s.URL(), "Ann"), openHeroes(b, s.URL(), "Bob")
	ann.waitList("Storm, Cairo, 90")
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	ann.WaitText("#state", "not connected, trying again")
	ann.fill("#add", "Beast", "Chicago", "100")
	ann.WaitText("#add > .error", "the server does not answer")
	a := newAPI(t, daemontest.ServeApp(t, app, data, daemontest.At(s.Addr().String())))
	a.put(1, "Storm", "Kenya", 91)
	a.post("Rogue", "Caldecott", 1)
	for _, tab := range []heroTab{ann, bob} {
		tab.waitList("Storm, Kenya, 91", "Rogue, Caldecott, 1")
		tab.WaitText("#state", "connected")
	}
	ann.waitMember("Bob")
	bob.waitMember("Ann")
	ann.fill("#add", "Beast", "Chicago", "100")
	bob.waitList("Storm, Kenya, 91", "Rogue, Caldecott, 1", "Beast, Chicago, 100")
}

// Point 17: in development, React's strict mode mounts all twice.
func TestSuperheroesPageStrictMode(t *testing.T) {
	b := browser.Start(t)
	app := heroesPage(t, "--minify=false")
	addToHead(t, app, `<script>
		window.sent = [];
		const send = WebSocket.prototype.send;
		WebSocket.prototype.send = function (data) {
			const [, , topic, event] = JSON.parse(data);
			if (topic === "superheroes:lobby") window.sent.push(event);
			send.call(this, data);
		};
	</script>`)
	s := daemontest.ServeApp(t, app)
	ann := openHeroes(b, s.URL(), "Ann")
	newAPI(t, s).post("Storm", "Cairo", 90)
	ann.waitList("Storm, Cairo, 90")
	ann.waitMember("Ann (you)")
	s.WaitContexts(1)
	sent := browser.Eval[[]string](ann.Tab, "window.sent")
	settled := []string{"phx_join", "message_ack", "message_ack"} // of hydrate and create
	// A channel that was left before the socket has connected is never sent.
	if !slices.Equal(sent, settled) && !slices.Equal(sent, append([]string{"phx_join", "phx_leave"}, settled...)) {
		t.Errorf("the page has sent %q", sent)
	}
}

// Point 6: the page lies on another server.
func TestSuperheroesPageElsewhere(t *testing.T) {
	b := browser.Start(t)
	app := heroesPage(t)
	s := daemontest.ServeApp(t, app)
	addToHead(t, app, fmt.Sprintf(`<meta name="server" content="%s">`, s.URL()))
	other := httptest.NewServer(http.FileServer(http.Dir(publicOf(app))))
	t.Cleanup(other.Close)
	ann := openHeroes(b, other.URL, "Ann")
	ann.fill("#add", "Storm", "Cairo", "90")
	ann.waitList("Storm, Cairo, 90")
	ann.Click(`#superheroes [data-id="1"] button`)
	ann.fill(`#superheroes [data-id="1"]`, "Storm", "Kenya", "91")
	ann.waitList("Storm, Kenya, 91")
	ann.Click(`[aria-label="Delete Storm"]`)
	ann.waitList()
}

// TestSuperheroesPageNotBuilt checks that a page which was not built says how to do that.
func TestSuperheroesPageNotBuilt(t *testing.T) {
	b := browser.Start(t)
	s := daemontest.ServeApp(t, heroesNoPage(t))
	tab := b.Open(s.URL())
	tab.WaitText("h1", "This page is yet to be built")
	if text := tab.Text("pre"); !strings.Contains(text, "npm ci && npm run build") {
		t.Errorf("the page says %q", text)
	}
}
