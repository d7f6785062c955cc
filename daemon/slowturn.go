package daemon

import (
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"rowan/daemon/rate"
	"rowan/pool"
)

// slowTurns bounds how many slow turns are logged: ten at once, and one a second.
type slowTurns struct {
	mu     sync.Mutex
	meter  rate.Meter
	missed int // since the last that was logged
}

var slowTurnRate = rate.PerSecond(1, 10*time.Second)

// take reports whether a slow turn is to be logged, and how many before it were not.
func (l *slowTurns) take(now time.Time) (missed int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.meter.Take(slowTurnRate, 1, rate.At(now)) {
		l.missed++
		return 0, false
	}
	missed, l.missed = l.missed, 0
	return missed, true
}

// slowTurn logs a turn that took long, see [log] slow_turn.
func (s *Server) slowTurn(c *pool.Context, took time.Duration, stack string) {
	missed, ok := s.monitor.slow.take(time.Now())
	if !ok {
		return
	}
	fields := append(contextFields(c), zap.Duration("took", took))
	if line := appLine(stack); line != "" {
		fields = append(fields, zap.String("line", line))
	}
	if missed > 0 {
		fields = append(fields, zap.Int("not_logged", missed))
	}
	s.log.Warn(fmt.Sprintf("slow turn: %v", took.Round(100*time.Microsecond)), fields...)
}
