package storage_test

import (
	"os"
	"path/filepath"
	"testing"

	"rowan/bridge/storage"
)

// TestScripts runs the tests of the scripts' half on a file; the daemon's tests run them in memory.
func TestScripts(t *testing.T) {
	const group = "../../jsapi/rowan/testdata/eval/"
	assertions, err := os.ReadFile("../../jsapi/internal/testing/assert.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sql.js", "storage.js", "transaction.js"} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(group, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, opts := range []storage.Options{inFolder(t), {}} {
				r := newRig(t, 1, opts, string(assertions)+"\nreturn { run() {\n"+string(text)+"\n} }")
				call(t, r.openPatient(0), "run")
			}
		})
	}
}
