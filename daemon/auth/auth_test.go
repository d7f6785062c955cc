package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const testSecret = "thirty-two bytes of a good secret"

// keysOf are key pairs that tests sign with, made once.
var keysOf = sync.OnceValue(func() (k struct {
	rsa, otherRSA *rsa.PrivateKey
	ec, p384      *ecdsa.PrivateKey
	ed            ed25519.PrivateKey
}) {
	k.rsa, _ = rsa.GenerateKey(rand.Reader, 2048)
	k.otherRSA, _ = rsa.GenerateKey(rand.Reader, 2048)
	k.ec, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	k.p384, _ = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	_, k.ed, _ = ed25519.GenerateKey(rand.Reader)
	return k
})

type object = map[string]any

var now = time.Unix(1_800_000_000, 0)

// claims are those of a token that is valid, with changes; nil takes one away.
func claims(changes object) object {
	all := object{"sub": "jane", "exp": now.Unix() + 60, "iss": "https://id.example.com", "aud": "chat", "room": "lobby"}
	maps.Copy(all, changes)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return all
}

func encode(t testing.TB, v any) string {
	if text, ok := v.(string); ok {
		return base64.RawURLEncoding.EncodeToString([]byte(text))
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// sign makes a token by hand, so that it can be any: with a key that fits alg, or a []byte for an HMAC whatever alg says, or nil for no signature.
func sign(t testing.TB, header object, payload any, key any) string {
	t.Helper()
	text := encode(t, header) + "." + encode(t, payload)
	digest := sha256.Sum256([]byte(text))
	var signature []byte
	var err error
	switch k := key.(type) {
	case nil:
	case []byte:
		mac := hmac.New(sha256.New, k)
		mac.Write([]byte(text))
		signature = mac.Sum(nil)
	case *rsa.PrivateKey:
		signature, err = rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, digest[:])
	case *ecdsa.PrivateKey:
		r, s, e := ecdsa.Sign(rand.Reader, k, digest[:])
		size := (k.Params().BitSize + 7) / 8
		signature, err = append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...), e
	case ed25519.PrivateKey:
		signature = ed25519.Sign(k, []byte(text))
	}
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// publicPEM writes public keys to a PEM file.
func publicPEM(t testing.TB, file string, keys ...any) string {
	t.Helper()
	var text []byte
	for _, k := range keys {
		der, err := x509.MarshalPKIXPublicKey(k)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})...)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// jwks is a JWK Set.
func jwks(t testing.TB, keys ...jose.JSONWebKey) []byte {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func newVerifier(t testing.TB, o Options) *Verifier {
	t.Helper()
	v, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	v.now = func() time.Time { return now }
	return v
}

// reason is why a token is refused; "" for one that is valid.
func reason(t testing.TB, v *Verifier, token string) string {
	t.Helper()
	got, err := v.Verify(t.Context(), token)
	var refused *Error
	if errors.As(err, &refused) {
		if refused.Status != http.StatusUnauthorized {
			t.Errorf("status %d", refused.Status)
		}
		return refused.Reason
	}
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(got) {
		t.Errorf("claims %q", got)
	}
	return ""
}

func TestAlgorithms(t *testing.T) {
	k := keysOf()
	file := publicPEM(t, filepath.Join(t.TempDir(), "keys.pem"), &k.rsa.PublicKey, &k.ec.PublicKey, k.ed.Public())
	v := newVerifier(t, Options{Secret: testSecret, KeyFile: file})
	for alg, key := range map[string]any{"HS256": []byte(testSecret), "RS256": k.rsa, "ES256": k.ec, "EdDSA": k.ed} {
		token := sign(t, object{"alg": alg, "typ": "JWT"}, claims(nil), key)
		got, err := v.Verify(t.Context(), token)
		var c object
		if err != nil || json.Unmarshal(got, &c) != nil || c["sub"] != "jane" || c["room"] != "lobby" {
			t.Errorf("%s: %s, %v", alg, got, err)
		}
		// And each alone, where the others are not allowed.
		only := newVerifier(t, Options{Secret: testSecret, KeyFile: file, Algorithms: []string{alg}})
		for other, key := range map[string]any{"HS256": []byte(testSecret), "RS256": k.rsa, "ES256": k.ec, "EdDSA": k.ed} {
			want := "the token is not signed by an algorithm that is allowed"
			if other == alg {
				want = ""
			}
			if got := reason(t, only, sign(t, object{"alg": other}, claims(nil), key)); got != want {
				t.Errorf("%s where %s alone is allowed: %q", other, alg, got)
			}
		}
	}
}

// Forged tokens, and those that were valid once or elsewhere.
func TestForgedTokens(t *testing.T) {
	k := keysOf()
	dir := t.TempDir()
	file := publicPEM(t, filepath.Join(dir, "keys.pem"), &k.rsa.PublicKey, &k.ec.PublicKey, k.ed.Public())
	public, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	der, _ := x509.MarshalPKIXPublicKey(&k.rsa.PublicKey)
	v := newVerifier(t, Options{KeyFile: file, Secret: testSecret, Issuer: "https://id.example.com", Audience: []string{"chat", "news"}, Leeway: 5 * time.Second})
	onlyPublic := newVerifier(t, Options{KeyFile: file})
	rs, hs := object{"alg": "RS256"}, object{"alg": "HS256"}
	good := sign(t, rs, claims(nil), k.rsa)
	parts := strings.Split(good, ".")
	const (
		malformed, algorithm, signature = "the token is malformed", "the token is not signed by an algorithm that is allowed", "the token's signature is not valid"
		expired, early, forever         = "the token has expired", "the token is not valid yet", "the token does not expire"
		issuer, audience, wrong         = "the token is of another issuer", "the token is for another audience", "the token's claims are malformed"
		unknown                         = "the token's key is not known"
	)
	tests := []struct {
		name, token, want string
	}{
		{"valid", good, ""},
		{"alg none", sign(t, object{"alg": "none"}, claims(nil), nil), malformed + "|" + algorithm},
		{"alg NONE", sign(t, object{"alg": "NONE"}, claims(nil), nil), malformed + "|" + algorithm},
		{"alg none with the signature of another", encode(t, object{"alg": "none"}) + "." + parts[1] + "." + parts[2], malformed + "|" + algorithm},
		{"no alg", sign(t, object{"typ": "JWT"}, claims(nil), []byte(testSecret)), malformed + "|" + algorithm},
		{"alg of another size", sign(t, object{"alg": "HS512"}, claims(nil), []byte(testSecret)), algorithm},
		{"alg in lower case", sign(t, object{"alg": "hs256"}, claims(nil), []byte(testSecret)), algorithm},
		{"PS256", sign(t, object{"alg": "PS256"}, claims(nil), k.rsa), algorithm},
		{"two algs", encode(t, `{"alg":"none","alg":"RS256"}`) + "." + parts[1] + "." + parts[2], malformed},
		{"HS256 with the PEM file as the secret", sign(t, hs, claims(nil), public), signature},
		{"HS256 with the public key as the secret", sign(t, hs, claims(nil), der), signature},
		{"HS256 with an empty secret", sign(t, hs, claims(nil), []byte{}), signature},
		{"HS256 with another secret", sign(t, hs, claims(nil), []byte(testSecret+"!")), signature},
		{"RS256 of another key", sign(t, rs, claims(nil), k.otherRSA), signature},
		{"RS256 with an HMAC of the secret", sign(t, rs, claims(nil), []byte(testSecret)), signature},
		{"ES256 with the signature of RSA", encode(t, object{"alg": "ES256"}) + "." + parts[1] + "." + parts[2], signature},
		{"ES256 of another curve", sign(t, object{"alg": "ES256"}, claims(nil), k.p384), signature},
		{"ES256 of zeros", sign(t, object{"alg": "ES256"}, claims(nil), nil) + base64.RawURLEncoding.EncodeToString(make([]byte, 64)), signature},
		{"EdDSA with an HMAC", sign(t, object{"alg": "EdDSA"}, claims(nil), []byte(testSecret)), signature},
		{"a key of its own", sign(t, object{"alg": "RS256", "jwk": jose.JSONWebKey{Key: &k.otherRSA.PublicKey}}, claims(nil), k.otherRSA), signature},
		{"a key at a URL of its own", sign(t, object{"alg": "RS256", "jku": "http://127.0.0.1/keys"}, claims(nil), k.otherRSA), signature},
		{"a key id that is a path", sign(t, object{"alg": "HS256", "kid": "../../../../dev/null"}, claims(nil), []byte{}), signature},
		{"critical extensions", sign(t, object{"alg": "RS256", "crit": []string{"exp"}, "exp": 1}, claims(nil), k.rsa), signature + "|" + malformed},
		{"no signature", parts[0] + "." + parts[1] + ".", signature},
		{"no signature and no dot", parts[0] + "." + parts[1], malformed},
		{"other claims", parts[0] + "." + encode(t, claims(object{"sub": "root"})) + "." + parts[2], signature},
		{"another header", encode(t, object{"alg": "RS256", "kid": "x"}) + "." + parts[1] + "." + parts[2], signature},
		{"padding", good + "=", malformed + "|" + signature},
		{"a part more", good + ".x", malformed},
		{"five parts", "a.b.c.d.e", malformed},
		{"JSON", `{"payload":"` + parts[1] + `","signatures":[{"protected":"` + parts[0] + `","signature":"` + parts[2] + `"}]}`, malformed},
		{"nothing", ".", malformed},
		{"dots", "..", malformed + "|" + algorithm},
		{"no base64", "%%%." + parts[1] + "." + parts[2], malformed},
		{"header that is no object", encode(t, "[]") + "." + parts[1] + "." + parts[2], malformed},
		{"header that is deep", encode(t, `{"alg":"RS256","x":`+strings.Repeat("[", 10_000)+strings.Repeat("]", 10_000)+"}"), "the token is larger than 16384 bytes"},
		{"large", good + strings.Repeat("a", 16<<10), "the token is larger than 16384 bytes"},

		{"expired", sign(t, rs, claims(object{"exp": now.Unix() - 6}), k.rsa), expired},
		{"expired, within the leeway", sign(t, rs, claims(object{"exp": now.Unix() - 4}), k.rsa), ""},
		{"no expiry", sign(t, rs, claims(object{"exp": nil}), k.rsa), forever},
		{"expiry that is a text", sign(t, rs, claims(object{"exp": "never"}), k.rsa), wrong},
		{"expiry null", sign(t, rs, `{"exp":null,"aud":"chat","iss":"https://id.example.com"}`, k.rsa), forever},
		{"expiry named otherwise", sign(t, rs, claims(object{"exp": nil, "EXP": now.Unix() + 60}), k.rsa), forever},
		{"expiry beyond all time", sign(t, rs, claims(object{"exp": 1e300}), k.rsa), wrong + "|" + expired},
		{"not yet", sign(t, rs, claims(object{"nbf": now.Unix() + 6}), k.rsa), early},
		{"not yet, within the leeway", sign(t, rs, claims(object{"nbf": now.Unix() + 4}), k.rsa), ""},
		{"from the future", sign(t, rs, claims(object{"iat": now.Unix() + 6}), k.rsa), early},
		{"another issuer", sign(t, rs, claims(object{"iss": "https://id.example.com.evil.test"}), k.rsa), issuer},
		{"no issuer", sign(t, rs, claims(object{"iss": nil}), k.rsa), issuer},
		{"another audience", sign(t, rs, claims(object{"aud": "mail"}), k.rsa), audience},
		{"no audience", sign(t, rs, claims(object{"aud": nil}), k.rsa), audience},
		{"one of several audiences", sign(t, rs, claims(object{"aud": []string{"mail", "news"}}), k.rsa), ""},
		{"audience that is an object", sign(t, rs, claims(object{"aud": object{"chat": true}}), k.rsa), wrong},
		{"claims that are a list", sign(t, rs, `[]`, k.rsa), wrong},
		{"claims that are none", sign(t, rs, `hello`, k.rsa), wrong},
		{"a claim twice", sign(t, rs, `{"sub":"jane","sub":"root","exp":1800000060,"aud":"chat","iss":"https://id.example.com"}`, k.rsa), wrong},
	}
	for _, test := range tests {
		got := reason(t, v, test.token)
		ok := false
		for want := range strings.SplitSeq(test.want, "|") {
			ok = ok || got == want
		}
		if !ok {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	// A secret is never a key where none was set.
	for name, secret := range map[string][]byte{"the PEM file": public, "the key": der, "nothing": {}} {
		if got := reason(t, onlyPublic, sign(t, hs, claims(nil), secret)); got != algorithm {
			t.Errorf("HS256 with %s as the secret, where there are public keys alone: %q", name, got)
		}
	}
	if got := reason(t, newVerifier(t, Options{Secret: testSecret, Algorithms: []string{"HS256", "RS256"}}), good); got != unknown {
		t.Errorf("an algorithm that is allowed, without a key: %q", got)
	}
}

func TestRefusedSettings(t *testing.T) {
	k := keysOf()
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	private, _ := x509.MarshalPKCS8PrivateKey(k.ed)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		o    Options
		want string
	}{
		{"nothing", Options{Required: true}, "there is no key"},
		{"a short secret", Options{Secret: "sixteen letters."}, "secret: it has 16 bytes; HS256 needs 32 at least"},
		{"alg none", Options{Secret: testSecret, Algorithms: []string{"none"}}, `algorithms: "none" is none of HS256`},
		{"no file", Options{KeyFile: filepath.Join(dir, "nowhere")}, "no such file"},
		{"an empty file", Options{KeyFile: write("empty", nil)}, "it has no public key in PEM"},
		{"a private key", Options{KeyFile: write("private", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))}, `it has a block "PRIVATE KEY"`},
		{"a damaged key", Options{KeyFile: write("damaged", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("x")}))}, "key_file: "},
		{"a small key", Options{KeyFile: publicPEM(t, filepath.Join(dir, "small"), &small.PublicKey)}, "an RSA key has 1024 bits"},
		{"another curve", Options{KeyFile: publicPEM(t, filepath.Join(dir, "p384"), &k.p384.PublicKey)}, "is for none of the algorithms"},
		{"no JWK Set", Options{JWKS: write("jwks", []byte("hello"))}, "it is no JWK Set"},
		{"a JWK Set without keys", Options{JWKS: write("none", []byte(`{"keys":[]}`))}, "it has no key"},
		{"a JWK Set with keys for other things", Options{JWKS: write("other", jwks(t, jose.JSONWebKey{Key: &k.rsa.PublicKey, Use: "enc"}, jose.JSONWebKey{Key: &k.ec.PublicKey, Algorithm: "ES384"}, jose.JSONWebKey{Key: []byte("short")}))}, "it has no key"},
		{"a URL of http", Options{JWKS: "http://id.example.com/jwks"}, "is not an https URL"},
		{"a URL of a file", Options{JWKS: "file:///etc/passwd"}, "is not an https URL"},
	}
	for _, test := range tests {
		v, err := New(test.o)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
			v.Close()
		}
	}
}

// Where a token may be, and what counts when it is in more than one place.
func TestFind(t *testing.T) {
	v := &Verifier{options: Options{Cookie: "session", Query: "token"}}
	sub := func(token string) string {
		return "base64url.bearer.phx." + base64.RawStdEncoding.EncodeToString([]byte(token))
	}
	tests := []struct {
		name, url, want, err string
		header               http.Header
	}{
		{name: "nowhere", url: "/"},
		{name: "header", url: "/?token=q", header: http.Header{"Authorization": {"Bearer h"}, "Cookie": {"session=c"}}, want: "h"},
		{name: "header in another case", url: "/", header: http.Header{"Authorization": {"bearer  h "}}, want: "h"},
		{name: "another scheme", url: "/", header: http.Header{"Authorization": {"Basic aDpo"}}},
		{name: "empty header", url: "/", header: http.Header{"Authorization": {"Bearer "}}, err: "the header Authorization has no token"},
		{name: "two headers", url: "/", header: http.Header{"Authorization": {"Bearer a", "Bearer b"}}, err: "there is more than one header Authorization"},
		{name: "sub-protocol", url: "/", header: http.Header{"Sec-Websocket-Protocol": {"phoenix, " + sub("s")}}, want: "s"},
		{name: "sub-protocol beside any other", url: "/", header: http.Header{"Sec-Websocket-Protocol": {sub("s") + ", chat"}}, want: "s"},
		{name: "two of them", url: "/", header: http.Header{"Sec-Websocket-Protocol": {sub("a"), sub("b")}}, err: "the handshake offers more than one token"},
		{name: "long poll", url: "/", header: http.Header{"X-Phoenix-Authtoken": {"p"}}, want: "p"},
		{name: "cookie", url: "/?token=q", header: http.Header{"Cookie": {"other=x; session=c"}}, want: "c"},
		{name: "two cookies", url: "/", header: http.Header{"Cookie": {"session=a; session=b"}}, err: "there is more than one cookie session"},
		{name: "query", url: "/?x=1&token=q", want: "q"},
		{name: "query twice", url: "/?token=a&token=b", err: "there is more than one query parameter token"},
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", test.url, nil)
		r.Header = test.header
		got, err := v.find(r)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != test.want || text != test.err {
			t.Errorf("%s: %q, %q; want %q, %q", test.name, got, text, test.want, test.err)
		}
	}
	r := httptest.NewRequest("GET", "/?token=q", nil)
	r.Header.Set("Cookie", "session=c")
	if got, err := (&Verifier{}).find(r); got != "" || err != nil {
		t.Errorf("cookie and query without names: %q, %v", got, err)
	}
}

func TestCheck(t *testing.T) {
	if claims, err := (*Verifier)(nil).Check(httptest.NewRequest("GET", "/", nil)); claims != nil || err != nil {
		t.Errorf("no verifier: %s, %v", claims, err)
	}
	ask := func(v *Verifier, header string) (string, *Error) {
		r := httptest.NewRequest("GET", "/", nil)
		if header != "" {
			r.Header.Set("Authorization", header)
		}
		claims, err := v.Check(r)
		var refused *Error
		errors.As(err, &refused)
		return string(claims), refused
	}
	optional, required := newVerifier(t, Options{Secret: testSecret}), newVerifier(t, Options{Secret: testSecret, Required: true})
	if claims, err := ask(optional, ""); claims != "" || err != nil {
		t.Errorf("no token: %s, %v", claims, err)
	}
	if _, err := ask(required, ""); err == nil || err.Status != 401 || err.Challenge() != "Bearer" {
		t.Errorf("no token where one is required: %+v", err)
	}
	if _, err := ask(optional, "Bearer nonsense"); err == nil || err.Status != 401 || err.Challenge() != `Bearer error="invalid_token", error_description="the token is malformed"` {
		t.Errorf("a token that is none: %+v", err)
	}
	if claims, err := ask(required, "Bearer "+sign(t, object{"alg": "HS256"}, object{"exp": now.Unix() + 1}, []byte(testSecret))); claims != `{"exp":1800000001}` || err != nil {
		t.Errorf("a valid token: %s, %v", claims, err)
	}
	lasting := newVerifier(t, Options{Secret: testSecret, WithoutExpiry: true})
	if claims, err := ask(lasting, "Bearer "+sign(t, object{"alg": "HS256"}, object{}, []byte(testSecret))); claims != `{}` || err != nil {
		t.Errorf("a token that never expires: %s, %v", claims, err)
	}
}

func FuzzVerify(f *testing.F) {
	v := newVerifier(f, Options{Secret: testSecret})
	f.Add(sign(f, object{"alg": "HS256"}, claims(nil), []byte("another secret")))
	f.Add(sign(f, object{"alg": "none"}, claims(nil), nil))
	f.Add("..")
	f.Add(`{"payload":"","signatures":[]}`)
	f.Fuzz(func(t *testing.T, token string) {
		if claims, err := v.Verify(t.Context(), token); err == nil {
			t.Errorf("valid: %q, %s", token, claims)
		}
	})
}

// What it takes to verify a token, for each algorithm.
func BenchmarkVerify(b *testing.B) {
	k := keysOf()
	file := publicPEM(b, filepath.Join(b.TempDir(), "keys.pem"), &k.rsa.PublicKey, &k.ec.PublicKey, k.ed.Public())
	v := newVerifier(b, Options{Secret: testSecret, KeyFile: file})
	for alg, key := range map[string]any{"HS256": []byte(testSecret), "RS256": k.rsa, "ES256": k.ec, "EdDSA": k.ed} {
		token := sign(b, object{"alg": alg}, claims(nil), key)
		b.Run(alg, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Verify(b.Context(), token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
