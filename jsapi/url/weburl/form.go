package weburl

import (
	"strings"

	"rowan/jsapi/encoding/charset"
)

// ParseForm parses application/x-www-form-urlencoded (https://url.spec.whatwg.org/#urlencoded-parsing): names and values by turns.
func ParseForm(s string) []string {
	var pairs []string
	for s != "" {
		var part string
		part, s, _ = strings.Cut(s, "&")
		if part != "" {
			name, value, _ := strings.Cut(part, "=")
			pairs = append(pairs, decodeForm(name), decodeForm(value))
		}
	}
	return pairs
}

func decodeForm(s string) string { return charset.UTF8(decode(strings.ReplaceAll(s, "+", " "))) }

// SerializeForm serializes names and values as application/x-www-form-urlencoded
// (https://url.spec.whatwg.org/#urlencoded-serializing).
func SerializeForm(pairs []string) string {
	var b []byte
	for i, s := range pairs {
		switch {
		case i%2 == 1:
			b = append(b, '=')
		case i > 0:
			b = append(b, '&')
		}
		for j, word := range strings.Split(s, " ") {
			if j > 0 {
				b = append(b, '+')
			}
			b = appendEncoded(b, word, &formSet)
		}
	}
	return string(b)
}
