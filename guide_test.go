//go:build unix

package main

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rowan/internal/browser"
	"rowan/internal/nodetest"
	"rowan/internal/starter"
)

// A step is a section of the guide: files, then what is seen of the app that all files so far make.
type step struct {
	title    string
	files    map[string]string
	serve    []string // arguments of rowan, where the section says them
	commands []command
}

// A command has output, in which a line "…" stands for any lines.
type command struct{ line, output string }

var (
	codeBlock = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")
	fileName  = regexp.MustCompile(`^(?://|--|#|<!--) (\S+\.\w+|Dockerfile)(?: -->)?\n`)
)

// readGuide returns the steps of docs/guide.md.
func readGuide(t *testing.T) (steps []step) {
	t.Helper()
	text, err := os.ReadFile("docs/guide.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		title, body, _ := strings.Cut(section, "\n")
		s := step{title: title, files: map[string]string{}}
		for _, m := range codeBlock.FindAllStringSubmatch(body, -1) {
			language, code := m[1], m[2]
			switch name := fileName.FindStringSubmatch(code); {
			case name != nil:
				s.files[name[1]] = strings.TrimPrefix(code, name[0])
			case language == "sh":
				s.serve = strings.Fields(code)[1:]
			case language == "console":
				for _, c := range strings.Split("\n"+code, "\n$ ")[1:] {
					line, output, _ := strings.Cut(c, "\n")
					s.commands = append(s.commands, command{line, strings.TrimRight(output, "\n") + "\n"})
				}
			default:
				t.Errorf("%s: a block without a file: %s", title, code)
			}
		}
		steps = append(steps, s)
	}
	return steps
}

// TestGuide goes through docs/guide.md as its reader does: it writes the files, serves the app and runs the commands.
func TestGuide(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o777); err != nil {
		t.Fatal(err)
	}
	serve := []string{"serve", "app.ts"}
	steps := readGuide(t)
	if len(steps) < 10 {
		t.Fatalf("the guide has %d steps", len(steps))
	}
	for _, s := range steps {
		if s.serve != nil {
			serve = s.serve
		}
		for name, code := range s.files {
			file := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(code), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if len(s.files) == 0 && len(s.commands) == 0 {
			continue
		}
		t.Run(s.title, func(t *testing.T) {
			checkTypes(t, dir)
			cmd := exec.Command("rowan", append(serve, "--listen", "127.0.0.1:0", "--admin", "")...)
			cmd.Dir = dir
			p := start(t, cmd)
			address, err := url.Parse(p.url)
			if err != nil {
				t.Fatal(err)
			}
			for name, code := range s.files { // clients
				if name == "client.ts" {
					code = strings.ReplaceAll(code, "127.0.0.1:4000", address.Host)
					if err := os.WriteFile(filepath.Join(dir, name), []byte(code), 0o666); err != nil {
						t.Fatal(err)
					}
				}
			}
			for _, c := range s.commands {
				c.line = strings.ReplaceAll(c.line, "127.0.0.1:4000", address.Host)
				c.run(t, dir)
			}
			if s.title == "A page" {
				askOnPages(t, p.url)
			}
		})
	}
}

// run runs a command and compares what it prints.
func (c command) run(t *testing.T, dir string) {
	t.Helper()
	name, _, _ := strings.Cut(c.line, " ")
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	cmd := exec.Command("sh", "-c", c.line)
	cmd.Dir = dir
	out, _ := cmd.CombinedOutput()
	if got := strings.TrimRight(string(out), "\n") + "\n"; !outputPattern(c.output).MatchString(got) {
		t.Errorf("%s\n%swant\n%s", c.line, got, c.output)
	}
}

// outputPattern matches an output in which a line "…" stands for any lines.
func outputPattern(output string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(output)
	return regexp.MustCompile("^" + strings.ReplaceAll(quoted, "…\n", "(?s:.*)") + "$")
}

// checkTypes has TypeScript look at the app, with the settings of rowan init.
func checkTypes(t *testing.T, dir string) {
	t.Helper()
	tsc, err := filepath.Abs("types/node_modules/typescript/bin/tsc")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tsc); err != nil && os.Getenv("CI") != "true" {
		return // the rest of the step is worth it
	}
	settings := t.TempDir()
	if _, err := starter.Write(settings, "http"); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"tsconfig.json", "types/rowan.d.ts"} {
		text, err := os.ReadFile(filepath.Join(settings, file))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	runIn(t, dir, nodetest.Command(t, tsc))
}

// askOnPages asks in one page, and votes in another one.
func askOnPages(t *testing.T, address string) {
	b := browser.Start(t)
	first, second := b.Open(address), b.Open(address)
	first.WaitText("#state", "2 here")
	first.Fill("#text", "Why forks?")
	first.Click("button")
	second.WaitText("#questions li:last-child", "Why forks? (0)")
	second.Click("#questions li:last-child")
	first.WaitText("#questions li:first-child", "Why forks? (1)")
}

func TestOutputPattern(t *testing.T) {
	for _, test := range []struct {
		pattern, output string
		want            bool
	}{
		{"a\n", "a\n", true},
		{"a\n", "a\nb\n", false},
		{"a.\n", "ab\n", false},
		{"a\n…\n", "a\nb\nc\n", true},
		{"…\nb\n…\n", "a\nb\nc\n", true},
		{"…\nx\n…\n", "a\nb\nc\n", false},
	} {
		if got := outputPattern(test.pattern).MatchString(test.output); got != test.want {
			t.Errorf("%q fits %q: %t", test.output, test.pattern, got)
		}
	}
}
