package encoding

import (
	"encoding/base64"
	"strings"

	"rowan/engine"
	"rowan/engine/value"
)

// toBase64 is the host function toBase64(text): null if the text has characters that are no bytes.
func toBase64(_ *engine.Turn, args value.Args) (any, error) {
	text, err := args.String(0)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(text))
	for _, c := range text {
		if c > 0xFF {
			return nil, nil
		}
		b = append(b, byte(c))
	}
	return base64.StdEncoding.EncodeToString(b), nil
}

// fromBase64 is the host function fromBase64(text), a forgiving-base64 decode (https://infra.spec.whatwg.org/#forgiving-base64-decode): a
// character for each byte, or null.
func fromBase64(_ *engine.Turn, args value.Args) (any, error) {
	text, err := args.String(0)
	if err != nil {
		return nil, err
	}
	text = strings.Map(func(c rune) rune {
		switch c {
		case '\t', '\n', '\f', '\r', ' ':
			return -1
		}
		return c
	}, text)
	if len(text)%4 == 0 {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "="), "=")
	}
	// Go's decoder takes line breaks, which are gone, and without Strict any bits after the last byte.
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, nil
	}
	return engine.Encoded(value.AppendLatin1(nil, b)), nil
}
