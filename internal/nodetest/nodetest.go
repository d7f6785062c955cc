// Package nodetest runs tests that are written for Node.js, such as those of a client that is a package of npm, against a server.
//
//	func TestChat(t *testing.T) {
//		s := nodetest.Serve(t, "chat/app.ts")
//		s.Run(t, "testdata/chat.mjs", "phoenix")
//	}
//
// The script declares subjects by harness.mjs, which says how the two talk; each is a subtest. Its arguments are the server's URL and
// those of Run.
package nodetest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is how long a script may say nothing. The script itself is less patient.
const patience = 60 * time.Second

// Command returns a Node.js that is to run with these arguments. Where there is none, the test is skipped, or fails if the
// environment says CI=true.
func Command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		missing(t, "no Node.js to test with: node is not installed")
	}
	return exec.CommandContext(t.Context(), path, args...)
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

// Run runs a script's subjects, one after the other, each as a subtest.
func (s *Server) Run(t *testing.T, file string, args ...string) {
	t.Helper()
	script := start(t, append([]string{file, s.URL()}, args...)...)
	subjects, ok := strings.CutPrefix(script.line(t), "subjects ")
	if !ok {
		t.Fatalf("%s says no subjects", file)
	}
	for _, subject := range strings.Split(subjects, ",") {
		t.Run(subject, func(t *testing.T) {
			if script.over {
				t.Fatal("the script has ended with a subject before this one")
			}
			script.run(t, subject, s.do)
			if s.After != nil {
				s.After(t)
			}
		})
	}
}

// script is a script that runs.
type script struct {
	in     io.Writer
	lines  chan string // what it prints; closed at its end
	stderr bytes.Buffer
	ended  chan struct{} // closed when stderr is complete
	over   bool
}

// start starts a script, which ends with the test.
func start(t *testing.T, args ...string) *script {
	t.Helper()
	cmd := Command(t, args...)
	s := &script{lines: make(chan string), ended: make(chan struct{})}
	cmd.Stderr = &s.stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.in = in
	go func() {
		defer close(s.ended)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			s.lines <- scanner.Text()
		}
		close(s.lines)
		cmd.Wait()
	}()
	t.Cleanup(func() { // the test's context, and so the process, has ended
		in.Close()
		for range s.lines {
		}
		<-s.ended
	})
	return s
}

// line returns the next line. At the script's end the test fails with its error.
func (s *script) line(t *testing.T) string {
	t.Helper()
	select {
	case line, ok := <-s.lines:
		if !ok {
			s.over = true
			<-s.ended
			t.Fatalf("%s", &s.stderr)
		}
		return line
	case <-time.After(patience):
		s.over = true
		t.Fatal("the script says nothing")
		return ""
	}
}

// run has the script run a subject, and does what it asks for meanwhile.
func (s *script) run(t *testing.T, subject string, do func(t *testing.T, words string)) {
	t.Helper()
	fmt.Fprintln(s.in, "run", subject)
	for {
		line := s.line(t)
		if words, ok := strings.CutPrefix(line, "do "); ok {
			do(t, words)
			fmt.Fprintln(s.in, "done")
			continue
		}
		if line == "passed" {
			return
		}
		var stack string
		if failed, ok := strings.CutPrefix(line, "failed "); ok && json.Unmarshal([]byte(failed), &stack) == nil {
			t.Fatal(stack)
		}
		t.Log(line)
	}
}
