package actors

import (
	"iter"
	"time"
)

// Info is an actor as it is at one moment.
type Info struct {
	Ref
	State   string  // "starting", "idle", "running", "ending", "pausing" before a new start, or "down"
	Context Context // nil while it has none
	Queued  int     // calls that wait
	Crashes int     // in a row
	// Since is how long ago the actor's present context was opened.
	Since time.Duration
	Last  string // why it ended last; "" for never
}

var stateNames = [...]string{"starting", "starting", "idle", "running", "ending", "pausing", "down", "gone"}

// All goes through the actors. Those that come or go meanwhile may be left out; no lock is held in the loop's body.
func (s *System) All() iter.Seq[Info] {
	return func(yield func(Info) bool) {
		for a := range s.actors.each() {
			if i, there := a.info(); there && !yield(i) {
				return
			}
		}
	}
}

// Contexts goes through the contexts of actors, as All does.
func (s *System) Contexts() iter.Seq[Context] {
	return func(yield func(Context) bool) {
		for a := range s.actors.each() {
			a.mu.Lock()
			p := a.proc
			a.mu.Unlock()
			if p != nil && !yield(p.ctx) {
				return
			}
		}
	}
}

func (a *actor) info() (i Info, there bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i = Info{Ref: a.ref, State: stateNames[a.state], Queued: len(a.queue), Crashes: a.crashes, Last: a.last.reason}
	if a.proc != nil {
		i.Context = a.proc.ctx
		i.Since = time.Duration(a.sys.alarms.now() - a.up)
	}
	return i, a.state != stateGone
}

// ByContext is the actor that a context belongs to; false if it belongs to none.
func (s *System) ByContext(c Context) (Info, bool) {
	if p := s.contexts.get(c.ID()); p != nil && p.actor != nil {
		return p.actor.info()
	}
	return Info{}, false
}

// StopContext ends the actor that a context belongs to, as Stop does.
func (s *System) StopContext(c Context, reason string) bool {
	p := s.contexts.get(c.ID())
	return p != nil && p.actor != nil && p.actor.stop(stopped(reason))
}

// Start starts an actor that has an id, if it is not there. done, which must not block, gets the error of its start, or nil.
func (s *System) Start(kind, id string, done func(error)) {
	s.call(Ref{Kind: kind, ID: id}, "", nil, nil, func(_ []byte, err error) { done(err) }, nil)
}
