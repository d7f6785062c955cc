package weburl

import "strings"

// set is a percent-encode set (https://url.spec.whatwg.org/#percent-encoded-bytes): true for the bytes to encode, which are all
// that are not ASCII, and others.
type set [256]bool

// and is the set with more characters.
func (s set) and(more string) set {
	for i := range len(more) {
		s[more[i]] = true
	}
	return s
}

var (
	controlSet = func() (s set) {
		for c := range s {
			s[c] = c < 0x20 || c > 0x7E
		}
		return s
	}()
	fragmentSet     = controlSet.and(" \"<>`")
	querySet        = controlSet.and(" \"#<>")
	specialQuerySet = querySet.and("'")
	pathSet         = querySet.and("?^`{}")
	userinfoSet     = pathSet.and(`/:;=@[\]|`)
	formSet         = userinfoSet.and("$%&+,!'()~")
)

// encode percent-encodes what is in the set.
func encode(s string, set *set) string {
	for i := range len(s) {
		if set[s[i]] {
			return string(appendEncoded(append(make([]byte, 0, len(s)+16), s[:i]...), s[i:], set))
		}
	}
	return s
}

func appendEncoded(b []byte, s string, set *set) []byte {
	for i := range len(s) {
		if c := s[i]; set[c] {
			b = append(b, '%', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		} else {
			b = append(b, c)
		}
	}
	return b
}

// decode decodes percent-encoded bytes, and lets be what looks like some.
func decode(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) {
			high, low := unhex(s[i+1]), unhex(s[i+2])
			if high >= 0 && low >= 0 {
				c = byte(high<<4 | low)
				i += 2
			}
		}
		b = append(b, c)
	}
	return string(b)
}

func unhex(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
