package daemon_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"rowan/daemon"
	"rowan/daemon/config"
)

// BenchmarkPresence is what presence costs a script, of a topic that has 1000 members but for list=100. A track comes with its untrack;
// list is made anew each time, since somebody has come.
func BenchmarkPresence(b *testing.B) {
	for _, bench := range []struct {
		name    string
		members int
		run     string
	}{
		{"track", 999, `track("t", "k", meta); untrack("t", "k")`},
		{"update", 1000, `update("t", "user:7", meta)`},
		{"list=100", 100, `update("t", "user:7", meta); list("t")`},
		{"list=1000", 1000, `update("t", "user:7", meta); list("t")`},
	} {
		b.Run(bench.name, func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0)) // a pool has one more
			script := fmt.Sprintf(`
				const { track, update, untrack, list } = Rowan.presence;
				const meta = { name: "Ann Example", online_at: 1795248000000 };
				for (let i = 0; i < %d; i++) track("t", "user:" + i, meta);
				const n = %d;
				const start = performance.now();
				for (let i = 0; i < n; i++) { %s; }
				console.log((performance.now() - start) * 1e6 / n);`, bench.members, b.N, bench.run)
			var out bytes.Buffer
			if err := daemon.Eval(daemon.Script{Name: "bench.js", Code: script, Out: &out, Err: &out}, config.Default()); err != nil {
				b.Fatalf("%v\n%s", err, &out)
			}
			ns, err := strconv.ParseFloat(strings.TrimSpace(out.String()), 64)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(ns, "ns/op")
		})
	}
}
