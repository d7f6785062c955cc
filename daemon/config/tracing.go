package config

// Tracing has the settings of traces, which go to a collector of OpenTelemetry. They hold for as long as the server runs.
type Tracing struct {
	Endpoint      string `toml:"endpoint"`      // URL of the collector, below which are /v1/traces; default none: nothing is traced
	Authorization Secret `toml:"authorization"` // header of that name, for a collector that wants one; default none
	Service       string `toml:"service"`       // name under which the server is shown; default rowan
	OneIn         Count  `toml:"one_in"`        // one of so many traces is kept; default 1
}
