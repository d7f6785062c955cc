package benchmarks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"runtime"
	"testing"

	"rowan/daemon"
	"rowan/daemon/config"
)

// webAPI is something that an API group does in Go. Its script runs n times and says what it came to.
type webAPI struct {
	name, prepare, run string
	// result is an expression that must be true of r, the last run's value.
	result string
}

const megabyte = `const data = new Uint8Array(1 << 20); for (let i = 0; i < data.length; i++) data[i] = 32 + (i * 7919 >>> 3) % 90;`

var webAPIs = []webAPI{
	{
		name: "sha256-1MB", prepare: megabyte, run: `new Uint8Array(await crypto.subtle.digest("SHA-256", data))`,
		result: `r.length === 32`,
	},
	{
		name: "decode-1MB-ascii", prepare: megabyte + `const decoder = new TextDecoder();`, run: `decoder.decode(data)`,
		result: `r.length === data.length && r.charCodeAt(77) === data[77]`,
	},
	{
		name: "decode-1MB-utf8", prepare: `const data = new TextEncoder().encode("Zoë hält Österreich für schön. ".repeat(30000)); const decoder = new TextDecoder();`,
		run: `decoder.decode(data)`, result: `r.length === 30000 * 31`,
	},
	{
		name: "encode-1MB", prepare: `const text = "Zoë hält Österreich für schön. ".repeat(30000); const encoder = new TextEncoder();`, run: `encoder.encode(text)`,
		result: `r.length === 30000 * 36`,
	},
	{
		name: "url", prepare: `let i = 0;`, run: `new URL("/b/../c?x=1&y=2#frag" + (i++ % 10), "https://user@example.org:8080/a/b").href.length`,
		result: `r === 45`,
	},
	{
		name: "gzip-1MB", prepare: megabyte, run: `(await new Response(new Blob([data]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer()).byteLength`,
		result: `r > 1000 && r < 1 << 20`,
	},
	{
		name: "gunzip-1MB", prepare: megabyte + `const packed = await new Response(new Blob([data]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();`,
		run:    `(await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()).byteLength`,
		result: `r === 1 << 20`,
	},
	{name: "structured-clone", prepare: `const value = { a: [1, 2, 3], m: new Map([["k", { d: new Date(0) }]]), s: "text" };`, run: `structuredClone(value)`, result: `r.m.get("k").d.getTime() === 0`},
	{name: "event", prepare: `const target = new EventTarget(); let heard = 0; target.addEventListener("x", () => heard++);`, run: `target.dispatchEvent(new Event("x"))`, result: `r === true && heard >= n`},
}

// script runs the benchmark n times after some rounds that do not count, and prints the time of one and whether the result is right.
func (a webAPI) script(n int) string {
	return fmt.Sprintf(`%s
const n = %d;
let r;
for (let i = 0; i < Math.min(n, 20); i++) r = %s;
const start = performance.now();
for (let i = 0; i < n; i++) r = %s;
const ns = (performance.now() - start) * 1e6 / n;
console.log(JSON.stringify({ ns, right: %s }));
export {};
`, a.prepare, n, a.run, a.run, a.result)
}

// BenchmarkWebAPI times what is done in Go beside Node, in the time of the script itself.
func BenchmarkWebAPI(b *testing.B) {
	for _, a := range webAPIs {
		b.Run(a.name, func(b *testing.B) {
			b.Run("rowan", func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0)) // a pool has one more
				a.report(b, func(script string) ([]byte, error) {
					var out bytes.Buffer
					err := daemon.Eval(daemon.Script{Name: "bench.js", Code: script, Out: &out, Err: &out}, config.Default())
					return out.Bytes(), err
				})
			})
			b.Run("node", func(b *testing.B) {
				if _, err := exec.LookPath("node"); err != nil {
					b.Skip("node is not here to compare with")
				}
				a.report(b, func(script string) ([]byte, error) {
					return exec.Command("node", "--input-type=module", "--eval", script).Output()
				})
			})
		})
	}
}

func (a webAPI) report(b *testing.B, run func(script string) ([]byte, error)) {
	out, err := run(a.script(b.N))
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var result struct {
		NS    float64
		Right bool
	}
	if err := json.Unmarshal(out, &result); err != nil || !result.Right {
		b.Fatalf("not the right result: %s (%v)", out, err)
	}
	b.ReportMetric(result.NS, "ns/op")
}
