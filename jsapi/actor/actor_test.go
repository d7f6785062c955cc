package actor_test

import (
	"testing"

	"rowan/jsapi/jsapitest"
)

func TestJavaScript(t *testing.T) { jsapitest.Run(t, "actor/actor.ts") }
