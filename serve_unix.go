//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"

	"rowan/daemon"
)

// onSignals has SIGHUP reload the app and SIGUSR2 collect garbage, until the returned function is called.
func onSignals(s *daemon.Server) (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGUSR2)
	go func() {
		for got := range signals {
			if got == syscall.SIGHUP {
				s.Reload() // which logs how it went
				continue
			}
			collect()
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}
