// Package benchmarks measures rowan beside the two other engines that a Go program can keep a JavaScript session in:
// modernc.org/quickjs, with a virtual machine per session, and github.com/dop251/goja, with a runtime per session.
//
//	go test -bench . ./benchmarks                          everything, in a few minutes
//	go test -bench . -count 5 ./benchmarks | go run ./benchmarks/table
//	                                                       the table of figures, of medians
//	go run ./benchmarks/peers                              whole servers beside others, over real sockets
//	go test ./benchmarks                                   only checks that the harness measures what it says
//
// Each benchmark has one sub-benchmark for each engine, the last part of its name. They do the same work and check every
// result: a context that is lost or gives a wrong answer fails the benchmark. Figures of one run belong together;
// ratios between engines hold for other machines better than nanoseconds do.
//
// Memory is measured in a process of its own for each figure, see memory_test.go.
package benchmarks
