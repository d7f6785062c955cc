//go:build !unix

package main

import "rowan/daemon"

func onSignals(*daemon.Server) (stop func()) { return func() {} }
