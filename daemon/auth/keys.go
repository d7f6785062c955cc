package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

// key is one that tokens are verified with.
type key struct {
	id     string // "" for none
	public any    // *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey, or []byte for a secret
}

// Bounds of keys. A secret of HS256 must be as long as the hash (RFC 7518, section 3.2).
const (
	secretMin  = 32
	rsaMin     = 2048 // bits
	rsaMax     = 8192 // bits: verifying takes longer the larger a key is
	keysMax    = 50   // of a source
	keyFileMax = 1 << 20
)

func isSecret(k any) bool { _, ok := k.([]byte); return ok }

func isRSA(k any) bool { _, ok := k.(*rsa.PublicKey); return ok }

func isP256(k any) bool {
	e, ok := k.(*ecdsa.PublicKey)
	return ok && e.Curve == elliptic.P256()
}

func isEd25519(k any) bool { _, ok := k.(ed25519.PublicKey); return ok }

// algorithmOf returns the algorithm that a key is for, or an error that says why it is for none.
func algorithmOf(public any) (string, error) {
	switch k := public.(type) {
	case []byte:
		if len(k) < secretMin {
			return "", fmt.Errorf("a secret has %d bytes; HS256 needs %d at least", len(k), secretMin)
		}
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < rsaMin || n > rsaMax {
			return "", fmt.Errorf("an RSA key has %d bits; there may be %d to %d", n, rsaMin, rsaMax)
		}
	}
	for name, fits := range algorithms {
		if fits(public) {
			return name, nil
		}
	}
	return "", fmt.Errorf("a key of type %T is for none of the algorithms", public)
}

// parsePEM reads the public keys and certificates of a PEM file.
func parsePEM(text []byte) (keys []key, err error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		var public any
		switch block.Type {
		case "PUBLIC KEY":
			public, err = x509.ParsePKIXPublicKey(block.Bytes)
		case "RSA PUBLIC KEY":
			public, err = x509.ParsePKCS1PublicKey(block.Bytes)
		case "CERTIFICATE":
			var c *x509.Certificate
			if c, err = x509.ParseCertificate(block.Bytes); err == nil {
				public = c.PublicKey
			}
		default:
			return nil, fmt.Errorf("it has a block %q; wanted are public keys and certificates", block.Type)
		}
		if err != nil {
			return nil, err
		}
		if _, err := algorithmOf(public); err != nil {
			return nil, err
		}
		keys = append(keys, key{public: public})
	}
	switch {
	case len(keys) == 0:
		return nil, errors.New("it has no public key in PEM")
	case len(keys) > keysMax:
		return nil, fmt.Errorf("it has more than %d keys", keysMax)
	}
	return keys, nil
}

// parseJWKS reads a JWK Set. Keys that are not for verifying, or for none of the algorithms, are passed over, as RFC 7517 (section 5) wants
// it, and so are secrets unless they may be there.
func parseJWKS(text []byte, secrets bool) (keys []key, err error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, fmt.Errorf("it is no JWK Set: %w", err)
	}
	for _, raw := range set.Keys {
		var k jose.JSONWebKey
		if json.Unmarshal(raw, &k) != nil || k.Use != "" && k.Use != "sig" {
			continue
		}
		public := k.Key
		if !k.IsPublic() && !isSecret(public) {
			public = k.Public().Key
		}
		algorithm, err := algorithmOf(public)
		if err != nil || k.Algorithm != "" && k.Algorithm != algorithm || isSecret(public) && !secrets {
			continue
		}
		keys = append(keys, key{k.KeyID, public})
	}
	switch {
	case len(keys) == 0:
		return nil, errors.New("it has no key that tokens could be verified with")
	case len(keys) > keysMax:
		return nil, fmt.Errorf("it has more than %d keys", keysMax)
	}
	return keys, nil
}

// unmarshal decodes JSON; names are of exact case, and may not come twice.
func unmarshal(text []byte, v any) error { return json.Unmarshal(text, v) }
