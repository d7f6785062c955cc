package inspect

import (
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap/zapcore"

	"rowan/pool"
)

// Bounds of the log's lines that are kept, for all contexts together.
const (
	linesMax     = 4096
	lineBytesMax = 8 << 10
)

// Line is a line of the log.
type Line struct {
	Seq     uint64    `json:"seq"` // counts from 1
	Time    time.Time `json:"time"`
	Level   string    `json:"level"`
	Text    string    `json:"text"`
	Context uint64    `json:"context,omitempty"` // its id; 0 for a line of the server's own
	Place   string    `json:"place,omitempty"`   // the app's file, line and column
}

// Lines keeps the last lines of a log, for whoever looks: 4,096 of them, of up to 8 KB each. Make it with NewLines.
type Lines struct {
	mu    sync.Mutex
	ring  []Line
	last  uint64                     // Seq of the latest
	wakes map[chan<- struct{}]uint64 // who waits for lines, and of which context; 0: of all
}

// NewLines returns one without lines.
func NewLines() *Lines { return &Lines{wakes: map[chan<- struct{}]uint64{}} }

// Tee makes of a log's core one whose entries are kept too.
func (l *Lines) Tee(core zapcore.Core) zapcore.Core {
	return zapcore.NewTee(core, lineCore{LevelEnabler: core, lines: l})
}

// lineCore is Lines as the core of a log.
type lineCore struct {
	zapcore.LevelEnabler
	lines *Lines
	with  []zapcore.Field
}

func (c lineCore) With(fields []zapcore.Field) zapcore.Core {
	c.with = append(c.with[:len(c.with):len(c.with)], fields...)
	return c
}

func (c lineCore) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(e.Level) {
		return checked.AddCore(e, c)
	}
	return checked
}

func (c lineCore) Sync() error { return nil }

func (c lineCore) Write(e zapcore.Entry, fields []zapcore.Field) error {
	line := Line{Time: e.Time, Level: e.Level.String(), Text: cut(e.Message)}
	for _, list := range [...][]zapcore.Field{c.with, fields} {
		for _, f := range list {
			switch f.Key {
			case "context":
				if owner, ok := f.Interface.(*pool.Context); ok {
					line.Context = owner.ID()
				}
			case "line":
				line.Place = f.String
			}
		}
	}
	c.lines.add(line)
	return nil
}

// Clean takes what could steer a terminal out of a text that scripts or clients chose. Lines stay.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (r < ' ' || r >= 0x7f && r < 0xa0) {
			return '�'
		}
		return r
	}, text)
}

// cut copies no more of a text than is kept.
func cut(text string) string {
	if len(text) > lineBytesMax {
		text = strings.Clone(strings.ToValidUTF8(text[:lineBytesMax], "")) + "…"
	}
	return text
}

func (l *Lines) add(line Line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	line.Seq = l.last
	if len(l.ring) < linesMax {
		l.ring = append(l.ring, line)
	} else {
		l.ring[(l.last-1)%linesMax] = line
	}
	for wake, context := range l.wakes {
		if context == 0 || context == line.Context {
			select {
			case wake <- struct{}{}:
			default: // it has not looked since the last one
			}
		}
	}
}

// After returns the lines after one, oldest first, and the Seq to go on from: those of one context, or of all for 0. Of more than most,
// it returns the latest.
func (l *Lines) After(seq, context uint64, most int) (lines []Line, last uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if seq > l.last { // of a server that ran before
		seq = 0
	}
	first := max(seq, l.last-uint64(len(l.ring))) + 1
	for s := l.last; s >= first && len(lines) < most; s-- {
		if line := l.ring[(s-1)%linesMax]; context == 0 || line.Context == context {
			lines = append(lines, line)
		}
	}
	slices.Reverse(lines)
	return lines, l.last
}

// Follow has wake told, without waiting, whenever a line of a context comes, or any line for 0, until end is called. The channel should
// have room for one.
func (l *Lines) Follow(context uint64, wake chan<- struct{}) (end func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wakes[wake] = context
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.wakes, wake)
	}
}
