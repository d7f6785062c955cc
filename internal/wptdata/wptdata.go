// Package wptdata finds the tables of web-platform-tests, which tests read and the repository does not hold. They are looked for below
// the folder that the variable WPT_DATA names, else below shared/wpt-data beside the repository.
package wptdata

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Read returns a table by its path, such as "url/resources/toascii.json". Where it is not found, the test is skipped.
func Read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder(), name))
	if os.IsNotExist(err) {
		t.Skipf("no %s of web-platform-tests: set WPT_DATA", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func folder() string {
	if dir := os.Getenv("WPT_DATA"); dir != "" {
		return dir
	}
	const beside = "../shared/wpt-data"
	for dir := "."; ; dir = filepath.Join(dir, "..") {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, beside)
		}
		if abs, err := filepath.Abs(dir); err != nil || abs == filepath.Dir(abs) {
			return beside
		}
	}
}

// Rows reads a table that is an array of objects, and passes over the comments in it.
func Rows[T any](t *testing.T, name string) []T {
	t.Helper()
	var all []json.RawMessage
	if err := json.Unmarshal(Read(t, name), &all); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var rows []T
	for _, raw := range all {
		if raw[0] != '{' {
			continue
		}
		var row T
		if err := json.Unmarshal(raw, &row); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		rows = append(rows, row)
	}
	return rows
}
