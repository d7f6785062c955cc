package urlpattern

import "unicode"

type tokenType uint8

const (
	tokenOpen tokenType = iota
	tokenClose
	tokenRegexp
	tokenName
	tokenChar
	tokenEscapedChar
	tokenOtherModifier
	tokenAsterisk
	tokenEnd
	tokenInvalidChar
)

type token struct {
	kind  tokenType
	index int // where the token begins in the input, in code points
	value string
}

// lengthMax bounds a pattern in bytes: tokens and the regular expression take many times as much.
const lengthMax = 1 << 16

// tokenizer is https://urlpattern.spec.whatwg.org/#tokenizing. A lenient one makes tokens of what it does not understand.
type tokenizer struct {
	input   []rune
	lenient bool
	tokens  []token
	index   int
}

func tokenize(input string, lenient bool) ([]token, error) {
	if len(input) > lengthMax {
		return nil, invalid("longer than %d bytes", lengthMax)
	}
	t := tokenizer{input: []rune(input), lenient: lenient}
	for t.index < len(t.input) {
		if err := t.next(); err != nil {
			return nil, err
		}
	}
	t.add(tokenEnd, t.index, t.index, t.index)
	return t.tokens, nil
}

// add adds a token whose value is a part of the input, and goes on at next.
func (t *tokenizer) add(kind tokenType, next, begin, end int) {
	t.tokens = append(t.tokens, token{kind, t.index, string(t.input[begin:end])})
	t.index = next
}

// fail is an error, or a token for the lenient.
func (t *tokenizer) fail(next, begin int, why string) error {
	if !t.lenient {
		return invalid("%s, at %d", why, t.index)
	}
	t.add(tokenInvalidChar, next, begin, max(begin, next))
	return nil
}

func (t *tokenizer) next() error {
	i := t.index
	single := func(kind tokenType) error {
		t.add(kind, i+1, i, i+1)
		return nil
	}
	switch t.input[i] {
	case '*':
		return single(tokenAsterisk)
	case '+', '?':
		return single(tokenOtherModifier)
	case '{':
		return single(tokenOpen)
	case '}':
		return single(tokenClose)
	case '\\':
		if i == len(t.input)-1 {
			return t.fail(i+1, i, "a backslash has nothing to escape")
		}
		t.add(tokenEscapedChar, i+2, i+1, i+2)
		return nil
	case ':':
		end := i + 1
		for end < len(t.input) && isName(t.input[end], end == i+1) {
			end++
		}
		if end == i+1 {
			return t.fail(i+1, i, "a colon is not followed by a name")
		}
		t.add(tokenName, end, i+1, end)
		return nil
	case '(':
		return t.group()
	}
	return single(tokenChar)
}

// group reads a regular expression in parentheses. Its own groups must not capture.
func (t *tokenizer) group() error {
	begin := t.index + 1
	depth, i := 1, begin
	for ; i < len(t.input) && depth > 0; i++ {
		switch c := t.input[i]; {
		case c >= 0x80:
			return t.fail(begin, t.index, "a group has a character that is not ASCII")
		case c == '?' && i == begin:
			return t.fail(begin, t.index, "a group begins with a question mark")
		case c == '\\':
			i++
			if i == len(t.input) {
				return t.fail(begin, t.index, "a backslash in a group has nothing to escape")
			}
			if t.input[i] >= 0x80 {
				return t.fail(begin, t.index, "a group has a character that is not ASCII")
			}
		case c == ')':
			depth--
		case c == '(':
			depth++
			if i+1 == len(t.input) || t.input[i+1] != '?' {
				return t.fail(begin, t.index, "a group has a group that captures")
			}
		}
	}
	switch {
	case depth > 0:
		return t.fail(begin, t.index, "a group is not closed")
	case i == begin+1:
		return t.fail(begin, t.index, "a group is empty")
	}
	t.add(tokenRegexp, i, begin, i-1)
	return nil
}

// isName reports whether a name can have the character: what an identifier of JavaScript can.
func isName(c rune, first bool) bool {
	switch {
	case c == '$' || c == '_' || unicode.In(c, unicode.L, unicode.Nl, unicode.Other_ID_Start):
		return true
	case first:
		return false
	}
	return c == 0x200C || c == 0x200D || unicode.In(c, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)
}
