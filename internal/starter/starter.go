// Package starter has the apps that people begin with: "rowan init" writes one into a folder.
package starter

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"rowan/internal/nearest"
	"rowan/types"
)

// templates has a folder for each template, and one with what they have in common.
//
//go:embed all:templates
var templates embed.FS

const common = "common"

// Template is an app to begin with.
type Template struct{ Name, Summary string }

// Templates are those that there are; the first one is the default.
var Templates = []Template{
	{"chat", "rooms to talk in, over WebSockets"},
	{"channels", "rooms over Phoenix Channels: who is there, and a history in SQLite"},
	{"http", "an HTTP API, with SQLite"},
}

// names lists the templates.
func names() (list []string) {
	for _, t := range Templates {
		list = append(list, t.Name)
	}
	return list
}

// Write writes a template's files into the folder, which it makes if need be, and returns their paths there, sorted. A file that
// exists is never overwritten: if one of them does, there is an error that names all of those, and nothing is written.
func Write(dir, template string) ([]string, error) {
	if !slices.Contains(names(), template) {
		return nil, fmt.Errorf("there is no template %q, but %s%s", template, strings.Join(names(), ", "), nearest.Hint(template, names(), "%q"))
	}
	full, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	files, err := filesOf(template, packageName(filepath.Base(full)))
	if err != nil {
		return nil, err
	}
	var paths, there []string
	for file := range files {
		paths = append(paths, file)
		if _, err := os.Lstat(filepath.Join(dir, file)); !errors.Is(err, fs.ErrNotExist) {
			there = append(there, file)
		}
	}
	slices.Sort(paths)
	if len(there) > 0 {
		slices.Sort(there)
		return nil, fmt.Errorf("nothing was written: %s has %s already", dir, strings.Join(there, ", "))
	}
	for _, file := range paths {
		if err := create(filepath.Join(dir, file), files[file]); err != nil {
			return nil, err
		}
	}
	return paths, nil
}

// filesOf returns a template's files by their paths: those in common, and its own.
func filesOf(template, name string) (map[string]string, error) {
	files := map[string]string{"types/rowan.d.ts": types.Definitions}
	for _, folder := range []string{common, template} {
		from := path.Join("templates", folder)
		err := fs.WalkDir(templates, from, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := templates.ReadFile(file)
			files[strings.TrimPrefix(file, from+"/")] = strings.ReplaceAll(string(text), "{{name}}", name)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// create writes a file that is not there yet, with the folders that it is in.
func create(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

var notInNames = regexp.MustCompile(`[^a-z0-9._-]+`)

// packageName makes a folder's name one that npm takes, https://docs.npmjs.com/cli/configuring-npm/package-json#name. It has no
// characters that mean something in HTML, JSON or Markdown.
func packageName(folder string) string {
	name := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(folder), "-"), "-._")
	if name == "" || name == "rowan" || name == "node_modules" {
		return "app"
	}
	return name[:min(len(name), 214)]
}
