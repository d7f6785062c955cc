package rate

import (
	"testing"
	"time"
)

func TestTake(t *testing.T) {
	const ms = Time(time.Millisecond)
	type step struct {
		at   Time
		n    int
		want bool
	}
	for name, test := range map[string]struct {
		limit Limit
		steps []step
	}{
		"no limit":                             {Limit{}, []step{{0, 1 << 60, true}, {0, 1 << 60, true}}},
		"a burst, then no more":                {PerSecond(10, time.Second), []step{{0, 10, true}, {0, 1, false}, {99 * ms, 1, false}, {100 * ms, 1, true}, {101 * ms, 1, false}}},
		"steadily":                             {PerSecond(10, 100*time.Millisecond), []step{{0, 1, true}, {100 * ms, 1, true}, {200 * ms, 1, true}, {202 * ms, 1, false}}},
		"silence gives no more than the burst": {PerSecond(10, time.Second), []step{{1_000_000 * ms, 10, true}, {1_000_000 * ms, 1, false}}},
		"what is refused does not count":       {PerSecond(10, time.Second), []step{{0, 11, false}, {0, 10, true}}},
		"fractions of a nanosecond":            {PerSecond(16_000_000_000, time.Second), []step{{0, 1, true}, {0, 15_999_999_000, true}, {0, 1_000_000, false}}},
	} {
		t.Run(name, func(t *testing.T) {
			var m Meter
			for i, s := range test.steps {
				if got := m.Take(test.limit, s.n, s.at); got != s.want {
					t.Errorf("step %d: Take(%d) at %d = %v", i, s.n, s.at, got)
				}
			}
		})
	}
}

func TestIdle(t *testing.T) {
	var m Meter
	l := PerSecond(1000, time.Second)
	if !m.Idle(1) {
		t.Error("a new meter is not idle")
	}
	m.Take(l, 5, 0)
	if m.Idle(Time(4*time.Millisecond)) || !m.Idle(Time(6*time.Millisecond)) {
		t.Error("five units of a millisecond are not gone after that time")
	}
}

func BenchmarkTake(b *testing.B) {
	var m Meter
	l := PerSecond(1<<30, time.Hour)
	now := At(time.Now())
	for b.Loop() {
		m.Take(l, 1, now)
	}
}
