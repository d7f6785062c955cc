// Package client is how commands speak with the admin side of a server that runs.
//
//	c, err := client.Open(flag) // "" finds the only server of this user
//	err = c.Get(ctx, "api/contexts", &contexts)
package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"rowan/daemon/admin/state"
)

// TokenVariable is the environment variable with the token, for servers that have no state file here.
const TokenVariable = "ROWAN_ADMIN_TOKEN"

// Client speaks with one server. Any goroutine may use it.
type Client struct {
	URL   string // of the admin side, with a slash at the end
	Token string
	App   string // the path of the app; empty if that is not known
}

// Name is what people know the server by: the path of its app, or else the address of its admin side.
func (c *Client) Name() string { return cmp.Or(c.App, c.URL) }

// Flag registers --admin, which is to be given to Open.
func Flag(set *pflag.FlagSet, to *string) {
	set.StringVar(to, "admin", "", "`URL` of the server's admin side, whose token is in "+TokenVariable+" (default: that of the only server of this user)")
}

// Open finds the server. admin is the address of its admin side, with or without scheme and token; its token may also be in the
// environment, or in the state file of a server with that address. An empty address means the only server of this user.
func Open(admin string) (*Client, error) { return open(admin, "", os.Getenv(TokenVariable)) }

func open(admin, dir, token string) (*Client, error) {
	servers, err := state.List(dir)
	if admin == "" {
		if err != nil {
			return nil, fmt.Errorf("cannot find a server: %w; say which by --admin URL", err)
		}
		return only(servers)
	}
	if !strings.Contains(admin, "://") {
		admin = "http://" + admin
	}
	u, err := url.Parse(admin)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("--admin %s: must be an address such as http://127.0.0.1:4001", admin)
	}
	c := &Client{Token: cmp.Or(u.Query().Get("token"), token)}
	u.Path, u.RawQuery, u.Fragment = strings.TrimSuffix(u.Path, "/")+"/", "", ""
	c.URL = u.String()
	for _, s := range servers {
		if s.URL == c.URL {
			c.App, c.Token = s.App, cmp.Or(c.Token, s.Token)
		}
	}
	if c.Token == "" {
		return nil, fmt.Errorf("the token of %s is not known: set %s", c.URL, TokenVariable)
	}
	return c, nil
}

// only returns a client of the only server there is.
func only(servers []state.Server) (*Client, error) {
	switch len(servers) {
	case 0:
		return nil, fmt.Errorf("no server of this user is running: say which by --admin URL and %s", TokenVariable)
	case 1:
		s := servers[0]
		return &Client{URL: s.URL, Token: s.Token, App: s.App}, nil
	}
	var b strings.Builder
	b.WriteString("several servers are running; say which by --admin:")
	for _, s := range servers {
		fmt.Fprintf(&b, "\n  --admin %s  %s, process %d", s.URL, s.App, s.PID)
	}
	return nil, errors.New(b.String())
}

// A StatusError is an answer that is no success.
type StatusError struct {
	Status int
	Text   string // what the server says, without a newline at the end
}

func (e *StatusError) Error() string {
	return cmp.Or(e.Text, fmt.Sprintf("status %d", e.Status))
}

// Get asks for a path, without a slash before it, and decodes the JSON that comes into what into points to.
func (c *Client) Get(ctx context.Context, path string, into any) error {
	return c.exchange(ctx, http.MethodGet, path, "", nil, into)
}

// Post sends a value as JSON, unless it is nil, and decodes the JSON that comes, unless into is nil.
func (c *Client) Post(ctx context.Context, path string, send, into any) error {
	var body io.Reader
	if send != nil {
		text, err := json.Marshal(send)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	return c.exchange(ctx, http.MethodPost, path, "application/json", body, into)
}

// PostText is Post for a text as it is.
func (c *Client) PostText(ctx context.Context, path, text string, into any) error {
	return c.exchange(ctx, http.MethodPost, path, "text/plain; charset=utf-8", strings.NewReader(text), into)
}

func (c *Client) exchange(ctx context.Context, method, path, contentType string, body io.Reader, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, c.URL+path, body)
	if err != nil {
		return err
	}
	request.Header = c.Header()
	if body != nil {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10))
		return &StatusError{response.StatusCode, strings.TrimSpace(string(text))}
	}
	if into == nil {
		return nil
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("%s answers with something else than JSON: %w", request.URL, err)
	}
	return nil
}

// Header is what each request must carry.
func (c *Client) Header() http.Header {
	return http.Header{"Authorization": {"Bearer " + c.Token}}
}
