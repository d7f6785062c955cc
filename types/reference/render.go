package main

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// made stands at the head of each page.
const made = "<!-- Made from types/rowan.d.ts by go generate ./types. -->\n\n"

// A page is a section of the definitions.
type page struct {
	title, file string
	list        []declaration
}

// A renderer makes Markdown of definitions.
type renderer struct {
	pages   []page
	anchors map[string]string // of what has a heading, by the name that links have: "page.md#heading"
	file    string            // of the page that is made
	b       strings.Builder
}

// globals are the interfaces whose one value is a global: their members go by its name.
var globals = map[string]string{"RowanHost": "Rowan"}

// render returns the pages by their files' names.
func render(text string) (map[string]string, error) {
	head, list, err := parse(text)
	if err != nil {
		return nil, err
	}
	r := &renderer{pages: divide(list), anchors: map[string]string{}}
	for _, p := range r.pages {
		for _, d := range p.list {
			r.index(p.file, "", d)
		}
	}
	files := map[string]string{"README.md": r.contents(head)}
	for _, p := range r.pages {
		files[p.file] = r.page(p)
	}
	for name, text := range files {
		files[name] = gaps.ReplaceAllString(strings.TrimSpace(text), "\n\n") + "\n"
	}
	return files, nil
}

// divide puts the declarations onto pages, in order. Those of "declare global" are on the page of its section, without the variables
// whose interface is described.
func divide(list []declaration) (pages []page) {
	for _, d := range list {
		if len(pages) == 0 || pages[len(pages)-1].title != d.section {
			file := strings.TrimPrefix(slug(d.section), "the-") + ".md"
			pages = append(pages, page{title: d.section, file: file})
		}
		last := &pages[len(pages)-1]
		if d.name != "global" {
			d.section = ""
			last.list = append(last.list, d)
			continue
		}
		interfaces := map[string]bool{}
		for _, m := range d.members {
			interfaces[m.name] = interfaces[m.name] || strings.HasPrefix(m.code, "interface ")
		}
		for _, m := range d.members {
			_, typed, _ := strings.Cut(strings.TrimSuffix(m.code, ";"), ": ")
			described := interfaces[m.name] || interfaces[typed] || globals[typed] != ""
			if variable := strings.HasPrefix(m.code, "var ") || strings.HasPrefix(m.code, "const "); !variable || !described {
				last.list = append(last.list, m)
			}
		}
	}
	return pages
}

// title is the heading of a declaration, of that name, in an interface or an object.
func title(in, name string) string {
	if in == "" {
		return name
	}
	return in + "." + name
}

// asCode reports whether an interface is shown as code, with its comments: those whose members say no more than a paragraph.
func (d declaration) asCode() bool {
	for _, m := range d.members {
		if len(m.doc.tags) > 0 || strings.Contains(m.doc.text, "\n\n") || len(m.members) > 0 {
			return false
		}
	}
	return true
}

// index notes the headings of a declaration and its members.
func (r *renderer) index(file, in string, d declaration) {
	heading := title(in, d.name)
	key := heading
	if global, ok := globals[d.name]; ok && in == "" {
		heading, key = global, d.name
	}
	// The first one is meant where a name is there twice, such as the interface and the variable of the console.
	if _, ok := r.anchors[key]; !ok {
		r.anchors[key] = file + "#" + slug(heading)
	}
	if !d.asCode() {
		for _, m := range d.members {
			r.index(file, heading, m)
			if key != heading {
				r.anchors[title(key, m.name)] = r.anchors[title(heading, m.name)]
			}
		}
	}
}

// contents is the page that leads to the others.
func (r *renderer) contents(head doc) string {
	r.b.Reset()
	r.file = "README.md"
	r.b.WriteString(made + "# Reference\n\n")
	text, _, _ := strings.Cut(head.text, "\n\n") // the line on what the file is
	rest := strings.TrimSpace(strings.TrimPrefix(head.text, text))
	r.b.WriteString("What an app is made of, and what rowan adds to the globals of the Web. The Web's own APIs are in [apis.md](../apis.md), settings in\n" +
		"[configuration.md](../configuration.md).\n\n")
	r.b.WriteString(r.markdown("", rest) + "\n\n| page | |\n|---|---|\n")
	for _, p := range r.pages {
		var links []string
		seen := map[string]bool{}
		for _, d := range p.list {
			name := d.name
			if global, ok := globals[name]; ok {
				name = global
			}
			if !seen[name] {
				seen[name] = true
				links = append(links, fmt.Sprintf("[%s](%s)", name, r.anchors[d.name]))
			}
		}
		fmt.Fprintf(&r.b, "| [%s](%s) | %s |\n", p.title, p.file, strings.Join(links, ", "))
	}
	return r.b.String()
}

// page makes a page.
func (r *renderer) page(p page) string {
	r.b.Reset()
	r.file = p.file
	fmt.Fprintf(&r.b, "%s# %s\n\n[All pages](README.md)\n", made, p.title)
	section := ""
	level := 2
	for _, d := range p.list {
		if d.section != section {
			section = d.section
			level = 3
			fmt.Fprintf(&r.b, "\n## %s\n", section)
		}
		r.declaration(level, "", d)
	}
	return r.b.String()
}

// declaration writes a declaration with its members, below a heading of that level.
func (r *renderer) declaration(level int, in string, d declaration) {
	heading := title(in, d.name)
	scope := heading
	if global, ok := globals[d.name]; ok && in == "" {
		heading, scope = global, global
	}
	fmt.Fprintf(&r.b, "\n%s %s\n\n", strings.Repeat("#", level), heading)
	code := strings.TrimPrefix(d.code, "export ")
	if len(d.members) > 0 {
		code = r.block(d)
	}
	if code != "" {
		fmt.Fprintf(&r.b, "```ts\n%s\n```\n\n", code)
	}
	if text := r.markdown(scope, d.doc.text); text != "" {
		r.b.WriteString(text + "\n\n")
	}
	r.tags(scope, d.doc.tags)
	if d.asCode() {
		return
	}
	group := ""
	for _, m := range d.members {
		if m.group != group {
			group = m.group
			fmt.Fprintf(&r.b, "\n%s %s\n", strings.Repeat("#", level+1), group)
		}
		below := level + 1
		if group != "" {
			below++
		}
		r.declaration(min(below, 6), scope, m)
	}
}

// block is what is shown as the code of a declaration with members: the whole of a simple interface, the first line of others, "" where
// that says nothing.
func (r *renderer) block(d declaration) string {
	if !d.asCode() {
		if _, ok := globals[d.name]; ok || strings.HasSuffix(d.code, ":") {
			return ""
		}
		return strings.TrimPrefix(d.code, "export ") + " { … }"
	}
	var b strings.Builder
	b.WriteString(strings.TrimPrefix(d.code, "export ") + " {\n")
	for _, m := range d.members {
		if m.doc.text != "" {
			comment := "  // " + strings.ReplaceAll(plainLinks(m.doc.text), "\n", "\n  // ")
			b.WriteString(comment + "\n")
		}
		b.WriteString("  " + strings.ReplaceAll(m.code, "\n", "\n  ") + "\n")
	}
	b.WriteString("}")
	return b.String()
}

// tags writes what a comment says of parameters, the value and errors.
func (r *renderer) tags(scope string, tags []tag) {
	for _, t := range tags {
		text := r.markdown(scope, strings.TrimPrefix(t.text, "- "))
		switch t.kind {
		case "param", "typeParam":
			fmt.Fprintf(&r.b, "- `%s`: %s\n", t.name, text)
		case "returns":
			fmt.Fprintf(&r.b, "- Returns %s\n", text)
		case "throws":
			fmt.Fprintf(&r.b, "- Throws %s\n", throws.ReplaceAllString(text, "$1"))
		default:
			fmt.Fprintf(&r.b, "- %s: %s\n", t.kind, text)
		}
	}
	if len(tags) > 0 {
		r.b.WriteString("\n")
	}
}

var (
	gaps   = regexp.MustCompile(`\n{3,}`)
	throws = regexp.MustCompile(`^\{(\w+)\}`) // a type in braces
	links  = regexp.MustCompile(`\{@link ([\w.$]+)\}`)
	code   = regexp.MustCompile("(?s)```.*?```|`[^`]*`")
)

// markdown is the text of a comment as Markdown: with links, and with its asterisks and brackets as they are meant.
func (r *renderer) markdown(scope, text string) string {
	var b strings.Builder
	plain := func(text string) {
		text = strings.NewReplacer("<", "&lt;", "*", `\*`).Replace(text)
		b.WriteString(links.ReplaceAllStringFunc(text, func(link string) string {
			return r.link(scope, links.FindStringSubmatch(link)[1])
		}))
	}
	at := 0
	for _, m := range code.FindAllStringIndex(text, -1) {
		plain(text[at:m[0]])
		b.WriteString(text[m[0]:m[1]])
		at = m[1]
	}
	plain(text[at:])
	return b.String()
}

// link leads to what has that name: a member of what is described, or of all.
func (r *renderer) link(scope, name string) string {
	shown := name
	for typed, global := range globals {
		if rest, ok := strings.CutPrefix(name, typed+"."); ok {
			shown = global + "." + rest
		}
	}
	interfaceOf, _, _ := strings.Cut(scope, ".")
	for _, candidate := range []string{interfaceOf + "." + name, name} {
		if target, ok := r.anchors[candidate]; ok {
			if candidate != name {
				shown = candidate
			}
			return fmt.Sprintf("[`%s`](%s)", shown, strings.TrimPrefix(target, r.file))
		}
	}
	return "`" + shown + "`"
}

// plainLinks leaves links' names alone.
func plainLinks(text string) string { return links.ReplaceAllString(text, "$1") }

// slug is the anchor that GitHub gives a heading.
func slug(heading string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == ' ':
			return '-'
		case c == '-', c == '_', unicode.IsLetter(c), unicode.IsDigit(c):
			return unicode.ToLower(c)
		}
		return -1
	}, heading)
}
