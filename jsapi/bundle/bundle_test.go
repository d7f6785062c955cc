package bundle_test

import (
	"encoding/json"
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
	var sources struct{ Sources []string }
	if err := json.Unmarshal(script.SourceMap, &sources); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(sources.Sources, " "); !strings.Contains(got, "internal/twice.ts") {
		t.Errorf("sources of the map = %s", got)
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
