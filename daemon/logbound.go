package daemon

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"rowan/daemon/rate"
	"rowan/pool"
)

// Bounds of what scripts have logged, besides [log] bytes_per_second.
const (
	logLineMax   = 64 << 10 // bytes of a line
	logLineExtra = 200      // bytes that a line counts more than its text
	logBurst     = 10 * time.Second
	logShare     = 10 // one context has a part of so many
)

// scriptLog bounds the lines that contexts have in the log: those of their consoles, and errors that nobody caught. Clients can cause both, by
// as little as a message that an app cannot parse, and would fill the disk.
type scriptLog struct {
	all, each rate.Limit
	dropped   atomic.Int64

	mu     sync.Mutex
	total  rate.Meter
	shares [1024]rate.Meter // by the context's number; two that meet in one have less, seldom
	missed int              // since the last that was logged
}

func newScriptLog(bytesPerSecond int) *scriptLog {
	return &scriptLog{all: rate.PerSecond(bytesPerSecond, logBurst), each: rate.PerSecond(max(bytesPerSecond/logShare, 1), logBurst)}
}

// bound makes of a log's core one that writes no more of contexts than that.
func (l *scriptLog) bound(core zapcore.Core) zapcore.Core { return boundCore{core, l} }

// take reports whether a line of a context is to be logged, and how many before it were not.
func (l *scriptLog) take(context uint64, bytes int) (missed int, ok bool) {
	now := rate.At(time.Now())
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.shares[context%uint64(len(l.shares))].Take(l.each, bytes, now) || !l.total.Take(l.all, bytes, now) {
		l.missed++
		l.dropped.Add(1)
		return 0, false
	}
	missed, l.missed = l.missed, 0
	return missed, true
}

// boundCore is a log's core with such a bound.
type boundCore struct {
	zapcore.Core
	log *scriptLog
}

func (c boundCore) With(fields []zapcore.Field) zapcore.Core {
	return boundCore{c.Core.With(fields), c.log}
}

func (c boundCore) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(e.Level) {
		return checked.AddCore(e, c)
	}
	return checked
}

func (c boundCore) Write(e zapcore.Entry, fields []zapcore.Field) error {
	for _, f := range fields {
		owner, ok := f.Interface.(*pool.Context)
		if !ok {
			continue
		}
		if more := len(e.Message) - logLineMax; more > 0 {
			e.Message = strings.ToValidUTF8(e.Message[:logLineMax], "") + fmt.Sprintf("… and %d bytes more", more)
		}
		missed, ok := c.log.take(owner.ID(), len(e.Message)+logLineExtra)
		if !ok {
			return nil
		}
		if missed > 0 {
			fields = append(fields[:len(fields):len(fields)], zap.Int("not_logged", missed))
		}
		break
	}
	return c.Core.Write(e, fields)
}
