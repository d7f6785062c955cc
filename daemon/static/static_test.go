package static

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// public makes a folder with files, and one file beside it that is private.
func public(t *testing.T) string {
	t.Helper()
	top := t.TempDir()
	dir := filepath.Join(top, "public")
	for name, content := range map[string]string{
		"public/index.html":            "<h1>home</h1>",
		"public/app.js":                "let x = 1\n",
		"public/APP.CSS":               "p {}",
		"public/data.json":             "{}",
		"public/a b/ü.txt":             "text",
		"public/docs/index.html":       "<h1>docs</h1>",
		"public/docs/page":             "plain words",
		"public/empty/nothing.unknown": "\x00\x01",
		"public/.env":                  "SECRET=1",
		"public/.git/config":           "secret",
		"public/docs/.hidden":          "secret",
		"private.txt":                  "secret",
	} {
		file := filepath.Join(top, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// get serves one request; header has names and values in turn.
func get(files *Files, method, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	files.ServeHTTP(w, r)
	return w
}

func TestServe(t *testing.T) {
	dir := public(t)
	if err := os.Symlink("app.js", filepath.Join(dir, "link.js")); err != nil {
		t.Skip(err)
	}
	for name, to := range map[string]string{"out.txt": "../private.txt", "up": "..", "absolute": filepath.Dir(dir)} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	files := New(dir, http.Header{"X-Content-Type-Options": {"nosniff"}})
	tests := []struct {
		target      string
		status      int
		contentType string
		body        string
	}{
		{"/", 200, "text/html; charset=utf-8", "<h1>home</h1>"},
		{"/index.html", 200, "text/html; charset=utf-8", "<h1>home</h1>"},
		{"/app.js", 200, "text/javascript; charset=utf-8", "let x = 1\n"},
		{"/app.js?v=2", 200, "text/javascript; charset=utf-8", "let x = 1\n"},
		{"/link.js", 200, "text/javascript; charset=utf-8", "let x = 1\n"},
		{"/APP.CSS", 200, "text/css; charset=utf-8", "p {}"},
		{"/data.json", 200, "application/json", "{}"},
		{"/a%20b/%C3%BC.txt", 200, "text/plain; charset=utf-8", "text"},
		{"/docs/", 200, "text/html; charset=utf-8", "<h1>docs</h1>"},
		{"/docs/page", 200, "text/plain; charset=utf-8", "plain words"},
		{"/empty/nothing.unknown", 200, "application/octet-stream", "\x00\x01"},
		{"/empty/../app.js", 200, "text/javascript; charset=utf-8", "let x = 1\n"},

		{"/none", 404, "", ""},
		{"/empty/", 404, "", ""},
		{"/empty", 404, "", ""},
		{"/app.js/", 404, "", ""},
		{"/app.js/x", 404, "", ""},
		{"/.env", 404, "", ""},
		{"/.git/config", 404, "", ""},
		{"/docs/.hidden", 404, "", ""},
		{"/../private.txt", 404, "", ""},
		{"/%2e%2e/private.txt", 404, "", ""},
		{"/..%2fprivate.txt", 404, "", ""},
		{"/..%5cprivate.txt", 404, "", ""},
		{"/out.txt", 404, "", ""},
		{"/up/private.txt", 404, "", ""},
		{"/absolute/private.txt", 404, "", ""},
		{"/app.js%00.txt", 404, "", ""},
		{"/" + strings.Repeat("long", 2000), 404, "", ""},
	}
	for _, test := range tests {
		if test.status == 404 {
			test.contentType, test.body = "text/plain; charset=utf-8", "not found\n"
		}
		w := get(files, "GET", test.target)
		if w.Code != test.status || w.Body.String() != test.body || w.Header().Get("Content-Type") != test.contentType {
			t.Errorf("GET %s: %d, %q, %q; want %d, %q, %q", test.target,
				w.Code, w.Header().Get("Content-Type"), w.Body, test.status, test.contentType, test.body)
		}
		r := httptest.NewRequest("GET", test.target, nil)
		if got := files.Lookup(r.URL.Path); got != (test.status == 200) {
			t.Errorf("Lookup(%q) = %v, but GET answers %d", r.URL.Path, got, test.status)
		}
		head := get(files, "HEAD", test.target)
		if head.Code != test.status || test.status == 200 && head.Body.Len() > 0 {
			t.Errorf("HEAD %s: %d, %q; want %d without a body", test.target, head.Code, head.Body, test.status)
		}
	}
}

func TestRedirectToFolder(t *testing.T) {
	files := New(public(t), http.Header{"X-Content-Type-Options": {"nosniff"}})
	w := get(files, "GET", "/docs?a=b")
	if got := w.Header().Get("Location"); w.Code != 301 || got != "docs/?a=b" {
		t.Errorf("GET /docs: %d to %q, want 301 to docs/?a=b", w.Code, got)
	}
	if !files.Lookup("/docs") {
		t.Error("Lookup(/docs) = false, want true: there is a redirection to serve")
	}
	// A path that looks like a host must not lead to it.
	w = get(files, "GET", "http://example.com//docs")
	if got := w.Header().Get("Location"); got != "docs/" {
		t.Errorf("GET //docs: to %q, want docs/", got)
	}
}

func TestServeOrNot(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("a"), 0o666); err != nil {
		t.Fatal(err)
	}
	files := New(dir, http.Header{"X-Content-Type-Options": {"nosniff"}})
	tests := []struct {
		method, path string
		served       bool
	}{
		{"GET", "/a.txt", true}, {"HEAD", "/a.txt", true}, {"POST", "/a.txt", false}, {"GET", "/b.txt", false}, {"GET", "/", false},
	}
	for _, test := range tests {
		w := httptest.NewRecorder()
		served := files.Serve(w, httptest.NewRequest(test.method, test.path, nil))
		if served != test.served || (len(w.Header()) > 0) != served {
			t.Errorf("%s %s: served %v, header %v", test.method, test.path, served, w.Header())
		}
	}
}

func TestOtherMethods(t *testing.T) {
	w := get(New(public(t), http.Header{"X-Content-Type-Options": {"nosniff"}}), "POST", "/app.js")
	if w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" || w.Body.String() != "method not allowed\n" {
		t.Errorf("POST: %d, Allow %q, %q; want 405", w.Code, w.Header().Get("Allow"), w.Body)
	}
}

func TestCaching(t *testing.T) {
	dir := public(t)
	files := New(dir, http.Header{"X-Content-Type-Options": {"nosniff"}})
	w := get(files, "GET", "/app.js")
	etag := w.Header().Get("ETag")
	if w.Header().Get("Cache-Control") != "no-cache" || !strings.HasPrefix(etag, `"`) {
		t.Fatalf("Cache-Control %q, ETag %q; want no-cache and a strong tag", w.Header().Get("Cache-Control"), etag)
	}
	if w = get(files, "GET", "/app.js", "If-None-Match", etag); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("If-None-Match of the same: %d, %q; want 304", w.Code, w.Body)
	}

	// A change within the same second makes another tag.
	file := filepath.Join(dir, "app.js")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, time.Time{}, info.ModTime().Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if w = get(files, "GET", "/app.js", "If-None-Match", etag); w.Code != 200 || w.Header().Get("ETag") == etag {
		t.Errorf("If-None-Match of an older file: %d, ETag %q; want 200 and another", w.Code, w.Header().Get("ETag"))
	}
}

func TestRange(t *testing.T) {
	files := New(public(t), http.Header{"X-Content-Type-Options": {"nosniff"}})
	tests := []struct {
		header string
		status int
		body   string
	}{
		{"bytes=0-2", 206, "let"},
		{"bytes=-2", 206, "1\n"},
		{"bytes=4-", 206, "x = 1\n"},
		{"bytes=99-", 416, "invalid range: failed to overlap\n"},
	}
	for _, test := range tests {
		w := get(files, "GET", "/app.js", "Range", test.header)
		if w.Code != test.status || w.Body.String() != test.body {
			t.Errorf("Range %s: %d, %q; want %d, %q", test.header, w.Code, w.Body, test.status, test.body)
		}
	}
	w := get(files, "GET", "/app.js", "Range", "bytes=0-2", "If-Range", `"another"`)
	if w.Code != 200 || w.Body.String() != "let x = 1\n" {
		t.Errorf("If-Range of another version: %d, %q; want all of it", w.Code, w.Body)
	}
}

// The folder may be made, and replaced, while the server runs.
func TestFolderComesAndGoes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public")
	files := New(dir, http.Header{"X-Content-Type-Options": {"nosniff"}})
	for range 2 {
		if files.Lookup("/a.txt") || get(files, "GET", "/a.txt").Code != 404 {
			t.Error("without the folder there is a file")
		}
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "a.txt"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if !files.Lookup("/a.txt") || get(files, "GET", "/a.txt").Code != 200 {
			t.Error("with the folder there is no file")
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
}

// A client that does not take a file loses its connection, and one that does keeps it for the next request.
func TestSlowClient(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "large"), make([]byte, 64<<20), 0o666); err != nil {
		t.Fatal(err)
	}
	files := New(dir, nil)
	files.patience, files.slowest = 300*time.Millisecond, 1<<40
	done := make(chan struct{}, 2)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		files.ServeHTTP(w, r)
		done <- struct{}{}
	}))
	defer s.Close()
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("who reads nothing is waited for")
	}
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	if n, err := io.Copy(io.Discard, c); err == nil && n >= 64<<20 {
		t.Errorf("%d bytes came", n)
	}

	c, err = net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := bufio.NewReader(c)
	for range 2 {
		io.WriteString(c, "GET /large HTTP/1.1\r\nHost: x\r\nRange: bytes=0-9\r\n\r\n")
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		time.Sleep(2 * files.patience) // its deadline passes
	}
}
