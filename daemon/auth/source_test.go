package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// pair is a key of Ed25519 with an id.
type pair struct {
	id      string
	private ed25519.PrivateKey
}

func newPair(id string) pair {
	_, private, _ := ed25519.GenerateKey(rand.Reader)
	return pair{id, private}
}

func (p pair) public() jose.JSONWebKey {
	return jose.JSONWebKey{Key: p.private.Public(), KeyID: p.id, Algorithm: "EdDSA", Use: "sig"}
}

func (p pair) token(t testing.TB) string {
	return sign(t, object{"alg": "EdDSA", "kid": p.id}, claims(nil), p.private)
}

// setServer serves a JWK Set that changes.
type setServer struct {
	*httptest.Server
	set   atomic.Pointer[[]byte] // nil: status 500
	asked atomic.Int32
}

func newSetServer(t *testing.T, keys ...jose.JSONWebKey) *setServer {
	s := &setServer{}
	s.serve(t, keys...)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		if set := s.set.Load(); set != nil {
			w.Write(*set)
		} else {
			http.Error(w, "out of order", http.StatusInternalServerError)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *setServer) serve(t *testing.T, keys ...jose.JSONWebKey) {
	text := jwks(t, keys...)
	s.set.Store(&text)
}

// eventually waits until a token is valid.
func eventually(t *testing.T, v *Verifier, token string) {
	t.Helper()
	var err error
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if _, err = v.Verify(t.Context(), token); err == nil {
			return
		}
	}
	t.Fatal(err)
}

// Keys are rotated while tokens are verified: a new one is known as soon as a token comes with it, an old one goes.
func TestRotationAtURL(t *testing.T) {
	t.Parallel()
	first, second := newPair("1"), newPair("2")
	s := newSetServer(t, first.public())
	v := newVerifier(t, Options{JWKS: s.URL})
	if got := reason(t, v, first.token(t)); got != "" {
		t.Fatal(got)
	}
	s.serve(t, first.public(), second.public())
	var all sync.WaitGroup
	for range 50 { // all wait for one load
		all.Go(func() {
			if got := reason(t, v, second.token(t)); got != "" {
				t.Errorf("with the new key: %s", got)
			}
		})
	}
	all.Wait()
	if n := s.asked.Load(); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
	// Tokens with keys that nobody has do not have it asked again and again.
	for range 100 {
		if got := reason(t, v, newPair("3").token(t)); got != "the token's key is not known" {
			t.Fatal(got)
		}
	}
	if n := s.asked.Load(); n != 2 {
		t.Errorf("asked %d times because of unknown keys, want 2", n)
	}
	if got := reason(t, v, sign(t, object{"alg": "EdDSA", "kid": "1"}, claims(nil), second.private)); got != "the token's signature is not valid" {
		t.Errorf("the id of another key: %q", got)
	}
}

// A URL is looked at from time to time; when it fails, the keys that there are stay.
func TestRefreshOfURL(t *testing.T) {
	t.Parallel()
	first, second := newPair("1"), newPair("2")
	s := newSetServer(t, first.public())
	var warned atomic.Int32
	v := newVerifier(t, Options{JWKS: s.URL, Refresh: 50 * time.Millisecond, Warn: func(string) { warned.Add(1) }})
	s.serve(t, second.public())
	eventually(t, v, second.token(t))
	if got := reason(t, v, first.token(t)); got == "" {
		t.Error("the key that has gone is still valid")
	}
	s.set.Store(nil)
	for end := time.Now().Add(10 * time.Second); warned.Load() < 2; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no warning")
		}
	}
	if got := reason(t, v, second.token(t)); got != "" {
		t.Errorf("while the URL fails: %s", got)
	}
}

// Without keys, because the URL has never answered, tokens are neither valid nor invalid.
func TestURLThatFailsAtFirst(t *testing.T) {
	t.Parallel()
	k := newPair("1")
	s := newSetServer(t, k.public())
	s.set.Store(nil)
	v := newVerifier(t, Options{JWKS: s.URL})
	_, err := v.Verify(t.Context(), k.token(t))
	var refused *Error
	if !errors.As(err, &refused) || refused.Status != http.StatusServiceUnavailable {
		t.Errorf("%v, want status 503", err)
	}
	s.serve(t, k.public())
	eventually(t, v, k.token(t))
}

func TestBoundsOfURL(t *testing.T) {
	t.Parallel()
	k := newPair("1")
	for name, serve := range map[string]http.HandlerFunc{
		"a large set": func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 2<<20)) },
		"redirects without end": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/again", http.StatusFound)
		},
		"a redirect to http": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://id.example.com/", http.StatusFound)
		},
		"secrets": func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte(`{"keys":[{"kty":"oct","k":"dGhpcnR5LXR3byBieXRlcyBvZiBhIGdvb2Qgc2VjcmV0"}]}`))
		},
		"many keys": func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte(`{"keys":[` + strings.TrimSuffix(strings.Repeat(string(mustJSON(k.public()))+",", 51), ",") + `]}`))
		},
	} {
		s := httptest.NewServer(serve)
		defer s.Close()
		if keys, err := fetchJWKS(context.Background(), s.URL); err == nil {
			t.Errorf("%s: %d keys", name, len(keys))
		}
	}
}

func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// Files are read again when they change; one that is damaged meanwhile leaves the keys that there are.
func TestRotationInFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := newPair(""), newPair("")
	third := newPair("3")
	set := filepath.Join(dir, "jwks.json")
	replace := func(file string, text []byte) {
		next := file + ".next"
		if err := os.WriteFile(next, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(next, file); err != nil {
			t.Fatal(err)
		}
	}
	secret := jose.JSONWebKey{Key: []byte(testSecret), KeyID: "s"}
	replace(set, jwks(t, third.public(), secret))
	file := publicPEM(t, filepath.Join(dir, "key.pem"), first.private.Public())
	var warned atomic.Int32
	v := newVerifier(t, Options{KeyFile: file, JWKS: set, Algorithms: []string{"EdDSA", "HS256"}, Warn: func(string) { warned.Add(1) }})
	for _, token := range []string{first.token(t), third.token(t), sign(t, object{"alg": "HS256", "kid": "s"}, claims(nil), []byte(testSecret))} {
		if got := reason(t, v, token); got != "" {
			t.Error(got)
		}
	}
	publicPEM(t, file+".next", second.private.Public())
	if err := os.Rename(file+".next", file); err != nil {
		t.Fatal(err)
	}
	eventually(t, v, second.token(t))
	if got := reason(t, v, first.token(t)); got == "" {
		t.Error("the key that was replaced is still valid")
	}
	replace(file, []byte("damaged"))
	for end := time.Now().Add(10 * time.Second); warned.Load() == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no warning")
		}
	}
	if got := reason(t, v, second.token(t)); got != "" {
		t.Errorf("while the file is damaged: %s", got)
	}
	fourth := newPair("4")
	replace(set, jwks(t, fourth.public()))
	if got := reason(t, v, fourth.token(t)); got != "" { // at once: its key is not known
		t.Error(got)
	}
}
