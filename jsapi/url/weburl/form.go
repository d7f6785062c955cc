package weburl

import "strings"

// Form parses application/x-www-form-urlencoded (https://url.spec.whatwg.org/#urlencoded-parsing): names and values by turns. They
// may have bytes that are not UTF-8.
func Form(s string) []string {
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

func decodeForm(s string) string { return decode(strings.ReplaceAll(s, "+", " ")) }

// AppendForm serializes names and values as application/x-www-form-urlencoded
// (https://url.spec.whatwg.org/#urlencoded-serializing).
func AppendForm(b []byte, pairs []string) []byte {
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
	return b
}
