package actors

import (
	"crypto/rand"
	"sync/atomic"

	"rowan/engine/value"
)

// process is what makes a context addressable, and counts what it waits for. A context has one from its first use of
// either; an actor's has one from the start.
type process struct {
	sys    *System
	ctx    Context
	actor  *actor       // whose context it is or was; nil for others
	closed atomic.Bool  // by its owner
	calls  atomic.Int32 // of actors, under way

	mail mail

	// Guarded by graph.mu.
	known atomic.Pointer[string] // its address; nil before it was asked for. May be read without the mutex.
	ended atomic.Bool            // likewise
	bonds *bonds                 // nil before the first
}

// process returns the context's process, which it makes if there is none.
func (s *System) process(c Context) *process {
	p, _ := s.contexts.getOrMake(c.ID(), func() (*process, error) { return &process{sys: s, ctx: c}, nil })
	return p
}

// address is where messages for p can be sent.
func (p *process) address() string {
	if a := p.known.Load(); a != nil {
		return *a
	}
	g := &p.sys.graph
	g.mu.Lock()
	defer g.mu.Unlock()
	if a := p.known.Load(); a != nil {
		return *a
	}
	a := rand.Text()
	if !p.ended.Load() {
		p.sys.addresses.put(a, p)
	}
	p.known.Store(&a)
	return a
}

// chain is what a call that p makes now has for callers.
func (p *process) chain() *hop {
	if p == nil || p.actor == nil {
		return nil
	}
	return p.actor.chain(p)
}

// find returns the context with that address or name, or nil.
func (s *System) find(to string) *process {
	if p := s.addresses.get(to); p != nil {
		return p
	}
	return s.graph.whereis(to)
}

// end ends a context; it is false if it had ended before.
func (s *System) end(p *process, e ending) bool {
	return p.detach(e) && s.ended(p, e)
}

// detach takes the process off its actor, if it has one.
func (p *process) detach(e ending) bool {
	return p.actor == nil || p.actor.detach(p, e)
}

// ended ends a context that was detached, and those that are linked with it. It is false if p had ended before.
func (s *System) ended(p *process, e ending) bool {
	first := false
	for work := []*process{p}; len(work) > 0; work = work[1:] {
		q := work[0]
		watchers, linked, ok := s.graph.remove(q)
		if !ok {
			continue
		}
		first = first || q == p
		for _, w := range watchers {
			w.tell(e.reason)
		}
		q.close(e)
		if e.reason == normal {
			break
		}
		e = exited(e.reason)
		for _, l := range linked {
			if l.detach(e) {
				work = append(work, l)
			}
		}
	}
	return first
}

// close closes the context, or has its owner do so.
func (p *process) close(e ending) {
	s := p.sys
	if p.actor == nil {
		if !p.closed.Load() {
			s.host.End(p.ctx, e.reason)
		}
		return
	}
	p.ctx.Close(func() {
		s.contexts.take(p.ctx.ID())
		s.host.Closed(p.ctx)
		p.actor.closed()
		s.life.done()
	})
}

// spawn starts an actor without an id. reply gets its context's address.
func (s *System) spawn(k Kind, grants Grants, parent *process, reply func([]byte, error)) {
	r := Ref{Kind: k.Name, ID: string(value.AppendNumber(nil, float64(s.spawned.Add(1)))), Spawned: true}
	a, err := s.actors.getOrMake(r, func() (*actor, error) { return s.newActor(r, k, grants) })
	if err != nil {
		reply(nil, err)
		return
	}
	a.submit(&call{callers: parent.chain(), reply: reply})
}
