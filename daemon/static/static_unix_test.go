//go:build unix

package static

import (
	"path/filepath"
	"syscall"
	"testing"
)

// Opening a pipe waits until somebody writes to it.
func TestPipeIsNotServed(t *testing.T) {
	dir := public(t)
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Skip(err)
	}
	files := New(dir, nil)
	if w := get(files, "GET", "/pipe"); w.Code != 404 || files.Lookup("/pipe") {
		t.Errorf("GET /pipe: %d, want 404", w.Code)
	}
}
