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

var fences = regexp.MustCompile("(?ms)^```(\\w+)\n(?:// (\\S+)\n)?(.*?)^```$")

// linesMax is how long a block may be, without empty lines and the import of types.
const linesMax = 10

// readBlocks returns the blocks of a page.
func readBlocks(t *testing.T, file string) (list []block) {
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range fences.FindAllStringSubmatch(string(page), -1) {
		list = append(list, block{m[1], m[2], m[3]})
	}
	if want := strings.Count(string(page), "\n```") / 2; len(list) != want {
		t.Fatalf("%d blocks of code were found, want %d", len(list), want)
	}
	return list
}

// lines counts those that linesMax is about.
func (b block) lines() (n int) {
	for line := range strings.Lines(b.code) {
		if line != "\n" && !strings.HasPrefix(line, "import type") {
			n++
		}
	}
	return n
}

// TestPhoenixPage wants of the code in docs/phoenix.md that it is that of the examples, or of the tests, where it names a file of theirs;
// that its apps start, where it is a whole one; and that its settings are settings.
func TestPhoenixPage(t *testing.T) {
	list := readBlocks(t, "../docs/phoenix.md")
	for i, b := range list {
		if n := b.lines(); n > linesMax {
			t.Errorf("a block has %d lines, more than %d:\n%s", n, linesMax, b.code)
		}
		switch {
		case strings.HasPrefix(b.file, "examples/"), strings.HasPrefix(b.file, "daemon/"):
			checkExcerpt(t, b)
		case b.language == "toml":
			checkSettings(t, b)
		case b.language == "ts" && (b.file == "" || b.file == "app.ts"):
			files := "-- app.ts --\n" + b.code
			if b.file != "" { // the next one is of the same app
				files += "-- " + list[i+1].file + " --\n" + list[i+1].code
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
