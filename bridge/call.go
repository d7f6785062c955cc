package bridge

import (
	"context"
	"sync/atomic"
	"time"

	"rowan/engine"
	"rowan/engine/value"
)

// call is Rowan.call(name, ...args). It returns the id under which the script finds the promise when it is settled.
func (b *Bridge) call(t *engine.Turn, args value.Args) (any, error) {
	c := ContextOf(t)
	h, err := b.named(c, args)
	if err != nil {
		return nil, err
	}
	p := b.peer(c)
	ctx, err := p.begin(t, b.opts.ContextCalls)
	if err != nil {
		return nil, err
	}
	k := &calling{handler: h, peer: p, id: b.NewCall(), timeout: h.timeout, args: appendRest(nil, args), n: args.Len() - 1}
	if k.timeout == 0 {
		k.timeout = b.opts.CallTimeout
	}
	if k.caller = t.Span(); k.caller != nil {
		k.span = k.caller.Child("call " + h.name)
		ctx = engine.WithSpan(ctx, k.span)
	}
	go k.main(ctx)
	return float64(k.id), nil
}

// calling is a call under way on a goroutine of its own.
type calling struct {
	handler *handler
	peer    *peer
	id      uint64
	timeout time.Duration
	args    []byte
	n       int
	settled atomic.Bool

	caller, span engine.Span // nil if the call is not traced
}

func (k *calling) main(ctx context.Context) {
	defer k.peer.finish()
	ctx, cancel := context.WithTimeout(ctx, k.timeout)
	defer cancel()
	// A handler that does not heed its deadline keeps its goroutine; its caller does not wait longer.
	stop := context.AfterFunc(ctx, func() { k.settle(nil, k.handler.timedOut(k.timeout)) })
	result, failure := []byte(nil), k.handler.named(value.Coded(CodeCrashed, "the handler ended its goroutine"))
	defer func() {
		stop()
		k.settle(result, failure)
	}()
	result, failure = k.run(ctx)
}

// run returns the handler's result, encoded.
func (k *calling) run(ctx context.Context) ([]byte, *value.Error) {
	v, err := k.handler.invoke(ctx, value.MakeArgs(k.args, k.n))
	if err != nil {
		return nil, k.handler.failed(ctx, k.timeout, err)
	}
	if encoded, ok := v.(engine.Encoded); ok {
		return encoded, nil
	}
	result, err := value.Append(nil, v, value.Path("result"))
	if err != nil {
		e := k.handler.named(err)
		e.Code = CodeUnclonable
		return nil, e
	}
	return result, nil
}

// settle hands the outcome over, once: that of the handler, or that of the deadline. Errors read as those of callSync do.
func (k *calling) settle(result []byte, failure *value.Error) {
	if k.settled.Swap(true) {
		return
	}
	if k.span != nil {
		k.span.End(failureOf(failure))
	}
	if k.peer.ended() || k.peer.bridge.closed.Load() {
		return
	}
	if failure == nil {
		k.peer.bridge.Settle(k.peer.context, k.id, result, nil, k.caller)
		return
	}
	failure.Message = "call: " + failure.Message
	k.peer.bridge.Settle(k.peer.context, k.id, nil, failure, k.caller)
}

// failureOf is a failure as an error, which is nil for none.
func failureOf(e *value.Error) error {
	if e == nil {
		return nil
	}
	return e
}
