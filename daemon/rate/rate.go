// Package rate bounds how much of something comes in a time: so much a second, and a burst of it at once.
//
// It is the generic cell rate algorithm (ITU-T I.371, appendix I): what has come is due at a time, each unit of it later by its share of a
// second, and may be ahead of the clock by no more than the burst. So a [Meter] is one number, costs a few nanoseconds, and needs no timer.
package rate

import "time"

// A Limit is how much may come. The zero Limit lets everything through. It may be shared.
type Limit struct {
	each  float64 // nanoseconds that one unit stands for
	ahead int64   // nanoseconds
}

// PerSecond is a limit of n units a second, of which as many as a time of burst makes may come at once.
func PerSecond(n int, burst time.Duration) Limit {
	return Limit{each: float64(time.Second) / float64(n), ahead: int64(burst)}
}

// A Meter measures one source against a limit. The zero Meter is ready. It is for one goroutine at a time.
type Meter struct{ due int64 }

// Take notes n units that have come at a time, which does not run backwards. It reports false, and notes nothing, if they are more than
// the limit lets through.
func (m *Meter) Take(l Limit, n int, now Time) bool {
	if l.each == 0 {
		return true
	}
	due := max(m.due, int64(now)) + max(int64(float64(n)*l.each), 1) // what is small is not for nothing
	if due-int64(now) > l.ahead {
		return false
	}
	m.due = due
	return true
}

// Idle reports whether nothing is left of what has come: another Meter would do as well.
func (m *Meter) Idle(now Time) bool { return m.due <= int64(now) }

// A Time is a moment by the monotonic clock, in nanoseconds of this process.
type Time int64

var start = time.Now()

// At is the Time of t, which time.Now has returned.
func At(t time.Time) Time { return Time(t.Sub(start)) }
