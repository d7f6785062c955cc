package front

import (
	"strings"
	"testing"
	"time"

	"rowan/daemon/rate"
)

// Whatever a client sends too much of, it gets what it was allowed, and then is closed with 1008 by the rule that it broke.
func TestRates(t *testing.T) {
	few := Rates{Messages: rate.PerSecond(5, time.Second)}
	const messages, bytes = "too many messages a second", "too many bytes a second"
	for name, test := range map[string]struct {
		rates     Rates
		sent      []byte
		delivered int // messages, before the end
		reason    string
	}{
		"messages":   {few, frames(text, "1", text, "2", text, "3", text, "4", text, "5", text, "6", text, "7"), 5, messages},
		"pings":      {few, frames(text, "1", ping, "", ping, "", ping, "", ping, "", ping, "", text, "2"), 1, messages},
		"fragments":  {few, frames(text, "1", start, "a", more, "", more, "", more, "", more, "", last, ""), 1, messages},
		"bytes":      {Rates{Bytes: rate.PerSecond(1000, time.Second)}, frames(text, strings.Repeat("x", 2000)), 0, bytes},
		"large ones": {Rates{Bytes: rate.PerSecond(100_000, time.Second)}, frames(text, strings.Repeat("x", 300_000)), 0, bytes},
	} {
		t.Run(name, func(t *testing.T) {
			onTransports(t, func(t *testing.T, cfg serverConfig) {
				stats := new(Stats)
				cfg.upgrade.Options.Rates, cfg.upgrade.Options.Stats = &test.rates, stats
				_, r, cl := pair(t, cfg)
				cl.write(test.sent)
				for range test.delivered {
					r.message(t)
				}
				if end := cl.closeFrame(); end != (closing{StatusPolicyViolation, test.reason}) {
					t.Errorf("the client was told %+v", end)
				}
				cl.Close()
				if end := r.close(t); end != (closing{StatusPolicyViolation, test.reason}) {
					t.Errorf("the end is %+v", end)
				}
				if len(r.messages) > 0 {
					t.Errorf("one more message: %v", <-r.messages)
				}
				if got := stats.Counts(); got.OverMessages+got.OverBytes != 1 || (got.OverBytes == 1) != (test.reason == bytes) {
					t.Errorf("counted %+v", got)
				}
			})
		})
	}
}

// What a compressed message becomes counts, before anybody gets it.
func TestRatesOfInflatedBytes(t *testing.T) {
	onTransports(t, func(t *testing.T, cfg serverConfig) {
		for _, size := range []int{50_000, 5_000_000} { // one is inflated where it is read, one by a goroutine
			cfg.upgrade.Options.Rates = &Rates{Bytes: rate.PerSecond(40_000, time.Second)}
			r := newRecorder()
			_, cl := deflatePair(t, cfg, deflateOffer, r)
			cl.write(frames(text|compressed, compress(strings.Repeat("x", size))))
			if end := cl.closeFrame(); end.code != StatusPolicyViolation || len(r.messages) > 0 {
				t.Errorf("%d bytes: the end is %+v, after %d messages", size, end, len(r.messages))
			}
		}
	})
}

// A client within its rates notices nothing of them.
func TestRatesLetThrough(t *testing.T) {
	onTransports(t, func(t *testing.T, cfg serverConfig) {
		cfg.upgrade.Options.Rates = &Rates{Messages: rate.PerSecond(1000, time.Second), Bytes: rate.PerSecond(1<<20, time.Second)}
		_, r, cl := pair(t, cfg)
		for range 2 {
			for range 300 {
				cl.write(frames(text, "x"))
			}
			for range 300 {
				r.message(t)
			}
		}
	})
}

// BenchmarkRates is what the bounds cost for each message.
func BenchmarkRates(b *testing.B) {
	c := &Conn{opts: Options{Stats: new(Stats), Rates: &Rates{Messages: rate.PerSecond(1<<30, time.Hour), Bytes: rate.PerSecond(1<<40, time.Hour)}}, lastRead: time.Now()}
	for b.Loop() {
		if c.spendBytes(100) != nil || c.spendFrames(1) != nil {
			b.Fatal("too much")
		}
	}
}
