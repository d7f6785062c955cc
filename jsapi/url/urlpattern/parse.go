package urlpattern

import (
	"strconv"
	"strings"
)

type partType uint8

const (
	fixedText partType = iota
	regexpPart
	segmentWildcard
	fullWildcard
)

// part is a piece of a pattern (https://urlpattern.spec.whatwg.org/#parts).
type part struct {
	kind           partType
	value          string
	modifier       string // "", "?", "*" or "+"
	name           string
	prefix, suffix string
}

// options are those of a kind of component (https://urlpattern.spec.whatwg.org/#options-header).
type options struct {
	delimiter, prefix string
}

var (
	defaultOptions  = options{}
	hostnameOptions = options{delimiter: "."}
	pathnameOptions = options{delimiter: "/", prefix: "/"}
)

const anything = ".*"

// segment is the regular expression of what lies between two delimiters.
func (o options) segment() string { return "[^" + escapeRegexp(o.delimiter) + "]+?" }

// parser is https://urlpattern.spec.whatwg.org/#parsing-pattern-strings.
type parser struct {
	options  options
	encode   encoder
	tokens   []token
	parts    []part
	pending  strings.Builder // fixed text
	names    map[string]bool
	nextName int
}

// encoder canonicalizes fixed text.
type encoder func(value string) (string, error)

func parsePattern(input string, o options, encode encoder) ([]part, error) {
	tokens, err := tokenize(input, false)
	if err != nil {
		return nil, err
	}
	p := parser{options: o, encode: encode, tokens: tokens, names: map[string]bool{}}
	for len(p.tokens) > 0 {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	return p.parts, nil
}

func (p *parser) next() error {
	char := p.take(tokenChar)
	name := p.take(tokenName)
	match := p.takeMatch(name)
	if name != nil || match != nil {
		prefix := valueOf(char)
		if prefix != p.options.prefix {
			p.pending.WriteString(prefix)
			prefix = ""
		}
		if err := p.flush(); err != nil {
			return err
		}
		return p.add(prefix, name, match, "")
	}
	if char == nil {
		char = p.take(tokenEscapedChar)
	}
	if char != nil {
		p.pending.WriteString(char.value)
		return nil
	}
	if p.take(tokenOpen) != nil {
		prefix := p.text()
		name := p.take(tokenName)
		match := p.takeMatch(name)
		suffix := p.text()
		if p.take(tokenClose) == nil {
			return p.unexpected("}")
		}
		return p.add(prefix, name, match, suffix)
	}
	if err := p.flush(); err != nil {
		return err
	}
	if p.take(tokenEnd) == nil {
		return p.unexpected("the end")
	}
	return nil
}

// take takes the next token if it is of that type.
func (p *parser) take(kind tokenType) *token {
	if len(p.tokens) == 0 || p.tokens[0].kind != kind {
		return nil
	}
	t := &p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

// takeMatch takes what says what a group matches. After a name an asterisk is a modifier.
func (p *parser) takeMatch(name *token) *token {
	t := p.take(tokenRegexp)
	if t == nil && name == nil {
		t = p.take(tokenAsterisk)
	}
	return t
}

func (p *parser) takeModifier() string {
	t := p.take(tokenOtherModifier)
	if t == nil {
		t = p.take(tokenAsterisk)
	}
	return valueOf(t)
}

func (p *parser) text() string {
	var b strings.Builder
	for {
		t := p.take(tokenChar)
		if t == nil {
			t = p.take(tokenEscapedChar)
		}
		if t == nil {
			return b.String()
		}
		b.WriteString(t.value)
	}
}

func (p *parser) unexpected(wanted string) error {
	t := p.tokens[0]
	if t.kind == tokenEnd {
		return invalid("the pattern ends where %s should follow", wanted)
	}
	return invalid("%q at %d, where %s should follow", t.value, t.index, wanted)
}

// flush makes a part of pending text.
func (p *parser) flush() error {
	if p.pending.Len() == 0 {
		return nil
	}
	value, err := p.encode(p.pending.String())
	p.pending.Reset()
	p.parts = append(p.parts, part{kind: fixedText, value: value})
	return err
}

// add adds a part with the modifier that follows (https://urlpattern.spec.whatwg.org/#add-a-part).
func (p *parser) add(prefix string, name, match *token, suffix string) error {
	modifier := p.takeModifier()
	if name == nil && match == nil && modifier == "" {
		p.pending.WriteString(prefix)
		return nil
	}
	if err := p.flush(); err != nil {
		return err
	}
	prefix, err := p.encode(prefix)
	if err != nil {
		return err
	}
	if name == nil && match == nil {
		if prefix != "" {
			p.parts = append(p.parts, part{kind: fixedText, value: prefix, modifier: modifier})
		}
		return nil
	}
	added := part{modifier: modifier, prefix: prefix}
	added.kind, added.value = p.matcher(match)
	if name != nil {
		added.name = name.value
	} else {
		added.name = strconv.Itoa(p.nextName)
		p.nextName++
	}
	if p.names[added.name] {
		return invalid("two groups have the name %q", added.name)
	}
	p.names[added.name] = true
	if added.suffix, err = p.encode(suffix); err != nil {
		return err
	}
	p.parts = append(p.parts, added)
	return nil
}

func (p *parser) matcher(match *token) (partType, string) {
	switch {
	case match == nil, match.kind == tokenRegexp && match.value == p.options.segment():
		return segmentWildcard, ""
	case match.kind == tokenAsterisk, match.value == anything:
		return fullWildcard, ""
	}
	return regexpPart, match.value
}

func valueOf(t *token) string {
	if t == nil {
		return ""
	}
	return t.value
}
