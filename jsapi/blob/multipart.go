package blob

import (
	"bytes"
	"errors"
	"strings"
)

// Entry is a field of a form: a text, or a file if HasFile. What is bytes here is UTF-8 that nobody has checked.
type Entry struct {
	Name    []byte
	Content []byte // part of what was parsed

	HasFile  bool
	FileName []byte
	Type     string
}

// errMultipart says that bytes are no multipart/form-data of the boundary.
var errMultipart = errors.New("malformed multipart/form-data")

// ParseMultipart parses a form's encoding (RFC 7578, with the names escaped as the HTML Standard does, section 4.10.21.8).
// Preamble and epilogue are let be only where they are empty lines, for nobody sends others.
func ParseMultipart(body []byte, boundary string) ([]Entry, error) {
	if boundary == "" {
		return nil, errMultipart
	}
	crlf, dash := []byte("\r\n"), []byte("--"+boundary)
	for bytes.HasPrefix(body, crlf) {
		body = body[2:]
	}
	var entries []Entry
	for {
		rest, ok := bytes.CutPrefix(body, dash)
		if !ok {
			return nil, errMultipart
		}
		if end, ok := bytes.CutPrefix(rest, []byte("--")); ok {
			if len(bytes.ReplaceAll(end, crlf, nil)) > 0 {
				return nil, errMultipart
			}
			return entries, nil
		}
		if rest, ok = bytes.CutPrefix(rest, crlf); !ok {
			return nil, errMultipart
		}
		e, rest, err := parsePartHeaders(rest)
		if err != nil {
			return nil, err
		}
		end := bytes.Index(rest, append([]byte("\r\n"), dash...))
		if end < 0 {
			return nil, errMultipart
		}
		e.Content = rest[:end]
		entries = append(entries, e)
		body = rest[end+2:]
	}
}

// parsePartHeaders reads a part's headers and the empty line after them.
func parsePartHeaders(b []byte) (e Entry, rest []byte, err error) {
	named := false
	e.Type = "text/plain"
	for {
		line, rest, ok := bytes.Cut(b, []byte("\r\n"))
		if !ok {
			return e, nil, errMultipart
		}
		b = rest
		if len(line) == 0 {
			if !named {
				return e, nil, errMultipart
			}
			return e, b, nil
		}
		name, content, ok := strings.Cut(string(line), ":")
		if !ok || !isToken(strings.TrimRight(name, "\t ")) {
			return e, nil, errMultipart
		}
		content = strings.Trim(content, "\t ")
		switch lower(strings.TrimRight(name, "\t ")) {
		case "content-disposition":
			if named = e.disposition(content); !named {
				return e, nil, errMultipart
			}
		case "content-type":
			e.Type = content
		}
	}
}

// disposition reads a Content-Disposition such as `form-data; name="a"; filename="b"`.
func (e *Entry) disposition(s string) bool {
	kind, s, _ := strings.Cut(s, ";")
	if lower(strings.Trim(kind, "\t ")) != "form-data" {
		return false
	}
	named := false
	for s = strings.TrimLeft(s, "\t "); s != ""; s = strings.TrimLeft(s, "\t ") {
		name, rest, ok := strings.Cut(s, "=")
		if !ok {
			return false
		}
		var value string
		if inner, quoted := strings.CutPrefix(rest, `"`); quoted {
			// A quote in the value is written as %22: the first one ends it.
			if value, rest, ok = strings.Cut(inner, `"`); !ok {
				return false
			}
			rest, ok = strings.CutPrefix(strings.TrimLeft(rest, "\t "), ";")
			if !ok && rest != "" {
				return false
			}
		} else {
			value, rest, _ = strings.Cut(rest, ";")
			value = strings.TrimRight(value, "\t ")
		}
		text := []byte(unescapeName.Replace(value))
		switch lower(strings.TrimRight(name, "\t ")) {
		case "name":
			e.Name, named = text, true
		case "filename":
			e.FileName, e.HasFile = text, true
		}
		s = rest
	}
	return named
}

var unescapeName = strings.NewReplacer("%0A", "\n", "%0D", "\r", "%22", `"`)
