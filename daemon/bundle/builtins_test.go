package bundle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBuiltins checks how imports of Node's modules are found.
func TestBuiltins(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"app.ts":                           `import p from "node:path"; import { x } from "./old.cjs"; import punycode from "punycode/"; export default [p, x, punycode, import.meta.url]`,
		"old.cjs":                          `exports.x = require("path") === require("node:path"); exports.tls = () => require("tls")`,
		"node_modules/punycode/index.js":   `module.exports = "the package"`,
		"node_modules/tls-is-none/ignored": ``,
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := Build(filepath.Join(dir, "app.ts"), Options{Builtins: []string{"path", "punycode"}})
	if err != nil {
		t.Fatal(err)
	}
	code := string(b.Code)
	for text, n := range map[string]int{
		"__node_require = import.meta.require":    1,
		`module.exports = __node_require("path")`: 1,
		`__node_require("punycode")`:              0,
		`"the package"`:                           1,
		`__node_require("tls")`:                   1,
		`"file:///app.js"`:                        1,
	} {
		if strings.Count(code, text) != n {
			t.Errorf("the bundle has %s %d times, want %d:\n%s", text, strings.Count(code, text), n, code)
		}
	}
	if len(b.Warnings) != 1 || !strings.Contains(b.Warnings[0].Text, `"tls" is a module of Node.js that the API group "node" does not have`) {
		t.Errorf("warnings: %v", b.Warnings)
	}
}
