package main

import (
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
BenchmarkMemory/counter/rowan-2 	 1	 180.0 B/context
PASS
`
	const want = `Medians of one run on 2 cores, Some Processor, go1.26.

| | rowan | a VM per session | goja: a runtime per session |
|---|---:|---:|---:|
| Create | 2.5 µs | | 5 µs (2.0×) |
| Memory, counter (B/context) | 180 | | |
`
	got, err := table(strings.NewReader(output))
	if err != nil || got != want {
		t.Errorf("table() = %v\n%s\nwant\n%s", err, got, want)
	}
	if _, err := table(strings.NewReader("PASS\n")); err == nil {
		t.Error("no benchmark is no error")
	}
}
