package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"rowan/internal/nodetest"
	"rowan/internal/starter"
)

// TestStarters runs the tests that the apps to begin with have, and looks at their types.
func TestStarters(t *testing.T) {
	for _, template := range starter.Templates {
		t.Run(template.Name, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := starter.Write(dir, template.Name); err != nil {
				t.Fatal(err)
			}
			t.Run("test", func(t *testing.T) {
				runIn(t, dir, nodetest.Command(t, "--experimental-websocket", "--test", "test/app.test.mjs"))
			})
			t.Run("types", func(t *testing.T) {
				nodetest.Packages(t, "types")
				tsc, err := filepath.Abs("types/node_modules/typescript/bin/tsc")
				if err != nil {
					t.Fatal(err)
				}
				runIn(t, dir, nodetest.Command(t, tsc))
			})
		})
	}
}

// runIn runs a command in a folder; it must succeed.
func runIn(t *testing.T, dir string, cmd *exec.Cmd) {
	t.Helper()
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NODE_OPTIONS=--disable-warning=ExperimentalWarning")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
