package daemon_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"rowan/daemon"
	"rowan/daemon/config"
)

// atOnce are the groups in which goroutines meet.
var atOnce = map[string]bool{
	"internal": true, "fetch": true, "eventsource": true, "websocket": true, "compression": true, "crypto": true,
	"worker": true, "channel": true, "locks": true, "storage": true, "streams": true,
}

// TestAPIs runs the tests of the API groups that want the real thing: jsapi/GROUP/testdata/eval/*.js, each a module with
// all groups and the global assert. A file fails by an error that nobody catches.
func TestAPIs(t *testing.T) {
	assertions, err := os.ReadFile("../jsapi/internal/testing/assert.js")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../jsapi/*/testdata/eval/*.js")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no tests")
	}
	for _, file := range files {
		group := filepath.Base(filepath.Dir(filepath.Dir(filepath.Dir(file))))
		t.Run(group+"/"+strings.TrimSuffix(filepath.Base(file), ".js"), func(t *testing.T) {
			if testing.Short() && !atOnce[group] {
				t.Skip("its JavaScript alone is tested; the race detector has nothing to look at")
			}
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			c := config.Default()
			// The assertions share the first line, so that the lines of a stack are the file's.
			code := strings.ReplaceAll(noComments(string(assertions)), "\n", " ") + string(text) + "\nconsole.log(" + strconv.Quote(came) + ");\nexport {};"
			err = daemon.Eval(daemon.Script{Name: file, Code: code, Out: &out, Err: &out, Version: "test"}, c)
			printed, last, ended := strings.Cut(out.String(), came+"\n")
			if printed += last; printed != "" {
				t.Log(printed)
			}
			if err != nil {
				t.Error(err)
			} else if !ended {
				t.Error("it did not come to its end: its own listeners may have taken the error")
			}
		})
	}
}

// came is what a test prints at its end.
const came = "the test came to its end"

// noComments drops comments that take a line of their own.
func noComments(source string) string {
	var kept []string
	for line := range strings.Lines(source) {
		if trimmed := strings.TrimSpace(line); !strings.HasPrefix(trimmed, "//") && !strings.HasPrefix(trimmed, "/**") {
			kept = append(kept, strings.TrimSuffix(line, "\n"))
		}
	}
	return strings.Join(kept, "\n")
}
