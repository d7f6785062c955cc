package client_test

import (
	"testing"

	"rowan/internal/nodetest"
)

// TestScript runs testdata/client.test.mjs, which is the client without a server.
func TestScript(t *testing.T) {
	if out, err := nodetest.Command(t, "--test", "testdata/client.test.mjs").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
