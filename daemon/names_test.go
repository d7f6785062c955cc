package daemon_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"rowan/daemon"
	"rowan/daemon/config"
)

// TestMinimumCommonAPI wants every name of ECMA-429 (the Minimum Common Web API, https://ecma-international.org/publications-and-standards/standards/ecma-429),
// those of WebAssembly aside, to be there: the engine has no WebAssembly.
func TestMinimumCommonAPI(t *testing.T) {
	text, err := os.ReadFile("testdata/ecma429-names.txt")
	if err != nil {
		t.Fatal(err)
	}
	names := strings.Fields(string(text))
	var out bytes.Buffer
	code := `for (const name of "` + strings.Join(names, " ") + `".split(" ")) {
		let value = globalThis;
		for (const part of name.replace(/^globalThis\./, "").split(".")) value = value?.[part];
		if (value === undefined) console.log(name);
	}`
	if err := daemon.Eval(daemon.Script{Name: "names.js", Code: code, Out: &out, Err: &out, Version: "test"}, config.Default()); err != nil {
		t.Fatal(err)
	}
	for name := range strings.Lines(out.String()) {
		if name = strings.TrimSpace(name); !strings.HasPrefix(name, "WebAssembly") {
			t.Errorf("%s is missing", name)
		}
	}
}
