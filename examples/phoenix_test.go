package examples

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"rowan/daemon"
	"rowan/daemon/config"
	"rowan/internal/daemontest"
)

// block is a piece of code in a page of docs. Its first line may be a comment that names its file.
type block struct {
	language, file, code string
}

var blocks = regexp.MustCompile("(?ms)^```(ts|js|toml|sh)\n(?:// (\\S+)\n)?(.*?)^```$")

// linesMax is how long a block may be, without empty lines and the import of types.
const linesMax = 10

// TestPhoenixPage wants of the code in docs/phoenix.md that it is that of the examples, where it names a file of theirs; that its apps
// start, where it is a whole one; and that its settings are settings.
func TestPhoenixPage(t *testing.T) {
	page, err := os.ReadFile("../docs/phoenix.md")
	if err != nil {
		t.Fatal(err)
	}
	found := blocks.FindAllStringSubmatch(string(page), -1)
	if want := strings.Count(string(page), "\n```") / 2; len(found) != want {
		t.Errorf("%d blocks of code were found, want %d", len(found), want)
	}
	for i, m := range found {
		b := block{language: m[1], file: m[2], code: m[3]}
		lines := 0
		for line := range strings.Lines(b.code) {
			if line != "\n" && !strings.HasPrefix(line, "import type") {
				lines++
			}
		}
		if lines > linesMax {
			t.Errorf("a block has %d lines, more than %d:\n%s", lines, linesMax, b.code)
		}
		switch {
		case strings.HasPrefix(b.file, "examples/"):
			checkExcerpt(t, b)
		case b.language == "sh":
		case b.language == "toml":
			checkSettings(t, b)
		case b.file == "" || b.file == "app.ts":
			files := "-- app.ts --\n" + b.code
			if i+1 < len(found) && strings.HasSuffix(found[i+1][2], ".ts") && !strings.Contains(found[i+1][2], "/") { // the app's actor
				files += "-- " + found[i+1][2] + " --\n" + found[i+1][3]
			}
			checkApp(t, files)
		}
	}
}

// checkExcerpt wants the code to be in the file that it names, line by line.
func checkExcerpt(t *testing.T, b block) {
	text, err := os.ReadFile(filepath.Join("..", b.file))
	if err != nil {
		t.Error(err)
	} else if !strings.Contains(string(text), "\n"+b.code) {
		t.Errorf("%s does not have the lines\n%s", b.file, b.code)
	}
}

func checkSettings(t *testing.T, b block) {
	dir := t.TempDir()
	daemontest.Write(t, dir, "-- rowan.toml --\n"+b.code)
	if _, err := config.Load(dir); err != nil {
		t.Errorf("%v in\n%s", err, b.code)
	}
}

// checkApp does what rowan check does, and wants no warnings either.
func checkApp(t *testing.T, files string) {
	dir := t.TempDir()
	daemontest.Write(t, dir, files)
	core, observed := observer.New(zap.WarnLevel)
	if _, err := daemon.Check(daemon.Options{App: filepath.Join(dir, "app.ts"), Config: config.Default(), Log: zap.New(core)}); err != nil {
		t.Errorf("%v in\n%s", err, files)
	}
	for _, entry := range observed.All() {
		t.Errorf("%s in\n%s", entry.Message, files)
	}
}
