package bundle

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuildErrors(t *testing.T) {
	tests := []struct {
		name  string
		entry string
		files string
		want  string
	}{
		{
			name:  "missing import",
			entry: "app.ts",
			files: "-- app.ts --\n\n\nimport { x } from \"./x\"\nexport default { x }\n",
			want: `app.ts:3:19: error: Could not resolve "./x"
    import { x } from "./x"
                      ^`,
		},
		{
			name:  "in a file of another folder, under a tab",
			entry: "app/app.ts",
			files: "-- app/app.ts --\nimport '../lib/b'\n-- lib/b.ts --\n// é\n\tconst é = 1, = 2\n",
			want:  "lib/b.ts:2:15: error: Expected identifier but found \"=\"\n    \tconst é = 1, = 2\n    \t             ^",
		},
		{
			name:  "missing package",
			entry: "app.ts",
			files: "-- app.ts --\nimport { z } from 'zod'\nexport default { z }\n",
			want: `app.ts:1:19: error: Could not resolve "zod"
    import { z } from 'zod'
                      ^
  note: is the package installed in a node_modules folder beside the app or above it?`,
		},
		{
			name:  "modules of Node.js, with and without their prefix",
			entry: "app.ts",
			files: "-- app.ts --\nimport fs from 'node:fs'\nimport path from 'path'\nexport default { fs, path }\n",
			want: `app.ts:1:16: error: Could not resolve "node:fs": it is a module of Node.js; these come with the API group "node", which is off; turn it on with --apis all,node or apis = "all,node" in rowan.toml
    import fs from 'node:fs'
                   ^
app.ts:2:18: error: Could not resolve "path"
    import path from 'path'
                     ^
  note: it is a module of Node.js; these come with the API group "node", which is off; turn it on with --apis all,node or apis = "all,node" in rowan.toml`,
		},
		{
			name:  "a value from the type package",
			entry: "app.ts",
			files: "-- app.ts --\nimport { Refusal } from 'rowan'\nexport default { Refusal }\n",
			want: `app.ts:1:10: error: "rowan" has types only, so "Refusal" cannot be imported from it as a value; use the global Rowan, or "import type"
    import { Refusal } from 'rowan'
             ^`,
		},
		{
			name:  "a note with a place of its own",
			entry: "app.ts",
			files: "-- app.ts --\nlet a = 1\nlet a = 2\n",
			want: `app.ts:2:5: error: The symbol "a" has already been declared
    let a = 2
        ^
  app.ts:1:5: note: The symbol "a" was originally declared here:
      let a = 1
          ^`,
		},
		{
			name:  "a file that no loader reads",
			entry: "app.ts",
			files: "-- app.ts --\nimport './a.py'\n-- a.py --\n",
			want: `app.ts:1:8: error: No loader is configured for ".py" files: a.py
    import './a.py'
           ^`,
		},
		{
			name:  "missing entry",
			entry: "app/nope.ts",
			want:  "app/nope.ts: error: no such file",
		},
		{
			name:  "a folder as entry",
			entry: "app",
			files: "-- app/app.ts --\n",
			want:  "app: error: is a folder; name the script in it, such as app/app.ts",
		},
		{
			name:  "an entry that is no script",
			entry: "app.py",
			files: "-- app.py --\n",
			want:  "app.py: error: is no script: the name must end in one of .ts .tsx .mts .cts .js .jsx .mjs .cjs",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tree(t, test.files)
			_, err := Build(filepath.FromSlash(test.entry), Options{})
			if err == nil {
				t.Fatal("no error")
			}
			if got := filepath.ToSlash(err.Error()); got != test.want {
				t.Errorf("error:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func TestBuildErrorIsBounded(t *testing.T) {
	var app strings.Builder
	for i := range 25 {
		fmt.Fprintf(&app, "import './missing%d'\n", i)
	}
	tree(t, "-- app.ts --\n"+app.String())
	_, err := Build("app.ts", Options{})
	lines := strings.Split(err.Error(), "\n")
	if got, want := lines[len(lines)-1], "and 15 more errors"; got != want || len(lines) != 31 {
		t.Errorf("%d lines, the last %q; want 31 and %q", len(lines), got, want)
	}
}

// A minified package is one line of a megabyte.
func TestMessageCutsLongLines(t *testing.T) {
	line := strings.Repeat("a", 1000) + "X" + strings.Repeat("b", 1000)
	got := Message{Kind: "error", File: "a.js", Line: 1, Column: 1001, LineText: line, Text: "no"}.String()
	want := "a.js:1:1001: error: no\n    " + strings.Repeat("a", 80) + "X" + strings.Repeat("b", 39) +
		"\n    " + strings.Repeat(" ", 80) + "^"
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
