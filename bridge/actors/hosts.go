package actors

import (
	"errors"
	"time"

	"rowan/engine"
	"rowan/engine/value"
)

// Hosts are the host functions that the API group "rowan" has of the actors; see jsapi/rowan/actors.ts.
func (s *System) Hosts() []engine.Host {
	return []engine.Host{
		{Name: "actorCall", Func: s.actorCall},
		{Name: "actorStop", Func: s.actorStop},
		{Name: "actorKind", Func: s.actorKind},
		{Name: "actorId", Func: s.actorID},
		{Name: "spawn", Func: s.spawnHost},
		{Name: "self", Func: s.self},
		{Name: "stop", Func: s.stop},
		{Name: "exit", Func: s.exit},
		{Name: "send", Func: s.send},
		{Name: "kept", Func: s.kept, Template: engine.PureCall},
		{Name: "register", Func: s.register},
		{Name: "whereis", Func: s.whereis},
		{Name: "monitor", Func: s.monitor},
		{Name: "demonitor", Func: s.demonitor},
		{Name: "link", Func: s.link},
		{Name: "unlink", Func: s.unlink},
	}
}

var errNoContext = errors.New("this context cannot be addressed")

// caller returns the process of the context whose turn it is.
func (s *System) caller(t *engine.Turn) (*process, error) {
	if c, ok := t.Owner().(Context); ok {
		return s.process(c), nil
	}
	return nil, errNoContext
}

// current is caller for what makes no process of a context that has none: the result is nil then.
func (s *System) current(t *engine.Turn) *process {
	if c, ok := t.Owner().(Context); ok {
		return s.contexts.get(c.ID())
	}
	return nil
}

// promise returns the id of a promise that the script is to make, and what settles it. It fails if the context waits for
// as many calls as it may.
func (s *System) promise(t *engine.Turn, p *process) (id uint64, reply func([]byte, error), err error) {
	if most := s.opts.Calls; int(p.calls.Add(1)) > most {
		p.calls.Add(-1)
		return 0, nil, value.OverLimit("this context waits for %d calls already", most)
	}
	id = s.host.NewCall()
	span := t.Span()
	return id, func(result []byte, err error) {
		p.calls.Add(-1)
		s.host.Settle(p.ctx, id, result, err, span)
	}, nil
}

// actorCall is actorCall(args, kind, id, method): the id of a promise.
func (s *System) actorCall(t *engine.Turn, args value.Args) (any, error) {
	kind, err1 := args.String(1)
	id, err2 := args.String(2)
	method, err3 := args.String(3)
	p, err4 := s.caller(t)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	promise, reply, err := s.promise(t, p)
	if err != nil {
		return nil, err
	}
	s.call(Ref{Kind: kind, ID: id}, method, args.Raw(0), p, reply, t.Span())
	return float64(promise), nil
}

// actorStop is actorStop(kind, id, reason).
func (s *System) actorStop(_ *engine.Turn, args value.Args) (any, error) {
	kind, err1 := args.String(0)
	id, err2 := args.String(1)
	reason, err3 := reasonArg(args, 2)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	if _, err := s.kind(kind); err != nil {
		return nil, err
	}
	return s.Stop(kind, id, reason), nil
}

// reasonMax is the length of the reason for an end.
const reasonMax = 1024

func reasonArg(args value.Args, i int) (string, error) {
	reason, err := args.StringOr(i, normal)
	if len(reason) > reasonMax {
		reason = reason[:reasonMax]
	}
	return reason, err
}

// actorKind is actorKind(): null in contexts that are no actors.
func (s *System) actorKind(t *engine.Turn, _ value.Args) (any, error) {
	if p := s.current(t); p != nil && p.actor != nil {
		return p.actor.ref.Kind, nil
	}
	return nil, nil
}

// actorID is actorId(): null in spawned actors too.
func (s *System) actorID(t *engine.Turn, _ value.Args) (any, error) {
	if p := s.current(t); p != nil && p.actor != nil && !p.actor.ref.Spawned {
		return p.actor.ref.ID, nil
	}
	return nil, nil
}

// spawnHost is spawn(kind, apis, memory, idleTimeout, restart), of which all but the kind may be undefined: the id of a
// promise.
func (s *System) spawnHost(t *engine.Turn, args value.Args) (any, error) {
	name, err := args.String(0)
	if err != nil {
		return nil, err
	}
	k, err := s.kind(name)
	if err != nil {
		return nil, err
	}
	p, err := s.caller(t)
	if err != nil {
		return nil, err
	}
	grants, err := s.wanted(&k, args)
	if err != nil {
		return nil, err
	}
	parent := s.opts.Grants
	if p.actor != nil {
		parent = p.actor.grants
	} else {
		parent = s.host.Grants(p.ctx).Within(parent)
	}
	promise, reply, err := s.promise(t, p)
	if err != nil {
		return nil, err
	}
	s.spawn(k, grants.Within(parent), p, reply)
	return float64(promise), nil
}

// wanted reads the options of a spawn: changes to k, and grants within k's.
func (s *System) wanted(k *Kind, args value.Args) (Grants, error) {
	var g Grants
	apis, err := args.StringOr(1, "")
	if err != nil {
		return g, err
	}
	if apis != "" {
		if g.Groups, err = s.host.Groups(apis); err != nil {
			return g, value.TypeError("%v", err)
		}
		if g.Groups == nil {
			g.Groups = []string{} // none, not all
		}
	}
	if g.Memory, err = args.IntOr(2, 0); err != nil {
		return g, err
	}
	idle, err := args.IntOr(3, int(k.Idle/time.Millisecond))
	if err != nil {
		return g, err
	}
	if k.Idle = time.Duration(idle) * time.Millisecond; idle == 0 {
		k.Idle = -1
	}
	restart, err := args.StringOr(4, k.Restart.String())
	if err != nil {
		return g, err
	}
	if k.Restart, err = ParseRestart(restart); err != nil {
		return g, value.TypeError("%v", err)
	}
	return g.Within(k.Grants), nil
}

// self is self(): the context's address.
func (s *System) self(t *engine.Turn, _ value.Args) (any, error) {
	p, err := s.caller(t)
	if err != nil {
		return nil, err
	}
	return p.address(), nil
}

// stop is stop(address, reason).
func (s *System) stop(_ *engine.Turn, args value.Args) (any, error) {
	to, err := args.String(0)
	if err != nil {
		return nil, err
	}
	reason, err := reasonArg(args, 1)
	if err != nil {
		return nil, err
	}
	p := s.addresses.get(to)
	return p != nil && s.end(p, stopped(reason)), nil
}

// exit is exit(reason): the turn ends, and the context with it.
func (s *System) exit(t *engine.Turn, args value.Args) (any, error) {
	reason, err := reasonArg(args, 0)
	if err != nil {
		return nil, err
	}
	return value.Undefined, s.Exit(t, reason)
}

// Exit ends the context whose turn it is, as its script does by Rowan.exit.
func (s *System) Exit(t *engine.Turn, reason string) error {
	p, err := s.caller(t)
	if err != nil {
		return err
	}
	s.end(p, exited(reason))
	t.End()
	return nil
}

// send is send(message, to): whether there is who gets it.
func (s *System) send(t *engine.Turn, args value.Args) (any, error) {
	to, err := args.String(1)
	if err != nil {
		return nil, err
	}
	p, err := s.caller(t)
	if err != nil {
		return nil, err
	}
	q := s.find(to)
	return q != nil && q.send(args.Raw(0), p.address(), t.Span()), nil
}

// kept is kept(): the messages that came before there was a callback, with their senders.
func (s *System) kept(t *engine.Turn, _ value.Args) (any, error) {
	if p := s.current(t); p != nil {
		return p.keptMail(), nil
	}
	return engine.Encoded(value.AppendArray(nil, 0)), nil
}

// nameMax is the length of a name.
const nameMax = 256

// register is register(name): false if the name is taken.
func (s *System) register(t *engine.Turn, args value.Args) (any, error) {
	name, err := args.String(0)
	if err != nil {
		return nil, err
	}
	if name == "" || len(name) > nameMax {
		return nil, value.TypeError("a name has 1 to %d bytes, not %d", nameMax, len(name))
	}
	p, err := s.caller(t)
	if err != nil {
		return nil, err
	}
	return s.graph.register(p, name, s.opts.Names)
}

// whereis is whereis(name): an address or null.
func (s *System) whereis(_ *engine.Turn, args value.Args) (any, error) {
	name, err := args.String(0)
	if err != nil {
		return nil, err
	}
	if p := s.graph.whereis(name); p != nil {
		return p.address(), nil
	}
	return nil, nil
}

// monitor is monitor(address, ref): false if nothing has that address.
func (s *System) monitor(t *engine.Turn, args value.Args) (any, error) {
	to, err := args.String(0)
	if err != nil {
		return nil, err
	}
	ref, err := args.Int(1)
	if err != nil {
		return nil, err
	}
	p, err := s.caller(t)
	if err != nil {
		return nil, err
	}
	q := s.addresses.get(to)
	if q == nil {
		return false, nil
	}
	return s.graph.monitor(p, q, ref, s.opts.Bonds)
}

// demonitor is demonitor(ref): whether there was such a monitor.
func (s *System) demonitor(t *engine.Turn, args value.Args) (any, error) {
	ref, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	p := s.current(t)
	return p != nil && s.graph.demonitor(p, ref), nil
}

// noproc is the reason of an end that was over before anybody asked.
const noproc = "noproc"

// link is link(address): whether the caller lives on. Who links to a context that is gone ends as if that ended now.
func (s *System) link(t *engine.Turn, args value.Args) (any, error) {
	to, err := args.String(0)
	if err != nil {
		return nil, err
	}
	p, err := s.caller(t)
	if err != nil {
		return nil, err
	}
	linked := false
	if q := s.addresses.get(to); q != nil {
		if linked, err = s.graph.link(p, q, s.opts.Bonds); err != nil {
			return nil, err
		}
	}
	if !linked {
		s.end(p, exited(noproc))
		t.End()
	}
	return linked, nil
}

// unlink is unlink(address).
func (s *System) unlink(t *engine.Turn, args value.Args) (any, error) {
	to, err := args.String(0)
	if err != nil {
		return nil, err
	}
	p := s.current(t)
	if q := s.addresses.get(to); p != nil && q != nil {
		s.graph.unlink(p, q)
	}
	return value.Undefined, nil
}
