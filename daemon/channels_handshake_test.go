package daemon_test

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"rowan/daemon"
	"rowan/daemon/config"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// connecting is an app whose connect does what the parameters say, and whose channels tell what it got and gave.
const connecting = `
-- rowan.toml --
[channels]
mounts = ["/socket", "/api/live"]
origins = ["//example.com", "http://scheme.com", "//port.com:81", "//*.ex.com"]
-- app.ts --
export default {
	connect(params, info) {
		if (params.do === "false") return false;
		if (params.do === "refuse") throw new Rowan.Refusal({ reason: "not you" });
		if (params.do === "throw") throw new Error("connect failed");
		if (params.do === "reject") return Promise.reject(new Rowan.Refusal("later"));
		if (params.do === "true") return true;
		if (params.do === "later") return new Promise((done) => setTimeout(() => done({ n: 1 }), 20));
		return {
			id: "user:1", token: info.token ?? null, agent: info.headers.get("user-agent"),
			url: info.url.replace(/^http:\/\/[^/]*/, ""), local: info.remoteAddress,
		};
	},
	channels: { "*": {
		join(socket, payload) {
			socket.assigns.joined = socket.topic; // each channel has a copy
			return payload === "params" ? socket.params : { id: socket.id, assigns: socket.assigns };
		},
	} },
};
`

// upgrade sends a handshake, or what headers make of one, and returns the status and the body.
func upgrade(t *testing.T, s *daemontest.Server, path string, header ...string) (status int, body string) {
	t.Helper()
	header = append([]string{
		"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==",
	}, header...)
	resp, body := ask(t, client(t), "GET", s.URL()+path, "", header...)
	return resp.StatusCode, body
}

func TestChannelsHandshakeRefuses(t *testing.T) {
	s := daemontest.Serve(t, connecting)
	tests := []struct {
		name, path string
		header     []string
		status     int
	}{
		{"vsn 2.1", "socket/websocket?vsn=2.1.0", nil, 403},
		{"vsn 3", "socket/websocket?vsn=3.0.0", nil, 403},
		{"vsn that is no version", "socket/websocket?vsn=abc", nil, 403},
		{"vsn that is cut off", "socket/websocket?vsn=2", nil, 403},
		{"vsn that is a list", "socket/websocket?vsn[]=2.0.0", nil, 403},
		{"connect returns false", "socket/websocket?vsn=2.0.0&do=false", nil, 403},
		{"connect refuses", "socket/websocket?vsn=2.0.0&do=refuse", nil, 403},
		{"connect rejects", "socket/websocket?vsn=2.0.0&do=reject", nil, 403},
		{"a foreign origin", "socket/websocket?vsn=2.0.0", []string{"Origin", "http://evil.com"}, 403},
		{"an address as origin", "socket/websocket?vsn=2.0.0", []string{"Origin", "http://127.0.0.2"}, 403},
		{"origin null", "socket/websocket?vsn=2.0.0", []string{"Origin", "null"}, 403},
		{"origin of files", "socket/websocket?vsn=2.0.0", []string{"Origin", "file://"}, 403},
		{"another scheme than the list's", "socket/websocket?vsn=2.0.0", []string{"Origin", "https://scheme.com"}, 403},
		{"another port than the list's", "socket/websocket?vsn=2.0.0", []string{"Origin", "http://port.com:82"}, 403},
		{"another sub-protocol", "socket/websocket?vsn=2.0.0", []string{"Sec-WebSocket-Protocol", "mqtt"}, 403},
		{"a broken token", "socket/websocket?vsn=2.0.0", []string{"Sec-WebSocket-Protocol", "phoenix, base64url.bearer.phx.!"}, 403},
		{"a broken query", "socket/websocket?vsn=2.0.0&a=%zz", nil, 400},
		{"another mount", "other/websocket?vsn=2.0.0", nil, 404},
		{"below the mount", "socket/nothing?vsn=2.0.0", nil, 404},
		{"the mount itself", "socket?vsn=2.0.0", nil, 404},
		{"below the address", "socket/websocket/more?vsn=2.0.0", nil, 404},
	}
	for _, test := range tests {
		status, body := upgrade(t, s, test.path, test.header...)
		if status != test.status || status == 403 && body != "" {
			t.Errorf("%s: status %d %q, want %d", test.name, status, body, test.status)
		}
	}
	for _, method := range []string{"GET", "POST", "PUT"} {
		if resp, body := ask(t, client(t), method, s.URL()+"socket/websocket?vsn=2.0.0", ""); resp.StatusCode != 400 {
			t.Errorf("%s without an upgrade: status %d %q", method, resp.StatusCode, body)
		}
	}
	s.WaitContexts(0) // refused sockets keep none

	if status, _ := upgrade(t, s, "socket/websocket?vsn=2.0.0&do=throw"); status != 500 {
		t.Errorf("connect throws: status %d", status)
	}
	s.WaitLog("Error: connect failed", "line:app.ts:")
	s.WaitContexts(0)
}

func TestChannelsHandshakeAccepts(t *testing.T) {
	s := daemontest.Serve(t, connecting)
	tests := []struct {
		name, path, origin, chosen string
		protocols                  []string
	}{
		{name: "version 2", path: "socket/websocket?vsn=2.0.0"},
		{name: "version 2.0.1", path: "socket/websocket?vsn=2.0.1"},
		{name: "version 1.0.7", path: "socket/websocket?vsn=1.0.7"},
		{name: "no version", path: "socket/websocket"},
		{name: "the other mount", path: "api/live/websocket?vsn=2.0.0"},
		{name: "connect returns true", path: "socket/websocket?vsn=2.0.0&do=true"},
		{name: "connect waits", path: "socket/websocket?vsn=2.0.0&do=later"},
		{name: "own host, other port and scheme", path: "socket/websocket?vsn=2.0.0", origin: "https://127.0.0.1:1"},
		{name: "listed host", path: "socket/websocket?vsn=2.0.0", origin: "https://example.com:8443"},
		{name: "listed scheme", path: "socket/websocket?vsn=2.0.0", origin: "http://scheme.com"},
		{name: "listed port", path: "socket/websocket?vsn=2.0.0", origin: "https://port.com:81"},
		{name: "below a listed host", path: "socket/websocket?vsn=2.0.0", origin: "http://a.b.ex.com"},
		{name: "listed by its children", path: "socket/websocket?vsn=2.0.0", origin: "http://ex.com"},
		{name: "sub-protocol", path: "socket/websocket?vsn=2.0.0", protocols: []string{"phoenix"}, chosen: "phoenix"},
		{name: "sub-protocol among others", path: "socket/websocket?vsn=2.0.0", protocols: []string{"mqtt", "phoenix"}, chosen: "phoenix"},
		{name: "token", path: "socket/websocket?vsn=2.0.0", protocols: []string{"phoenix", "base64url.bearer.phx.c2VjcmV0"}, chosen: "phoenix"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			header := http.Header{}
			if test.origin != "" {
				header.Set("Origin", test.origin)
			}
			c, err := wstest.TryDial(t, s.URL()+test.path, ws.Dialer{
				Header:    ws.HandshakeHeaderHTTP(header),
				Protocols: test.protocols,
				OnHeader: func(key, value []byte) error {
					if strings.EqualFold(string(key), "Sec-WebSocket-Extensions") {
						t.Errorf("the answer has extensions: %s", value)
					}
					return nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			if c.Handshake.Protocol != test.chosen {
				t.Errorf("the sub-protocol is %q, want %q", c.Handshake.Protocol, test.chosen)
			}
			c.Close(1000, "")
		})
	}
}

// TestConnectGivesAssigns shows what connect gets, and what channels have of it.
func TestConnectGivesAssigns(t *testing.T) {
	s := daemontest.Serve(t, connecting)
	c := wstest.DialWith(t, s.URL()+"socket/websocket?nested%5Ba%5D=1&nested%5Bb%5D%5B0%5D=1&l[]=x&l[]=y&vsn=2.0.0", ws.Dialer{
		Protocols: []string{"phoenix", "base64url.bearer.phx.YT8gfn5+"},
		Header:    ws.HandshakeHeaderHTTP{"User-Agent": {"test"}},
	})
	const given = `"token":"a? ~~~","agent":"test","url":"/socket/websocket?nested%5Ba%5D=1&nested%5Bb%5D%5B0%5D=1&l[]=x&l[]=y&vsn=2.0.0","local":"127.0.0.1"`
	talk(t, `
		> ["1","1","a","phx_join","params"]
		< ["1","1","a","phx_reply",{"response":{"l":["x","y"],"nested":{"a":"1","b":{"0":"1"}},"vsn":"2.0.0"},"status":"ok"}]
		> ["2","2","b","phx_join",{}]
		< ["2","2","b","phx_reply",{"response":{"id":"user:1","assigns":{"id":"user:1",`+given+`,"joined":"b"}},"status":"ok"}]
		> ["3","3","c","phx_join",{}]
		< ["3","3","c","phx_reply",{"response":{"id":"user:1","assigns":{"id":"user:1",`+given+`,"joined":"c"}},"status":"ok"}]`, c)

	bare := connect(t, s, "do=true&__proto__[polluted]=1&vsn=2.0.0")
	talk(t, `
		> ["1","1","a","phx_join",{}]
		< ["1","1","a","phx_reply",{"response":{"id":null,"assigns":{"joined":"a"}},"status":"ok"}]`, bare)
}

// TestMountsComeFirst shows what of an app's addresses the channels take.
func TestMountsComeFirst(t *testing.T) {
	s := daemontest.Serve(t, `
-- rowan.toml --
[channels]
mounts = ["/socket", "/live/"]
-- public/socket/websocket --
not served
-- public/socket/page.html --
a page
-- app.ts --
export default {
	fetch: (request) => new Response("fetch " + new URL(request.url).pathname),
	channels: { "room:*": {} },
};
`)
	for path, want := range map[string]string{
		"socket/websocket": "400", "live/websocket": "400", "live/longpoll": `200 {"status":403`,
		"socket": "200 fetch /socket", "socket/": "200 fetch /socket/", "socket/page.html": "200 a page", "socket/websocket/x": "200 fetch /socket/websocket/x",
		"socketx/websocket": "200 fetch /socketx/websocket", "live": "200 fetch /live", "livewebsocket": "200 fetch /livewebsocket",
	} {
		if got := get(t, s, path+"?vsn=9"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// TestSettingsOfChannelsAreChecked names what is wrong before the server serves.
func TestSettingsOfChannelsAreChecked(t *testing.T) {
	for settings, want := range map[string]string{
		`origins = ["example.com"]`:   `origins in [channels]: origin "example.com": want a form such as`,
		`origins = ["*.example.com"]`: `origins in [channels]: origin "*.example.com": want a form such as`,
		`mounts = ["socket"]`:         "mounts",
		`max_payload = "10 potatoes"`: "max_payload",
		`idle_timeout = "soon"`:       "idle_timeout",
		`max_channel = 5`:             "max_channel",
		`longpoll_window = "-1s"`:     "longpoll_window",
	} {
		dir := t.TempDir()
		daemontest.Write(t, dir, withSettings("\n-- app.ts --\nexport default { channels: { any: {} } };", settings))
		c, err := config.Load(dir)
		if err == nil {
			var s *daemon.Server
			if s, err = daemon.New(daemon.Options{App: filepath.Join(dir, "app.ts"), Config: c}); err == nil {
				s.Shutdown(context.Background())
			}
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", settings, err, want)
		}
	}
}
