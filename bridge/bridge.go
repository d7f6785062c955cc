package bridge

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"rowan/engine"
)

// Context is what the bridge needs of a context.
type Context interface {
	// ID is unique in the process.
	ID() uint64
	// Shard is the index of the worker that the context lives on.
	Shard() int
	// Post queues a task for the context, from any goroutine and without blocking. It fails with engine.ErrClosed for a
	// context that has ended, with other errors where there is no room.
	Post(task engine.Task) error
	// String names the context in logs.
	String() string
}

// Worker is what the bridge needs of a worker.
type Worker interface {
	// Do queues a function for the worker's loop, to be run between turns. It does not block, and fails if there is no room.
	Do(f func(th *engine.Thread)) error
}

// ContextOf returns the context whose turn it is, or nil while a template is built or if the context has another owner.
func ContextOf(t *engine.Turn) Context {
	c, _ := t.Owner().(Context)
	return c
}

// Options configures a Bridge. Zero values mean defaults.
type Options struct {
	// Allowed says which handlers a context may call; nil means all, for every context if Allowed itself is nil. It is
	// called in the context's turn, for each call.
	Allowed func(c Context) Names
	// SyncTimeout is the deadline of Rowan.callSync, for handlers without a Timeout of their own. Default 1 s.
	SyncTimeout time.Duration
	// CallTimeout is that of Rowan.call. Default 30 s.
	CallTimeout time.Duration
	// ContextCalls is how many calls by Rowan.call one context may have under way. Default 100.
	ContextCalls int
	// ContextOperations is the same for operations of API groups. Default 1000.
	ContextOperations int
	// Calls is how many calls and operations there may be in all. Default 10,000.
	Calls int
	// Subscriptions is how many topics one Member may subscribe to. A context's Rowan.subscribe is one Member; of
	// BroadcastChannel objects it may have as many again. Default 1000.
	Subscriptions int
	// Backlog is how many messages may wait for one worker's loop. Default 65,536.
	Backlog int
	// BacklogBytes is how large the messages that wait for one worker's loop may be together. Default 64 MB.
	BacklogBytes int
	// InboxBytes is how large the messages that wait for one subscriber in a script may be together; how many may wait is its
	// mailbox's bound. Default 16 MB.
	InboxBytes int
	// Relay takes what is published to the other nodes of a cluster. Default: none, this process alone.
	Relay Relay
	// Panicked is told of panics in handlers, with the stack. It runs on the handler's goroutine.
	Panicked func(handler string, fault any, stack []byte)
	// Uncaught is told of turns that the bridge started and that failed. It runs on the worker.
	Uncaught func(c Context, err error)
}

// Names is a set of names of handlers.
type Names map[string]struct{}

// MakeNames makes a set of the names.
func MakeNames(names ...string) Names {
	set := make(Names, len(names))
	for _, name := range names {
		set[name] = struct{}{}
	}
	return set
}

// Bridge is the handlers and topics of one pool of workers.
type Bridge struct {
	// Topics are the topics that the bridge's contexts publish to and subscribe to.
	Topics *Topics
	// Broadcasts is a namespace apart, for the broadcasts of channels: a message is an event's name and its payload, two encoded
	// values one behind the other.
	Broadcasts *Topics

	opts     Options
	registry registry
	peers    []peers // by shard
	lastCall atomic.Uint64

	base     context.Context // of all calls
	cancel   context.CancelFunc
	closed   atomic.Bool // changed under mu
	mu       sync.Mutex
	underWay int            // calls
	running  sync.WaitGroup // their goroutines
}

// New makes the bridge of the workers; a context's Shard is an index of theirs.
func New[W Worker](workers []W, opts Options) *Bridge {
	opts.SyncTimeout = cmp.Or(opts.SyncTimeout, time.Second)
	opts.CallTimeout = cmp.Or(opts.CallTimeout, 30*time.Second)
	opts.ContextCalls = cmp.Or(opts.ContextCalls, 100)
	opts.ContextOperations = cmp.Or(opts.ContextOperations, 1000)
	opts.Calls = cmp.Or(opts.Calls, 10_000)
	opts.Subscriptions = cmp.Or(opts.Subscriptions, 1000)
	opts.Backlog = cmp.Or(opts.Backlog, 1<<16)
	opts.BacklogBytes = cmp.Or(opts.BacklogBytes, 64<<20)
	opts.InboxBytes = cmp.Or(opts.InboxBytes, 16<<20)
	b := &Bridge{opts: opts, peers: make([]peers, len(workers))}
	b.Topics, b.Broadcasts = newTopics("topics", opts), newTopics("broadcasts", opts)
	for _, w := range workers {
		b.Topics.addShard(w)
		b.Broadcasts.addShard(w)
	}
	b.base, b.cancel = context.WithCancel(context.Background())
	b.registerBuiltIn()
	return b
}

// Forget drops all that the bridge keeps for a context: its subscriptions go, the contexts of its calls are
// cancelled. Whoever closes or resets a context calls it once the context's last turn is over, after a crash too.
func (b *Bridge) Forget(c Context) {
	if p := b.peers[c.Shard()].take(c.ID()); p != nil {
		p.end()
	}
}

// Close cancels the calls under way, and waits for their functions to return or for ctx to be done. Later calls fail, and
// promises that still wait are not settled any more: the contexts are about to go. It returns ctx's error if functions are
// still running then; their goroutines end with them.
func (b *Bridge) Close(ctx context.Context) error {
	b.mu.Lock()
	b.closed.Store(true)
	b.mu.Unlock()
	b.cancel()
	ended := make(chan struct{})
	go func() {
		b.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Uncaught reports a turn that failed and that another part of the program began.
func (b *Bridge) Uncaught(c Context, err error) { b.uncaught(c, err) }

// uncaught reports a failed turn. That a context has been closed or lost is for others to tell.
func (b *Bridge) uncaught(c Context, err error) {
	var lost *engine.LostError
	if err == nil || b.closed.Load() || errors.Is(err, engine.ErrClosed) || errors.As(err, &lost) {
		return
	}
	if b.opts.Uncaught != nil {
		b.opts.Uncaught(c, err)
	}
}
