package daemon

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"rowan/bridge/actors"
	"rowan/daemon/bundle"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi"
	"rowan/jsapi/mail"
	"rowan/jsapi/worker"
	"rowan/pool"
)

// Bounds of workers.
const (
	workersMax      = 16 // of one context
	workersAllMax   = 64 // of one context, with the workers of its workers
	workersDepthMax = 4  // workers of workers
	workerKindsMax  = 64 // that are kept at once
)

// workers are the dedicated workers of the server's contexts; see jsapi/worker.
type workers struct {
	s *Server
	// root is the folder that scripts must lie in; "" for no such bound. base is what the paths of the main scripts are relative to.
	root, base string
	// console writes to the log of a script.
	console func(t *engine.Turn, level, text, stack string)

	loads   sync.WaitGroup // the goroutines that read scripts
	bundler chan struct{}  // who has room in it bundles one, which takes a processor as long as the script is large

	mu      sync.Mutex
	kinds   map[string]*pool.Kind // by API groups and what else a template decides
	running map[*workerContext]struct{}
	ending  int                                        // workers that have been ended, whose contexts are not gone yet
	owners  map[context.Context]map[int]*workerContext // by scope of who made them, and its number
	// families are the numbers of workers by the scope of the context, itself none, that they all come from.
	families map[context.Context]*int
}

// workerContext is the owner of a worker's context.
type workerContext struct {
	ws      *workers
	parent  mail.Context
	scope   context.Context // of the parent
	family  *int            // how many workers there are of the context that no worker is; ws.mu guards it
	holds   int             // what has to end until this is no longer one of them: the context and the loading; ws.mu guards it
	id      int             // the parent's number for it
	depth   int
	base    string // what the paths that its script names are relative to
	name    string
	ticket  string
	rights  *rights // of the parent
	limits  engine.Limits
	groups  []string
	ctx     *pool.Context
	unwatch func() bool

	// Guarded by ws.mu.
	loading bool
	ended   bool
	bundle  *bundle.Bundle
}

func newWorkers(s *Server) *workers {
	return &workers{
		s: s, console: func(t *engine.Turn, level, text, stack string) { logConsole(s.log, t, level, text, stack) },
		bundler: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)),
		kinds:   map[string]*pool.Kind{}, running: map[*workerContext]struct{}{}, owners: map[context.Context]map[int]*workerContext{},
		families: map[context.Context]*int{},
	}
}

// Start begins a worker; see worker.Starter. The script is read and bundled on a goroutine, which ends with that.
func (ws *workers) Start(t *engine.Turn, id int, script worker.Script) (port int, err error) {
	parent := pool.ContextOf(t)
	if parent == nil {
		return 0, errors.New("a worker can only be made by a context, not while a template is made")
	}
	scope, err := ws.s.bridge.Scope(t)
	if err != nil {
		return 0, err
	}
	base, depth, family := ws.base, 1, (*int)(nil)
	if p, ok := parent.Owner.(*workerContext); ok {
		base, depth, family = p.base, p.depth+1, p.family
	}
	source := source{name: script.URL, code: script.Code, dir: base}
	if !script.HasCode {
		if source, err = ws.resolve(base, script.URL); err != nil {
			return 0, err
		}
	}
	rights := rightsOf(parent)
	kind, err := ws.kind(t, rights.reach)
	if err != nil {
		return 0, err
	}
	w := &workerContext{
		ws: ws, parent: parent, scope: scope, family: family, id: id, depth: depth, base: source.dir, name: script.Name,
		rights: rights, limits: t.Context().Limits(), groups: t.Context().Template().Groups(), loading: true,
	}
	if port, w.ticket, err = ws.s.ports.Offer(t); err != nil {
		return 0, err
	}
	if err := ws.add(w, kind); err != nil {
		ws.s.ports.Withdraw(t, port)
		return 0, err
	}
	ws.loads.Go(func() {
		defer w.release()
		program, err := w.load(source, script.Module)
		if err == nil {
			err = w.ctx.Post(&beginning{worker: w, program: program, module: program.Module()})
		}
		ws.mu.Lock()
		w.loading = false
		ws.mu.Unlock()
		if err != nil {
			w.fail(err, false) // to nobody, if the parent has ended the worker meanwhile
			w.end()
		}
	})
	return port, nil
}

// held reports whether a context has workers.
func (ws *workers) held(scope context.Context) bool {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return len(ws.owners[scope]) > 0
}

// Warn writes to a script's log; see worker.Starter.
func (ws *workers) Warn(t *engine.Turn, text string) { ws.console(t, "warn", text, "") }

// add notes a worker and opens its context, if there is room for one more.
func (ws *workers) add(w *workerContext, kind *pool.Kind) error {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	siblings := ws.owners[w.scope]
	switch {
	case len(siblings) >= workersMax:
		return &value.Error{Name: "RangeError", Code: "limit", Message: fmt.Sprintf("the context has %d workers already", workersMax)}
	case w.depth > workersDepthMax:
		return &value.Error{Name: "RangeError", Code: "limit", Message: fmt.Sprintf("workers are nested more than %d deep", workersDepthMax)}
	}
	if w.family == nil {
		w.family = ws.familyLocked(w.scope)
	}
	if *w.family >= workersAllMax {
		return &value.Error{Name: "RangeError", Code: "limit", Message: fmt.Sprintf("the context and its workers have %d workers already", workersAllMax)}
	}
	if siblings == nil {
		siblings = map[int]*workerContext{}
		ws.owners[w.scope] = siblings
	}
	w.ctx = ws.s.pool.Open(kind, &w.limits, w)
	siblings[w.id] = w
	*w.family++
	w.holds = 2
	ws.running[w] = struct{}{}
	w.unwatch = context.AfterFunc(w.scope, w.end)
	return nil
}

// familyLocked is how many workers a context has that is none itself, and theirs.
func (ws *workers) familyLocked(scope context.Context) *int {
	n := ws.families[scope]
	if n == nil {
		n = new(int)
		ws.families[scope] = n
		context.AfterFunc(scope, func() {
			ws.mu.Lock()
			defer ws.mu.Unlock()
			delete(ws.families, scope)
		})
	}
	return n
}

// release ends one of the holds of a worker on its place among those of its family, which it keeps while anything of it is left: a script that
// ends its workers at once could begin any number.
func (w *workerContext) release() {
	w.ws.mu.Lock()
	defer w.ws.mu.Unlock()
	if w.holds--; w.holds == 0 {
		*w.family--
	}
}

// Terminate ends a worker; see worker.Starter.
func (ws *workers) Terminate(t *engine.Turn, id int) {
	scope, err := ws.s.bridge.Scope(t)
	if err != nil {
		return
	}
	ws.mu.Lock()
	w := ws.owners[scope][id]
	ws.mu.Unlock()
	if w != nil {
		w.end()
	}
}

// end ends the worker, if it has not ended yet.
func (w *workerContext) end() {
	ws := w.ws
	ws.mu.Lock()
	was := w.ended
	w.ended = true
	delete(ws.running, w)
	if siblings := ws.owners[w.scope]; siblings != nil {
		delete(siblings, w.id)
		if len(siblings) == 0 {
			delete(ws.owners, w.scope)
		}
	}
	if !was {
		ws.ending++
	}
	ws.mu.Unlock()
	if was {
		return
	}
	w.unwatch()
	w.ctx.Terminate(func() {
		ws.s.bridge.Forget(w.ctx)
		w.release()
		ws.mu.Lock()
		defer ws.mu.Unlock()
		ws.ending--
	})
	mail.Call(contexts{ws.s}, w.parent, "worker.gone", w.id)
}

// kind finds or makes the kind of context for workers of the context whose turn it is: they have its API groups and its reach.
func (ws *workers) kind(t *engine.Turn, r *reach) (*pool.Kind, error) {
	tpl := t.Context().Template()
	names := tpl.Groups()
	key := fmt.Sprint(names, tpl.WindowBytes(), tpl.StackSlots(), r.key())
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if k := ws.kinds[key]; k != nil {
		return k, nil
	}
	if len(ws.kinds) >= workerKindsMax {
		for _, k := range ws.kinds { // of settings that many reloads have left behind; those in use are made again
			k.Retire()
		}
		clear(ws.kinds)
	}
	groups, err := jsapi.Groups(func(name string) bool { return slices.Contains(names, name) }, "workerscope", r.hosts)
	if err != nil {
		return nil, err
	}
	k := ws.s.pool.NewKind(engine.Spec{
		Name: "worker", Groups: groups, Reporter: jsapi.Reporter, Limits: *tpl.Limits(), StackSlots: tpl.StackSlots(),
		WindowBytes: tpl.WindowBytes(), MapStack: ws.mapStack,
	})
	k.Lost = func(c *pool.Context, err error) {
		if w, ok := c.Owner.(*workerContext); ok {
			w.failed(err)
			w.end()
		}
	}
	ws.kinds[key] = k
	return k, nil
}

// beginning is the task of evaluating a worker's script.
type beginning struct {
	worker  *workerContext
	program *engine.Program
	module  bool
}

func (b *beginning) Run(t *engine.Turn) error {
	if err := mail.Do(t, "workerscope.begin", value.AppendBool(nil, b.module), 1); err != nil {
		return err
	}
	_, err := t.LoadEncoded(b.program)
	if errors.Is(err, engine.ErrReported) {
		err = nil
	}
	return errors.Join(err, mail.Do(t, "workerscope.ready", nil, 0))
}

func (b *beginning) Done(err error) {
	if err != nil && !errors.Is(err, engine.ErrClosed) {
		b.worker.failed(err)
	}
}

// failed tells the parent of an error that the worker's script does not catch, or that keeps it from running.
func (w *workerContext) failed(err error) { w.fail(err, true) }

func (w *workerContext) fail(err error, ran bool) {
	var js *value.Error
	message, stack := err.Error(), ""
	if errors.As(err, &js) {
		message, stack = js.Error(), appStack(js.Stack)
	} else if _, s := describe(err); s != "" {
		stack = s
	}
	file, line, column := placeOf(appLine(stack))
	mail.Call(contexts{w.ws.s}, w.parent, "worker.failed", w.id, value.Object{
		{Key: "message", Value: "Uncaught " + message}, {Key: "filename", Value: file}, {Key: "lineno", Value: line}, {Key: "colno", Value: column},
		{Key: "stack", Value: stack}, {Key: "ran", Value: ran},
	})
}

// placeOf takes "file:line:column" apart.
func placeOf(place string) (file string, line, column int) {
	rest, last := place, 0
	for _, n := range []*int{&column, &line} {
		i := strings.LastIndexByte(rest, ':')
		if i < 0 {
			return place, 0, 0
		}
		last, _ = strconv.Atoi(rest[i+1:])
		*n, rest = last, rest[:i]
	}
	return rest, line, column
}

// all are the workers that run.
func (ws *workers) all() []*workerContext {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return slices.Collect(maps.Keys(ws.running))
}

// idle reports whether no worker has anything to do.
func (ws *workers) idle() bool {
	ws.mu.Lock()
	running := make([]*workerContext, 0, len(ws.running))
	busy := ws.ending > 0
	for w := range ws.running {
		busy = busy || w.loading
		running = append(running, w)
	}
	ws.mu.Unlock()
	return !busy && !slices.ContainsFunc(running, func(w *workerContext) bool {
		return !ws.s.idle(w.ctx)
	})
}

// grants is what the worker may pass on to actors: what it has itself.
func (w *workerContext) grants() actors.Grants {
	g := actors.Grants{Memory: w.limits.HeapBytes, Turn: w.limits.Turn, Groups: w.groups, Hosts: w.rights.network, Env: w.rights.env}
	for name := range w.rights.handlers {
		g.Handlers = append(g.Handlers, name)
	}
	if w.rights.handlers != nil && g.Handlers == nil {
		g.Handlers = []string{}
	}
	return g
}
