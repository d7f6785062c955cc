package starter

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestPackageName(t *testing.T) {
	for folder, want := range map[string]string{
		"chat": "chat", "My Chat!": "my-chat", "_x": "x", "/": "app", "ä": "app", "rowan": "app", "a.b": "a.b",
		strings.Repeat("x", 300): strings.Repeat("x", 214),
	} {
		if got := packageName(folder); got != want {
			t.Errorf("%s: %s, want %s", folder, got, want)
		}
	}
}

func TestTemplatesAreWhole(t *testing.T) {
	folders, err := templates.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if folder.Name() != common && !slices.Contains(names(), folder.Name()) {
			t.Errorf("the template %s is not listed", folder.Name())
		}
	}
	for _, template := range Templates {
		dir := filepath.Join(t.TempDir(), "My App")
		files, err := Write(dir, template.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{
			".gitignore", "README.md", "app.ts", "package.json", "public/index.html", "rowan.toml", "test/app.test.mjs", "tsconfig.json", "types/rowan.d.ts",
		} {
			if !slices.Contains(files, file) {
				t.Errorf("%s has no %s", template.Name, file)
			}
		}
		for _, file := range files {
			text, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil || strings.Contains(string(text), "{{") {
				t.Errorf("%s: %s has a placeholder left, or %v", template.Name, file, err)
			}
		}
		if text, _ := os.ReadFile(filepath.Join(dir, "package.json")); !strings.Contains(string(text), `"name": "my-app"`) {
			t.Errorf("%s: %s", template.Name, text)
		}
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "app.ts")
	if err := os.WriteFile(mine, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	// A link that leads nowhere is there too: what is written through it would make a file elsewhere.
	if err := os.Symlink("elsewhere", filepath.Join(dir, "rowan.toml")); err != nil {
		t.Skip(err)
	}
	_, err := Write(dir, "chat")
	if err == nil || !strings.Contains(err.Error(), "has app.ts, rowan.toml already") {
		t.Errorf("the error is %v", err)
	}
	entries, _ := os.ReadDir(dir)
	if text, _ := os.ReadFile(mine); string(text) != "mine" || len(entries) != 2 {
		t.Errorf("app.ts is %q, among %d files", text, len(entries))
	}
}

func TestUnknownTemplate(t *testing.T) {
	if _, err := Write(t.TempDir(), "chanels"); err == nil || !strings.Contains(err.Error(), `did you mean "channels"?`) {
		t.Errorf("the error is %v", err)
	}
}
