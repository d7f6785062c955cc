package daemon_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"rowan/internal/daemontest"
)

// pollAnswer is the answer to a request of long poll.
type pollAnswer struct {
	Status   int      `json:"status"`
	Token    string   `json:"token"`
	Messages []string `json:"messages"`
}

// poller is a client of long poll.
type poller struct {
	t     *testing.T
	s     *daemontest.Server
	http  *http.Client
	token string
}

// poll opens a session of long poll.
func poll(t *testing.T, s *daemontest.Server) *poller {
	t.Helper()
	p := &poller{t: t, s: s, http: client(t)}
	got := p.request("GET", "vsn=2.0.0&", "")
	if got.Status != 410 || got.Token == "" || len(got.Messages) != 0 {
		t.Fatalf("a new session is answered with %+v", got)
	}
	p.token = got.Token
	return p
}

// request sends a request and returns the answer, which has status 200 and JSON, whatever became of it.
func (p *poller) request(method, query, body string, header ...string) (got pollAnswer) {
	p.t.Helper()
	resp, text := ask(p.t, p.http, method, p.s.URL()+"socket/longpoll?"+query, body, header...)
	for name, want := range map[string]string{
		"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", "Access-Control-Allow-Origin": "*",
	} {
		if value := resp.Header.Get(name); value != want {
			p.t.Errorf("%s is %q, want %q", name, value, want)
		}
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil || resp.StatusCode != 200 {
		p.t.Fatalf("%s %s: status %d, %v in %q", method, query, resp.StatusCode, err, text)
	}
	return got
}

func (p *poller) query() string { return "vsn=2.0.0&token=" + url.QueryEscape(p.token) }

// send sends frames in one request.
func (p *poller) send(frames ...string) {
	p.t.Helper()
	if got := p.request("POST", p.query(), strings.Join(frames, "\n"), "Content-Type", "application/x-ndjson"); got.Status != 200 {
		p.t.Fatalf("status %d for %q", got.Status, frames)
	}
}

// expect asks for messages until those that are wanted have come, in that order.
func (p *poller) expect(want ...string) {
	p.t.Helper()
	var messages []string
	for len(messages) < len(want) {
		got := p.request("GET", p.query(), "")
		if got.Status != 200 {
			p.t.Fatalf("got %+v after %q, want %q", got, messages, want)
		}
		messages = append(messages, got.Messages...)
	}
	if !slices.Equal(messages, want) {
		p.t.Fatalf("got  %q\nwant %q", messages, want)
	}
}

func TestLongPoll(t *testing.T) {
	s := daemontest.Serve(t, rooms)
	p, other := poll(t, s), connect(t, s, "")
	talk(t, joined, other)
	p.send(`["10","10","room:a","phx_join",{"push":{"n":1}}]`)
	p.expect(`["10","10","room:a","phx_reply",{"response":{"joined":{"push":{"n":1}}},"status":"ok"}]`, `["10",null,"room:a","joined",{"n":1}]`)
	p.send(`["10","11","room:a","echo",1]`, `["10","12","room:a","echo","two"]`, `["10","13","room:a","nope",{}]`)
	p.expect(`["10","11","room:a","phx_reply",{"response":1,"status":"ok"}]`, `["10","12","room:a","phx_reply",{"response":"two","status":"ok"}]`,
		`["10","13","room:a","phx_reply",{"response":{"reason":"unknown event"},"status":"error"}]`)
	p.send(`[null,"14","phoenix","heartbeat",{}]`, "")
	p.expect(`[null,"14","phoenix","phx_reply",{"response":{},"status":"ok"}]`)

	// What comes while a request waits is its answer at once.
	start := time.Now()
	time.AfterFunc(100*time.Millisecond, func() { other.Send(`["10","15","room:a","broadcast",{"m":1}]`) })
	p.expect(`[null,null,"room:a","msg",{"m":1}]`)
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("a broadcast took %v", took)
	}

	p.send(`["10","16","room:a","phx_leave",{}]`)
	p.expect(`["10","16","room:a","phx_reply",{"response":{},"status":"ok"}]`, `["10","10","room:a","phx_close",{}]`)
}

func TestLongPollWindow(t *testing.T) {
	s := daemontest.Serve(t, withSettings(rooms, `longpoll_window = "300ms"`))
	p := poll(t, s)
	p.send(`["10","10","room:a","phx_join",{"quiet":true}]`)
	p.expect(`["10","10","room:a","phx_reply",{"response":{},"status":"ok"}]`)
	start := time.Now()
	if got := p.request("GET", p.query(), ""); got.Status != 204 || got.Messages == nil || len(got.Messages) > 0 {
		t.Errorf("after the window: %+v", got)
	}
	if took := time.Since(start); took < 250*time.Millisecond || took > 5*time.Second {
		t.Errorf("the window is %v", took)
	}

	// Without a poll the session ends after one and a half windows.
	s.WaitLog("left room:a closed")
	s.WaitContexts(0)
	if got := p.request("POST", p.query(), `[null,"1","phoenix","heartbeat",{}]`); got.Status != 410 {
		t.Errorf("a push to a session that is over: %+v", got)
	}
	old := p.token
	if got := p.request("GET", p.query(), ""); got.Status != 410 || got.Token == "" || got.Token == old {
		t.Errorf("a poll of a session that is over: %+v", got)
	}
}

func TestLongPollTokens(t *testing.T) {
	s := daemontest.Serve(t, rooms)
	p, q := poll(t, s), poll(t, s)
	if p.token == q.token {
		t.Errorf("two sessions have the token %q", p.token)
	}
	p.send(`["10","10","room:a","phx_join",{"quiet":true}]`)
	// The header wins over the query.
	got := p.request("GET", q.query(), "", "X-Phoenix-Longpoll-Token", p.token)
	if want := []string{`["10","10","room:a","phx_reply",{"response":{},"status":"ok"}]`}; got.Status != 200 || !slices.Equal(got.Messages, want) {
		t.Errorf("by the header's token: %+v", got)
	}
	for _, token := range []string{"x", p.token[1:], p.token + "x", strings.Repeat("x", 10_000)} {
		if got := p.request("POST", "vsn=2.0.0&token="+token, "[]"); got.Status != 410 {
			t.Errorf("a push with the token %.20q: %+v", token, got)
		}
	}
}

func TestLongPollRefuses(t *testing.T) {
	s := daemontest.Serve(t, connecting)
	p := &poller{t: t, s: s, http: client(t)}
	for _, test := range []struct {
		query  string
		header []string
	}{
		{"vsn=3.0.0", nil},
		{"vsn=abc", nil},
		{"vsn=2.0.0&do=false", nil},
		{"vsn=2.0.0&do=refuse", nil},
		{"vsn=2.0.0", []string{"Origin", "http://evil.com"}},
		{"vsn=2.0.0", []string{"Origin", "null"}},
	} {
		resp, body := ask(t, p.http, "GET", s.URL()+"socket/longpoll?"+test.query, "", test.header...)
		var got pollAnswer
		if err := json.Unmarshal([]byte(body), &got); err != nil || got.Status != 403 || got.Token != "" {
			t.Errorf("%s %v: status %d %q", test.query, test.header, resp.StatusCode, body)
		}
	}
	for _, method := range []string{"PUT", "DELETE"} {
		if resp, _ := ask(t, p.http, method, s.URL()+"socket/longpoll?vsn=2.0.0", ""); resp.StatusCode != 400 {
			t.Errorf("%s: status %d", method, resp.StatusCode)
		}
	}
	s.WaitContexts(0)
}

func TestLongPollPreflight(t *testing.T) {
	s := daemontest.Serve(t, connecting)
	resp, _ := ask(t, client(t), "OPTIONS", s.URL()+"socket/longpoll?vsn=2.0.0", "",
		"Origin", "http://example.com", "Access-Control-Request-Headers", "content-type, x-phoenix-authtoken", "Access-Control-Request-Method", "POST")
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin":  "*",
		"Access-Control-Allow-Methods": "get, post, options",
		"Access-Control-Allow-Headers": "content-type, x-phoenix-authtoken",
	} {
		if got := resp.Header.Get(name); !strings.EqualFold(got, want) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestLongPollAuthToken(t *testing.T) {
	s := daemontest.Serve(t, connecting)
	p := &poller{t: t, s: s, http: client(t)}
	p.token = p.request("GET", "vsn=2.0.0", "", "X-Phoenix-AuthToken", "secret", "User-Agent", "test").Token
	p.send(`["1","1","a","phx_join",{}]`)
	p.expect(`["1","1","a","phx_reply",{"response":{"id":"user:1","assigns":{"id":"user:1","token":"secret","agent":"test",` +
		`"url":"/socket/longpoll?vsn=2.0.0","local":"127.0.0.1","joined":"a"}},"status":"ok"}]`)
}

// TestLongPollTakesAHundred ignores what is beyond in one request.
func TestLongPollTakesAHundred(t *testing.T) {
	p := poll(t, daemontest.Serve(t, rooms))
	var frames, want []string
	for i := range 102 {
		frames = append(frames, fmt.Sprintf(`[null,"%d","phoenix","heartbeat",{}]`, i))
		want = append(want, fmt.Sprintf(`[null,"%d","phoenix","phx_reply",{"response":{},"status":"ok"}]`, i))
	}
	p.send(frames...)
	p.expect(want[:100]...)
	p.send(`[null,"x","phoenix","heartbeat",{}]`)
	p.expect(`[null,"x","phoenix","phx_reply",{"response":{},"status":"ok"}]`)
}

func TestLongPollMalformed(t *testing.T) {
	s := daemontest.Serve(t, rooms)
	for _, frame := range []string{`[not JSON`, `[]`, `{"of": "version 1"}`, "[null,null,\"\xff\",\"x\",{}]", base64.StdEncoding.EncodeToString([]byte("\x09"))} {
		p := poll(t, s)
		p.send(`["10","10","room:a","phx_join",{"quiet":true}]`)
		p.expect(`["10","10","room:a","phx_reply",{"response":{},"status":"ok"}]`)
		p.request("POST", p.query(), frame)
		s.WaitLog("left room:a closed")
		if got := p.request("POST", p.query(), `[null,"1","phoenix","heartbeat",{}]`); got.Status != 410 {
			t.Errorf("after %q: %+v", frame, got)
		}
	}
}

// TestLongPollBinary carries bytes both ways, which Phoenix can do but one way: what it sends is a text frame, with base64 for
// the bytes.
func TestLongPollBinary(t *testing.T) {
	p := poll(t, daemontest.Serve(t, bytesRooms))
	encode := func(frame string) string { return base64.StdEncoding.EncodeToString([]byte(frame)) }
	p.send(`["10","10","room:a","phx_join",{}]`, encode("\x00\x02\x02\x06\x04"+"10"+"15"+"room:a"+"echo"+"\x01\xff"), `["10","16","room:a","push",{}]`,
		encode("\x00\x02\x02\x06\x09"+"10"+"17"+"room:a"+"broadcast"+"\x09\x08"))
	p.expect(
		`["10","10","room:a","phx_reply",{"response":{},"status":"ok"}]`,
		`["10","15","room:a","phx_reply",{"response":{"base64":"Af8="},"status":"ok"}]`,
		`["10",null,"room:a","bin",{"base64":"AAE="}]`,
		`[null,null,"room:a","bmsg",{"base64":"CQg="}]`)
	if got := p.request("POST", p.query(), "no base64!"); got.Status != 400 {
		t.Errorf("what is no base64: %+v", got)
	}
	p.send(encode("\x00\x02\x02\x06\x04" + "10" + "18" + "room:a" + "kind"))
	p.expect(`["10","18","room:a","phx_reply",{"response":{"kind":"Uint8Array","bytes":[]},"status":"ok"}]`)
}
