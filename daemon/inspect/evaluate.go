package inspect

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"time"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/pool"
)

// Evaluated is what came of code that was typed at a prompt.
type Evaluated struct {
	Text  string `json:"text,omitempty"`  // its value, as console.log shows it
	Error string `json:"error,omitempty"` // what it threw, or which limit has ended it, with the stack
	Heap  int64  `json:"heap"`            // bytes that the context uses above its image
}

// evaluatePatience is how long a value is waited for.
const evaluatePatience = 30 * time.Second

// Evaluate runs code in a turn of a context, with the context's limits, as a script: what it declares stays. It may await at its top level.
//
// # Errors
//
// None for what goes wrong in the code. The context has ended, or its mailbox is full; ctx is done; the value has not come in time.
func (in *Inspector) Evaluate(ctx context.Context, c *pool.Context, code string) (Evaluated, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, evaluatePatience, errors.New("what the code awaits has not come within 30 s"))
	defer cancel()
	e := &evaluation{code: code, done: make(chan outcome, 1)}
	if err := c.Post(e); err != nil {
		return Evaluated{}, err
	}
	select {
	case o := <-e.done:
		switch {
		case o.err == nil:
			return Evaluated{Text: o.text, Heap: e.heap}, nil
		case errors.Is(o.err, engine.ErrClosed):
			return Evaluated{}, o.err
		}
		return Evaluated{Error: in.server.Explain(o.err), Heap: e.heap}, nil
	case <-ctx.Done():
		return Evaluated{}, context.Cause(ctx)
	}
}

// evaluation is the task of running code that was typed.
type evaluation struct {
	code  string
	done  chan outcome
	heap  int64
	waits bool
}

type outcome struct {
	text string
	err  error
}

// promptName is what the code is called in stacks.
const promptName = "prompt"

func (e *evaluation) Run(t *engine.Turn) error {
	tpl := t.Context().Template()
	show, ok := tpl.Func("internal.show")
	reach, ok2 := tpl.Func("internal.reach")
	if !ok || !ok2 {
		return errors.New("no exports internal.show and internal.reach")
	}
	if err := t.Do(reach, namesIn(e.code)); err != nil {
		return err
	}
	shown, promise, err := t.EvalInto(show, e.code, promptName)
	e.heap = t.Usage().Heap
	switch {
	case err != nil:
		return err
	case promise == 0:
		e.settle(shown, nil)
		return nil
	}
	if err := pool.ContextOf(t).Await(t, promise, e.settle); err != nil {
		return err
	}
	e.waits = true
	return nil
}

// namesMax bounds the names in code that are looked for among the app's variables.
const namesMax = 200

var nameExpr = regexp.MustCompile(`[\p{L}_$][\p{L}\p{N}_$]*`)

// namesIn are the words in code that could name variables.
func namesIn(code string) []string {
	names := nameExpr.FindAllString(code, namesMax)
	slices.Sort(names)
	return slices.Compact(names)
}

// settle takes the text, encoded.
func (e *evaluation) settle(shown []byte, err error) {
	if err != nil {
		e.done <- outcome{err: err}
		return
	}
	text, err := value.MakeArgs(shown, 1).String(0)
	e.done <- outcome{text: text, err: err}
}

func (e *evaluation) Done(err error) {
	if err != nil && !e.waits { // else what is waited for tells
		e.done <- outcome{err: err}
	}
}

// Heap measures what a context uses above its image, in a turn of it.
func (in *Inspector) Heap(ctx context.Context, c *pool.Context) (int64, error) {
	m := &measurement{done: make(chan error, 1)}
	if err := c.Post(m); err != nil {
		return 0, err
	}
	select {
	case err := <-m.done:
		return m.heap, err
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

// measurement is the task behind Heap.
type measurement struct {
	heap int64
	done chan error
}

func (m *measurement) Run(t *engine.Turn) error {
	m.heap = t.Usage().Heap
	return nil
}

func (m *measurement) Done(err error) { m.done <- err }
