package conformance

import (
	"compress/gzip"
	"encoding/json"
	"flag"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write known failures, counts and docs/apis.md anew")

const (
	knownFolder = "known"
	countsFile  = "counts.json"
)

// TestWebPlatform runs web-platform-tests and wants the failures to be exactly those that are known. README.md says where the
// tests and the runner come from.
func TestWebPlatform(t *testing.T) {
	suite := os.Getenv("WPT_DIR")
	if suite == "" {
		t.Skip("WPT_DIR does not say where web-platform-tests are; see conformance/README.md")
	}
	runner := runnerFolder(t)
	dir := t.TempDir()
	build(t, filepath.Join(dir, "rowan"), "rowan")
	command := filepath.Join(dir, "rowan") + " eval --location {location} {file}"

	t.Run("core", func(t *testing.T) {
		out := filepath.Join(dir, "core.json")
		run(t, runner, []string{"SUITE=" + suite}, "./core.sh", out, command, "-j", "2")
		compare(t, out, filepath.Join(runner, "ref", "node26-core.json.gz"), dir, nil)
	})
	t.Run("net", func(t *testing.T) {
		tools := os.Getenv("WPT_TOOLS")
		if tools == "" {
			t.Skip("WPT_TOOLS does not say where WPT's servers are; see conformance/README.md")
		}
		serve(t, runner, tools, suite)
		out := filepath.Join(dir, "net.json")
		run(t, runner, []string{"SUITE=" + suite}, "./net.sh", out, command, "-j", "2")
		// What the core run has too counts there.
		compare(t, out, filepath.Join(runner, "ref", "node26-net.json.gz"), dir, func(file string) bool { return strings.HasPrefix(file, "FileAPI/") })
	})
}

// runnerFolder builds a copy of the runner, which is no part of this repository.
func runnerFolder(t *testing.T) string {
	from := os.Getenv("WPT_RUNNER")
	if from == "" {
		from = "../../shared/tools/wpt-runner"
	}
	if _, err := os.Stat(from); err != nil {
		t.Fatalf("the runner is not there; set WPT_RUNNER to its folder: %v", err)
	}
	folder := filepath.Join(t.TempDir(), "runner")
	if err := os.CopyFS(folder, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{"core.sh", "net.sh"} {
		if err := os.Chmod(filepath.Join(folder, script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command("go", "build", "-o", "wpt-runner", ".")
	c.Dir = folder
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("build the runner: %v\n%s", err, out)
	}
	return folder
}

func build(t *testing.T, out, pkg string) {
	if text, err := exec.Command("go", "build", "-o", out, pkg).CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", pkg, err, text)
	}
}

func run(t *testing.T, folder string, env []string, command string, args ...string) {
	c := exec.Command(command, args...)
	c.Dir = folder
	c.Env = append(os.Environ(), env...)
	out, err := c.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
}

// serve starts WPT's HTTP and WebSocket servers on the ports that net.sh expects.
func serve(t *testing.T, runner, tools, suite string) {
	c := exec.Command("python3", "wptserve.py", tools, suite, "8000", "8001")
	c.Dir = runner
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	for range 100 {
		if conn, err := net.Dial("tcp", "127.0.0.1:8000"); err == nil {
			conn.Close()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("WPT's server does not listen on 127.0.0.1:8000")
}

// compare holds a run against what is known, without the files that are left out.
func compare(t *testing.T, result, reference, dir string, leftOut func(file string) bool) {
	report, err := ReadReport(result)
	if err != nil {
		t.Fatal(err)
	}
	if leftOut != nil {
		report.Results = slices.DeleteFunc(report.Results, func(f File) bool { return leftOut(f.Test) })
	}
	plain := filepath.Join(dir, "reference.json")
	gunzip(t, reference, plain)
	ref, err := ReadReport(plain)
	if err != nil {
		t.Fatal(err)
	}
	known, err := ReadKnown(knownFolder)
	if err != nil {
		t.Fatal(err)
	}
	ran, passes := map[string]bool{}, map[string]bool{}
	for _, f := range report.Results {
		ran[f.Test] = true
		for _, s := range f.Subtests {
			passes[f.Test] = passes[f.Test] || s.Status == "PASS"
		}
	}
	o := report.Outcome(ref)
	if *update {
		if err := known.Update(knownFolder, o, func(f string) bool { return ran[f] }, func(f string) bool { return !passes[f] }); err != nil {
			t.Fatal(err)
		}
		updateCounts(t, o.Areas)
		return
	}
	unknown, gone := known.Compare(o, func(f string) bool { return ran[f] })
	for _, f := range unknown {
		t.Errorf("fails, and is not known to: %s", f)
	}
	for _, f := range gone {
		t.Errorf("is known to fail, and passes: %s", f)
	}
}

func gunzip(t *testing.T, from, to string) {
	f, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func updateCounts(t *testing.T, counts map[string]Count) {
	all := readCounts(t)
	maps.Copy(all, counts)
	text, err := json.MarshalIndent(all, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(countsFile, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readCounts(t *testing.T) map[string]Count {
	counts := map[string]Count{}
	text, err := os.ReadFile(countsFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &counts); err != nil {
		t.Fatal(err)
	}
	return counts
}

// TestKnown wants a reason for each known failure.
func TestKnown(t *testing.T) {
	known, err := ReadKnown(knownFolder)
	if err != nil {
		t.Fatal(err)
	}
	if lines := known.Unexplained(); len(lines) > 0 {
		t.Errorf("%d known failures have no reason, the first is %s", len(lines), lines[0])
	}
}

// TestPage wants docs/apis.md to be what the counts and the known failures make it.
func TestPage(t *testing.T) {
	known, err := ReadKnown(knownFolder)
	if err != nil {
		t.Fatal(err)
	}
	const file = "../docs/apis.md"
	want := Page(readCounts(t), known)
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is out of date: run `go test ./conformance -run TestPage -update`", file)
	}
}

func TestCompare(t *testing.T) {
	folder := t.TempDir()
	text := "# why\na/x.any.js | one\na/y.any.js | *\n? a/z.any.js | at times\nb/w.any.js | not run\n"
	if err := os.WriteFile(filepath.Join(folder, "a.txt"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	known, err := ReadKnown(folder)
	if err != nil {
		t.Fatal(err)
	}
	ran := func(file string) bool { return strings.HasPrefix(file, "a/") }
	tests := []struct {
		name                    string
		failures, unknown, gone []string
	}{
		{name: "as known", failures: []string{"a/x.any.js | one", "a/y.any.js | any", "a/y.any.js | other"}},
		{name: "at times", failures: []string{"a/x.any.js | one", "a/y.any.js | any", "a/z.any.js | at times"}},
		{name: "new", failures: []string{"a/x.any.js | one", "a/x.any.js | two", "a/y.any.js | any"}, unknown: []string{"a/x.any.js | two"}},
		{name: "gone", failures: []string{"a/x.any.js | one"}, gone: []string{"a/y.any.js | *"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			unknown, gone := known.Compare(Outcome{Failures: test.failures}, ran)
			if !slices.Equal(unknown, test.unknown) || !slices.Equal(gone, test.gone) {
				t.Errorf("unknown %q, gone %q; want %q, %q", unknown, gone, test.unknown, test.gone)
			}
		})
	}
}

// A subtest that only the reference reached did not pass; names keep to one line.
func TestOutcome(t *testing.T) {
	var report, reference Report
	for text, r := range map[string]*Report{
		`{"results":[{"test":"url/a.any.js","subtests":[{"name":"one","status":"PASS"},{"name":"t\nwo \"\u00e9\"","status":"FAIL"}]}]}`:                            &report,
		`{"results":[{"test":"url/a.any.js","subtests":[{"name":"one","status":"PASS"},{"name":"three","status":"PASS"}]},{"test":"url/b.any.js","subtests":[]}]}`: &reference,
	} {
		if err := json.Unmarshal([]byte(text), r); err != nil {
			t.Fatal(err)
		}
	}
	o := report.Outcome(&reference)
	want := []string{"url/a.any.js | t\\nwo \"\\u00e9\"", "url/a.any.js | three"}
	if !slices.Equal(o.Failures, want) || o.Areas["url"] != (Count{1, 3}) {
		t.Errorf("outcome = %q, %v", o.Failures, o.Areas)
	}
}
