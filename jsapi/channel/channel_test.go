package channel_test

import (
	"testing"

	"rowan/jsapi/jsapitest"
)

func TestJavaScript(t *testing.T) { jsapitest.Run(t, "channel/channel.ts") }
