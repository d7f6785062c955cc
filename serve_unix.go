//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"

	"rowan/daemon"
	"rowan/internal/handover"
)

// onSignals has SIGHUP reload the app, SIGUSR1 restart the server and SIGUSR2 collect garbage, until the returned function is called.
func onSignals(s *daemon.Server) (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2)
	go func() {
		for got := range signals {
			switch got { // what comes of it is logged
			case syscall.SIGHUP:
				notify(handover.Reloading())
				s.Reload()
				notify(handover.StateReady)
			case syscall.SIGUSR1:
				s.Restart()
			case syscall.SIGUSR2:
				collect()
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}
