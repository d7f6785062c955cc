// Command overlay makes a build of libc in which a JavaScript call takes no lock.
//
//	go run ./internal/overlay DIR
//	go build -overlay=DIR/overlay.json .
//
// Each call of QuickJS takes memory for its frame by C's alloca, which modernc.org/libc makes a malloc, under a lock of the
// process. The command reads the pinned libc from the module cache and writes its changed files, with package segment in
// place of malloc, into DIR/libc; everything else of libc stays where it is. The overlay makes them a module, and go.mod one
// that has it in place of the original. See Makefile, and RATIONALE.md.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: overlay DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "overlay:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	gomod, err := output("go", "env", "GOMOD")
	if err != nil {
		return err
	}
	found, err := output("go", "mod", "download", "-json", libc.path)
	if err != nil {
		return err
	}
	var m module
	if err := json.Unmarshal([]byte(found), &m); err != nil {
		return fmt.Errorf("what go mod download says of %s: %w", libc.path, err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	return libc.write(m, strings.TrimSpace(gomod), dir)
}

func output(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", fmt.Errorf("%s %s: %s", name, strings.Join(args, " "), exit.Stderr)
	}
	return string(out), err
}
