package actors

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"rowan/engine"
	"rowan/engine/value"
)

// call is one call of an actor, from its arrival to its outcome. The actor's mutex guards it.
type call struct {
	method  string // "" for what waits for the actor's start alone
	args    []byte // kind, method and array of arguments, encoded
	callers *hop
	due     int64 // when the caller gives up
	began   int64 // when it began to run
	// reply hands the outcome to the caller, who is gone when it is nil. With a result of nil it is the actor's address.
	reply func(result []byte, err error)
	// waits is set once the call waits for a promise.
	waits bool
	span  engine.Span // the call as a part of its caller's; nil if that is not traced
}

// callArgs is how many arguments the script's export takes.
const callArgs = 3

// settle hands the outcome to the caller, unless it has given up.
func (c *call) settle(result []byte, err error) {
	if c.reply != nil {
		if c.span != nil {
			c.span.End(err)
		}
		c.reply(result, err)
		c.reply = nil
	}
}

// name is the call in errors.
func (c *call) name(a *actor) string {
	if c.method == "" {
		return "actor " + a.ref.String()
	}
	return fmt.Sprintf("actor %v: %.*s()", a.ref, idShown, c.method)
}

// hop is an actor that waits for a call, with those that wait for it in turn.
type hop struct {
	a     *actor
	up    *hop
	depth int
}

// depthMax is how many actors may wait for each other in a row.
const depthMax = 256

// through is the chain of a call that a makes while one with the callers up runs in it.
func (up *hop) through(a *actor) *hop {
	h := &hop{a: a, up: up, depth: 1}
	if up != nil {
		h.depth = up.depth + 1
	}
	return h
}

// check refuses a call that would wait for itself.
func (h *hop) check(c *call, a *actor) error {
	if h == nil {
		return nil
	}
	for at := h; at != nil; at = at.up {
		if at.a == a {
			return value.Coded(CodeReentrant, "%s would wait for itself: %s", c.name(a), h.path(at, a))
		}
	}
	if h.depth >= depthMax {
		return value.OverLimit("%s: %d actors wait for each other already", c.name(a), depthMax)
	}
	return nil
}

// pathShown is how many actors of a chain an error names at each end.
const pathShown = 4

// path writes the chain from one of its actors down to the last one, and a after that.
func (h *hop) path(from *hop, a *actor) string {
	names := []string{a.ref.String()}
	for at := h; at != from.up; at = at.up {
		names = append(names, at.a.ref.String())
	}
	slices.Reverse(names)
	if n := len(names); n > 2*pathShown {
		names = append(append(names[:pathShown:pathShown], "…"), names[n-pathShown:]...)
	}
	return strings.Join(names, " → ")
}

// call sends a call to an actor, which it makes if there is none. caller is nil for Go; reply gets the outcome, sooner or
// later, on any goroutine. span is what the call is a part of, or nil.
func (s *System) call(r Ref, method string, args []byte, caller *process, reply func([]byte, error), span engine.Span) {
	k, err := s.kind(r.Kind)
	if err == nil && len(r.ID) > idMax {
		err = value.OverLimit("actor %v: its id has more than %d bytes", r, idMax)
	}
	if err != nil {
		reply(nil, err)
		return
	}
	enc := value.AppendString(value.AppendString(nil, r.Kind), method)
	c := &call{method: method, args: append(enc, args...), callers: caller.chain(), reply: reply}
	if span != nil {
		c.span = span.Child("actor "+r.Kind+"."+method, "rowan.actor.id", r.ID)
	}
	for {
		a, err := s.actors.getOrMake(r, func() (*actor, error) { return s.newActor(r, k, k.Grants.Within(s.opts.Grants)) })
		if err != nil {
			c.settle(nil, err)
			return
		}
		if a.submit(c) {
			return
		} // else it has just gone
	}
}

// idMax is the length of an actor's id.
const idMax = 1024

// startTask is the turn in which an actor's context shows that its script has been evaluated.
type startTask struct {
	p     *process
	waits bool
}

// Run waits for a script that awaits at its top level.
func (s *startTask) Run(t *engine.Turn) error {
	f, err := export(t, "actor.start")
	if err != nil {
		return err
	}
	_, promise, err := t.CallEncoded(nil, f, nil, 0)
	if err != nil || promise == 0 {
		return err
	}
	s.waits = true
	return s.p.ctx.Await(t, promise, func(_ []byte, err error) { s.p.actor.started(s.p, err) })
}

// Done tells the actor, unless a promise will.
func (s *startTask) Done(err error) {
	if !s.waits || err != nil {
		s.p.actor.started(s.p, err)
	}
}

// callTask is the turn in which a call begins.
type callTask struct {
	p      *process
	c      *call
	result []byte
	waits  bool
}

// Run calls the method.
func (r *callTask) Run(t *engine.Turn) error {
	f, err := export(t, "actor.call")
	if err != nil {
		return err
	}
	t.SetSpan(r.c.span)
	result, promise, err := t.CallEncoded(nil, f, r.c.args, callArgs)
	if err != nil || promise == 0 {
		r.result = result
		return err
	}
	r.waits = true
	r.p.actor.waiting(r.c)
	return r.p.ctx.Await(t, promise, func(result []byte, err error) { r.p.actor.settled(r.p, r.c, result, err) })
}

// Done tells the actor the outcome, unless a promise will.
func (r *callTask) Done(err error) {
	if !r.waits || err != nil {
		r.p.actor.settled(r.p, r.c, r.result, err)
	}
}

func export(t *engine.Turn, name string) (engine.Func, error) {
	f, ok := t.Context().Template().Func(name)
	if !ok {
		return 0, fmt.Errorf("no export %s in %s", name, t.Context().Template().Name())
	}
	return f, nil
}

// failure is what the caller gets of an error with which a call ended.
func (c *call) failure(a *actor, err error) error {
	var limit *engine.LimitError
	var path *value.PathError
	switch {
	case errors.As(err, &limit):
		e := value.Coded(CodeLimit, "%s: %v", c.name(a), limit)
		e.Stack = limit.Stack
		return e
	case errors.As(err, &path):
		e := value.TypeError("%s: %v", c.name(a), path)
		e.Code = CodeUnclonable
		return e
	}
	return err
}
