// Package nodetest runs tests that are written for Node.js, such as those of a client that is a package of npm, against a server.
//
//	func TestChat(t *testing.T) {
//		s := nodetest.Serve(t, "chat/app.ts")
//		s.Run(t, "testdata/chat.mjs", "phoenix")
//	}
//
// The script declares subjects by harness.mjs, which says how the two talk; each is a subtest. Its arguments are the server's URL,
// without a slash at the end, and those of Run.
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

	"rowan/internal/wstest"
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
	return exec.Command(path, args...)
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
	script := s.Start(t, file, args...)
	for _, subject := range script.Subjects {
		t.Run(subject, func(t *testing.T) {
			script.Run(t, subject)
			if s.After != nil {
				s.After(t)
			}
		})
	}
}

// Script is a script that runs.
type Script struct {
	Subjects []string

	server *Server
	cmd    *exec.Cmd
	in     io.WriteCloser
	lines  chan string // what it prints; closed at its end
	stderr bytes.Buffer
	ended  chan struct{} // closed when stderr is complete
	over   bool
}

// Start starts a script. It ends with the test, if not before.
func (s *Server) Start(t *testing.T, file string, args ...string) *Script {
	t.Helper()
	cmd := Command(t, append([]string{file, strings.TrimSuffix(s.URL(), "/")}, args...)...)
	script := &Script{server: s, cmd: cmd, lines: make(chan string), ended: make(chan struct{})}
	cmd.Stderr = &script.stderr
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
	script.in = in
	go func() {
		defer close(script.ended)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			script.lines <- scanner.Text()
		}
		close(script.lines)
		cmd.Wait()
	}()
	t.Cleanup(script.End)
	subjects, ok := strings.CutPrefix(script.line(t), "subjects ")
	if !ok {
		t.Fatalf("%s says no subjects", file)
	}
	script.Subjects = strings.Split(subjects, ",")
	return script
}

// End ends the script.
func (s *Script) End() {
	s.in.Close()
	kill := time.AfterFunc(wstest.Patience, func() { s.cmd.Process.Kill() })
	defer kill.Stop()
	for range s.lines {
	}
	<-s.ended
}

// Run has the script run a subject, and does what it asks for meanwhile.
func (s *Script) Run(t *testing.T, subject string) {
	t.Helper()
	if s.over {
		t.Fatal("the script has ended with a subject before this one")
	}
	fmt.Fprintln(s.in, "run", subject)
	for {
		line := s.line(t)
		if words, ok := strings.CutPrefix(line, "do "); ok {
			s.server.do(t, words)
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

// line returns the next line. At the script's end the test fails with its error.
func (s *Script) line(t *testing.T) string {
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
