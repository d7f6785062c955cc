// Package examples tests the examples as they stand: their apps by a plain WebSocket client, their pages in Chromium.
package examples

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
