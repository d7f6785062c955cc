package benchmarks

import "rowan/daemon/config"

// settings are a server's defaults, but for how much one client may send: a few of them make all the load.
func settings() *config.Config {
	c := config.Default()
	c.Limits.MessagesPerSecond, c.Limits.BytesPerSecond = 1e9, 1<<40
	return c
}
