package bundle_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"modernc.org/quickjs"

	"rowan/jsapi/bundle"
)

func TestGroup(t *testing.T) {
	files := fstest.MapFS{
		"greet/greet.ts": {Data: []byte(`
			import { twice } from "../internal/twice.ts";
			declare const __host: { name(): string };
			export default { greet: (n: number): string => __host.name() + twice(n) };
		`)},
		"internal/twice.ts": {Data: []byte(`export const twice = (n: number): number => 2 * n;`)},
	}
	script, err := bundle.Group(files, "greet")
	if err != nil {
		t.Fatal(err)
	}
	if script.Name != "greet/greet.ts" {
		t.Errorf("name = %q", script.Name)
	}
	vm, err := quickjs.NewVM()
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	got, err := vm.Eval(script.Source+`({ name: () => "n=" }).greet(21)`, quickjs.EvalGlobal)
	if err != nil || got != "n=42" {
		t.Errorf("greet(21) = %v, %v", got, err)
	}
	if got, err := vm.Eval(`typeof group`, quickjs.EvalGlobal); err != nil || got != "undefined" {
		t.Errorf("the bundle left a global: %v, %v", got, err)
	}
}

func TestGroupErrors(t *testing.T) {
	tests := []struct {
		name, source, want string
	}{
		{"syntax", "let = ;", "bundle: g/g.ts:1:"},
		{"missing import", `import "./absent.ts"`, "g/absent.ts"},
		{"package", `import "lodash"`, "a group has no packages"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := fstest.MapFS{"g/g.ts": {Data: []byte(test.source)}}
			_, err := bundle.Group(files, "g")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error = %v, want one with %q", err, test.want)
			}
		})
	}
	if _, err := bundle.Group(fstest.MapFS{}, "absent"); err == nil || !strings.Contains(err.Error(), "absent/absent.ts") {
		t.Errorf("error of an absent group = %v", err)
	}
}

// Groups that share code: a group finds what it imports of another one where that one's script has put it.
func TestGroups(t *testing.T) {
	files := fstest.MapFS{
		"internal/internal.ts": {Data: []byte(`export * from "./count.ts"; export default {};`)},
		"internal/count.ts":    {Data: []byte(`let n = 0; export const count = () => ++n; export const unused = "UNUSED";`)},
		"base/base.ts":         {Data: []byte(`import { count } from "../internal/count.ts"; export class Base { n = count() } export default {};`)},
		"user/user.ts": {Data: []byte(`
			import { count } from "../internal/count.ts";
			import { Base } from "../base/base.ts";
			export default { make: () => [count(), new Base().n, new Base() instanceof Base] };`)},
	}
	all := func(string, string) bool { return true }
	names, exports := []string{"internal", "base", "user"}, bundle.Exports{}
	if err := exports.Add(files, names); err != nil {
		t.Fatal(err)
	}
	scripts, err := bundle.Groups(files, names, exports, all)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(scripts[2].Source, "class") || strings.Contains(scripts[2].Source, "UNUSED") {
		t.Errorf("the group brings what others share:\n%s", scripts[2].Source)
	}
	vm, err := quickjs.NewVM()
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	source := "const shared = {};"
	for i, name := range []string{"internal", "base", "user"} {
		source += "const " + name + " = " + scripts[i].Source + `({ shared, name: "` + name + `" });`
	}
	got, err := vm.Eval(source+"JSON.stringify(user.make())", quickjs.EvalGlobal)
	if err != nil || got != "[1,2,true]" {
		t.Errorf("make() = %v, %v", got, err)
	}
}

func TestGroupsErrors(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"no group", `import { a } from "../none/none.ts"; a()`, "bundle: user/user.ts:1:19: import of none/none.ts: none is no group that was bundled before"},
		{"not the entry", `import { a } from "../base/part.ts"; a()`, "imported by their entry file, base/base.ts"},
		{"not needed", `import { a } from "../other/other.ts"; a()`, "the group user does not say that it needs other"},
		{"no such name", `import { b } from "../base/base.ts"; b()`, "bundle: user/user.ts:1:10: No matching export"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := fstest.MapFS{
				"base/base.ts":   {Data: []byte(`export const a = 1; export default {};`)},
				"base/part.ts":   {Data: []byte(`export const a = 1;`)},
				"other/other.ts": {Data: []byte(`export const a = 1; export default {};`)},
				"user/user.ts":   {Data: []byte(test.source)},
			}
			names, exports := []string{"base", "other", "user"}, bundle.Exports{}
			err := exports.Add(files, names)
			if err == nil {
				_, err = bundle.Groups(files, names, exports, func(_, other string) bool { return other == "base" })
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error = %v, want one with %q", err, test.want)
			}
		})
	}
}
