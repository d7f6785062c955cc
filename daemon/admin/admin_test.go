package admin_test

import (
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"rowan/daemon/admin"
	"rowan/daemon/admin/state"
)

const token = "a token for tests"

// serve starts an admin side with a page for those who may see it, and one for all.
func serve(t *testing.T, o admin.Options) *admin.Server {
	t.Helper()
	if o.Address == "" {
		o.Address = "127.0.0.1:0"
	}
	if o.StateDir == "" {
		o.StateDir = t.TempDir()
	}
	a, err := admin.New(o)
	if err != nil {
		t.Fatal(err)
	}
	a.Handle("GET /{$}", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "the page?"+r.URL.RawQuery) })
	a.Handle("POST /reload", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(w, r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		}
	})
	a.HandleOpen("GET /livez", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
	if err := a.Listen(); err != nil {
		t.Fatal(err)
	}
	a.Start()
	t.Cleanup(a.Close)
	return a
}

func TestWhoMayAsk(t *testing.T) {
	var guesses atomic.Int32
	a := serve(t, admin.Options{Token: token, Hosts: []string{"admin.internal"}, Guessed: func(string) { guesses.Add(1) }})
	own := strings.TrimSuffix(strings.TrimPrefix(a.URL(), "http://"), "/")
	_, port, _ := net.SplitHostPort(own)
	bearer := "Bearer " + token
	for name, test := range map[string]struct {
		method, path string
		header       map[string]string // "Host" among them
		want         int
	}{
		"with the token":               {header: map[string]string{"Authorization": bearer}, want: 200},
		"the scheme in any case":       {header: map[string]string{"Authorization": "bearer " + token}, want: 200},
		"without a token":              {want: 401},
		"with another token":           {header: map[string]string{"Authorization": "Bearer another token, no"}, want: 401},
		"with a part of the token":     {header: map[string]string{"Authorization": "Bearer " + token[:len(token)-1]}, want: 401},
		"with the token and more":      {header: map[string]string{"Authorization": bearer + "x"}, want: 401},
		"with an empty token":          {header: map[string]string{"Authorization": "Bearer "}, want: 401},
		"with another scheme":          {header: map[string]string{"Authorization": "Basic " + token}, want: 401},
		"the token as the cookie":      {header: map[string]string{"Cookie": "rowan_admin_" + port + "=" + url.QueryEscape(token)}, want: 401},
		"a wrong token in the address": {path: "/?token=another", want: 401},
		"the token of a POST":          {method: "POST", path: "/reload?token=" + url.QueryEscape(token), want: 401},
		"profiles without a token":     {path: "/debug/pprof/", want: 401},
		"profiles":                     {path: "/debug/pprof/", header: map[string]string{"Authorization": bearer}, want: 200},
		"what is not there":            {path: "/nothing", header: map[string]string{"Authorization": bearer}, want: 404},
		"what is not there, for all":   {path: "/nothing", want: 401},

		"open to all":                 {path: "/livez", want: 200},
		"open to all by any name":     {path: "/livez", header: map[string]string{"Host": "balancer.example"}, want: 200},
		"not by a path that leads on": {path: "/livez/../debug/pprof/", want: 401},

		"localhost":                     {header: map[string]string{"Authorization": bearer, "Host": "localhost:" + port}, want: 200},
		"localhost behind a tunnel":     {header: map[string]string{"Authorization": bearer, "Host": "localhost:9"}, want: 200},
		"an address of version 6":       {header: map[string]string{"Authorization": bearer, "Host": "[::1]:" + port}, want: 200},
		"a name that the settings have": {header: map[string]string{"Authorization": bearer, "Host": "Admin.internal"}, want: 200},
		"a name that leads here":        {header: map[string]string{"Authorization": bearer, "Host": "evil.example:" + port}, want: 403},
		"a name that begins well":       {header: map[string]string{"Authorization": bearer, "Host": "127.0.0.1.evil.example"}, want: 403},

		"a page of its own":                {method: "POST", path: "/reload", header: map[string]string{"Authorization": bearer, "Origin": "http://" + own}, want: 200},
		"a page of another host":           {method: "POST", path: "/reload", header: map[string]string{"Authorization": bearer, "Origin": "https://evil.example"}, want: 403},
		"a page of another port":           {method: "POST", path: "/reload", header: map[string]string{"Authorization": bearer, "Origin": "http://127.0.0.1:4000"}, want: 403},
		"a page without an origin":         {method: "POST", path: "/reload", header: map[string]string{"Authorization": bearer, "Origin": "null"}, want: 403},
		"an image of a page beside":        {header: map[string]string{"Authorization": bearer, "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}, want: 403},
		"a link of a page":                 {header: map[string]string{"Authorization": bearer, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, want: 200},
		"a form of a page, without origin": {method: "POST", path: "/reload", header: map[string]string{"Authorization": bearer, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, want: 403},
		"an address that was typed":        {header: map[string]string{"Authorization": bearer, "Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, want: 200},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequest(test.method, strings.TrimSuffix(a.URL(), "/")+test.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range test.header {
				r.Header.Set(k, v)
			}
			r.Host = r.Header.Get("Host")
			guesses.Store(0)
			response, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != test.want {
				text, _ := io.ReadAll(response.Body)
				t.Errorf("status %d, want %d: %s", response.StatusCode, test.want, text)
			}
			guess := test.want == 401 && (test.header["Authorization"] != "" || strings.Contains(test.path, "token="))
			if got := guesses.Load() == 1; got != guess {
				t.Errorf("told of a wrong token: %v, want %v", got, guess)
			}
			if response.Header.Get("Cache-Control") != "no-store" || response.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("headers: %v", response.Header)
			}
		})
	}
}

// The token of an address becomes a cookie, which is not the token, and leaves the address.
func TestLogin(t *testing.T) {
	a := serve(t, admin.Options{Token: token})
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	response, err := client.Get(a.LoginURL() + "&tab=actors")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	if string(text) != "the page?tab=actors" || strings.Contains(response.Request.URL.String(), "token") {
		t.Errorf("%s answers %q", response.Request.URL, text)
	}
	set := response.Request.Response.Header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(set, part) {
			t.Errorf("the cookie %q lacks %s", set, part)
		}
	}
	if strings.Contains(set, token) {
		t.Errorf("the cookie has the token: %q", set)
	}

	noRedirect := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err = noRedirect.Get(strings.TrimSuffix(a.URL(), "/") + "//evil.example/?token=" + url.QueryEscape(token))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if to := response.Header.Get("Location"); strings.HasPrefix(to, "//") || strings.HasPrefix(to, "http") {
		t.Errorf("the token leads to %q", to)
	}
}

func TestToken(t *testing.T) {
	if a, b := serve(t, admin.Options{}), serve(t, admin.Options{}); a.Token() == b.Token() || len(a.Token()) < admin.MinToken {
		t.Errorf("tokens of their own: %q, %q", a.Token(), b.Token())
	}
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a := serve(t, admin.Options{TokenFile: file}); a.Token() != token {
		t.Errorf("the token of the file: %q", a.Token())
	}
	for name, o := range map[string]admin.Options{
		"short":              {Token: "0123456789abcde"},
		"a file that is not": {TokenFile: file + "x"},
	} {
		if _, err := admin.New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A body is bounded.
func TestBody(t *testing.T) {
	a := serve(t, admin.Options{Token: token})
	r, _ := http.NewRequest("POST", a.URL()+"reload", strings.NewReader(strings.Repeat("x", 1<<20+1)))
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, _ := io.ReadAll(response.Body); !strings.Contains(string(text), "too large") {
		t.Errorf("a body of more than 1 MB is taken: %d bytes come back", len(text))
	}
}

// An address that is taken is an error, or leads to a free port of the loopback address.
func TestAddressTaken(t *testing.T) {
	taken := serve(t, admin.Options{})
	address := strings.TrimSuffix(strings.TrimPrefix(taken.URL(), "http://"), "/")
	core, log := observer.New(zap.InfoLevel)
	if a := serve(t, admin.Options{Address: address, Fallback: true, Log: zap.New(core)}); a.URL() == taken.URL() {
		t.Error("two servers on one address")
	}
	if log.FilterMessageSnippet(address+" is taken; listening on 127.0.0.1:").Len() != 1 {
		t.Errorf("log: %v", log.All())
	}
	a, err := admin.New(admin.Options{Address: address, StateDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.Listen(); err == nil || !strings.Contains(err.Error(), address+" for the admin side") {
		t.Errorf("without another port: %v", err)
	}
}

// The state file is the user's alone, and goes with the server.
func TestStateFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	a, err := admin.New(admin.Options{Address: "127.0.0.1:0", App: "/apps/app.ts", StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Listen(); err != nil {
		t.Fatal(err)
	}
	servers, err := state.List(dir)
	want := state.Server{PID: os.Getpid(), App: "/apps/app.ts", URL: a.URL(), Token: a.Token()}
	if err != nil || len(servers) != 1 || servers[0] != want {
		t.Errorf("servers: %+v, %v; want %+v", servers, err, want)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, path := range append(files, dir) {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s may be read by others: %v, %v", path, info.Mode(), err)
		}
	}
	a.Close()
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestHideCookie(t *testing.T) {
	h := http.Header{"Cookie": {"a=1; rowan_admin_4001=secret; b=2", "rowan_admin_4002=secret", "c=3"}}
	admin.HideCookie(h)
	if got := strings.Join(h["Cookie"], "|"); got != "a=1; b=2||c=3" {
		t.Errorf("cookies: %q", got)
	}
}
