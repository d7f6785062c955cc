package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fakeC is a module with what a target replaces.
var fakeC = map[string]string{
	"go.mod": "module example.com/c\n\ngo 1.26\n",
	"tls.go": `package c

// TLS is a thread's.
type TLS struct {
	sp int
}

// alloca is slow.
func (tls *TLS) alloca(n int) int {
	tls.sp += 1000
	return n
}

func (tls *TLS) Alloca(n int) int { return tls.alloca(n) }

// Close ends it.
func (tls *TLS) Close() { tls.sp = 0 }
`,
	"other.go":          "package c\n\nconst Other = 1\n",
	"sub/sub.go":        "package sub\n\nconst Sub = 2\n",
	"sub/sub_test.go":   "package sub\n",
	"testdata/x/x.go":   "package x\n",
	"README":            "read me\n",
	"internal/asm/a.s":  "\n",
	"internal/asm/a.go": "package asm\n",
}

func fakeTarget() target {
	return target{
		path: "example.com/c", version: "v1.2.3",
		files: []sourceFile{{"tls.go", "29042a77a85d7104", []edit{
			{"TLS", addFields, "frames frames"},
			{"TLS.alloca", drop, ""},
			{"TLS.Close", rename, "closeOthers"},
		}}},
		added: map[string]string{"frames.go": `package c

type frames int

func (tls *TLS) alloca(n int) int { return 2 * n }

func (tls *TLS) Close() { tls.closeOthers() }
`},
	}
}

// lay writes files below a new directory.
func lay(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func with(files map[string]string, name, text string) map[string]string {
	files = maps.Clone(files)
	files[name] = text
	return files
}

// A program that uses the module is built with it as it is, and with the overlay.
func TestBuildWithOverlay(t *testing.T) {
	c := lay(t, fakeC)
	app := lay(t, map[string]string{
		"go.mod": "module app\n\ngo 1.26\n\nrequire example.com/c v1.2.3\n",
		"go.sum": "",
		"main.go": `package main

import (
	"fmt"

	"example.com/c"
	"example.com/c/sub"
)

func main() {
	var tls c.TLS
	defer tls.Close()
	fmt.Print(tls.Alloca(21), c.Other, sub.Sub)
}
`,
	})
	out := filepath.Join(app, "build")
	if err := fakeTarget().write(module{Dir: c, Version: "v1.2.3"}, filepath.Join(app, "go.mod"), out); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "run", "-overlay="+filepath.Join(out, "overlay.json"), ".")
	cmd.Dir = app
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOPROXY=off", "GOWORK=off")
	if got, err := cmd.CombinedOutput(); err != nil || string(got) != "42 1 2" {
		t.Errorf("%s, %v", got, err)
	}

	var overlay struct{ Replace map[string]string }
	text, err := os.ReadFile(filepath.Join(out, "overlay.json"))
	if err == nil {
		err = json.Unmarshal(text, &overlay)
	}
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		filepath.Join(app, "go.mod"):                 filepath.Join(out, "go.mod"),
		filepath.Join(out, "libc/other.go"):          filepath.Join(c, "other.go"),
		filepath.Join(out, "libc/sub/sub.go"):        filepath.Join(c, "sub/sub.go"),
		filepath.Join(out, "libc/internal/asm/a.s"):  filepath.Join(c, "internal/asm/a.s"),
		filepath.Join(out, "libc/internal/asm/a.go"): filepath.Join(c, "internal/asm/a.go"),
	}
	if !maps.Equal(overlay.Replace, want) {
		t.Errorf("overlay %v, want %v", overlay.Replace, want)
	}

	// Lines stay where they are: a stack trace leads to the original.
	changed, err := os.ReadFile(filepath.Join(out, "libc", "tls.go"))
	if err != nil {
		t.Fatal(err)
	}
	lines, original := strings.Split(string(changed), "\n"), strings.Split(fakeC["tls.go"], "\n")
	if len(lines) != len(original) || lines[13] != original[13] {
		t.Errorf("%q, where there was %q", lines, original)
	}
}

func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		name    string
		module  map[string]string
		version string
		want    string
	}{
		{"version", fakeC, "v1.2.4", "go.mod has example.com/c v1.2.4, but the frames were written for v1.2.3: see internal/overlay/libc.go"},
		{"a function changed", with(fakeC, "tls.go", strings.Replace(fakeC["tls.go"], "1000", "1001", 1)), "v1.2.3",
			"tls.go: what is to be replaced has the hash "},
		{"a renamed one changed", with(fakeC, "tls.go", strings.Replace(fakeC["tls.go"], "sp = 0", "sp = 1", 1)), "v1.2.3",
			"it is not the code that the replacement was written for"},
		{"fields changed", with(fakeC, "tls.go", strings.Replace(fakeC["tls.go"], "sp int\n", "sp int\n\tn int\n", 1)), "v1.2.3",
			"tls.go: what is to be replaced has the hash "},
		{"a function is missing", with(fakeC, "tls.go", strings.Replace(fakeC["tls.go"], ") alloca(", ") allocate(", 1)), "v1.2.3",
			"example.com/c v1.2.3: tls.go has no TLS.alloca"},
		{"no struct", with(fakeC, "tls.go", "package c\n\ntype TLS int\n"), "v1.2.3", "tls.go has no TLS"},
		{"no Go", with(fakeC, "tls.go", "package\n"), "v1.2.3", "tls.go:1:9: expected 'IDENT'"},
		{"a file of the same name", with(fakeC, "frames.go", "package c\n"), "v1.2.3", "has a file frames.go of its own"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := lay(t, map[string]string{"go.mod": "module app\n"})
			out := filepath.Join(app, "build")
			err := fakeTarget().write(module{Dir: lay(t, tt.module), Version: tt.version}, filepath.Join(app, "go.mod"), out)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("something was written")
			}
		})
	}

	// What does not concern the edits may change.
	app := lay(t, map[string]string{"go.mod": "module app\n"})
	files := with(fakeC, "tls.go", strings.Replace(fakeC["tls.go"], "// Close ends it.", "// Close closes it.\n", 1))
	if err := fakeTarget().write(module{Dir: lay(t, files), Version: "v1.2.3"}, filepath.Join(app, "go.mod"), app); err != nil {
		t.Error(err)
	}
}

// The pinned libc is the one that the frames were written for.
func TestPinned(t *testing.T) {
	dir := t.TempDir()
	if err := run(dir); err != nil {
		t.Fatal(err)
	}
	for name := range libc.added {
		if _, err := os.Stat(filepath.Join(dir, "libc", name)); err != nil {
			t.Error(err)
		}
	}
}
