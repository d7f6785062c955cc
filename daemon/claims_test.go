package daemon_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"rowan/daemon"
	"rowan/daemon/config"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

const jwtSecret = "thirty-two bytes of a good secret"

// jwtOf is a token of HS256.
func jwtOf(t *testing.T, claims map[string]any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	mac := hmac.New(sha256.New, []byte(jwtSecret))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func janesToken(t *testing.T) string {
	return jwtOf(t, map[string]any{"sub": "jane", "exp": time.Now().Unix() + 60, "__proto__": map[string]any{"admin": true}})
}

const claimsApp = `
-- public/login.html --
log in
-- app.ts --
const say = (claims) => claims === null ? "nobody" : claims.sub + " " + claims.admin + " " + Object.keys(claims).join();
export default {
	fetch(request, server) {
		if (server.upgrade(request)) return;
		if (server.claims(new Request("http://x/")) !== null || server.claims(request) !== server.claims(request)) return new Response("wrong");
		return new Response(say(server.claims(request)));
	},
	websocket: {
		open(ws) { ws.send(say(ws.claims)); },
		message(ws) { ws.send(ws.claims === ws.claims ? "the same " + ws.protocol : "wrong"); },
	},
	connect(params, info) { return { who: say(info.claims) }; },
	channels: { "room:*": { join(socket) { return socket.assigns; } } },
};
`

// TestClaims sends tokens by every way there is, to every kind of handler.
func TestClaims(t *testing.T) {
	t.Parallel()
	s := daemontest.Serve(t, claimsApp, daemontest.Configure(func(c *config.Config) {
		c.JWT.Secret, c.JWT.Cookie, c.JWT.Query = jwtSecret, "session", "token"
	}))
	token := janesToken(t)
	is := func(got string) bool { return got == "jane undefined __proto__,exp,sub" }

	ask := func(path string, header ...string) (status int, body, challenge string) {
		r, err := http.NewRequest("GET", strings.TrimSuffix(s.URL(), "/")+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(text), res.Header.Get("WWW-Authenticate")
	}
	if status, body, _ := ask("/"); status != 200 || body != "nobody" {
		t.Errorf("without a token: %d %s", status, body)
	}
	for _, header := range [][]string{{"Authorization", "Bearer " + token}, {"Cookie", "session=" + token}} {
		if status, body, _ := ask("/", header...); status != 200 || !is(body) {
			t.Errorf("%s: %d %s", header[0], status, body)
		}
	}
	if status, body, _ := ask("/?token=" + token); status != 200 || !is(body) {
		t.Errorf("query: %d %s", status, body)
	}
	old := jwtOf(t, map[string]any{"sub": "jane", "exp": time.Now().Unix() - 60})
	if status, _, challenge := ask("/", "Authorization", "Bearer "+old); status != 401 || challenge != `Bearer error="invalid_token", error_description="the token has expired"` {
		t.Errorf("an old token: %d %s", status, challenge)
	}
	if status, body, _ := ask("/login.html", "Authorization", "Bearer "+old); status != 200 || body != "log in\n" {
		t.Errorf("a file, with an old token: %d %s", status, body)
	}

	protocol := "base64url.bearer.phx." + base64.RawURLEncoding.EncodeToString([]byte(token))
	c := wstest.DialWith(t, s.URL(), ws.Dialer{Protocols: []string{protocol, "chat"}})
	if got := c.Next(); !is(got) {
		t.Errorf("session, by its sub-protocol: %s", got)
	}
	c.Send("")
	c.Expect("the same chat")
	s.Dial().Expect("nobody")
	if status, _, _ := ask("/", "Connection", "upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==", "Authorization", "Bearer "+old); status != 401 {
		t.Errorf("session with an old token: %d", status)
	}

	join := func(c *wstest.Client) string {
		c.Send(`["1","1","room:1","phx_join",{}]`)
		return c.Next()
	}
	if got := join(wstest.DialWith(t, s.URL()+"socket/websocket?vsn=2.0.0", ws.Dialer{Protocols: []string{"phoenix", protocol}})); !strings.Contains(got, `"who":"jane undefined `) {
		t.Errorf("channels, by their sub-protocol: %s", got)
	}
	if got := join(s.DialPath("/socket/websocket?vsn=2.0.0")); !strings.Contains(got, `"who":"nobody"`) {
		t.Errorf("channels without a token: %s", got)
	}
	for path, want := range map[string]string{"/socket/longpoll?vsn=2.0.0": `"status":403`} {
		if _, body, _ := ask(path, "X-Phoenix-AuthToken", old); !strings.Contains(body, want) {
			t.Errorf("long poll with an old token: %s", body)
		}
		if _, body, _ := ask(path, "X-Phoenix-AuthToken", token); !strings.Contains(body, `"status":410`) {
			t.Errorf("long poll: %s", body)
		}
	}
}

// TestTokensAreRequired checks that nothing but files is there for who comes without a token.
func TestTokensAreRequired(t *testing.T) {
	t.Parallel()
	s := daemontest.Serve(t, claimsApp+fmt.Sprintf(`
-- rowan.toml --
[jwt]
secret = %q
required = true
audience = ["chat"]
`, jwtSecret))
	for path, want := range map[string]int{"": 401, "login.html": 200, "socket/websocket?vsn=2.0.0": 401} {
		r, _ := http.NewRequest("GET", s.URL()+path, nil)
		if strings.HasPrefix(path, "socket") {
			for name, value := range map[string]string{"Connection": "upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="} {
				r.Header.Set(name, value)
			}
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("/%s: %d, want %d", path, res.StatusCode, want)
		}
	}
	token := jwtOf(t, map[string]any{"sub": "jane", "aud": "chat", "exp": time.Now().Unix() + 60})
	c := wstest.DialWith(t, s.URL(), ws.Dialer{Header: ws.HandshakeHeaderHTTP{"Authorization": {"Bearer " + token}}})
	c.Expect("jane undefined aud,exp,sub")
}

func TestTokenSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"secret = 'sixteen letters.'": "[jwt] secret: it has 16 bytes; HS256 needs 32 at least",
		"required = true":             "[jwt] there is no key: set secret, key_file or jwks",
		"key_file = 'nowhere.pem'":    "nowhere.pem: no such file",
	} {
		dir := t.TempDir()
		daemontest.Write(t, dir, claimsApp+"\n-- rowan.toml --\n[jwt]\n"+text+"\n")
		c, err := config.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := daemon.Check(daemon.Options{App: filepath.Join(dir, "app.ts"), Config: c}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
