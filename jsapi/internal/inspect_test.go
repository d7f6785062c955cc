package internal_test

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"slices"
	"testing"

	"rowan/jsapi/jsapitest"
)

var update = flag.Bool("update", false, "ask node what it says, and keep that as the expectation")

const (
	entry  = "internal/internal.ts"
	golden = "testdata/golden/node.json"
)

// TestNode compares inspect and format with what Node's util.inspect and util.format say of the same values.
func TestNode(t *testing.T) {
	cases, err := os.ReadFile("testdata/golden/cases.js")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		updateGolden(t, string(cases))
	}
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	want := texts(t, text)

	script := jsapitest.Script{Name: "cases.js", Source: "(" + string(cases) + "\n)(group.inspect, group.format)"}
	result, err := jsapitest.Eval(append(jsapitest.Load(t, entry), script)...)
	if err != nil {
		t.Fatal(err)
	}
	got := texts(t, []byte(result))
	for _, name := range names(want, got) {
		if got[name] != want[name] {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got[name], want[name])
		}
	}
}

func updateGolden(t *testing.T, cases string) {
	t.Helper()
	node := exec.Command("node", "-e", `
		const util = require("util");
		const texts = JSON.parse((`+cases+`
		)(util.inspect, (args) => util.format(...args)));
		console.log(JSON.stringify(texts, null, 2));`)
	node.Stderr = os.Stderr
	text, err := node.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(golden, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func texts(t *testing.T, text []byte) map[string]string {
	t.Helper()
	var m map[string]string
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func names(maps ...map[string]string) []string {
	var all []string
	for _, m := range maps {
		for name := range m {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
