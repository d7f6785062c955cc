package client

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// get asks the handler and returns its answer.
func get(method, etag string) *http.Response {
	r := httptest.NewRequest(method, "/socket/client.js", nil)
	r.Header.Set("If-None-Match", etag)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestHandler(t *testing.T) {
	first := get("GET", "")
	if first.StatusCode != 200 || first.ContentLength != int64(len(source)) {
		t.Errorf("GET: status %d, length %d, want %d bytes", first.StatusCode, first.ContentLength, len(source))
	}
	for name, want := range map[string]string{
		"Content-Type":                "text/javascript; charset=utf-8",
		"Cache-Control":               "no-cache",
		"X-Content-Type-Options":      "nosniff",
		"Access-Control-Allow-Origin": "*",
	} {
		if got := first.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	tests := []struct {
		method, etag string
		status       int
	}{
		{"GET", first.Header.Get("ETag"), http.StatusNotModified},
		{"GET", `"other"`, http.StatusOK},
		{"HEAD", "", http.StatusOK},
		{"POST", "", http.StatusMethodNotAllowed},
	}
	for _, test := range tests {
		if got := get(test.method, test.etag); got.StatusCode != test.status {
			t.Errorf("%s with %s: status %d, want %d", test.method, test.etag, got.StatusCode, test.status)
		}
	}
}
