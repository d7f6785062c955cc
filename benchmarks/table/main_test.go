package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	const output = `cores: 2
go: go1.26
cpu: Some Processor
BenchmarkCreate/rowan-2   	   100	  2000 ns/op
BenchmarkCreate/rowan-2   	   100	  9000 ns/op
BenchmarkCreate/rowan-2   	   100	  2500 ns/op
BenchmarkCreate/goja-2    	   100	  5000 ns/op
BenchmarkCallResident/quickjs-held-2 	 100	 70.0 ns/op
BenchmarkSwap/image=500kB/rowan-2 	 100	 2345 ns/op	 500000 B/image
BenchmarkFib/contexts=2/rowan-2 	 10	 40000000 ns/op	 50.0 fib/s
BenchmarkFib/contexts=2/goja-2 	 10	 80000000 ns/op	 25.0 fib/s
BenchmarkMemory/counter/quickjs-2 	 1	 180000 B/context
BenchmarkMemory/counter/rowan-2 	 1	 179.0 B/context
BenchmarkMemory/counter/rowan-2 	 1	 181.0 B/context
BenchmarkScaling/frames=heap/goja-2 	 1	 3 ns/op	 1.987 x
PASS
`
	const want = `Medians of a run on 2 cores, Some Processor, go1.26. In brackets: how many times better rowan is.

| | rowan | quickjs | goja |
|---|---:|---:|---:|
| create a context, first call included | 2.5 µs | | 5 µs (2×) |
| the same, with an image of 500 kB | 2.35 µs | | |
| memory of an idle counter | 180 B | 180 kB (1000×) | |
| fib(25) on 2 contexts at once | 50 fib/s | | 25 fib/s (2×) |
| calls of two threads beside one's, frames: heap | | | 1.99× |
`
	got, err := table(strings.NewReader(output))
	if err != nil || got != want {
		t.Errorf("table() = %v\n%s\nwant\n%s", err, got, want)
	}
}

func TestTableErrors(t *testing.T) {
	for _, output := range []string{"PASS\n", "BenchmarkCreate/rowan-2 100 many ns/op\n"} {
		if got, err := table(strings.NewReader(output)); err == nil {
			t.Errorf("%q makes the table\n%s", output, got)
		}
	}
}

func TestWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "README.md")
	for _, c := range []struct{ old, want string }{
		{"a\n<!-- figures -->\nold\n<!-- /figures -->\nb\n", "a\n<!-- figures -->\nnew\n<!-- /figures -->\nb\n"},
		{"no markers\n", ""},
		{"a\n<!-- figures -->\nb\n", ""},
	} {
		if err := os.WriteFile(file, []byte(c.old), 0o600); err != nil {
			t.Fatal(err)
		}
		err := write("new\n", []string{file})
		got, _ := os.ReadFile(file)
		switch {
		case c.want == "" && err == nil:
			t.Errorf("%q: no error", c.old)
		case c.want == "" && string(got) != c.old, c.want != "" && string(got) != c.want:
			t.Errorf("%q became %q, %v", c.old, got, err)
		}
	}
}
