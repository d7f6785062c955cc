package benchmarks

import "rowan/daemon/config"

// settings are a server's defaults, but for how much one client may send, since a few of them make all the load, and without an admin side.
func settings() *config.Config {
	c := config.Default()
	c.Limits.MessagesPerSecond, c.Limits.BytesPerSecond = 1e9, 1<<40
	c.Admin.Listen = ""
	return c
}
