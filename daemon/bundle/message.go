package bundle

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"
)

// A Message is one thing that a build has to say about a place in a source
// file.
type Message struct {
	Kind     string    // "error", "warning" or "note"
	File     string    // relative to the working directory; "" when it is about no file
	Line     int       // from 1; 0 when it is about no line
	Column   int       // from 1, in characters; 0 when it is about no line
	LineText string    // the whole line
	Text     string    // what is wrong
	Notes    []Message // what helps to understand it
}

// String returns the message as a compiler prints it, without a final newline:
//
//	app.ts:3:15: error: Could not resolve "./x"
//	    import x from "./x"
//	                  ^
func (m Message) String() string {
	var b strings.Builder
	m.print(&b, "")
	return b.String()
}

func (m Message) print(b *strings.Builder, indent string) {
	b.WriteString(indent)
	switch {
	case m.Line > 0:
		fmt.Fprintf(b, "%s:%d:%d: ", m.File, m.Line, m.Column)
	case m.File != "":
		fmt.Fprintf(b, "%s: ", m.File)
	}
	fmt.Fprintf(b, "%s: %s", m.Kind, m.Text)
	if m.Line > 0 && m.LineText != "" {
		line, caret := excerpt(m.LineText, m.Column)
		fmt.Fprintf(b, "\n%s    %s\n%s    %s", indent, line, indent, caret)
	}
	for _, n := range m.Notes {
		b.WriteByte('\n')
		n.print(b, indent+"  ")
	}
}

// excerpt returns the part of a line around a column, at most 120 characters,
// since a minified package is one line, and a second line with a caret under
// the column.
func excerpt(line string, column int) (text, caret string) {
	const before, whole = 80, 120
	chars := []rune(line)
	at := min(column-1, len(chars))
	start := 0
	if len(chars) > whole {
		start = max(0, at-before)
		chars = chars[start:min(start+whole, len(chars))]
	}
	pad := make([]rune, at-start)
	for i := range pad {
		pad[i] = ' '
		if chars[i] == '\t' {
			pad[i] = '\t' // as wide as the one above it
		}
	}
	return string(chars), string(pad) + "^"
}

// A BuildError says why a script could not be built.
type BuildError struct {
	Messages []Message // at least one, all of kind "error"

	// Inputs are the absolute paths of the files that a change could mend: those
	// that were read, and those that an import looked for in vain. Sorted.
	Inputs []string
}

// messagesMax bounds what Error prints. One wrong bracket can make hundreds.
const messagesMax = 10

// Error returns the first ten messages, each as its String.
func (e *BuildError) Error() string {
	var b strings.Builder
	for i, m := range e.Messages {
		if i == messagesMax {
			fmt.Fprintf(&b, "\nand %d more errors", len(e.Messages)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		m.print(&b, "")
	}
	return b.String()
}

// buildError returns an error of one message about a whole file.
func buildError(file, text string) *BuildError {
	e := &BuildError{Messages: []Message{{Kind: "error", File: file, Text: text}}}
	if path, err := filepath.Abs(file); file != "" && err == nil {
		e.Inputs = []string{path}
	}
	return e
}

// messages converts esbuild's messages, whose file names are relative to root.
func messages(from []api.Message, kind, root string) []Message {
	var all []Message
	for _, f := range from {
		m := message(f.Text, f.Location, kind, root)
		for _, n := range f.Notes {
			if n.Text != "" {
				m.Notes = append(m.Notes, message(n.Text, n.Location, "note", root))
			}
		}
		rephrase(&m)
		all = append(all, m)
	}
	return all
}

func message(text string, at *api.Location, kind, root string) Message {
	m := Message{Kind: kind, Text: text}
	if at == nil {
		return m
	}
	m.File = at.File
	if root != "" && (at.Namespace == "" || at.Namespace == "file") {
		m.File = relative(filepath.Join(root, at.File))
	}
	m.Line = at.Line
	m.LineText = at.LineText
	// esbuild counts columns from 0 and in bytes.
	m.Column = utf8.RuneCountInString(at.LineText[:min(at.Column, len(at.LineText))]) + 1
	return m
}

// relative returns an absolute path as seen from the working directory.
func relative(path string) string {
	if dir, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(realPath(dir), path); err == nil {
			return rel
		}
	}
	return path
}

// realPath returns a path without symbolic links, where it exists.
func realPath(path string) string {
	if p, err := filepath.EvalSymlinks(path); err == nil {
		return p
	}
	return path
}
