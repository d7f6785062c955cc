package daemon_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"rowan/daemon/config"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// The example of docs/auth.md runs as it stands: register, log in, and talk.
func TestAuthExample(t *testing.T) {
	t.Setenv("ROWAN_JWT_SECRET", jwtSecret)
	text, err := os.ReadFile("../docs/auth.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(text), "\n## An example\n")
	block := func(language string) string {
		_, rest, _ := strings.Cut(example, "```"+language+"\n")
		code, _, ok := strings.Cut(rest, "```")
		if !ok {
			t.Fatalf("no block of %s", language)
		}
		return code
	}
	s := daemontest.Serve(t, "-- app.ts --\n"+block("ts")+"-- rowan.toml --\n"+block("toml")+"-- migrations/001_users.sql --\n"+block("sql"),
		daemontest.Configure(func(c *config.Config) { c.JWT.Secret = jwtSecret }))
	ask := func(method, path, body, token string) (status int, answer string) {
		r, err := http.NewRequest(method, s.URL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		data, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(data)
	}
	const jane, wrong = `{"name":"jane","password":"correct horse"}`, `{"name":"jane","password":"battery staple"}`
	for _, test := range []struct {
		path, body string
		want       int
	}{{"register", jane, 201}, {"register", wrong, 409}, {"login", wrong, 403}, {"login", `{}`, 400}} {
		if status, answer := ask("POST", test.path, test.body, ""); status != test.want {
			t.Errorf("%s %s: %d %s", test.path, test.body, status, answer)
		}
	}
	_, answer := ask("POST", "login", jane, "")
	var got struct{ Token string }
	if err := json.Unmarshal([]byte(answer), &got); err != nil || got.Token == "" {
		t.Fatalf("login: %s, %v", answer, err)
	}
	if status, answer := ask("GET", "me", "", got.Token); status != 200 || answer != `{"name":"jane","admin":false}` {
		t.Errorf("me: %d %s", status, answer)
	}
	if status, _ := ask("GET", "me", "", ""); status != 401 {
		t.Errorf("me, without a token: %d", status)
	}
	if status, _ := ask("GET", "me", "", got.Token+"x"); status != 401 {
		t.Errorf("me, with another token: %d", status)
	}

	address := s.URL() + "socket/websocket?vsn=2.0.0"
	if _, err := wstest.TryDial(t, address, ws.Dialer{}); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("a socket without a token: %v", err)
	}
	c := wstest.DialWith(t, address, ws.Dialer{Protocols: []string{"phoenix", "base64url.bearer.phx." + base64.RawURLEncoding.EncodeToString([]byte(got.Token))}})
	c.Send(`["1","1","room:lobby","phx_join",{}]`)
	c.Expect(`["1","1","room:lobby","phx_reply",{"response":{},"status":"ok"}]`)
	c.Send(`["1","2","room:lobby","say",{"text":"hello"}]`)
	c.Expect(`[null,null,"room:lobby","said",{"by":"jane","text":"hello"}]`, `["1","2","room:lobby","phx_reply",{"response":{},"status":"ok"}]`)
	c.Send(`["1","3","room:lobby","close",{}]`)
	c.Expect(`["1","3","room:lobby","phx_reply",{"response":{"reason":"for admins"},"status":"error"}]`)
}
