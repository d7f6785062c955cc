//go:build !unix

package main

import (
	"go.uber.org/zap"

	"rowan/daemon"
)

func onSignals(*daemon.Server, *zap.Logger) (stop func()) { return func() {} }
