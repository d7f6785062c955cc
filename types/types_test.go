package types

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rowan/internal/nodetest"
)

// packed is what people get of the package.
var packed = []string{"LICENSE", "README.md", "package.json", "rowan.d.ts"}

func TestLicense(t *testing.T) {
	own, err := os.ReadFile("LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	if project, err := os.ReadFile("../LICENSE"); err != nil || string(project) != string(own) {
		t.Errorf("types/LICENSE is not the project's, %v", err)
	}
}

// TestPackage packs the package of npm, installs it, and has TypeScript compile the apps of test with it: beside the library of workers,
// that of pages, and without either.
func TestPackage(t *testing.T) {
	nodetest.Packages(t, ".")
	tsc, err := filepath.Abs("node_modules/typescript/bin/tsc")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	pack(t, dir)
	for _, file := range []string{"app.ts", "room.ts", "web.ts", "tsconfig.json"} {
		text, err := os.ReadFile(filepath.Join("test", file))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name  string
		flags []string
	}{
		{"workers", nil},
		{"pages", []string{"--lib", "es2023,dom,dom.iterable,dom.asynciterable"}},
		{"neither", []string{"--lib", "es2023", "--ignoreConfig", "--module", "esnext", "--moduleResolution", "bundler", "--target", "es2023",
			"--strict", "--noEmit", "--allowImportingTsExtensions", "--types", "", "app.ts"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cmd := nodetest.Command(t, append([]string{tsc}, test.flags...)...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// pack makes the package and unpacks it into node_modules/rowan of the folder.
func pack(t *testing.T, dir string) {
	t.Helper()
	out, err := exec.Command("npm", "pack", "--json", "--pack-destination", dir).Output()
	if err != nil {
		t.Fatalf("npm pack: %v", err)
	}
	var report []struct {
		Filename string
		Files    []struct{ Path string }
	}
	if err := json.Unmarshal(out, &report); err != nil || len(report) != 1 {
		t.Fatalf("%v in %s", err, out)
	}
	var files []string
	for _, file := range report[0].Files {
		files = append(files, file.Path)
	}
	slices.Sort(files)
	if !slices.Equal(files, packed) {
		t.Fatalf("the package has %v, want %v", files, packed)
	}

	archive, err := os.Open(filepath.Join(dir, report[0].Filename))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	plain, err := gzip.NewReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "node_modules", "rowan")
	if err := os.MkdirAll(to, 0o777); err != nil {
		t.Fatal(err)
	}
	for reader := tar.NewReader(plain); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, strings.TrimPrefix(header.Name, "package/")), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
