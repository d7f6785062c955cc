package examples

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"rowan/internal/browser"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// api is a client of the example's API.
type api struct {
	t    testing.TB
	url  string
	http http.Client
}

func newAPI(t testing.TB, s *daemontest.Server) *api {
	transport := new(http.Transport)
	t.Cleanup(transport.CloseIdleConnections)
	return &api{t, s.URL(), http.Client{Transport: transport, Timeout: wstest.Patience}}
}

// call sends a request and checks the answer's status. The answer, if it has a body, must be JSON.
func (a *api) call(method, path, contentType, body string, status int) (answer map[string]any, header http.Header) {
	a.t.Helper()
	r, err := http.NewRequest(method, a.url+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	resp, err := a.http.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	if len(data) > 0 {
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			a.t.Fatalf("%s %s: %v in %s", method, path, err, data)
		}
		if list, ok := v.([]any); ok {
			v = map[string]any{"list": list}
		}
		answer, _ = v.(map[string]any)
	}
	if resp.StatusCode != status {
		a.t.Errorf("%s %s: status %d, want %d: %s", method, path, resp.StatusCode, status, data)
	}
	return answer, resp.Header
}

const jsonType = "application/json"

func note(id float64, text string) map[string]any { return map[string]any{"id": id, "text": text} }

func TestFetchNotes(t *testing.T) {
	s := daemontest.ServeApp(t, "fetch/app.ts")
	a := newAPI(t, s)
	first, header := a.call("POST", "api/notes", jsonType, `{"text": " buy milk "}`, 201)
	if !reflect.DeepEqual(first, note(1, "buy milk")) || header.Get("Location") != "/api/notes/1" {
		t.Errorf("added %v, %v", first, header)
	}
	a.call("POST", "api/notes", jsonType+"; charset=utf-8", `{"text": "zażółć"}`, 201)
	if got, _ := a.call("GET", "api/notes/2", "", "", 200); !reflect.DeepEqual(got, note(2, "zażółć")) {
		t.Errorf("note 2 is %v", got)
	}
	a.call("DELETE", "api/notes/1", "", "", 204)
	if got, _ := a.call("GET", "api/notes", "", "", 200); !reflect.DeepEqual(got["list"], []any{note(2, "zażółć")}) {
		t.Errorf("the notes are %v", got)
	}
	s.WaitContexts(1) // the actor alone
}

func TestFetchRefusals(t *testing.T) {
	a := newAPI(t, daemontest.ServeApp(t, "fetch/app.ts"))
	tests := []struct {
		method, path, contentType, body string
		status                          int
		err                             string
	}{
		{"GET", "api/notes/7", "", "", 404, "there is no note 7"},
		{"DELETE", "api/notes/x", "", "", 404, "there is no note x"},
		{"GET", "api/nothing", "", "", 404, "there is nothing at /api/nothing"},
		{"GET", "api/notes/%E0", "", "", 404, "there is nothing at /api/notes/%E0"},
		{"PATCH", "api/notes/7", "", "", 405, "PATCH is not allowed"},
		{"POST", "api/notes", "text/plain", "{}", 415, "send application/json"},
		{"POST", "api/notes", jsonType, "{", 400, "the body is no JSON"},
		{"POST", "api/notes", jsonType, "{}", 422, "text is missing"},
		{"POST", "api/upload", jsonType, "{}", 415, "send a form: multipart/form-data"},
		{"POST", "api/upload", "application/x-www-form-urlencoded", "file=x", 422, "the form has no file"},
	}
	for _, test := range tests {
		got, header := a.call(test.method, test.path, test.contentType, test.body, test.status)
		if got["error"] != test.err {
			t.Errorf("%s %s: %v, want %q", test.method, test.path, got, test.err)
		}
		if test.status == 405 && header.Get("Allow") != "GET, DELETE" {
			t.Errorf("allowed are %q", header.Get("Allow"))
		}
	}
}

func TestFetchUpload(t *testing.T) {
	a := newAPI(t, daemontest.ServeApp(t, "fetch/app.ts"))
	upload := func(content string, status int) map[string]any {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		form.WriteField("title", "zażółć")
		file, err := form.CreateFormFile("file", "notes.txt")
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(file, content)
		form.Close()
		got, _ := a.call("POST", "api/upload", form.FormDataContentType(), body.String(), status)
		return got
	}
	for _, content := range []string{"one\ntwo\n", strings.Repeat("line\n", 100_000)} {
		want := map[string]any{"title": "zażółć", "name": "notes.txt", "type": "application/octet-stream",
			"size": float64(len(content)), "lines": float64(strings.Count(content, "\n") + 1)}
		if got := upload(content, 200); !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

func TestFetchUploadTooLarge(t *testing.T) {
	a := newAPI(t, daemontest.ServeApp(t, "fetch/app.ts"))
	resp, err := a.http.Post(a.url+"api/upload", "multipart/form-data; boundary=b", bytes.NewReader(make([]byte, 5<<20+1)))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", resp.StatusCode)
	}
}

// TestFetchStreams checks that bodies come as they are made, from the server and through its proxy.
func TestFetchStreams(t *testing.T) {
	s := daemontest.ServeApp(t, "fetch/app.ts")
	a := newAPI(t, s)
	for _, path := range []string{"api/count", "api/proxy"} {
		start, first := time.Now(), time.Now()
		resp, err := a.http.Get(a.url + path + "?to=4")
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(resp.Body)
		for i := 1; i <= 4; i++ {
			if !lines.Scan() || lines.Text() != fmt.Sprint(i) {
				t.Errorf("%s: line %d is %q, %v", path, i, lines.Text(), lines.Err())
			}
			if i == 1 {
				first = time.Now()
			}
		}
		if lines.Scan() {
			t.Errorf("%s: %q at the end", path, lines.Text())
		}
		if took, after := time.Since(start), time.Since(first); took < 300*time.Millisecond || after < 100*time.Millisecond {
			t.Errorf("%s: all came within %v, the rest within %v of the first line", path, took, after)
		}
		if proxied := resp.Header.Get("X-Proxied") == "yes"; proxied != (path == "api/proxy") {
			t.Errorf("%s: proxied: %v", path, proxied)
		}
		resp.Body.Close()
	}
	s.WaitContexts(0)

	// The client goes: so do its context and that of the request which it made.
	ctx, cancel := context.WithCancel(context.Background())
	r, _ := http.NewRequestWithContext(ctx, "GET", a.url+"api/proxy?to=100", nil)
	resp, err := a.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(resp.Body, make([]byte, 4)); err != nil {
		t.Error(err)
	}
	s.WaitContexts(2)
	cancel()
	resp.Body.Close()
	s.WaitContexts(0)
}

func TestFetchEvents(t *testing.T) {
	s := daemontest.ServeApp(t, "fetch/app.ts")
	a := newAPI(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", a.url+"api/events", nil)
	resp, err := (&http.Client{Transport: a.http.Transport}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("Content-Type %q", got)
	}
	lines := bufio.NewScanner(resp.Body)
	expect := func(want string) {
		t.Helper()
		for lines.Scan() {
			if lines.Text() == "" {
				continue
			}
			if lines.Text() != want {
				t.Errorf("got %q, want %q", lines.Text(), want)
			}
			return
		}
		t.Fatalf("the stream ended: %v", lines.Err())
	}
	expect("retry: 1000")
	a.call("POST", "api/notes", jsonType, `{"text": "news"}`, 201)
	expect(`data: {"type":"added","note":{"id":1,"text":"news"}}`)
	a.call("DELETE", "api/notes/1", "", "", 204)
	expect(`data: {"type":"removed","id":1}`)
	s.WaitContexts(2)
	cancel()
	s.WaitContexts(1) // the actor
}

func TestFetchPage(t *testing.T) {
	b := browser.Start(t)
	s := daemontest.ServeApp(t, "fetch/app.ts")
	ann, bob := b.Open(s.URL()), b.Open(s.URL())
	ann.WaitText("#state", "connected")
	bob.WaitText("#state", "connected")
	ann.Fill("#text", "<b>milk</b>\r")
	for _, tab := range []*browser.Tab{ann, bob} {
		tab.Wait(`document.querySelector("#notes li")?.firstChild.data === "<b>milk</b>"`)
	}
	bob.Click("#notes button")
	for _, tab := range []*browser.Tab{ann, bob} {
		tab.Wait(`document.querySelector("#notes li") === null`)
	}
	ann.Fill("#text", " \r")
	ann.WaitText("#error", "text is missing")
	ann.Fill("#to", "3\r")
	ann.Wait(`document.querySelector("#numbers").innerText.trim() === "1 2 3"`)
}
