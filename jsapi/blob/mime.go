package blob

import "strings"

// MIME is a MIME type of the MIME Sniffing Standard, section 4 (https://mimesniff.spec.whatwg.org/#understanding-mime-types).
type MIME struct {
	Type, Subtype string // in lower case
	Params        []Param
}

// Param is a parameter; its name is in lower case.
type Param struct{ Name, Value string }

// Get returns a parameter's value, "" if there is none.
func (m *MIME) Get(name string) string {
	for _, p := range m.Params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// set puts a parameter in the place that it has, or at the end.
func (m *MIME) set(name, value string) {
	for i := range m.Params {
		if m.Params[i].Name == name {
			m.Params[i].Value = value
			return
		}
	}
	m.Params = append(m.Params, Param{name, value})
}

// Essence is the type without parameters.
func (m *MIME) Essence() string { return m.Type + "/" + m.Subtype }

const httpSpace = "\t\n\r "

// ParseMIME parses a MIME type (section 4.4); nil is failure.
func ParseMIME(input string) *MIME {
	input = strings.Trim(input, httpSpace)
	kind, rest, ok := strings.Cut(input, "/")
	if !ok || !isToken(kind) {
		return nil
	}
	subtype, rest, more := strings.Cut(rest, ";")
	subtype = strings.TrimRight(subtype, httpSpace)
	if !isToken(subtype) {
		return nil
	}
	m := &MIME{Type: lower(kind), Subtype: lower(subtype)}
	for more && rest != "" {
		rest = strings.TrimLeft(rest, httpSpace)
		end := strings.IndexAny(rest, ";=")
		if end < 0 {
			break
		}
		name := lower(rest[:end])
		if rest[end] == ';' {
			rest = rest[end+1:]
			continue
		}
		rest = rest[end+1:]
		var value string
		quoted := strings.HasPrefix(rest, `"`)
		if quoted {
			value, rest = quotedString(rest)
			_, rest, more = strings.Cut(rest, ";")
		} else {
			value, rest, more = strings.Cut(rest, ";")
			value = strings.TrimRight(value, httpSpace)
		}
		if (quoted || value != "") && isToken(name) && isQuotable(value) && !m.has(name) {
			m.Params = append(m.Params, Param{name, value})
		}
	}
	return m
}

func (m *MIME) has(name string) bool {
	for _, p := range m.Params {
		if p.Name == name {
			return true
		}
	}
	return false
}

// String serializes the type (section 4.5).
func (m *MIME) String() string {
	var b strings.Builder
	b.WriteString(m.Essence())
	for _, p := range m.Params {
		b.WriteByte(';')
		b.WriteString(p.Name)
		b.WriteByte('=')
		if isToken(p.Value) {
			b.WriteString(p.Value)
			continue
		}
		b.WriteByte('"')
		for i := range len(p.Value) {
			if c := p.Value[i]; c == '"' || c == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(p.Value[i])
		}
		b.WriteByte('"')
	}
	return b.String()
}

// quotedString collects an HTTP quoted string, with its value extracted, from the start of s, which is a quote
// (Fetch, section 2.2).
func quotedString(s string) (value, rest string) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:]
		case '\\':
			if i++; i == len(s) {
				b.WriteByte('\\')
				return b.String(), ""
			}
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// isToken reports whether s is made of HTTP token code points, at least one.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0) {
			return false
		}
	}
	return s != ""
}

// isQuotable reports whether s is made of HTTP quoted-string token code points: tab, and U+0020 to U+00FF but DEL.
func isQuotable(s string) bool {
	for _, c := range s {
		if c != '\t' && c < ' ' || c == 0x7f || c > 0xff {
			return false
		}
	}
	return true
}

// lower is ASCII lowercase.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// ExtractMIME extracts a MIME type from the values of Content-Type headers (Fetch, section 2.2.2); nil is failure.
func ExtractMIME(header string) *MIME {
	var found *MIME
	var charset, essence string
	for _, value := range splitHeader(header) {
		m := ParseMIME(value)
		if m == nil || m.Essence() == "*/*" {
			continue
		}
		found = m
		if m.Essence() != essence {
			charset, essence = m.Get("charset"), m.Essence()
		} else if !m.has("charset") && charset != "" {
			m.set("charset", charset)
		}
	}
	return found
}

// splitHeader gets, decodes and splits a header's combined value (Fetch, section 2.2.2).
func splitHeader(input string) (values []string) {
	begin, quoted := 0, false
	for i := 0; i < len(input); i++ {
		switch c := input[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == ',' && !quoted:
			values = append(values, strings.Trim(input[begin:i], "\t "))
			begin = i + 1
		}
	}
	return append(values, strings.Trim(input[begin:], "\t "))
}
