// Package jsapitest runs the JavaScript tests of the API groups.
//
// A group's tests are the files GROUP/testdata/*.js, one behaviour each. A file runs as the body of
// an async function and fails by throwing. It sees
//
//	assert   of internal/testing/assert.js,
//	host     the stand-in for the group's host, made by GROUP/testdata/stub/host.js,
//	group    what the group's file exports by default,
//
// and the globals that the group installed. Each file has an engine of its own.
package jsapitest

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"modernc.org/quickjs"

	"rowan/jsapi/bundle"
)

// root is the folder of the API groups, seen from a test in one of them.
const root = ".."

// Script is a named piece of JavaScript.
type Script struct {
	Name, Source string
}

// Run runs the tests beside the file that is given by its path below the folder of the groups,
// such as "console/console.ts", with that file as the group.
func Run(t *testing.T, entry string) {
	t.Helper()
	setup := Load(t, entry)
	tests, err := filepath.Glob(filepath.Join(root, path.Dir(entry), "testdata", "*.js"))
	if err != nil {
		t.Fatal(err)
	}
	if len(tests) == 0 {
		t.Fatalf("no tests in %s/testdata", path.Dir(entry))
	}
	for _, file := range tests {
		name := strings.TrimSuffix(filepath.Base(file), ".js")
		t.Run(name, func(t *testing.T) {
			body := read(t, file)
			scripts := append(setup[:len(setup):len(setup)],
				// The body begins in the first line, so that the lines of a stack are the file's.
				Script{name, "globalThis.outcome = 'it waits for a promise that never settles';" +
					"(async () => { try { await (async () => {" + body.Source + "\n})(); outcome = ''; }" +
					" catch (error) { outcome = error + '\\n' + error?.stack; } })();"},
				Script{"outcome", "outcome"})
			switch outcome, err := Eval(scripts...); {
			case err != nil:
				t.Error(err)
			case outcome != "":
				t.Error(outcome)
			}
		})
	}
}

// Load returns what comes before a test: the assertions, the stand-in for the host, and the group.
func Load(t *testing.T, entry string) []Script {
	t.Helper()
	group, err := bundle.File(os.DirFS(root), entry)
	if err != nil {
		t.Fatal(err)
	}
	return []Script{
		read(t, filepath.Join(root, "internal", "testing", "assert.js")),
		read(t, filepath.Join(root, path.Dir(entry), "testdata", "stub", "host.js")),
		{group.Name, "globalThis.group = " + group.Source + "(host)"},
	}
}

func read(t *testing.T, name string) Script {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return Script{name, string(text)}
}

// Eval evaluates the scripts one after the other in an engine of their own, with their microtasks,
// and returns the value of the last, a string. An exception is an error that names its script.
//
// Nothing else here knows which engine it is.
func Eval(scripts ...Script) (string, error) {
	vm, err := quickjs.NewVM()
	if err != nil {
		return "", err
	}
	defer vm.Close()
	var value any
	for _, script := range scripts {
		if value, err = vm.Eval(script.Source, quickjs.EvalGlobal); err != nil {
			return "", fmt.Errorf("%s: %w", script.Name, err)
		}
		if _, err := vm.ExecutePendingJobs(); err != nil {
			return "", fmt.Errorf("%s: in a microtask: %w", script.Name, err)
		}
	}
	text, ok := value.(string)
	if !ok {
		return "", fmt.Errorf("%s: value is a %T, not a string", scripts[len(scripts)-1].Name, value)
	}
	return text, nil
}
