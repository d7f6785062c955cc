package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rowan/engine/value"
	"rowan/jsapi/netguard"
)

// newExchange is an exchange over a body, with its cancellation at hand.
func newExchange(body io.Reader, timeout time.Duration) (*exchange, context.Context) {
	ctx, cancel := context.WithCancelCause(context.Background())
	return &exchange{cancel: cancel, release: func() {}, timeout: timeout, body: io.NopCloser(body)}, ctx
}

func TestReadAllIsBounded(t *testing.T) {
	x, life := newExchange(strings.NewReader("12345"), 0)
	var e *value.Error
	if _, err := x.readAll(t.Context(), 4); !errors.As(err, &e) || e.Code != "limit" {
		t.Errorf("a body over the limit: %v", err)
	}
	if life.Err() == nil {
		t.Error("the exchange goes on")
	}
	x, _ = newExchange(strings.NewReader("12345"), 0)
	if all, err := x.readAll(t.Context(), 5); err != nil || string(all.([]byte)) != "12345" {
		t.Errorf("a body at the limit: %q, %v", all, err)
	}
}

func TestReadGivesParts(t *testing.T) {
	x, life := newExchange(strings.NewReader(strings.Repeat("x", partMax+1)), 0)
	for _, want := range []int{partMax, 1} {
		if part, err := x.read(t.Context()); err != nil || len(part.([]byte)) != want {
			t.Fatalf("a part of %d bytes: %v, %v", want, len(part.([]byte)), err)
		}
	}
	if part, err := x.read(t.Context()); part != nil || err != nil {
		t.Errorf("the end: %v, %v", part, err)
	}
	if life.Err() == nil {
		t.Error("the exchange has not ended with its body")
	}
	if part, err := x.read(t.Context()); part != nil || err != nil {
		t.Errorf("after the end: %v, %v", part, err)
	}
}

// A body that stands still is cut off, and so is a response that does not begin.
func TestTimeout(t *testing.T) {
	r, w := io.Pipe()
	x, life := newExchange(r, time.Millisecond)
	context.AfterFunc(life, func() { w.CloseWithError(context.Cause(life)) })
	if _, err := x.read(t.Context()); err == nil || !strings.Contains(err.Error(), "did not come within 1ms") {
		t.Errorf("a body that stands still: %v", err)
	}
}

func TestBodiesAreDecoded(t *testing.T) {
	for encodings, want := range map[string]string{
		"identity": "plain", "unknown": "plain", "unknown, gzip": "plain", " Identity , identity": "plain",
	} {
		body, err := decoded(io.NopCloser(strings.NewReader("plain")), []string{encodings})
		if err != nil {
			t.Errorf("%s: %v", encodings, err)
			continue
		}
		if got, err := io.ReadAll(body); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", encodings, got, err)
		}
	}
	if _, err := decoded(http.NoBody, []string{"gzip, gzip, gzip", "br, br, br"}); err == nil {
		t.Error("six encodings are undone")
	}
	for _, encoding := range []string{"gzip", "deflate", "br", "zstd"} {
		body, _ := decoded(io.NopCloser(strings.NewReader("not compressed at all")), []string{encoding})
		if _, err := io.ReadAll(body); err == nil {
			t.Errorf("%s decodes anything", encoding)
		}
		if err := body.Close(); err != nil {
			t.Errorf("%s: %v", encoding, err)
		}
	}
}

// Redirects are requests of their own, and connections are judged by address: the policy holds for each of them.
func TestPolicyHolds(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	c := NewClient(Options{Policy: netguard.Public()})
	defer c.Close()
	for _, address := range []string{server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		var e *value.Error
		if _, err := c.transport.RoundTrip(req); !errors.As(c.failure(req, err), &e) || e.Code != "denied" {
			t.Errorf("%s: %v", address, err)
		}
	}
}
