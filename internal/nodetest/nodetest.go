// Package nodetest runs tests that are written for Node.js, such as those of a client that is a package of npm.
//
//	func TestChat(t *testing.T) {
//		s := daemontest.ServeApp(t, "chat/app.ts")
//		nodetest.Run(t, "testdata/chat.mjs", func(words string) { … }, s.URL())
//	}
//
// The script declares subjects by harness.mjs, which says how the two talk; each is a subtest. What a script cannot do itself,
// such as a restart of the server, it asks the test for.
package nodetest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is how long a script may take with all of its subjects.
const patience = 2 * time.Minute

// Command returns a Node.js that is to run with these arguments, and that ends with the test. Where there is none, the test is
// skipped, or fails if the environment says CI=true.
func Command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		missing(t, "no Node.js to test with: node is not installed")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return exec.CommandContext(ctx, path, args...)
}

// Packages skips the test if the packages of the package.json in a folder are not installed, or fails it if the environment says
// CI=true.
func Packages(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		missing(t, fmt.Sprintf("packages are not installed: cd %s && npm install --no-package-lock --ignore-scripts", dir))
	}
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// Run runs a script's subjects, one after the other, each as a subtest. do is what the script asks for; it may fail the test it is
// called in.
func Run(t *testing.T, script string, do func(t *testing.T, words string), args ...string) {
	t.Helper()
	cmd := Command(t, append([]string{script}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		stdin.Close() // its end
		io.Copy(io.Discard, stdout)
		if err := cmd.Wait(); err != nil && !t.Failed() {
			t.Errorf("%s: %v\n%s", script, err, stderr.String())
		}
	}()

	lines := bufio.NewScanner(stdout)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "subjects ") {
		lines.Scan() // until it has ended, with all of its errors
		t.Fatalf("%s: got %q, want its subjects", script, lines.Text())
	}
	for _, name := range strings.Split(strings.TrimPrefix(lines.Text(), "subjects "), ",") {
		passed := t.Run(name, func(t *testing.T) {
			fmt.Fprintf(stdin, "run %s\n", name)
			for lines.Scan() {
				switch line := lines.Text(); {
				case line == "passed":
					return
				case strings.HasPrefix(line, "do "):
					do(t, strings.TrimPrefix(line, "do "))
					fmt.Fprintln(stdin, "done")
				default:
					t.Log(line)
				}
			}
			cmd.Wait() // so that stderr is complete
			t.Fatalf("%s", stderr.String())
		})
		if !passed {
			return
		}
	}
}
