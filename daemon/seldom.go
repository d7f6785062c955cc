package daemon

import (
	"math"
	"sync/atomic"
	"time"
)

// seldom is for what is said once in a while, however often there is a reason. The zero value says it at once.
type seldom struct{ last atomic.Int64 } // Unix time in nanoseconds

// never is for what is said once.
const never = time.Duration(math.MaxInt64)

// due reports whether it is to be said now, since that was not so for the given time.
func (s *seldom) due(pause time.Duration) bool {
	now, last := time.Now().UnixNano(), s.last.Load()
	return (last == 0 || now-last > int64(pause)) && s.last.CompareAndSwap(last, now)
}
