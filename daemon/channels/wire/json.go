package wire

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

var jsonNull = []byte("null")

// skipSpace returns p from its first byte that is no JSON white space.
func skipSpace(p []byte) []byte {
	for len(p) > 0 && (p[0] == ' ' || p[0] == '\n' || p[0] == '\r' || p[0] == '\t') {
		p = p[1:]
	}
	return p
}

// cutValue splits p, part of valid JSON, behind the value that it begins with.
func cutValue(p []byte) (v, rest []byte) {
	end := 0
	switch p[0] {
	case '"':
		end = stringEnd(p)
	case '[', '{':
		for depth := 0; ; end++ {
			switch p[end] {
			case '"':
				end += stringEnd(p[end:]) - 1
			case '[', '{':
				depth++
			case ']', '}':
				depth--
			}
			if depth == 0 {
				end++
				break
			}
		}
	default:
		for end < len(p) && strings.IndexByte(",]} \n\r\t", p[end]) < 0 {
			end++
		}
	}
	return p[:end:end], p[end:]
}

// stringEnd returns the length of the JSON string that p begins with, quotes included.
func stringEnd(p []byte) int {
	end := 1
	for {
		quote := end + bytes.IndexByte(p[end:], '"')
		slashes := 0
		for p[quote-1-slashes] == '\\' {
			slashes++
		}
		end = quote + 1
		if slashes%2 == 0 {
			return end
		}
	}
}

// unquote returns the text of a JSON string, from within it where it has no escapes; nil for any other value. Half of a surrogate pair
// becomes U+FFFD.
func unquote(raw []byte) []byte {
	if raw[0] != '"' {
		return nil
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1 : len(raw)-1]
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil // not reached: raw is a valid string
	}
	return []byte(s)
}

// appendString appends s as a JSON string, with Jason's escapes: quotes, backslashes and control characters alone, hexadecimal
// digits in capitals. What is not UTF-8 becomes U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	plain := 0 // where the run of bytes that stand for themselves began
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		dst = append(dst, s[plain:i]...)
		dst = appendEscaped(dst, c)
		i += size
		plain = i
	}
	dst = append(dst, s[plain:]...)
	return append(dst, '"')
}

// appendEscaped appends what stands for a byte that cannot stand for itself.
func appendEscaped(dst []byte, c byte) []byte {
	const hex = "0123456789ABCDEF"
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	if c >= utf8.RuneSelf {
		return utf8.AppendRune(dst, utf8.RuneError)
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
