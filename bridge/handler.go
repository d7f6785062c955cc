package bridge

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"rowan/engine/value"
	"rowan/internal/nearest"
)

// Handler is a Go function that scripts call by name. Its result is anything that value.Append takes, or an
// engine.Encoded. Its error becomes a JavaScript error with the handler's name in front of the message; a *value.Error
// keeps its class and code.
//
// ctx ends with the deadline, with the call, and with the calling context; [CallerOf] tells who calls. args are valid
// until the handler returns. Rowan.callSync runs the handler on the worker's loop, Rowan.call on a goroutine of its own, so
// one handler may run many times at once.
type Handler func(ctx context.Context, args value.Args) (any, error)

// HandlerOption changes one thing about a handler.
type HandlerOption func(*handler)

// Timeout sets a handler's deadline, for callSync and call, in place of the options' defaults.
func Timeout(d time.Duration) HandlerOption {
	return func(h *handler) { h.timeout = d }
}

// handler is a registered Handler.
type handler struct {
	name    string
	run     Handler
	timeout time.Duration // 0: the default
	bridge  *Bridge
}

// nameBytesMax is how long a handler's name may be.
const nameBytesMax = 256

// Register makes a handler known by its name. Contexts that live already find it too. It panics if the name is empty,
// longer than 256 bytes or taken.
func (b *Bridge) Register(name string, run Handler, opts ...HandlerOption) {
	if name == "" || len(name) > nameBytesMax {
		panic(fmt.Sprintf("bridge: Register: a name of %d bytes, want 1 to %d", len(name), nameBytesMax))
	}
	h := &handler{name: name, run: run, bridge: b}
	for _, o := range opts {
		o(h)
	}
	b.registry.add(h)
}

// registry is the handlers by name. Reading takes no lock.
type registry struct {
	mu     sync.Mutex // of writers
	byName atomic.Pointer[map[string]*handler]
}

func (r *registry) add(h *handler) {
	r.mu.Lock()
	defer r.mu.Unlock()
	grown := maps.Clone(r.all())
	if grown == nil {
		grown = map[string]*handler{}
	}
	if grown[h.name] != nil {
		panic(fmt.Sprintf("bridge: Register: there is a handler %q already", h.name))
	}
	grown[h.name] = h
	r.byName.Store(&grown)
}

func (r *registry) all() map[string]*handler {
	if m := r.byName.Load(); m != nil {
		return *m
	}
	return nil
}

// find returns the handler that a script in c calls by its name.
func (b *Bridge) find(name []byte, c Context) (*handler, error) {
	var allowed Names
	if b.opts.Allowed != nil {
		allowed = b.opts.Allowed(c)
	}
	h := b.registry.all()[string(name)]
	if h == nil {
		return nil, b.unknown(string(name), allowed)
	}
	if allowed != nil {
		if _, ok := allowed[h.name]; !ok {
			return nil, value.Coded(CodeDenied, "handler %q is not on this context's list", name)
		}
	}
	return h, nil
}

// unknown names only what the context may call.
func (b *Bridge) unknown(name string, allowed Names) error {
	var known []string
	for k := range b.registry.all() {
		if _, ok := allowed[k]; ok || allowed == nil {
			known = append(known, k)
		}
	}
	return value.Coded(CodeUnknownHandler, "no handler %q%s", shorten(name), nearest.Hint(name, known, "%q"))
}

// shorten keeps a name of whatever length fit for a message.
func shorten(name string) string {
	if len(name) <= nameBytesMax {
		return name
	}
	return name[:nameBytesMax] + "…"
}

// HandlerNames lists the registered handlers, sorted.
func (b *Bridge) HandlerNames() []string { return slices.Sorted(maps.Keys(b.registry.all())) }

// invoke runs the handler and turns its panic into an error. A handler that ends its goroutine takes the caller along.
func (h *handler) invoke(ctx context.Context, args value.Args) (result any, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			if f := h.bridge.opts.Panicked; f != nil {
				f(h.name, fault, debug.Stack())
			}
			result, err = nil, value.Coded(CodeCrashed, "the handler panicked: %v", fault)
		}
	}()
	return h.run(ctx, args)
}
