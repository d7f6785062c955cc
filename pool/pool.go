package pool

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"rowan/engine"
)

// Options configures a Pool. Zero values mean defaults.
type Options struct {
	// Workers is the number of loops. Default: the number of cores.
	Workers int
	// Poller, if set, makes what else the worker of an index waits for, such as sockets; nil for none.
	Poller func(worker int) Poller
	// Windows is how many windows each worker opens for a kind of context as contexts come. More keep more of them
	// resident. Default 2.
	Windows int
	// WindowsMax bounds the windows of a kind on one worker, when contexts with large heaps hold the others. Default 16.
	WindowsMax int
	// Mailbox is how many tasks may wait for one context. Default 1024.
	Mailbox int
	// Queue is how many tasks may wait for one worker. Default 1<<20.
	Queue int
	// Timers is how many timers one context may have pending. Default 1000.
	Timers int
	// Pending is how many promises of one context Go may wait for. Default 10,000.
	Pending int
	// Lanes is how many long turns one worker keeps in mid-turn; beyond it a long turn runs to its end. Default 64.
	Lanes int
	// SlowTurn is the time beyond which a turn is slow, and Slow then told: how long it took, without what it waited for others, and a
	// stack of the script shortly before it was slow, which is empty if it was not to be had. Turns that a limit has ended are left out.
	// It runs on the worker. Default: none is slow.
	SlowTurn time.Duration
	Slow     func(c *Context, took time.Duration, stack string)
	// Uncaught is told of errors in a context that no caller gets. It runs on the worker.
	Uncaught func(c *Context, err error)
	// Panicked is told of panics in host functions.
	Panicked func(name string, fault any)
}

// Pool is a set of workers. Its methods may be called from any goroutine.
type Pool struct {
	opts    Options
	workers []*Worker
	next    atomic.Uint64 // ids of contexts and promises
	closing atomic.Bool
	lanes   sync.WaitGroup
	kinds   kindRegistry
	slow    int64 // Options.SlowTurn in nanoseconds
}

// Errors of Post and Call.
var (
	ErrMailboxFull = errors.New("mailbox is full")
	ErrQueueFull   = errors.New("worker's queue is full")
	ErrPoolClosed  = fmt.Errorf("pool is closed: %w", engine.ErrClosed)
	ErrTimers      = errors.New("too many timers")
	ErrPending     = errors.New("too many pending promises")
)

// New starts the workers.
func New(opts Options) *Pool {
	def := func(p *int, n int) {
		if *p <= 0 {
			*p = n
		}
	}
	def(&opts.Workers, runtime.NumCPU())
	def(&opts.Windows, 2)
	def(&opts.WindowsMax, 16)
	def(&opts.Mailbox, 1024)
	def(&opts.Queue, 1<<20)
	def(&opts.Timers, 1000)
	def(&opts.Pending, 10_000)
	def(&opts.Lanes, 64)
	// Workers busy with scripts must not keep the watchdog and the network waiting for a processor.
	if n := opts.Workers + 2; runtime.GOMAXPROCS(0) < n {
		runtime.GOMAXPROCS(n)
	}
	p := &Pool{opts: opts, slow: int64(opts.SlowTurn)}
	if opts.Slow == nil || p.slow <= 0 {
		p.slow = math.MaxInt64
	}
	for i := range opts.Workers {
		p.workers = append(p.workers, newWorker(p, i))
	}
	for _, w := range p.workers {
		w.start()
	}
	return p
}

// Close stops the workers once the turns that are running have ended. Tasks still waiting fail with ErrPoolClosed, and all
// contexts are gone.
func (p *Pool) Close() {
	p.closing.Store(true)
	for _, w := range p.workers {
		w.stop()
	}
	p.lanes.Wait()
	for _, w := range p.workers {
		w.dispose()
	}
}

// Workers returns the workers, for what is partitioned by them.
func (p *Pool) Workers() []*Worker { return p.workers }

// Open makes a context of kind k on the worker with the fewest. Nothing is allocated in a window until its first task.
// limits may be nil for the kind's own. owner is the embedder's.
func (p *Pool) Open(k *Kind, limits *engine.Limits, owner any) *Context {
	return p.lightest().Open(k, limits, owner)
}

// OpenInto is Open for a context that lies elsewhere, see Worker.OpenInto.
func (p *Pool) OpenInto(c *Context, k *Kind, limits *engine.Limits, owner any) {
	p.lightest().OpenInto(c, k, limits, owner)
}

// lightest is the worker with the fewest contexts.
func (p *Pool) lightest() *Worker {
	best := p.workers[0]
	for _, w := range p.workers[1:] {
		if w.contexts.Load() < best.contexts.Load() {
			best = w
		}
	}
	return best
}

// Stats is a pool's state in numbers.
type Stats struct {
	Contexts int // living ones
	Queued   int // tasks waiting
	Timers   int
	Windows  int
	Turns    uint64
	Stalls   uint64 // turns that held their window beyond a slice without polling
	Slices   uint64 // times a long turn made room
}

// Stats sums the workers up.
func (p *Pool) Stats() Stats {
	var s Stats
	for _, w := range p.workers {
		w.addStats(&s)
	}
	return s
}

// clock is monotonic time in nanoseconds since the process began.
func clock() int64 { return int64(time.Since(processStart)) }

var processStart = time.Now()
