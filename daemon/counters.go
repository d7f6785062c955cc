package daemon

import (
	"math/bits"
	"strconv"
	"sync/atomic"
	"time"

	"go.uber.org/zap/zapcore"
)

// monitor is what is counted for those who look at the server, besides what its parts count themselves.
type monitor struct {
	surveys   surveys
	responses responseTimes
	lines     logLines
	storage   storageCheck
	slow      slowTurns
	accepting atomic.Bool // connections
}

// responseTimes counts responses by class of status and by the time until they began.
type responseTimes [6]struct {
	counts [responseBuckets]atomic.Uint64
	nanos  atomic.Int64
}

// The bounds of responses' times: 65.5 µs for the first bucket, twice as much for each further one, to 34 s.
const (
	responseBuckets = 21
	responseShift   = 16
)

var responseBounds = func() (bounds []float64) {
	for i := range responseBuckets - 1 {
		bounds = append(bounds, time.Duration(1<<(responseShift+i)).Seconds())
	}
	return bounds
}()

func (r *responseTimes) note(status int, took time.Duration) {
	c := &r[min(max(status/100, 0), len(r)-1)]
	c.counts[min(bits.Len64(uint64(took)>>responseShift), responseBuckets-1)].Add(1)
	c.nanos.Add(int64(took))
}

func (r *responseTimes) collect(p put) {
	for class := 1; class < len(r); class++ {
		counts := make([]uint64, responseBuckets)
		for i := range counts {
			counts[i] = r[class].counts[i].Load()
		}
		p.times(metricResponses, responseBounds, counts, time.Duration(r[class].nanos.Load()).Seconds(), strconv.Itoa(class)+"xx")
	}
}

// logLines counts the lines of a log by their level.
type logLines [4]atomic.Uint64

func (l *logLines) note(e zapcore.Entry) error {
	l[min(max(e.Level-zapcore.DebugLevel, 0), zapcore.Level(len(l)-1))].Add(1)
	return nil
}

// at is how many lines of a level there were.
func (l *logLines) at(level zapcore.Level) uint64 { return l[level-zapcore.DebugLevel].Load() }

// counts are the lines by the names of levels.
func (l *logLines) counts() map[string]uint64 {
	m := map[string]uint64{}
	for i := range l {
		level := zapcore.DebugLevel + zapcore.Level(i)
		m[level.String()] = l.at(level)
	}
	return m
}
