package bundle

import (
	"strconv"
	"strings"
)

// RewriteStack returns a stack, or any text that quotes one, with every
// position in the bundle replaced by the one in the source file:
//
//	at join (app.js:12:5)   becomes       at join (lib/room.ts:3:9)
//
// Positions without a column keep having none, and those of code that the
// bundler added stay as they are. A text without a position of this bundle is
// returned without allocating. A nil map rewrites nothing.
//
// Give it a text once: where a source file has the bundle's own name, a second
// time would take the right positions for others.
func (m *SourceMap) RewriteStack(text string) string {
	if m == nil {
		return text
	}
	var b strings.Builder
	done, next := 0, 0 // what b holds, and where to search on
	for {
		i := strings.Index(text[next:], m.name)
		if i < 0 {
			break
		}
		start := next + i
		next = start + len(m.name)
		if start > 0 && isPathByte(text[start-1]) {
			continue // another file whose name ends alike
		}
		line, end := number(text, next)
		if end == next {
			continue
		}
		column, end2 := number(text, end)
		file, line, column, ok := m.Lookup(line, column)
		if !ok {
			continue
		}
		b.WriteString(text[done:start])
		b.WriteString(file)
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(line))
		if end2 > end {
			b.WriteByte(':')
			b.WriteString(strconv.Itoa(column))
		}
		done, next = end2, end2
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// number reads ":123" at text[start:] and returns the number and where it ends.
// The end is start when there is none.
func number(text string, start int) (n, end int) {
	const digitsMax = 9 // within 32 bits
	if start >= len(text) || text[start] != ':' {
		return 0, start
	}
	end = start + 1
	for end < len(text) && '0' <= text[end] && text[end] <= '9' {
		n = n*10 + int(text[end]-'0')
		end++
		if end-start-1 > digitsMax {
			return 0, start
		}
	}
	if end == start+1 {
		return 0, start
	}
	return n, end
}

// isPathByte reports whether c before a name makes it part of a longer one.
func isPathByte(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c >= 0x80:
		return true
	}
	return strings.IndexByte("_-.$/\\", c) >= 0
}
