package client

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"rowan/daemon/admin/state"
)

// write writes state files as of this process and its parent, which both run.
func write(t *testing.T, servers ...state.Server) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, s := range servers {
		if _, err := state.Write(dir, s); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestOpen(t *testing.T) {
	one := state.Server{PID: os.Getpid(), App: "/a.ts", URL: "http://127.0.0.1:4001/", Token: "token of one"}
	two := state.Server{PID: os.Getppid(), App: "/b.ts", URL: "http://127.0.0.1:4002/", Token: "token of two"}
	gone := state.Server{PID: 1 << 30, App: "/c.ts", URL: "http://127.0.0.1:4003/", Token: "token of three"}
	for name, test := range map[string]struct {
		servers      []state.Server
		admin, token string
		url, with    string
		err          string
	}{
		"the only one":                {servers: []state.Server{one, gone}, url: one.URL, with: one.Token},
		"none":                        {servers: []state.Server{gone}, err: "no server of this user is running"},
		"several":                     {servers: []state.Server{one, two}, err: "--admin http://127.0.0.1:4002/  /b.ts"},
		"one of several":              {servers: []state.Server{one, two}, admin: "127.0.0.1:4002", url: two.URL, with: two.Token},
		"the environment's token":     {servers: []state.Server{one}, admin: "http://127.0.0.1:4001", token: "other", url: one.URL, with: "other"},
		"the address's token":         {admin: "https://admin.example/rowan?token=mine", token: "other", url: "https://admin.example/rowan/", with: "mine"},
		"without a token":             {admin: "http://127.0.0.1:4009", err: "set ROWAN_ADMIN_TOKEN"},
		"an address that is no such":  {admin: "ftp://127.0.0.1", err: "must be an address such as"},
		"an address that is not even": {admin: "http://a b", err: "must be an address such as"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := open(test.admin, write(t, test.servers...), test.token)
			switch {
			case test.err != "":
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("error %v, want %q in it", err, test.err)
				}
			case err != nil:
				t.Error(err)
			case c.URL != test.url || c.Token != test.with:
				t.Errorf("%+v", c)
			}
		})
	}
}

func TestExchange(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") != "Bearer token":
			http.Error(w, "no token", http.StatusUnauthorized)
		case r.URL.Path == "/broken":
			w.Write([]byte("<html>"))
		default:
			var in any
			json.NewDecoder(r.Body).Decode(&in)
			json.NewEncoder(w).Encode(map[string]any{"method": r.Method, "path": r.URL.Path, "in": in})
		}
	}))
	defer s.Close()
	c := &Client{URL: s.URL + "/", Token: "token"}
	var got struct {
		Method, Path string
		In           map[string]int
	}
	if err := c.Get(t.Context(), "api/contexts", &got); err != nil || got.Method != "GET" || got.Path != "/api/contexts" {
		t.Errorf("%+v, %v", got, err)
	}
	if err := c.Post(t.Context(), "reload", map[string]int{"a": 1}, &got); err != nil || got.Method != "POST" || got.In["a"] != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if err := c.Post(t.Context(), "reload", nil, nil); err != nil {
		t.Error(err)
	}
	if err := c.Get(t.Context(), "broken", &got); err == nil {
		t.Error("no error for something else than JSON")
	}
	c.Token = "other"
	var status *StatusError
	if err := c.Get(t.Context(), "", nil); !errors.As(err, &status) || status.Status != 401 || err.Error() != "no token" {
		t.Errorf("%v", err)
	}
	s.Close()
	if err := c.Get(t.Context(), "", nil); err == nil || !strings.Contains(err.Error(), "the server does not answer") {
		t.Errorf("%v", err)
	}
}
