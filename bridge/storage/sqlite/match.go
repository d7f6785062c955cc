package sqlite

import (
	"unicode/utf8"

	lib "modernc.org/sqlite/lib"
)

// matcher compares texts with a pattern, as LIKE and GLOB do (https://www.sqlite.org/lang_expr.html#like).
type matcher struct {
	one, any rune // stand for any character, and for any number of them
	escape   rune // has the next character stand for itself; -1 for none
	fold     bool // letters of ASCII are the same in both cases
	sets     bool // "[a-z]" and "[^a-z]" stand for one character

	steps int // since stop was asked
	stop  func() bool
	ended bool // stop has said so
}

// stopSteps is how often stop is asked: after a millisecond or so.
const stopSteps = 1 << 18

// answer answers a call with the pattern and the text as its first arguments.
func (m *matcher) answer(c call) {
	pattern, ok := c.text(0)
	text, ok2 := c.text(1)
	switch {
	case !ok || !ok2:
		return
	case len(pattern) > c.limit(lib.SQLITE_LIMIT_LIKE_PATTERN_LENGTH):
		c.fail("LIKE or GLOB pattern too complex")
		return
	}
	m.stop = connOf(c.db()).Progress
	matches := m.match(pattern, text)
	switch {
	case m.ended:
		lib.Xsqlite3_result_error_code(c.tls, c.ctx, lib.SQLITE_INTERRUPT)
	case matches:
		c.giveInt(1)
	default:
		c.giveInt(0)
	}
}

// match goes through both side by side. Where they differ, the last run of any characters takes one more: those before it need never be looked
// at again.
func (m *matcher) match(pattern, text string) bool {
	p, t := pattern, text
	retry, from, can := "", "", false // what follows the last run, and where the text goes on behind it
	for {
		if m.steps++; m.steps >= stopSteps {
			if m.steps = 0; m.stop != nil && m.stop() {
				m.ended = true
				return false
			}
		}
		r, size := utf8.DecodeRuneInString(p)
		if size > 0 && r == m.any && r != m.escape {
			retry, from, can = p[size:], t, true
			p = retry
			continue
		}
		if size == 0 && t == "" {
			return true
		}
		if rest, left, ok := m.first(p, t); ok {
			p, t = rest, left
			continue
		}
		if !can || from == "" {
			return false
		}
		_, size = utf8.DecodeRuneInString(from)
		from = from[size:]
		p, t = retry, from
	}
}

// first matches one character of the text with the first of the pattern, and returns what is left of both.
func (m *matcher) first(p, t string) (rest, left string, ok bool) {
	c, size := utf8.DecodeRuneInString(t)
	r, n := utf8.DecodeRuneInString(p)
	if size == 0 || n == 0 {
		return "", "", false
	}
	left, rest = t[size:], p[n:]
	switch {
	case r == m.escape:
		if r, n = utf8.DecodeRuneInString(rest); n == 0 {
			return "", "", false
		}
		rest = rest[n:]
	case r == m.one:
		return rest, left, true
	case m.sets && r == '[':
		rest, ok = m.set(rest, c)
		return rest, left, ok
	}
	return rest, left, r == c || m.fold && lower(r) == lower(c)
}

// set matches a character with what follows "[", and returns what follows the set.
func (m *matcher) set(p string, c rune) (rest string, ok bool) {
	next := func() (r rune) {
		r, n := utf8.DecodeRuneInString(p)
		if p = p[n:]; n == 0 {
			return -1
		}
		m.steps++
		return r
	}
	r, seen, inverted, before := next(), false, false, rune(0)
	if r == '^' {
		inverted, r = true, next()
	}
	if r == ']' {
		seen, r = c == ']', next()
	}
	for ; r >= 0 && r != ']'; r = next() {
		if r == '-' && before > 0 && p != "" && p[0] != ']' {
			r = next()
			seen = seen || c >= before && c <= r
			before = 0
			continue
		}
		seen = seen || c == r
		before = r
	}
	return p, r == ']' && seen != inverted
}

func lower(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}
