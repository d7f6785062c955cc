package wire

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// Protocol is the sub-protocol of Phoenix. A client that has offered it fails unless the answer names it.
const Protocol = "phoenix"

// tokenPrefix begins the offered sub-protocol that holds the token: a header is the only thing besides the address that a browser
// lets a page send along, and addresses end up in logs.
const tokenPrefix = "base64url.bearer.phx."

// Token returns the token among the sub-protocols that a handshake offers, "" for none, and whether Protocol is among them.
// The token is in base64 without padding, in the standard alphabet, which is the client's, or the one for addresses,
// which is the prefix's.
//
// # Errors
//
// Sub-protocols without Protocol among them, a token that is not base64 of UTF-8, more than one token. The handshake is then refused
// with status 403.
func Token(r *http.Request) (token string, offered bool, err error) {
	token, others, err := Bearer(r)
	if err != nil {
		return "", false, err
	}
	offered = slices.Contains(others, Protocol)
	if len(others) > 0 && !offered {
		return "", false, fmt.Errorf("the handshake does not offer the sub-protocol %q", Protocol)
	}
	return token, offered, nil
}

// Bearer returns the token among the sub-protocols that a handshake offers, "" for none, and the other ones.
//
// # Errors
//
// Those of [Token] that concern tokens.
func Bearer(r *http.Request) (token string, others []string, err error) {
	found := false
	for _, line := range r.Header.Values("Sec-WebSocket-Protocol") {
		for name := range strings.SplitSeq(line, ",") {
			name = strings.TrimSpace(name)
			encoded, isToken := strings.CutPrefix(name, tokenPrefix)
			switch {
			case isToken && found:
				return "", nil, errors.New("the handshake offers more than one token")
			case isToken:
				found = true
				if token, err = decodeToken(encoded); err != nil {
					return "", nil, err
				}
			case name != "":
				others = append(others, name)
			}
		}
	}
	return token, others, nil
}

func decodeToken(encoded string) (string, error) {
	encoded = strings.NewReplacer("-", "+", "_", "/").Replace(encoded)
	token, err := base64.RawStdEncoding.DecodeString(encoded)
	if err != nil || !utf8.Valid(token) {
		return "", errors.New("the token in the sub-protocol is not base64 of UTF-8")
	}
	return string(token), nil
}
