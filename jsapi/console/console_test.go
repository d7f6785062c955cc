package console_test

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"testing"

	"rowan/jsapi/jsapitest"
)

var update = flag.Bool("update", false, "ask node what it draws, and keep that as the expectation")

const entry = "console/console.ts"

func TestJavaScript(t *testing.T) { jsapitest.Run(t, entry) }

// TestTables compares console.table with what Node's draws of the same values.
func TestTables(t *testing.T) {
	const golden = "testdata/golden/node.json"
	cases, err := os.ReadFile("testdata/golden/tables.js")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		updateGolden(t, string(cases), golden)
	}
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	script := jsapitest.Script{Name: "tables.js", Source: "(" + string(cases) + `
		)((...args) => { console.table(...args); return host.messages.pop().text; })`}
	result, err := jsapitest.Eval(append(jsapitest.Load(t, entry), script)...)
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]string
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(result), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Errorf("%d tables, want %d", len(got), len(want))
	}
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got[name], want[name])
		}
	}
}

func updateGolden(t *testing.T, cases, golden string) {
	t.Helper()
	node := exec.Command("node", "-e", `
		const { Console } = require("console");
		const { Writable } = require("stream");
		let text = "";
		const stdout = new Writable({ write(chunk, _, done) { text += chunk; done(); } });
		const own = new Console({ stdout, colorMode: false });
		const texts = JSON.parse((`+cases+`
		)((...args) => { text = ""; own.table(...args); return text.slice(0, -1); }));
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
