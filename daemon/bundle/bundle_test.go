package bundle

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree writes files into a fresh working directory and returns its path. Each
// file in the text begins with a line "-- path --".
func tree(t *testing.T, files string) string {
	t.Helper()
	dir := realPath(t.TempDir())
	for file := range strings.SplitSeq("\n"+files, "\n-- ") {
		name, content, ok := strings.Cut(file, " --\n")
		if !ok {
			continue // what stands before the first file
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.TrimSuffix(content, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

func TestBuild(t *testing.T) {
	tests := []struct {
		name  string
		files string
		opts  Options
		want  []string // parts of the code
		not   []string
	}{
		{
			name: "TypeScript with a relative import, names kept",
			files: `
-- app.ts --
import { twice } from "./lib/twice"
enum Colour { Red }
export default { websocket: { open() { return twice(Colour.Red) } } }
-- lib/twice.ts --
export function twice(n: number): number { return n * 2 }
`,
			want: []string{"// lib/twice.ts\n", "function twice(n) {", `__name(twice, "twice")`, "export {\n  app_default as default\n};\n"},
			not:  []string{": number", "sourceMappingURL"},
		},
		{
			name: "the type package leaves nothing behind",
			files: `
-- app.ts --
import type { App } from "rowan"
import { Channel } from "rowan"
import "rowan"
export default {} satisfies App as { c?: Channel }
`,
			want: []string{"var app_default = {};"},
			not:  []string{"rowan"},
		},
		{
			name: "a package's condition for rowan comes before its worker, import and default",
			files: `
-- app.ts --
import a from "a"
import b from "b"
import c from "c"
import d from "d"
export default { a, b, c, d }
-- node_modules/a/package.json --
{"exports": {"node": "./no.js", "browser": "./no.js", "rowan": "./yes.js", "worker": "./no.js", "default": "./no.js"}}
-- node_modules/a/yes.js --
export default "a for rowan"
-- node_modules/b/package.json --
{"exports": {"node": "./no.js", "worker": "./yes.js", "import": "./no.js"}}
-- node_modules/b/yes.js --
export default "b for workers"
-- node_modules/c/package.json --
{"exports": {"require": "./no.js", "import": "./yes.js", "default": "./no.js"}}
-- node_modules/c/yes.js --
export default "c for imports"
-- node_modules/d/package.json --
{"main": "./no.js", "module": "./yes.js"}
-- node_modules/d/yes.js --
export default "d by its module field"
`,
			want: []string{"a for rowan", "b for workers", "c for imports", "d by its module field"},
		},
		{
			name: "a CommonJS package",
			files: `
-- app.mjs --
import old from "old"
export default { old }
-- node_modules/old/index.js --
module.exports = { mode: process.env.NODE_ENV }
`,
			want: []string{`mode: "production"`},
			not:  []string{"process.env"},
		},
		{
			name:  "development",
			files: "-- app.js --\nexport default { mode: process.env.NODE_ENV }\n",
			opts:  Options{Dev: true},
			want:  []string{`mode: "development"`},
		},
		{
			name: "JSON, text and bytes",
			files: `
-- app.ts --
import data from "./data.json"
import page from "./page.html"
import style from "./page.module.css"
import bytes from "./a.bin"
export default { data, page, style, bytes }
-- data.json --
{"answer": 42}
-- page.html --
<p>hello
-- page.module.css --
p { margin: 0 }
-- a.bin --
abc
`,
			want: []string{"answer: 42", `"<p>hello\n"`, `"p { margin: 0 }\n"`, `__toBinary("YWJjCg==")`},
		},
		{
			name: "tsconfig.json is honoured",
			files: `
-- tsconfig.json --
{"compilerOptions": {"paths": {"@lib/*": ["./src/lib/*"]}, "jsx": "react", "jsxFactory": "h"}}
-- app.tsx --
import { h } from "@lib/h"
export default { page: <p>hi</p> }
-- src/lib/h.ts --
export const h = (...all: unknown[]) => all
`,
			want: []string{`h("p", null, "hi")`},
		},
		{
			name:  "a dynamic import is part of the one output",
			files: "-- app.ts --\nexport default { later: () => import('./b') }\n-- b.ts --\nexport const b = 'in b'\n",
			want:  []string{"in b"},
			not:   []string{"import("},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := tree(t, test.files)
			apps, _ := filepath.Glob("app.*")
			b, err := Build(apps[0], test.opts)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range test.want {
				if !strings.Contains(string(b.Code), want) {
					t.Errorf("code lacks %q:\n%s", want, b.Code)
				}
			}
			for _, not := range test.not {
				if strings.Contains(string(b.Code), not) {
					t.Errorf("code has %q:\n%s", not, b.Code)
				}
			}
			if want := filepath.Join(dir, apps[0]); b.Entry != want {
				t.Errorf("Entry = %q, want %q", b.Entry, want)
			}
			if b.Name != "app.js" || len(b.Warnings) > 0 {
				t.Errorf("Name = %q, Warnings = %v; want app.js and none", b.Name, b.Warnings)
			}
		})
	}
}

func TestBuildInputs(t *testing.T) {
	dir := tree(t, `
-- app/app.ts --
import { b } from "../shared/b"
import data from "./data.json"
import lib from "lib"
export default { b, data, lib }
-- app/data.json --
{}
-- app/other.ts --
not part of it
-- shared/b.ts --
import type { T } from "./types"
export const b: T = 1
-- shared/types.ts --
export type T = number
-- node_modules/lib/index.js --
export default 1
`)
	b, err := Build("app/app.ts", Options{})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, name := range []string{"app/app.ts", "app/data.json", "node_modules/lib/index.js", "shared/b.ts"} {
		want = append(want, filepath.Join(dir, filepath.FromSlash(name)))
	}
	if !slices.Equal(b.Inputs, want) {
		t.Errorf("Inputs = %q\nwant     %q", b.Inputs, want)
	}
}

// A broken app is watched as well: the file with the mistake, and the places
// where a missing one would be found.
func TestBuildErrorInputs(t *testing.T) {
	dir := tree(t, `
-- app.ts --
import "./broken"
import "./missing"
-- broken.ts --
let
`)
	_, err := Build("app.ts", Options{})
	e, ok := err.(*BuildError)
	if !ok {
		t.Fatalf("Build: %v, want a *BuildError", err)
	}
	for _, name := range []string{"app.ts", "broken.ts", "missing", "missing.ts", "missing.js"} {
		if !slices.Contains(e.Inputs, filepath.Join(dir, name)) {
			t.Errorf("Inputs = %q, which lacks %s", e.Inputs, name)
		}
	}
	if slices.Contains(e.Inputs, filepath.Join(dir, "broken.js")) {
		t.Errorf("Inputs = %q, which looks for broken.js although broken.ts is there", e.Inputs)
	}
}

// The image of an app is keyed by its bundle's bytes, so these must not depend
// on where the command was started.
func TestBuildIsTheSameFromAnywhere(t *testing.T) {
	dir := tree(t, `
-- deep/app/app.ts --
import "./a"
export default {}
-- deep/app/a.ts --
export * as b from "./b"
console.log(await import("./b"))
-- deep/app/b.ts --
export const b = 1
`)
	first, err := Build("deep/app/app.ts", Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(dir, "deep", "app"))
	second, err := Build("app.ts", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Code, second.Code) {
		t.Errorf("from above:\n%s\nfrom beside it:\n%s", first.Code, second.Code)
	}
}

func TestBuildScript(t *testing.T) {
	tree(t, "-- lib/n.ts --\nexport const n: number = 1\n")
	b, err := BuildScript("import { n } from './lib/n'\nconst m: number = n\nthrow new Error(`${m}`)\n", "-e", Options{Name: "eval.js"})
	if err != nil {
		t.Fatal(err)
	}
	want := `// lib/n.ts
var n = 1;

// -e
var m = n;
throw new Error(` + "`${m}`" + `);
`
	if string(b.Code) != want {
		t.Errorf("code:\n%s\nwant:\n%s", b.Code, want)
	}
	if got := b.Map.RewriteStack("    at <anonymous> (eval.js:6:11)"); got != "    at <anonymous> (-e:3:11)" {
		t.Errorf("rewritten stack: %q", got)
	}
	if b.Entry != "" || len(b.Inputs) != 1 {
		t.Errorf("Entry = %q, Inputs = %q; want none and lib/n.ts", b.Entry, b.Inputs)
	}
}

// Actors live in folders of their own, but their stacks are read beside the app.
func TestBuildRoot(t *testing.T) {
	tree(t, "-- app/actors/room.ts --\ntype T = string\nthrow new Error()\n")
	b, err := Build("app/actors/room.ts", Options{Root: "app"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := b.Map.RewriteStack("app.js:2:7"), "actors/room.ts:2:7"; got != want {
		t.Errorf("RewriteStack = %q, want %q", got, want)
	}
}

func TestBuildWarnings(t *testing.T) {
	tree(t, "-- app.ts --\nexport default { a: typeof Rowan === 'strnig' }\n")
	b, err := Build("app.ts", Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := `app.ts:1:38: warning: The "typeof" operator will never evaluate to "strnig"
    export default { a: typeof Rowan === 'strnig' }
                                         ^`
	if len(b.Warnings) != 1 || b.Warnings[0].String() != want {
		t.Errorf("Warnings = %v\nwant %s", b.Warnings, want)
	}
}

func TestBuildThroughSymlink(t *testing.T) {
	dir := tree(t, "-- real/app.ts --\nimport './b'\n-- real/b.ts --\nthrow new Error()\n")
	if err := os.Symlink("real", "link"); err != nil {
		t.Skip(err)
	}
	b, err := Build("link/app.ts", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := b.Map.RewriteStack("app.js:2:7"), "b.ts:1:7"; got != want {
		t.Errorf("RewriteStack = %q, want %q", got, want)
	}
	if want := filepath.Join(dir, "real", "b.ts"); !slices.Contains(b.Inputs, want) {
		t.Errorf("Inputs = %q, which lacks %q", b.Inputs, want)
	}
}
