package pool

import (
	"errors"
	"time"

	"rowan/engine"
)

// noteSlow keeps the stack of a turn that is about to be slow. It is called at each slice of it.
func (l *lane) noteSlow(t *engine.Turn) {
	slow := l.worker.pool.slow
	if l.noted != l.began && l.current != nil && clock()-l.began-l.away > slow-int64(engine.Slice) {
		l.noted = l.began // first: a script can have a say in how its stack is made
		l.stack = t.Where()
	}
}

// tellSlow tells of a slow turn, unless it was ended, which is told already.
func (l *lane) tellSlow(c *Context, took int64, err error) {
	stack := l.stack
	if l.stack = ""; l.noted != l.began { // it is of another turn, which was just not slow
		stack = ""
	}
	var limit *engine.LimitError
	var lost *engine.LostError
	if !errors.As(err, &limit) && !errors.As(err, &lost) {
		l.worker.pool.opts.Slow(c, time.Duration(took), stack)
	}
}
