//go:build !linux

package engine

import "time"

var processStart = time.Now()

const threadClocks = false

// Without a CPU clock for each thread, turns are measured by the wall clock.
func threadTime() int64 { return int64(time.Since(processStart)) }

func threadClock() int32 { return 0 }

func timeOfThread(int32) int64 { return threadTime() }

// discard is not portable: elsewhere than on Linux the advice need not zero the pages.
func discard(p, n uintptr) bool { return false }
