package urlpattern

import (
	"strings"
	"unicode/utf8"
)

// source is the regular expression of the parts, in JavaScript's syntax with the flag v
// (https://urlpattern.spec.whatwg.org/#generate-a-regular-expression-and-name-list).
func source(parts []part, o options) string {
	var b strings.Builder
	b.WriteByte('^')
	for _, p := range parts {
		prefix, suffix := escapeRegexp(p.prefix), escapeRegexp(p.suffix)
		repeated := p.modifier == "*" || p.modifier == "+"
		match := p.value
		switch p.kind {
		case segmentWildcard:
			match = o.segment()
		case fullWildcard:
			match = anything
		}
		switch {
		case p.kind == fixedText && p.modifier == "":
			b.WriteString(escapeRegexp(p.value))
		case p.kind == fixedText:
			b.WriteString("(?:" + escapeRegexp(p.value) + ")" + p.modifier)
		case prefix == "" && suffix == "" && repeated:
			b.WriteString("((?:" + match + ")" + p.modifier + ")")
		case prefix == "" && suffix == "":
			b.WriteString("(" + match + ")" + p.modifier)
		case !repeated:
			b.WriteString("(?:" + prefix + "(" + match + ")" + suffix + ")" + p.modifier)
		default:
			b.WriteString("(?:" + prefix + "((?:" + match + ")(?:" + suffix + prefix + "(?:" + match + "))*)" + suffix + ")")
			if p.modifier == "*" {
				b.WriteByte('?')
			}
		}
	}
	b.WriteByte('$')
	return shield(b.String())
}

// names are those of the groups, in their order.
func names(parts []part) []string {
	var list []string
	for _, p := range parts {
		if p.kind != fixedText {
			list = append(list, p.name)
		}
	}
	return list
}

// pattern is the normalized pattern of the parts (https://urlpattern.spec.whatwg.org/#generate-a-pattern-string).
func pattern(parts []part, o options) string {
	var b strings.Builder
	for i, p := range parts {
		if p.kind == fixedText {
			if p.modifier == "" {
				b.WriteString(escapePattern(p.value))
			} else {
				b.WriteString("{" + escapePattern(p.value) + "}" + p.modifier)
			}
			continue
		}
		var previous, next *part
		if i > 0 {
			previous = &parts[i-1]
		}
		if i+1 < len(parts) {
			next = &parts[i+1]
		}
		named := !startsWithDigit(p.name)
		grouped := needsGroup(p, previous, next, o)
		if grouped {
			b.WriteByte('{')
		}
		b.WriteString(escapePattern(p.prefix))
		if named {
			b.WriteString(":" + p.name)
		}
		switch {
		case p.kind == regexpPart:
			b.WriteString("(" + p.value + ")")
		case p.kind == segmentWildcard && !named:
			b.WriteString("(" + o.segment() + ")")
		case p.kind == fullWildcard:
			if !named && (previous == nil || previous.kind == fixedText || previous.modifier != "" || grouped || p.prefix != "") {
				b.WriteByte('*')
			} else {
				b.WriteString("(" + anything + ")")
			}
		case named && p.suffix != "" && isName(firstOf(p.suffix), false):
			b.WriteByte('\\') // the suffix would be a part of the name
		}
		b.WriteString(escapePattern(p.suffix))
		if grouped {
			b.WriteByte('}')
		}
		b.WriteString(p.modifier)
	}
	return b.String()
}

// needsGroup reports whether a part needs braces, lest what stands around it is taken for a part of it.
func needsGroup(p part, previous, next *part, o options) bool {
	if p.suffix != "" || p.prefix != "" && p.prefix != o.prefix {
		return true
	}
	named := !startsWithDigit(p.name)
	if named && p.kind == segmentWildcard && p.modifier == "" && next != nil && next.prefix == "" && next.suffix == "" {
		if next.kind == fixedText && isName(firstOf(next.value), false) || next.kind != fixedText && startsWithDigit(next.name) {
			return true
		}
	}
	return p.prefix == "" && o.prefix != "" && previous != nil && previous.kind == fixedText && strings.HasSuffix(previous.value, o.prefix)
}

func startsWithDigit(s string) bool { return s[0] >= '0' && s[0] <= '9' }

func firstOf(s string) rune {
	c, _ := utf8.DecodeRuneInString(s)
	return c
}

func escapeRegexp(s string) string { return escape(s, `.+*?^${}()[]|/\`) }

func escapePattern(s string) string { return escape(s, `+*?:{}()\`) }

func escape(s, what string) string {
	if !strings.ContainsAny(s, what) {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		if strings.ContainsRune(what, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}
