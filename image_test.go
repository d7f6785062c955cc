package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// An instruction is one of a Dockerfile's, its lines joined.
type instruction struct{ name, arguments string }

// image is the last stage of the Dockerfile, what the image consists of.
type image struct {
	base         string
	instructions []instruction
}

// readImage reads as much of the Dockerfile's language as ours speaks.
func readImage(t *testing.T) (last image) {
	t.Helper()
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", " ")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, arguments, _ := strings.Cut(line, " ")
		switch name {
		case "FROM":
			last = image{base: arguments}
		case "ARG", "COPY", "ENV", "RUN", "WORKDIR", "USER", "VOLUME", "EXPOSE", "ENTRYPOINT", "CMD":
			last.instructions = append(last.instructions, instruction{name, strings.TrimSpace(arguments)})
		default:
			t.Fatalf("Dockerfile: unknown instruction %q", name)
		}
	}
	return last
}

// get returns the arguments of the instruction, which must be there once.
func (i image) get(t *testing.T, name string) string {
	t.Helper()
	var found []string
	for _, in := range i.instructions {
		if in.name == name {
			found = append(found, in.arguments)
		}
	}
	if len(found) != 1 {
		t.Fatalf("Dockerfile: %d times %s in the last stage", len(found), name)
	}
	return found[0]
}

// words returns the arguments of an instruction in exec form: an image from scratch has no shell.
func (i image) words(t *testing.T, name string) (words []string) {
	t.Helper()
	if err := json.Unmarshal([]byte(i.get(t, name)), &words); err != nil {
		t.Fatalf("Dockerfile: %s: %v", name, err)
	}
	return words
}

// copied returns what the image consists of, by its place there.
func (i image) copied() map[string]string {
	files := map[string]string{}
	for _, in := range i.instructions {
		words := slices.DeleteFunc(strings.Fields(in.arguments), func(w string) bool { return strings.HasPrefix(w, "--") })
		if in.name == "COPY" && len(words) == 2 {
			files[words[1]] = words[0]
		}
	}
	return files
}

func TestImage(t *testing.T) {
	i := readImage(t)
	if i.base != "scratch" {
		t.Errorf("the image is made from %s", i.base)
	}
	if user, _, _ := strings.Cut(i.get(t, "USER"), ":"); user == "0" || strings.Trim(user, "0123456789") != "" {
		t.Errorf("the user is %q; without /etc/passwd it is a number, and it is not root", user)
	}
	if volumes := i.words(t, "VOLUME"); !slices.Contains(volumes, "/data") {
		t.Errorf("the volumes are %v", volumes)
	}
	files := i.copied()
	if _, ok := files["/etc/ssl/certs/ca-certificates.crt"]; !ok {
		t.Errorf("no certificate authorities in %v", files)
	}
	if entry := i.words(t, "ENTRYPOINT"); len(entry) != 1 || files[entry[0]] == "" {
		t.Errorf("the entry point is %v", entry)
	}
	if command := i.words(t, "CMD"); len(command) == 0 || command[0] != "serve" || !slices.Contains(command, "--data") {
		t.Errorf("the command is %v", command)
	}
}

// TestImageHasAllSources wants of .dockerignore that it leaves alone what the binary is made of.
func TestImageHasAllSources(t *testing.T) {
	text, err := os.ReadFile(".dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	var patterns []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			patterns = append(patterns, line)
		}
	}
	// Host and target of the build differ only by files of the same folders.
	format := `{{if and .Module .Module.Main}}{{$dir := .Dir}}{{range .GoFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{range .EmbedFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{end}}`
	out, err := exec.Command("go", "list", "-deps", "-f", format, ".", "./internal/overlay", "./internal/licenses").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	files := append(strings.Fields(string(out)), dir+"/go.mod", dir+"/go.sum", dir+"/Makefile")
	for _, file := range files {
		file = strings.TrimPrefix(file, dir+"/")
		if p := ignoredBy(file, patterns); p != "" {
			t.Errorf(".dockerignore: %s leaves out %s", p, file)
		}
	}
	if len(files) < 100 {
		t.Errorf("only %d files were looked at", len(files))
	}
	for _, file := range []string{".git/config", "a/node_modules/b.js", "a/b_test.go", "build/x", "README.md"} {
		if ignoredBy(file, patterns) == "" {
			t.Errorf(".dockerignore lets %s in", file)
		}
	}
}

// ignoredBy returns the pattern of .dockerignore that fits a file or a folder that it is in, or "".
func ignoredBy(file string, patterns []string) string {
	for _, pattern := range patterns {
		anywhere := strings.HasPrefix(pattern, "**/")
		parts := strings.Split(file, "/")
		for i := range parts {
			name := strings.Join(parts[:i+1], "/")
			if anywhere {
				name = parts[i]
			}
			if ok, _ := path.Match(strings.TrimPrefix(pattern, "**/"), name); ok {
				return pattern
			}
		}
	}
	return ""
}
