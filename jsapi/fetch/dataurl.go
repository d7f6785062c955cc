package fetch

import (
	"encoding/base64"
	"errors"
	"strings"

	"rowan/jsapi/blob"
)

var errDataURL = errors.New("malformed data: URL")

// DataURL is the data: URL processor (Fetch, section 6, https://fetch.spec.whatwg.org/#data-urls). The URL is serialized
// and has no fragment.
func DataURL(url string) (mime string, body []byte, err error) {
	head, data, ok := strings.Cut(strings.TrimPrefix(url, "data:"), ",")
	if !ok {
		return "", nil, errDataURL
	}
	head = strings.Trim(head, "\t\n\f\r ")
	body = percentDecode(data)
	if before, ok := cutBase64(head); ok {
		head = before
		if body, err = forgivingBase64(body); err != nil {
			return "", nil, err
		}
	}
	if strings.HasPrefix(head, ";") {
		head = "text/plain" + head
	}
	if m := blob.ParseMIME(head); m != nil {
		return m.String(), body, nil
	}
	return "text/plain;charset=US-ASCII", body, nil
}

// cutBase64 takes the mark that the data is base64 from a MIME type: ";base64", with spaces after the semicolon.
func cutBase64(mime string) (before string, ok bool) {
	const mark = "base64"
	at := len(mime) - len(mark)
	if at < 0 || !strings.EqualFold(mime[at:], mark) {
		return mime, false
	}
	return strings.CutSuffix(strings.TrimRight(mime[:at], " "), ";")
}

// percentDecode replaces %XX by the byte, as the URL Standard does; other percent signs stay.
func percentDecode(s string) []byte {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if high, low := hexDigit(s[i+1]), hexDigit(s[i+2]); high >= 0 && low >= 0 {
				b = append(b, byte(high<<4|low))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return b
}

// hexDigit is the value of a hexadecimal digit, -1 for any other byte.
func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// forgivingBase64 decodes base64 as the Infra Standard does: spaces are let be, padding may be missing, and bits that are
// left over are dropped.
func forgivingBase64(data []byte) ([]byte, error) {
	text := strings.Map(func(r rune) rune {
		if strings.ContainsRune("\t\n\f\r ", r) {
			return -1
		}
		return r
	}, string(data))
	if len(text)%4 == 0 {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "="), "=")
	}
	out, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, errDataURL
	}
	return out, nil
}
