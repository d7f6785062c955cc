package daemon_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"rowan/daemon"
	"rowan/daemon/config"
	"rowan/jsapi/node"
)

var update = flag.Bool("update", false, "have the local Node.js write anew what scripts print there")

// newFlagSet are the flags of contexts.
func newFlagSet(flags *config.Flags) *pflag.FlagSet {
	set := pflag.NewFlagSet("test", pflag.ContinueOnError)
	flags.AddContext(set)
	return set
}

// evalNode runs a module with the group node, and with root as its files, and returns what it prints.
func evalNode(t *testing.T, file, code, root string) string {
	t.Helper()
	var flags config.Flags
	set := newFlagSet(&flags)
	args := []string{"--apis=all,node", "--env=GREETING=hello"}
	if root != "" {
		args = append(args, "--fs="+root)
	}
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	c.Apply(flags)
	var out bytes.Buffer
	if err := daemon.Eval(daemon.Script{Name: filepath.Base(file), Code: code, Path: file, Out: &out, Err: &out, Version: "test"}, c); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	return out.String()
}

// TestNodeSame runs jsapi/node/testdata/same/*.mjs, which print in Node.js what is in the file *.txt beside them.
func TestNodeSame(t *testing.T) {
	files, err := filepath.Glob("../jsapi/node/testdata/same/*.mjs")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".mjs"), func(t *testing.T) {
			want := strings.TrimSuffix(file, ".mjs") + ".txt"
			if *update {
				cmd := exec.Command("node", "--no-warnings", file)
				cmd.Env = append(os.Environ(), "FSROOT="+t.TempDir())
				text, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("node: %v\n%s", err, text)
				}
				if err := os.WriteFile(want, text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			code, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got := evalNode(t, file, string(code), t.TempDir()); got != string(text) {
				t.Errorf("%s", difference(got, string(text)))
			}
		})
	}
}

// difference is the first line in which two texts differ.
func difference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "got  " + a[i] + "\nwant " + b[i]
		}
	}
	return "one text has more lines than the other:\n" + got
}

// TestNodeFiles checks that scripts reach no file but those below the folder of --fs, and none without it.
func TestNodeFiles(t *testing.T) {
	root := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(root, "link")); err != nil {
		t.Skip(err)
	}
	code := `import fs from "node:fs";
for (const name of ["/link", "../../../../../etc/passwd", "/new/../link"]) {
  try { fs.readFileSync(name); console.log("read", name); } catch (error) { console.log(error.code, error.message); }
}
try { fs.symlinkSync("/etc", "/etc"); fs.readdirSync("/etc"); console.log("listed"); } catch (error) { console.log(error.code); }`
	want := `EACCES EACCES: permission denied, open '/link'
ENOENT ENOENT: no such file or directory, open '../../../../../etc/passwd'
EACCES EACCES: permission denied, open '/new/../link'
EACCES
`
	if got := evalNode(t, "", code, root); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	without := `import { readFile } from "fs/promises"; await readFile("/x").catch((error) => console.log(error.message)); console.log(process.env.GREETING, Rowan.env.GREETING, process.env.HOME)`
	want = "EACCES: permission denied, open '/x': scripts have no files; the option --fs DIR gives them a folder\nhello hello undefined\n"
	if got := evalNode(t, "", without, ""); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestNodeModules checks that every module that the bundler knows is there, and that without the group nothing is.
func TestNodeModules(t *testing.T) {
	var code strings.Builder
	for _, name := range node.Modules {
		code.WriteString("if (!require('node:" + name + "')) console.log('" + name + "');\n")
	}
	code.WriteString("console.log(require('module').builtinModules.sort().join(' '), typeof process, typeof global, Object.keys(globalThis).includes('process'))")
	want := strings.Join(node.Modules, " ") + " object object false\n"
	if got := evalNode(t, "", code.String(), ""); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	var out bytes.Buffer
	err := daemon.Eval(daemon.Script{
		Name: "off.ts", Code: "console.log(typeof process, typeof global, Error.captureStackTrace, import.meta.require); export {}", Out: &out, Err: &out,
	}, config.Default())
	if want := "undefined undefined undefined undefined\n"; err != nil || out.String() != want {
		t.Errorf("got %s%v, want %s", out.String(), err, want)
	}
}

// TestNodeExit checks that process.exit ends a script that is run by hand, with its code.
func TestNodeExit(t *testing.T) {
	var flags config.Flags
	if err := newFlagSet(&flags).Parse([]string{"--apis=all,node"}); err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	c.Apply(flags)
	var out bytes.Buffer
	err := daemon.Eval(daemon.Script{Name: "exit.ts", Code: `process.on("exit", (code) => console.log("exit", code)); setTimeout(() => process.exit(3)); setInterval(() => {}, 1000); export {}`, Out: &out, Err: &out}, c)
	if exit, ok := err.(*daemon.ScriptExit); !ok || exit.Code != 3 || out.String() != "exit 3\n" {
		t.Errorf("got %v and %q", err, out.String())
	}
}

// TestNodePackages bundles packages of npm and runs them here and in Node.js: testdata/packages. They are installed by .ci/run.
func TestNodePackages(t *testing.T) {
	dir := "testdata/packages"
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		t.Skip("the packages are not installed: npm install in daemon/testdata/packages")
	}
	file := filepath.Join(dir, "app.mjs")
	want, err := exec.Command("node", file).CombinedOutput()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, want)
	}
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := evalNode(t, file, string(code), ""); got != string(want) {
		t.Error(difference(got, string(want)))
	}
}
