package main

import (
	"fmt"
	"regexp"
	"strings"
)

// A declaration is one of the definitions: a type, a variable, a function, or a member of an interface.
type declaration struct {
	name    string
	code    string // as it stands, without the comment before it and the lines of members
	doc     doc
	members []declaration // of an interface, or of a member that is an object with documented members
	group   string        // the comment "// Topics" that it stands below, in an interface
	section string        // the heading "// ─── Channels ───" that it stands below
}

// A doc is a documentation comment.
type doc struct {
	text string // Markdown
	tags []tag
}

// tag is a block tag of TSDoc: @param NAME TEXT, @returns TEXT, @throws TEXT, @typeParam NAME TEXT.
type tag struct{ kind, name, text string }

// A parser reads as much of TypeScript as definitions in the form of ours need: comments, declarations that end with a semicolon or
// a block, strings without a bracket or a semicolon outside of quotes.
type parser struct {
	text string
	at   int
}

var (
	sectionLine = regexp.MustCompile(`^// ─── (.+?) ───`)
	opensBlock  = regexp.MustCompile(`^(?:export interface|interface|declare global)\b[^;{]*\{`)
	objectType  = regexp.MustCompile(`^(?:readonly )?\w+\??: \{\n`)
	nameOf      = regexp.MustCompile(`^(?:export |declare )?(?:interface |type |const |var |function |readonly |new )*([\w$]+)`)
)

// parse reads definitions: the comment at their head, and the declarations, those of "declare global" among them.
func parse(text string) (head doc, list []declaration, err error) {
	p := &parser{text: text}
	p.space()
	if strings.HasPrefix(p.rest(), "/**") {
		head = p.comment()
	}
	list, err = p.declarations()
	if err == nil && p.at < len(p.text) {
		err = fmt.Errorf("line %d: a bracket too many", 1+strings.Count(p.text[:p.at], "\n"))
	}
	return head, list, err
}

func (p *parser) rest() string { return p.text[p.at:] }

// space goes on to what is no space.
func (p *parser) space() {
	p.at = len(p.text) - len(strings.TrimLeft(p.rest(), " \t\n"))
}

// line takes the rest of a line.
func (p *parser) line() string {
	line, _, _ := strings.Cut(p.rest(), "\n")
	p.at += len(line)
	return line
}

// declarations reads until the bracket that ends the block, which it leaves, or the end.
func (p *parser) declarations() (list []declaration, err error) {
	var section, group string
	var comment doc
	for {
		p.space()
		switch rest := p.rest(); {
		case rest == "" || rest[0] == '}':
			return list, nil
		case strings.HasPrefix(rest, "/**"):
			comment = p.comment()
			continue
		case strings.HasPrefix(rest, "//"):
			line := p.line()
			if m := sectionLine.FindStringSubmatch(line); m != nil {
				section, group = m[1], ""
			} else {
				group = strings.TrimSpace(line[2:])
			}
			continue
		}
		d, err := p.declaration()
		if err != nil {
			return nil, err
		}
		d.doc, d.section, d.group = comment, section, group
		comment = doc{}
		list = append(list, d)
	}
}

// declaration reads one that begins here.
func (p *parser) declaration() (d declaration, err error) {
	start := p.at
	if strings.HasPrefix(p.rest(), "declare global {") {
		d.name = "global"
	} else if m := nameOf.FindStringSubmatch(p.rest()); m != nil {
		d.name = m[1]
	} else {
		return d, fmt.Errorf("line %d: no declaration: %s", 1+strings.Count(p.text[:p.at], "\n"), p.line())
	}
	for _, opening := range []*regexp.Regexp{opensBlock, objectType} {
		m := opening.FindString(p.rest())
		if m == "" {
			continue
		}
		p.at += len(m)
		if d.members, err = p.declarations(); err != nil {
			return d, err
		}
		if p.rest() == "" {
			return d, fmt.Errorf("%s has no end", d.name)
		}
		p.at++ // the bracket
		if strings.HasPrefix(p.rest(), ";") {
			p.at++
		}
		d.code = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(m), "{"))
		return d, nil
	}
	for depth := 0; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at += 1 + strings.IndexByte(p.text[p.at+1:], '"')
		case strings.HasPrefix(p.rest(), "/*"):
			p.at += strings.Index(p.rest(), "*/") + 1
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		case c == ';' && depth == 0:
			p.at++
			d.code = outdent(p.text[start:p.at], p.column(start))
			return d, nil
		}
	}
	return d, fmt.Errorf("%s has no end", d.name)
}

// column returns by how many spaces the line of a place is indented.
func (p *parser) column(at int) int {
	return at - (strings.LastIndexByte(p.text[:at], '\n') + 1)
}

// outdent takes so many spaces away before all lines but the first.
func outdent(text string, columns int) string {
	return strings.ReplaceAll(text, "\n"+strings.Repeat(" ", columns), "\n")
}

// comment reads a documentation comment.
func (p *parser) comment() (d doc) {
	end := strings.Index(p.rest(), "*/")
	raw := p.rest()[len("/**"):end]
	p.at += end + len("*/")
	var text strings.Builder
	current := (*string)(nil) // of the tag that goes on
	for line := range strings.Lines(raw) {
		line = strings.TrimRight(strings.TrimPrefix(strings.TrimPrefix(strings.TrimLeft(line, " "), "*"), " "), " \n")
		if kind, rest, ok := tagOf(line); ok {
			t := tag{kind: kind}
			if kind == "param" || kind == "typeParam" {
				t.name, rest, _ = strings.Cut(rest, " ")
			}
			t.text = rest
			d.tags = append(d.tags, t)
			current = &d.tags[len(d.tags)-1].text
			continue
		}
		if current == nil {
			text.WriteString(line + "\n")
		} else if line = strings.TrimSpace(line); line != "" {
			*current += " " + line
		}
	}
	d.text = strings.TrimSpace(text.String())
	return d
}

// tagOf splits a line that begins with a block tag.
func tagOf(line string) (kind, rest string, ok bool) {
	if !strings.HasPrefix(line, "@") {
		return "", "", false
	}
	kind, rest, _ = strings.Cut(line[1:], " ")
	return kind, rest, true
}
