package actors

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"rowan/engine"
)

// Context is what the actors need of a context.
type Context interface {
	// ID is unique in the process.
	ID() uint64
	// Shard is the index of the worker that the context lives on.
	Shard() int
	// String names the context in logs.
	String() string
	// Post queues a task for the context without blocking. It fails with engine.ErrClosed for a context that has ended, with
	// other errors where there is no room.
	Post(task engine.Task) error
	// Await hands a promise's outcome to reply when it settles, or an error when the context ends first.
	Await(t *engine.Turn, p engine.Promise, reply func(result []byte, err error)) error
	// Close ends the context once what is waiting for it has been done, then calls then.
	Close(then func())
	// Timers is how many timers the context has pending.
	Timers() int
	// CPU is the time in nanoseconds that the context's turns have taken.
	CPU() int64
}

// Host is what the actors need of their surroundings. Its methods are called from any goroutine, workers' among them: they
// must not block, nor call the System.
type Host interface {
	// Open makes a context of the kind r.Kind, with grants; r tells its owner whose it is. Its template's bundle is
	// the kind's script, and its Install "actor.install".
	Open(r Ref, grants Grants) (Context, error)
	// Closed is told that a context that Open made has been closed.
	Closed(c Context)
	// Grants is what a context may use that is no actor: what it spawns gets no more.
	Grants(c Context) Grants
	// Groups are the API groups that a list such as "all,-fetch" selects.
	Groups(list string) ([]string, error)
	// End ends a context that is no actor: a script of it called Rowan.exit, it was stopped, or one that it is
	// linked with has ended. Ended is to be called for it as for every other end.
	End(c Context, reason string)
	// NewCall returns an id for a promise that a script waits for; Settle settles it, once, and drops nothing for want of room, in a
	// turn that is a part of the span, nil for none.
	NewCall() uint64
	Settle(c Context, id uint64, result []byte, err error, span engine.Span)
	// Uncaught is told of errors in a context that no caller gets.
	Uncaught(c Context, err error)
}

// Options configures a System. Zero values mean defaults.
type Options struct {
	// Host is the System's surroundings. It must be set.
	Host Host
	// Kinds are the app's kinds of actors, see SetKinds.
	Kinds []Kind
	// Grants is what the app may use: no actor gets more.
	Grants Grants
	// Actors is how many there may be. Default 1,000,000.
	Actors int
	// Queue is how many calls may wait for one actor. Default 1024.
	Queue int
	// QueueBytes is how large the arguments of the calls that wait for one actor may be together. Default 16 MB.
	QueueBytes int
	// Calls is how many calls of actors one context may wait for. Default 1000.
	Calls int
	// Mailbox is how many messages may wait for one context, those included that wait for its onMessage. Default 1024.
	Mailbox int
	// MailboxBytes is how large they may be together. Default 16 MB.
	MailboxBytes int
	// Names is how many names one context may have. Default 100.
	Names int
	// Bonds is how many monitors and links one context may make. Default 10,000.
	Bonds int
	// BackoffMin and BackoffMax bound the pause before a permanent actor starts afresh. It doubles with each crash, and
	// begins anew once the actor has run for BackoffMax. Default 100 ms and 30 s.
	BackoffMin, BackoffMax time.Duration
}

func (o Options) withDefaults() Options {
	o.Actors = cmp.Or(o.Actors, 1_000_000)
	o.Queue = cmp.Or(o.Queue, 1024)
	o.QueueBytes = cmp.Or(o.QueueBytes, 16<<20)
	o.Calls = cmp.Or(o.Calls, 1000)
	o.Mailbox = cmp.Or(o.Mailbox, 1024)
	o.MailboxBytes = cmp.Or(o.MailboxBytes, 16<<20)
	o.Names = cmp.Or(o.Names, 100)
	o.Bonds = cmp.Or(o.Bonds, 10_000)
	o.BackoffMin = cmp.Or(o.BackoffMin, 100*time.Millisecond)
	o.BackoffMax = cmp.Or(o.BackoffMax, 30*time.Second)
	return o
}

// System is the actors and the addressable contexts of one app. Its methods may be called from any goroutine.
type System struct {
	opts  Options
	host  Host
	kinds atomic.Pointer[map[string]Kind]

	actors    *table[Ref, *actor]
	contexts  *table[uint64, *process] // by Context.ID
	addresses *table[string, *process]
	graph     graph
	alarms    *alarms
	spawned   atomic.Uint64
	count     atomic.Int64 // of actors

	life life
}

// New makes a System without actors.
func New(opts Options) *System {
	opts = opts.withDefaults()
	s := &System{
		opts: opts, host: opts.Host,
		actors:    newTable[Ref, *actor](),
		contexts:  newTable[uint64, *process](),
		addresses: newTable[string, *process](),
		graph:     graph{names: map[string]*process{}},
		alarms:    newAlarms(),
	}
	s.SetKinds(opts.Kinds)
	return s
}

// Stop ends an actor: what waits for it fails with "stopped". It reports whether there was one to end. An empty reason is
// "normal".
func (s *System) Stop(kind, id, reason string) bool {
	a := s.actors.get(Ref{Kind: kind, ID: id})
	return a != nil && a.stop(stopped(reason))
}

// Ended is to be called by the owner of each context that a template with the group rowan made: from Kind.Lost, for
// actors' contexts too, with the error; and for contexts that are no actors with nil, once they are closed.
func (s *System) Ended(c Context, err error) {
	p := s.contexts.get(c.ID())
	if p == nil {
		return
	}
	e := stopped("")
	if err != nil {
		e = crashed(err)
	}
	if p.actor == nil {
		s.contexts.take(c.ID())
		p.closed.Store(true)
	}
	s.end(p, e)
}

// Uncaught is to be called for errors in a context that no caller gets, such as those of timers. If a limit ended a
// turn while an actor's call waits for a promise, the call fails: see the package's comment.
func (s *System) Uncaught(c Context, err error) {
	var limit *engine.LimitError
	if p := s.contexts.get(c.ID()); p != nil && p.actor != nil && errors.As(err, &limit) {
		p.actor.interrupted(p, limit)
	}
}

// Stats is a System's state in numbers.
type Stats struct {
	Actors    int // started, waiting to be started afresh, or down
	Contexts  int // with an address, a monitor, a call under way or an actor
	Addresses int
	Names     int
}

// Stats counts.
func (s *System) Stats() Stats {
	s.graph.mu.RLock()
	names := len(s.graph.names)
	s.graph.mu.RUnlock()
	return Stats{Actors: int(s.count.Load()), Contexts: s.contexts.len(), Addresses: s.addresses.len(), Names: names}
}

// Close stops all actors and waits for their contexts to close, or for ctx to be done, whose error it returns then. No
// actor starts afterwards. Close the System before the pool.
func (s *System) Close(ctx context.Context) error {
	gone := s.life.end()
	for a := range s.actors.each() {
		a.stop(stopped("shutdown"))
	}
	defer s.alarms.close()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// life counts the contexts that are open, until the last one after the end.
type life struct {
	mu    sync.Mutex
	ended bool
	open  int
	gone  chan struct{}
}

// begin counts a context; it is false after the end.
func (l *life) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return false
	}
	l.open++
	return true
}

// done counts a context as closed.
func (l *life) done() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open--; l.open == 0 && l.ended {
		close(l.gone)
	}
}

// over reports whether the end has come.
func (l *life) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended
}

// end lets no context begin and returns a channel that is closed when the last one is done.
func (l *life) end() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		l.ended, l.gone = true, make(chan struct{})
		if l.open == 0 {
			close(l.gone)
		}
	}
	return l.gone
}
