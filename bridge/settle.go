package bridge

import (
	"errors"
	"fmt"
	"time"

	"rowan/engine"
	"rowan/engine/value"
)

// NewCall returns a number, unique in the process, for a promise that a script waits for and Settle settles.
func (b *Bridge) NewCall() uint64 { return b.lastCall.Add(1) }

// Settle settles the promise that a script of c keeps under id, in a turn of its own: with an encoded result, or with an
// error. Nothing happens if c has ended. While there is no room in c's mailbox it tries again; the number of promises that a
// context may wait for bounds what waits with it. Call it once for each id, from any goroutine.
//
// The turn is a part of the span in which the script asked, nil for none.
func (b *Bridge) Settle(c Context, id uint64, result []byte, err error, span engine.Span) {
	b.settle(c, id, result, err, span, func() {})
}

// settle is Settle, which calls posted once the task is in the mailbox or has no way there any more.
func (b *Bridge) settle(c Context, id uint64, result []byte, err error, span engine.Span, posted func()) {
	s := &settling{bridge: b, context: c, span: span, args: value.AppendFloat(nil, float64(id)), posted: posted}
	s.args = value.AppendBool(s.args, err == nil)
	if err == nil {
		s.args = append(s.args, result...)
	} else if args, e := value.Append(s.args, err); e == nil {
		s.args = args
	} else { // it carries something that cannot be sent
		s.args = value.AppendString(s.args, err.Error())
	}
	s.post()
}

// settling is the task of settling one promise.
type settling struct {
	bridge  *Bridge
	context Context
	span    engine.Span
	args    []byte // id, whether it is fulfilled, and the value or error
	posted  func()
	wait    time.Duration
}

// settlingArgs is how many arguments the script's settle takes.
const settlingArgs = 3

// Bounds of the pause between two attempts to post.
const (
	settleWaitMin = 5 * time.Millisecond
	settleWaitMax = time.Second
)

// post queues the task, now or later: a promise that is never settled would leave its script waiting for ever.
func (s *settling) post() {
	err := s.context.Post(s)
	if err == nil || errors.Is(err, engine.ErrClosed) || s.bridge.closed.Load() {
		s.posted()
		return
	}
	s.wait = min(max(2*s.wait, settleWaitMin), settleWaitMax)
	time.AfterFunc(s.wait, s.post)
}

// Run settles the promise.
func (s *settling) Run(t *engine.Turn) error {
	f, ok := t.Context().Template().Func("internal.settle")
	if !ok {
		return fmt.Errorf("%s has no group internal to settle a promise", t.Context().Template().Name())
	}
	t.SetSpan(s.span)
	return t.DoEncoded(f, s.args, settlingArgs)
}

// Done reports a turn that failed.
func (s *settling) Done(err error) { s.bridge.uncaught(s.context, err) }
