package daemon

import (
	"fmt"
	"time"

	"rowan/daemon/config"
	"rowan/daemon/front"
	"rowan/daemon/rate"
	"rowan/engine"
	"rowan/engine/value"
)

// ratesOf is how much one socket may send.
func ratesOf(c config.Limits) *front.Rates {
	return &front.Rates{
		Messages: rate.PerSecond(int(c.MessagesPerSecond), time.Duration(c.Burst)),
		Bytes:    rate.PerSecond(int(c.BytesPerSecond), time.Duration(c.Burst)),
	}
}

func limitsOf(c config.ContextConfig) *engine.Limits {
	return &engine.Limits{HeapBytes: int(c.Memory), Turn: time.Duration(c.Turn)}
}

// frontOptions are the limits of the app's sockets: the configuration's, with what the app's handler says over them.
func frontOptions(c config.WebSocket, settings value.Object) (front.Options, error) {
	o := front.Options{
		MaxPayloadLength:         int(c.MaxPayload),
		BackpressureLimit:        int(c.BackpressureLimit),
		CloseOnBackpressureLimit: c.CloseOnBackpressureLimit,
		IdleTimeout:              time.Duration(c.IdleTimeout),
		DisablePings:             !c.SendPings,
		PerMessageDeflate:        c.PerMessageDeflate,
	}
	for _, f := range settings {
		n, isInt := f.Value.(int)
		b, isBool := f.Value.(bool)
		ok := false
		switch f.Key {
		case "idleTimeout":
			ok = isInt && n >= 0
			if o.IdleTimeout = time.Duration(n) * time.Second; n == 0 {
				o.IdleTimeout = -1
			}
		case "sendPings":
			ok, o.DisablePings = isBool, !b
		case "maxPayloadLength":
			ok, o.MaxPayloadLength = isInt && n > 0, n
		case "backpressureLimit":
			ok, o.BackpressureLimit = isInt && n > 0, n
		case "closeOnBackpressureLimit":
			ok, o.CloseOnBackpressureLimit = isBool, b
		case "perMessageDeflate":
			ok, o.PerMessageDeflate = isBool, b
		case "publishToSelf":
			ok = isBool
		default:
			return o, fmt.Errorf("unknown member %q: known are open, message, close, drain, idleTimeout, sendPings, maxPayloadLength, backpressureLimit, closeOnBackpressureLimit, perMessageDeflate and publishToSelf", f.Key)
		}
		if !ok {
			return o, fmt.Errorf("%s cannot be %v", f.Key, f.Value)
		}
	}
	return o, nil
}
