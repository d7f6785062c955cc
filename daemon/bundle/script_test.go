package bundle

import "testing"

func TestIsModule(t *testing.T) {
	tests := []struct {
		code string
		want bool
	}{
		{"", false},
		{"var x = 1", false},
		{"var s = 'import x from y'; // export default", false},
		{"async function f() { await 1 }", false},
		{"import('./x')", false},
		{"module.exports = 1", false},
		{"const x: number = 1", false},
		{"syntax error(", false},
		{"import './x'", true},
		{"import type { A } from './x'", true},
		{"export const x = 1", true},
		{"await 1", true},
		{"for await (const x of y) {}", true},
		{"import.meta.url", true},
	}
	for _, test := range tests {
		if got := IsModule(test.code); got != test.want {
			t.Errorf("IsModule(%q) = %v, want %v", test.code, got, test.want)
		}
	}
}

func TestTransform(t *testing.T) {
	tests := []struct {
		name string
		code string
		file string
		want string
	}{
		{
			name: "a classic script keeps its globals",
			code: "var count: number = 0\nfunction inc(by?: number) { count += by ?? 1; return count }\nlet unused\n",
			file: "counter.ts",
			want: `var count = 0;
function inc(by) {
  count += by ?? 1;
  return count;
}
let unused;
`,
		},
		{
			name: "and stays in sloppy mode",
			code: "with (Math) { x = PI }\n",
			file: "-e",
			want: "with (Math) {\n  x = PI;\n}\n",
		},
		{
			name: "JavaScript is not read as TypeScript",
			code: "f(a<b, c>(d))\n",
			file: "a.js",
			want: "f(a < b, c > d);\n",
		},
		{
			name: "a module keeps its imports",
			code: "import { a } from './a'\nexport const b: number = a\n",
			file: "b.ts",
			want: "import { a } from \"./a\";\nexport const b = a;\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, err := Transform(test.code, test.file)
			if err != nil {
				t.Fatal(err)
			}
			if string(b.Code) != test.want {
				t.Errorf("code:\n%s\nwant:\n%s", b.Code, test.want)
			}
			if b.Name != test.file {
				t.Errorf("Name = %q, want %q", b.Name, test.file)
			}
		})
	}
}

func TestTransformMap(t *testing.T) {
	b, err := Transform("interface A { a: 1 }\n\nfunction f(a: A) { throw new Error() }\n", "dir/f.ts")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := b.Map.RewriteStack("    at f (dir/f.ts:2:13)"), "    at f (dir/f.ts:3:30)"; got != want {
		t.Errorf("RewriteStack = %q, want %q", got, want)
	}
}

func TestTransformErrors(t *testing.T) {
	_, err := Transform("let a = ;", "-e")
	want := "-e:1:9: error: Unexpected \";\"\n    let a = ;\n            ^"
	if err == nil || err.Error() != want {
		t.Errorf("error:\n%v\nwant:\n%s", err, want)
	}
}
