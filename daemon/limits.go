package daemon

import (
	"time"

	"rowan/daemon/config"
	"rowan/daemon/front"
	"rowan/daemon/rate"
)

// ratesOf is how much one socket may send.
func ratesOf(c config.Limits) *front.Rates {
	return &front.Rates{
		Messages: rate.PerSecond(int(c.MessagesPerSecond), time.Duration(c.Burst)),
		Bytes:    rate.PerSecond(int(c.BytesPerSecond), time.Duration(c.Burst)),
	}
}
