package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A target is a module, some files of which are changed.
type target struct {
	path    string
	version string
	files   []sourceFile
	added   map[string]string // files to add: contents by name
}

// module is what the go command says of a module that lies in its cache.
type module struct{ Dir, Version string }

// write writes the changed module m into dir/libc, and dir/overlay.json for go build -overlay, which puts it in m's place
// for the main module of the given go.mod.
func (t target) write(m module, gomod, dir string) error {
	if m.Version != t.version {
		return fmt.Errorf("go.mod has %s %s, but the frames were written for %s: see internal/overlay/libc.go", t.path, m.Version, t.version)
	}
	to := filepath.Join(dir, "libc")
	replace, err := sourcesOf(m.Dir, to)
	if err != nil {
		return err
	}
	changed := map[string]string{}
	var errs []error
	for _, f := range t.files {
		source, err := os.ReadFile(filepath.Join(m.Dir, f.name))
		if err != nil {
			return err
		}
		text, err := f.apply(string(source))
		errs = append(errs, err)
		changed[f.name] = text
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%s %s: %w", t.path, t.version, err)
	}
	for name, text := range t.added {
		if _, err := os.Lstat(filepath.Join(m.Dir, name)); err == nil {
			return fmt.Errorf("%s %s has a file %s of its own", t.path, t.version, name)
		}
		changed[name] = text
	}
	goMod, err := os.ReadFile(filepath.Join(m.Dir, "go.mod"))
	if err != nil {
		return err
	}
	changed["go.mod"] = string(goMod)

	main, err := os.ReadFile(gomod)
	if err != nil {
		return err
	}
	place, err := filepath.Rel(filepath.Dir(gomod), to)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(place, "..") {
		place = "./" + place // else the go command takes it for a module's path
	}
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for name, text := range changed {
		delete(replace, filepath.Join(to, name))
		if err := os.WriteFile(filepath.Join(to, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	replace[gomod] = filepath.Join(dir, "go.mod")
	text := fmt.Sprintf("%s\nreplace %s => %s\n", main, t.path, filepath.ToSlash(place))
	if err := os.WriteFile(replace[gomod], []byte(text), 0o644); err != nil {
		return err
	}
	overlay, err := json.MarshalIndent(map[string]any{"Replace": replace}, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "overlay.json"), append(overlay, '\n'), 0o644)
}

// sourcesOf lists a module's source files: where they lie, by where they would lie in the directory to.
func sourcesOf(dir, to string) (map[string]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && name == "testdata" {
			return fs.SkipDir
		}
		if d.IsDir() || strings.HasSuffix(name, "_test.go") || filepath.Ext(name) != ".go" && filepath.Ext(name) != ".s" {
			return nil
		}
		inside, err := filepath.Rel(dir, path)
		files[filepath.Join(to, inside)] = path
		return err
	})
	return files, err
}
