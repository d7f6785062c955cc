package weburl

import (
	"iter"
	"strings"

	"rowan/jsapi/encoding/charset"
)

// Form parses application/x-www-form-urlencoded (https://url.spec.whatwg.org/#urlencoded-parsing): names and values.
func Form(s string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for part := range strings.SplitSeq(s, "&") {
			if part == "" {
				continue
			}
			name, value, _ := strings.Cut(part, "=")
			if !yield(decodeForm(name), decodeForm(value)) {
				return
			}
		}
	}
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
