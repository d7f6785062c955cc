package daemon

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/buffer"
	"go.uber.org/zap/zapcore"

	"rowan/daemon/config"
	"rowan/daemon/inspect"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/pool"
)

// NewLogger makes the logger that the configuration asks for, on standard error. Format "auto" is console on a terminal and
// JSON elsewhere. Lines are written in the background: Sync before the process ends.
func NewLogger(c config.Log) *zap.Logger {
	level, err := zapcore.ParseLevel(c.Level.String())
	if err != nil {
		level = zapcore.InfoLevel
	}
	console := c.Format == "console" || c.Format == "auto" && IsTerminal(os.Stderr)
	enc := newEncoder(console)
	return zap.New(zapcore.NewCore(enc, newLogQueue(os.Stderr, enc.Clone()), level))
}

// newLogQueue makes a queue of lines for out, which tells what it has lost.
func newLogQueue(out io.Writer, enc zapcore.Encoder) *logQueue {
	return &logQueue{out: out, lost: func(lines int) []byte {
		line, err := enc.EncodeEntry(zapcore.Entry{
			Level: zapcore.WarnLevel, Time: time.Now(),
			Message: fmt.Sprintf("%d lines of the log are lost here: standard error took none", lines),
		}, nil)
		if err != nil {
			return nil
		}
		defer line.Free()
		return bytes.Clone(line.Bytes())
	}}
}

// newEncoder makes lines for people, or of JSON.
func newEncoder(console bool) zapcore.Encoder {
	if !console {
		enc := zap.NewProductionEncoderConfig()
		enc.EncodeTime = zapcore.ISO8601TimeEncoder
		return cleanEncoder{zapcore.NewJSONEncoder(enc), false}
	}
	enc := zap.NewDevelopmentEncoderConfig()
	enc.EncodeTime = zapcore.TimeEncoderOfLayout(time.TimeOnly)
	enc.EncodeLevel = zapcore.CapitalLevelEncoder
	return cleanEncoder{zapcore.NewConsoleEncoder(enc), true}
}

// cleanEncoder takes out of lines what could steer the terminal of who reads them. Much of a log is what clients have sent.
type cleanEncoder struct {
	zapcore.Encoder
	console bool
}

func (e cleanEncoder) Clone() zapcore.Encoder { return cleanEncoder{e.Encoder.Clone(), e.console} }

func (e cleanEncoder) EncodeEntry(entry zapcore.Entry, fields []zapcore.Field) (*buffer.Buffer, error) {
	if e.console { // no message has a line that looks like one of its own
		entry.Message = strings.ReplaceAll(entry.Message, "\n", "\n  ")
	}
	line, err := e.Encoder.EncodeEntry(entry, fields)
	if err != nil {
		return nil, err
	}
	text := line.String()
	if clean := inspect.Clean(text); clean != text {
		line.Reset()
		line.AppendString(clean)
	}
	return line, nil
}

// IsTerminal reports whether people read what is written to the file.
func IsTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// logConsole writes a line of a script's console.
func logConsole(log *zap.Logger, t *engine.Turn, level, text, stack string) {
	fields := []zap.Field{zap.String("line", appLine(t.Stack()))}
	if c := pool.ContextOf(t); c != nil {
		fields = append(fields, zap.Stringer("context", c), zap.Int("worker", c.Shard()))
	}
	if stack != "" {
		text += "\n" + appStack(stack)
	}
	text = t.Context().Template().MapStack(text)
	switch level {
	case "debug":
		log.Debug(text, fields...)
	case "warn":
		log.Warn(text, fields...)
	case "error":
		log.Error(text, fields...)
	default:
		log.Info(text, fields...)
	}
}

func contextFields(c *pool.Context) []zap.Field {
	return []zap.Field{zap.Stringer("context", c), zap.Int("worker", c.Shard())}
}

// logUncaught writes an error that no caller got.
func logUncaught(log *zap.Logger, c *pool.Context, message string, err error) {
	c.NoteError()
	fields := contextFields(c)
	text, stack := describe(err)
	if line := appLine(stack); line != "" {
		fields = append(fields, zap.String("line", line))
	}
	log.Error(message+": "+text, fields...)
}

// describe is an error as people read it: its message, with the script's stack below. The stack is returned apart too.
func describe(err error) (text, stack string) {
	var limit *engine.LimitError
	if errors.As(err, &limit) {
		stack = appStack(limit.Stack)
		return strings.TrimSuffix(limit.Error()+"\n"+stack, "\n"), stack
	}
	js, ok := err.(*value.Error)
	if !ok {
		return err.Error(), ""
	}
	stack = appStack(js.Stack)
	text = js.Error()
	if stack != "" {
		text += "\n" + stack
	}
	if cause, ok := js.Cause.(*value.Error); ok {
		inner, _ := describe(cause)
		text += "\ncaused by " + inner
	}
	return text, stack
}

// appStack leaves the host's own frames out of a stack.
func appStack(stack string) string {
	var kept []string
	for line := range strings.Lines(stack) {
		line = strings.TrimRight(line, "\n")
		if line != "" && !strings.Contains(line, "(rowan:") && !strings.HasSuffix(line, "(native)") && !strings.Contains(line, "at <input>") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

var location = regexp.MustCompile(`\(?([^\s()]+:\d+:\d+)\)?$`)

// appLine is the place of the innermost frame of the app.
func appLine(stack string) string {
	first, _, _ := strings.Cut(appStack(stack), "\n")
	if m := location.FindStringSubmatch(first); m != nil {
		return m[1]
	}
	return ""
}
