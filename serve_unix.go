//go:build unix

package main

import (
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
)

// collectOnSignal has SIGUSR2 collect garbage, until the returned function is called.
func collectOnSignal() (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR2)
	go func() {
		for range signals {
			runtime.GC() // what pools hold goes with the second collection
			debug.FreeOSMemory()
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}
