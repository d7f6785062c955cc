// Package docs has no code: its tests hold the pages to what they say.
package docs

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// root is the module's folder.
const root = ".."

// A page is a file of Markdown, with where its headings and anchors are and what it links to.
type page struct {
	anchors map[string]bool
	links   []link
}

type link struct {
	line   int
	target string
}

var (
	fence     = regexp.MustCompile("^\\s*(```|~~~)")
	heading   = regexp.MustCompile(`^#{1,6}\s+(.*?)\s*#*\s*$`)
	codeSpan  = regexp.MustCompile("(`+)[^`]+?(`+)")
	inline    = regexp.MustCompile(`!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)`)
	reference = regexp.MustCompile(`^\s{0,3}\[[^\]]+\]:\s+<?(\S+?)>?(?:\s+".*")?\s*$`)
	anchor    = regexp.MustCompile(`<a\s+(?:id|name)="([^"]+)"`)
	linkText  = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
)

// parse reads what links are about; code is passed over.
func parse(text string) page {
	p := page{anchors: map[string]bool{}}
	seen := map[string]int{}
	inFence, n := false, 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if fence.MatchString(line) {
			inFence = !inFence
			continue
		}
		if inFence || strings.HasPrefix(line, "    ") {
			continue
		}
		if m := heading.FindStringSubmatch(line); m != nil {
			slug := slugOf(m[1])
			name := slug
			if seen[slug] > 0 {
				name = fmt.Sprintf("%s-%d", slug, seen[slug])
			}
			seen[slug]++
			p.anchors[name] = true
		}
		for _, m := range anchor.FindAllStringSubmatch(line, -1) {
			p.anchors[m[1]] = true
		}
		// A link's text may be code, its target is not.
		plain := codeSpan.ReplaceAllStringFunc(line, func(code string) string { return strings.Repeat("x", len(code)) })
		for _, m := range inline.FindAllStringSubmatch(plain, -1) {
			p.links = append(p.links, link{n, m[1]})
		}
		if m := reference.FindStringSubmatch(plain); m != nil {
			p.links = append(p.links, link{n, m[1]})
		}
	}
	return p
}

// slugOf is the anchor that GitHub gives a heading: lower case, without punctuation, with hyphens for spaces.
func slugOf(heading string) string {
	heading = linkText.ReplaceAllString(heading, "$1")
	var b strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

func TestSlugs(t *testing.T) {
	for heading, want := range map[string]string{
		"The way of a message":     "the-way-of-a-message",
		"`handle_in/3`, replies":   "handle_in3-replies",
		"Socket, connect/3, id/1":  "socket-connect3-id1",
		"Why [forks](x.md)?":       "why-forks",
		"`App<Data>`":              "appdata",
		"push · broadcast – later": "push--broadcast--later",
	} {
		if got := slugOf(heading); got != want {
			t.Errorf("%s: %s, want %s", heading, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	p := parse("# One\n# One\n[a](x.md#y) `[b](no.md)` [`c`](z \"title\")\n```\n[d](no.md)\n# No\n```\n[e]: <w.md>\n<a id=\"here\"></a>\n")
	if len(p.links) != 3 || p.links[0] != (link{3, "x.md#y"}) || p.links[1].target != "z" || p.links[2] != (link{8, "w.md"}) {
		t.Errorf("links: %v", p.links)
	}
	for _, name := range []string{"one", "one-1", "here"} {
		if !p.anchors[name] {
			t.Errorf("no anchor %s in %v", name, p.anchors)
		}
	}
	if len(p.anchors) != 3 {
		t.Errorf("anchors: %v", p.anchors)
	}
}

// pages returns the paths of all Markdown in the repository, from the module's folder.
func pages(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard", "*.md").Output()
	if err != nil {
		t.Skipf("the pages are those that git knows: %v", err)
	}
	return strings.Fields(string(out))
}

// TestLinks wants every link to lead somewhere: to a file or a folder of the repository, and in a page to an anchor of it. Addresses
// elsewhere are looked at for their form alone.
func TestLinks(t *testing.T) {
	parsed := map[string]page{}
	load := func(file string) (page, error) {
		if p, ok := parsed[file]; ok {
			return p, nil
		}
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			return page{}, err
		}
		parsed[file] = parse(string(text))
		return parsed[file], nil
	}
	links := 0
	for _, file := range pages(t) {
		p, err := load(file)
		if os.IsNotExist(err) {
			continue // deleted, and not committed
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range p.links {
			links++
			if err := check(file, l.target, load); err != nil {
				t.Errorf("%s:%d: %s: %v", file, l.line, l.target, err)
			}
		}
	}
	if links < 50 {
		t.Errorf("only %d links were found", links)
	}
}

// check says what is wrong with a link in a file.
func check(file, target string, load func(file string) (page, error)) error {
	u, err := url.Parse(target)
	if err != nil {
		return err
	}
	switch u.Scheme {
	case "https", "mailto":
		return nil
	case "http":
		if host := u.Hostname(); host == "127.0.0.1" || host == "localhost" {
			return nil
		}
		return fmt.Errorf("not https")
	case "":
	default:
		return fmt.Errorf("the scheme is none of https, http and mailto")
	}
	if path.IsAbs(u.Path) {
		return fmt.Errorf("it leaves the repository")
	}
	to := file
	if u.Path != "" {
		to = path.Join(path.Dir(file), u.Path)
	}
	if to == ".." || strings.HasPrefix(to, "../") {
		return fmt.Errorf("it leaves the repository")
	}
	if _, err := os.Stat(filepath.Join(root, to)); err != nil {
		return fmt.Errorf("no such file")
	}
	if u.Fragment == "" {
		return nil
	}
	if !strings.HasSuffix(to, ".md") {
		return fmt.Errorf("only pages have anchors")
	}
	p, err := load(to)
	if err != nil {
		return err
	}
	if !p.anchors[u.Fragment] {
		return fmt.Errorf("no such heading")
	}
	return nil
}
