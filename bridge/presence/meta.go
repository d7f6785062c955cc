package presence

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"rowan/engine/value"
)

// bareMeta checks that a meta is an object and returns it without its last brace, and without the members that the tracker adds:
// a script may hand back what a list gave it.
func bareMeta(meta []byte) ([]byte, error) {
	meta = bytes.TrimSpace(meta)
	if len(meta) < 2 || meta[0] != '{' || !json.Valid(meta) || !utf8.Valid(meta) {
		return nil, errNoObject
	}
	if bytes.Contains(meta, []byte("phx_ref")) || bytes.Contains(meta, []byte(`\u`)) { // which can spell it as well
		return withoutRefs(meta), nil
	}
	return bytes.TrimRight(meta[:len(meta)-1], " \t\r\n"), nil
}

// withoutRefs is bareMeta for an object that may have such members.
func withoutRefs(meta []byte) []byte {
	bare := make([]byte, 0, len(meta))
	bare = append(bare, '{')
	d := json.NewDecoder(bytes.NewReader(meta))
	d.Token() // the brace; meta is valid, so that nothing here fails
	for d.More() {
		start := d.InputOffset()
		name, _ := d.Token()
		var member json.RawMessage
		d.Decode(&member)
		if name == "phx_ref" || name == "phx_ref_prev" {
			continue
		}
		if len(bare) > 1 {
			bare = append(bare, ',')
		}
		bare = append(bare, bytes.TrimLeft(meta[start:d.InputOffset()], ", \t\r\n")...)
	}
	return bare
}

// fullMeta is a meta, given without its last brace, with its refs. prev is "" if it follows none.
func fullMeta(bare []byte, ref, prev string) []byte {
	meta := make([]byte, 0, len(bare)+len(`,"phx_ref":"","phx_ref_prev":""}`)+len(ref)+len(prev))
	meta = append(meta, bare...)
	if len(bare) > 1 {
		meta = append(meta, ',')
	}
	meta = append(meta, `"phx_ref":"`...)
	meta = append(meta, ref...)
	if prev != "" {
		meta = append(meta, `","phx_ref_prev":"`...)
		meta = append(meta, prev...)
	}
	return append(meta, `"}`...)
}

// appendString appends a string, in WTF-8, as JSON text.
func appendString(dst []byte, s string) []byte {
	if isPlain(s) {
		dst = append(dst, '"')
		dst = append(dst, s...)
		return append(dst, '"')
	}
	dst, err := value.JSON(dst, value.AppendString(nil, s))
	if err != nil {
		panic(err) // every string has a JSON text
	}
	return dst
}

// isPlain reports whether the text of s is s in quotes.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
