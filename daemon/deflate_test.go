package daemon_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"

	"rowan/daemon/config"
	"rowan/internal/browser"
	"rowan/internal/daemontest"
	"rowan/internal/nodetest"
	"rowan/internal/wstest"
)

// TestDeflateSettings checks where messages are compressed, by what the app and its configuration say.
func TestDeflateSettings(t *testing.T) {
	const app = `
-- app.ts --
export default {
  websocket: { SETTING message(ws, text) { ws.send(text); } },
  channels: { "room:*": { join: () => ({}) } },
};
`
	for _, test := range []struct {
		name, toml, setting string
		sessions, channels  bool
	}{
		{"by default", "", "", false, false},
		{"the app says so", "", "perMessageDeflate: true,", true, false},
		{"the configuration says so", "[websocket]\nper_message_deflate = true", "", true, false},
		{"the app wins", "[websocket]\nper_message_deflate = true", "perMessageDeflate: false,", false, false},
		{"channels", "[channels]\nper_message_deflate = true", "", false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := daemontest.Serve(t, "-- rowan.toml --\n"+test.toml+strings.Replace(app, "SETTING", test.setting, 1))
			for path, want := range map[string]bool{"": test.sessions, "socket/websocket?vsn=2.0.0": test.channels} {
				c := wstest.DialWith(t, s.URL()+path, ws.Dialer{Extensions: []httphead.Option{wsflate.Parameters{}.Option()}})
				if got := len(c.Handshake.Extensions) > 0; got != want {
					t.Errorf("/%s: compressed %v, want %v", path, got, want)
				}
			}
			if s.Logged("perMessageDeflate") {
				t.Error("the log speaks of the setting")
			}
		})
	}
}

// deflating has the app's channels compress too.
var deflating = daemontest.Configure(func(c *config.Config) { c.Channels.PerMessageDeflate = true })

// TestDeflateClient has npm's ws send and receive compressed messages.
func TestDeflateClient(t *testing.T) {
	nodetest.Packages(t, clientsDir)
	s := nodetest.Serve(t, filepath.Join(clientsDir, "deflate.ts"), deflating)
	s.After = func(*testing.T) { s.WaitContexts(0) }
	s.Run(t, filepath.Join(clientsDir, "deflate.mjs"))
}

// deflatePage keeps what its socket gets.
const deflatePage = `
-- public/index.html --
<!doctype html>
<title>compressed</title>
<script>
  globalThis.got = [];
  globalThis.socket = new WebSocket(location.origin.replace("http", "ws"));
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => got.push(data);
  globalThis.sample = (length) => {
    let text = "";
    for (let i = 0; text.length < length; i++) text += JSON.stringify({ id: i, user: "user-" + (i % 7), text: "hällo € " + ((i * 7919) % 1009) });
    return text.slice(0, length);
  };
</script>
-- app.ts --
`

// TestDeflatePage has pages in Chromium, which offers to compress all that it sends, do so.
func TestDeflatePage(t *testing.T) {
	b := browser.Start(t)
	app, err := os.ReadFile(filepath.Join(clientsDir, "deflate.ts"))
	if err != nil {
		t.Fatal(err)
	}
	s := daemontest.Serve(t, deflatePage+string(app))
	tab, other := b.Open(s.URL()), b.Open(s.URL())
	for _, tab := range []*browser.Tab{tab, other} {
		tab.Wait("socket.readyState === WebSocket.OPEN")
		tab.Wait(`socket.extensions.startsWith("permessage-deflate")`)
	}
	for _, length := range []string{"0", "1", "300", "70_000", "700_000"} {
		browser.Eval[bool](tab, "got.length = 0; globalThis.text = sample("+length+"); socket.send(text); socket.send(new TextEncoder().encode(text)); true")
		tab.Wait("got.length === 2")
		tab.Wait("got[0] === text && new TextDecoder().decode(got[1]) === text")
	}
	browser.Eval[bool](tab, `socket.send("publish " + sample(100_000)); true`)
	other.Wait("got.length === 1 && got[0] === sample(100_000)")
}
