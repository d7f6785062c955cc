// Package auth verifies the JSON Web Tokens (RFC 7519) that clients come with, as the best practices of RFC 8725 want it:
// the server says which algorithms there may be, each key is for one algorithm alone, and "none" is none of them.
//
//	v, err := auth.New(auth.Options{JWKS: "https://id.example.com/jwks.json", Issuer: "https://id.example.com", Audience: []string{"chat"}})
//	claims, err := v.Check(request) // the claims as JSON; nil without a token
//
// Keys come from a secret, a PEM file, or a JWK Set (RFC 7517) in a file or at a URL. Files are read again when they change, and a URL from time
// to time; a token with the id of a key that is not known has the keys loaded early, so that they can be rotated while tokens are
// verified.
package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Options says which tokens are valid, and where they are looked for.
type Options struct {
	// Secret is the key of HS256, 32 bytes at least.
	Secret string
	// KeyFile is a PEM file with one or more public keys or certificates.
	KeyFile string
	// JWKS is a file with a JWK Set, or an https: URL of one. On this machine itself it may be http:.
	JWKS string
	// Algorithms are those that tokens may be signed with. Default: those that the keys can be for.
	Algorithms []string

	// Issuer is what the claim iss must be. Default: anything.
	Issuer string
	// Audience is what the claim aud must have one of. Default: anything.
	Audience []string
	// Leeway is how far the clocks of others may be off.
	Leeway time.Duration
	// WithoutExpiry accepts tokens without the claim exp.
	WithoutExpiry bool

	// Query and Cookie name a query parameter and a cookie in which a token is looked for too. Default: none.
	Query, Cookie string
	// Required refuses who has no token.
	Required bool

	// Refresh is the time between two looks at a URL. Default: 15 minutes.
	Refresh time.Duration
	// Offline leaves a URL alone: no token will be verified.
	Offline bool
	// Warn takes what is wrong with keys while tokens are verified. Default: nobody.
	Warn func(text string)
}

// algorithms are those that are known, with what their keys must be.
var algorithms = map[string]func(key any) bool{
	"HS256": isSecret, "RS256": isRSA, "ES256": isP256, "EdDSA": isEd25519,
}

// Algorithms returns the names of all algorithms.
func Algorithms() []string { return []string{"HS256", "RS256", "ES256", "EdDSA"} }

const (
	tokenMax       = 16 << 10 // bytes of a token
	defaultRefresh = 15 * time.Minute
)

// Error says why a request is refused.
type Error struct {
	// Status is 401, or 503 where the keys have not been loaded yet.
	Status int
	// Reason says what is wrong with the token; "" if there is none.
	Reason string
}

func (e *Error) Error() string {
	if e.Reason == "" {
		return "a token is required"
	}
	return e.Reason
}

// Challenge is the value of the header WWW-Authenticate of a refusal (RFC 6750, section 3).
func (e *Error) Challenge() string {
	if e.Reason == "" {
		return "Bearer"
	}
	return fmt.Sprintf(`Bearer error="invalid_token", error_description=%q`, e.Reason)
}

func invalid(format string, args ...any) error {
	return &Error{Status: http.StatusUnauthorized, Reason: fmt.Sprintf(format, args...)}
}

// Verifier verifies tokens. Its methods may be called from any goroutine; a nil Verifier finds no token and refuses nobody.
type Verifier struct {
	options Options
	allowed []jose.SignatureAlgorithm
	secret  []key
	sources []*source
	now     func() time.Time
}

// New makes a Verifier and loads its keys. Close it.
//
// # Errors
//
// No key at all, an unknown algorithm, a secret that is too short, a file that cannot be read or has no key, a URL that is not one of
// https:. A URL that does not answer is no error: Warn is called, and it is tried again.
func New(o Options) (*Verifier, error) {
	if o.Refresh == 0 {
		o.Refresh = defaultRefresh
	}
	if o.Warn == nil {
		o.Warn = func(string) {}
	}
	v := &Verifier{options: o, now: time.Now}
	var kinds []string
	if o.Secret != "" {
		if len(o.Secret) < secretMin {
			return nil, fmt.Errorf("secret: it has %d bytes; HS256 needs %d at least", len(o.Secret), secretMin)
		}
		v.secret = []key{{public: []byte(o.Secret)}}
		kinds = []string{"HS256"}
	}
	if o.KeyFile != "" || o.JWKS != "" {
		kinds = append(kinds, "RS256", "ES256", "EdDSA")
	}
	if kinds == nil {
		return nil, errors.New("there is no key: set secret, key_file or jwks")
	}
	if o.Algorithms == nil {
		o.Algorithms = kinds
	}
	for _, name := range o.Algorithms {
		if algorithms[name] == nil {
			return nil, fmt.Errorf("algorithms: %q is none of %s", name, strings.Join(Algorithms(), ", "))
		}
		v.allowed = append(v.allowed, jose.SignatureAlgorithm(name))
	}
	for _, load := range []func(Options) (*source, error){pemSource, jwksSource} {
		s, err := load(o)
		if err != nil {
			v.Close()
			return nil, err
		}
		if s != nil {
			v.sources = append(v.sources, s)
		}
	}
	return v, nil
}

// Close ends the refreshing of keys.
func (v *Verifier) Close() {
	if v == nil {
		return
	}
	for _, s := range v.sources {
		s.close()
	}
}

// Check finds the token of a request and verifies it. It returns the claims as JSON, or nil where there is no token and none is required. An
// error is an *Error. It may wait for keys, for no longer than the request lasts.
func (v *Verifier) Check(r *http.Request) (claims []byte, err error) {
	if v == nil {
		return nil, nil
	}
	token, err := v.find(r)
	if err != nil {
		return nil, err
	}
	if token == "" {
		if v.options.Required {
			return nil, &Error{Status: http.StatusUnauthorized}
		}
		return nil, nil
	}
	return v.Verify(r.Context(), token)
}

// Verify verifies a token and returns its claims as JSON.
func (v *Verifier) Verify(ctx context.Context, token string) (claims []byte, err error) {
	if len(token) > tokenMax {
		return nil, invalid("the token is larger than %d bytes", tokenMax)
	}
	signed, err := jose.ParseSignedCompact(token, v.allowed)
	if err != nil {
		var other *jose.ErrUnexpectedSignatureAlgorithm
		if errors.As(err, &other) {
			return nil, invalid("the token is not signed by an algorithm that is allowed")
		}
		return nil, invalid("the token is malformed")
	}
	claims, err = v.verified(ctx, signed)
	if err != nil {
		return nil, err
	}
	return claims, v.validate(claims)
}

// verified returns the payload if one of the keys has signed it. An unknown key id has the keys loaded early.
func (v *Verifier) verified(ctx context.Context, signed *jose.JSONWebSignature) (payload []byte, err error) {
	header := signed.Signatures[0].Header
	for again := false; ; again = true {
		keys, known, loaded := v.fitting(header)
		for _, k := range keys {
			if payload, err := signed.Verify(k.public); err == nil {
				return payload, nil
			}
		}
		switch {
		case !known && !again && v.refreshEarly(ctx):
		case !known && !loaded:
			return nil, &Error{Status: http.StatusServiceUnavailable, Reason: "the keys have not been loaded yet"}
		case len(keys) == 0:
			return nil, invalid("the token's key is not known")
		default:
			return nil, invalid("the token's signature is not valid")
		}
	}
}

// refreshEarly has all sources look for new keys, and reports whether one of them did.
func (v *Verifier) refreshEarly(ctx context.Context) (did bool) {
	for _, s := range v.sources {
		did = s.refreshEarly(ctx) || did
	}
	return did
}

// validate looks at the claims of a token whose signature is valid.
func (v *Verifier) validate(text []byte) error {
	var c jwt.Claims
	if err := unmarshal(text, &c); err != nil {
		return invalid("the token's claims are malformed")
	}
	o := v.options
	if c.Expiry == nil && !o.WithoutExpiry {
		return invalid("the token does not expire")
	}
	err := c.ValidateWithLeeway(jwt.Expected{Issuer: o.Issuer, AnyAudience: o.Audience, Time: v.now()}, o.Leeway)
	switch {
	case errors.Is(err, jwt.ErrExpired):
		return invalid("the token has expired")
	case errors.Is(err, jwt.ErrNotValidYet), errors.Is(err, jwt.ErrIssuedInTheFuture):
		return invalid("the token is not valid yet")
	case errors.Is(err, jwt.ErrInvalidIssuer):
		return invalid("the token is of another issuer")
	case errors.Is(err, jwt.ErrInvalidAudience):
		return invalid("the token is for another audience")
	case err != nil:
		return invalid("the token is not valid")
	}
	return nil
}

// fitting returns the keys for a header's algorithm and key id, and whether it is known which key that is. One without an id may have
// signed any token.
func (v *Verifier) fitting(h jose.Header) (keys []key, known, loaded bool) {
	loaded = true
	all := v.secret
	for _, s := range v.sources {
		set := s.keys.Load()
		if set == nil {
			loaded = false
			continue
		}
		all = append(all[:len(all):len(all)], *set...)
	}
	fits := algorithms[h.Algorithm]
	for _, k := range all {
		if fits(k.public) && (k.id == h.KeyID || k.id == "" || h.KeyID == "") {
			keys = append(keys, k)
			known = known || k.id == h.KeyID || h.KeyID == ""
		}
	}
	return keys, known, loaded
}
