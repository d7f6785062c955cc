package pool

import (
	"context"
	"fmt"

	"rowan/engine"
	"rowan/engine/value"
)

// Reply receives the outcome of a call: the encoded result, or an error. It is called once, on a worker or on the
// caller's goroutine, and must not block.
type Reply = func(result []byte, err error)

// Call calls the export f of the context's template and hands the outcome to reply; a promise is waited for. args are n
// encoded values. The error of Post is returned, and reply then not called.
func (c *Context) Call(export string, args []byte, n int, reply Reply) error {
	return c.Post(&call{export: export, args: args, n: n, reply: reply})
}

// call is the Task behind Call.
type call struct {
	export  string
	args    []byte
	n       int
	reply   Reply
	result  []byte
	waiting bool
}

func (k *call) Run(t *engine.Turn) error {
	c := ContextOf(t)
	f, ok := c.Template().Func(k.export)
	if !ok {
		return fmt.Errorf("no export %s in %s", k.export, c.Kind().Name())
	}
	result, promise, err := t.CallEncoded(nil, f, k.args, k.n)
	if err != nil || promise == 0 {
		k.result = result
		return err
	}
	if err := c.Await(t, promise, k.reply); err != nil {
		return err
	}
	k.waiting = true
	return nil
}

func (k *call) Done(err error) {
	if k.waiting {
		return // the promise's outcome, or the context's end, is what the caller gets
	}
	k.reply(k.result, err)
}

// Await hands a promise's outcome to reply when it settles. If the context ends first, reply gets engine.ErrClosed or a
// *engine.LostError. Call it inside the context's turn.
func (c *Context) Await(t *engine.Turn, p engine.Promise, reply Reply) error {
	w := c.Worker()
	id := w.pool.next.Add(1)
	w.mu.Lock()
	if int(c.awaits) >= w.pool.opts.Pending {
		w.mu.Unlock()
		t.Release(p)
		return fmt.Errorf("%w: %d promises of %v are waited for", ErrPending, w.pool.opts.Pending, c)
	}
	c.awaits++
	w.awaits[id] = await{c, reply}
	w.mu.Unlock()
	if err := t.Await(p, id); err != nil {
		if a, ok := w.takeAwait(id); ok {
			a.reply(nil, err)
		}
	}
	return nil
}

// await is a caller that waits for a promise of a context.
type await struct {
	c     *Context
	reply Reply
}

func (w *Worker) takeAwait(id uint64) (await, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, ok := w.awaits[id]
	if ok {
		delete(w.awaits, id)
		a.c.awaits--
	}
	return a, ok
}

// endAwaits fails everything that waits for a promise of c.
func (w *Worker) endAwaits(c *Context, err error) {
	w.mu.Lock()
	var ended []await
	for id, a := range w.awaits {
		if c.awaits == 0 {
			break
		}
		if a.c == c {
			c.awaits--
			ended = append(ended, a)
			delete(w.awaits, id)
		}
	}
	w.mu.Unlock()
	for _, a := range ended {
		a.reply(nil, err)
	}
}

// settled is the engine's Spec.Settled.
func settled(t *engine.Turn, id uint64, fulfilled bool, outcome []byte) {
	c := ContextOf(t)
	a, ok := c.Worker().takeAwait(id)
	if !ok {
		return
	}
	if fulfilled {
		a.reply(append([]byte(nil), outcome...), nil)
		return
	}
	a.reply(nil, c.Template().Thrown(outcome))
}

// CallWait is Call for Go callers that wait: it returns the decoded result, or ctx's error once that is done. It must not
// be called on a worker.
func (c *Context) CallWait(ctx context.Context, export string, args ...any) (any, error) {
	var enc []byte
	for i, a := range args {
		var err error
		if enc, err = value.Append(enc, a, value.PathArg(i)); err != nil {
			return nil, err
		}
	}
	type outcome struct {
		result []byte
		err    error
	}
	done := make(chan outcome, 1)
	if err := c.Call(export, enc, len(args), func(r []byte, err error) { done <- outcome{r, err} }); err != nil {
		return nil, err
	}
	select {
	case o := <-done:
		if o.err != nil {
			return nil, o.err
		}
		v, _, err := value.Decode(o.result)
		return v, err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
