// Package async is how API groups do what outlives the call of a host function: operations that run on goroutines of
// their own and settle a promise, and Go objects that a script holds by a number.
//
// Both belong to a JavaScript context and end with it: the context.Context of its operations is cancelled, its objects are closed.
package async

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"rowan/engine"
	"rowan/engine/value"
)

// Runtime is what the owner of the contexts offers.
type Runtime interface {
	// Scope returns the context.Context that ends with the JavaScript context whose turn it is: the same one in each of its turns.
	Scope(t *engine.Turn) (context.Context, error)
	// Begin counts an operation in. It fails with a RangeError of the code "limit" if too many are under way.
	Begin(t *engine.Turn) (Operation, error)
}

// Operation is one that has begun.
type Operation interface {
	// ID is the number of the script's promise, unique in the process.
	ID() uint64
	// Settle ends the operation and settles its promise, by the group "internal", with an encoded value or an error. It is
	// called once, from any goroutine.
	Settle(result []byte, err error)
}

// Async makes the host functions of groups asynchronous.
type Async struct {
	runtime Runtime

	mu     sync.Mutex
	tables map[context.Context]*table // by scope
}

// New makes an Async on what owns the contexts.
func New(r Runtime) *Async { return &Async{runtime: r, tables: map[context.Context]*table{}} }

// ObjectsMax is how many Go objects one context may hold.
const ObjectsMax = 1000

// table is what one context has under way.
type table struct {
	mu      sync.Mutex
	closed  bool
	last    int
	objects map[int]any
	cancels map[uint64]context.CancelFunc
}

type tableKey struct{}

// table finds or makes the table of a scope.
func (a *Async) table(scope context.Context) *table {
	a.mu.Lock()
	defer a.mu.Unlock()
	tb := a.tables[scope]
	if tb == nil {
		tb = &table{objects: map[int]any{}, cancels: map[uint64]context.CancelFunc{}}
		a.tables[scope] = tb
		context.AfterFunc(scope, func() {
			a.mu.Lock()
			delete(a.tables, scope)
			a.mu.Unlock()
			tb.close()
		})
	}
	return tb
}

func (a *Async) tableOf(t *engine.Turn) (*table, error) {
	scope, err := a.runtime.Scope(t)
	if err != nil {
		return nil, err
	}
	return a.table(scope), nil
}

// Func is an operation. It runs on a goroutine of its own; its arguments are copies and stay valid; ctx ends with the JavaScript
// context, or when the script cancels the operation. What it returns is encoded as by [value.Append]; an engine.Encoded as it is.
type Func func(ctx context.Context, args value.Args) (any, error)

// Op makes a host function that begins an operation and returns its number, for op and cancellable of internal/op.ts.
func (a *Async) Op(name string, f Func) engine.Host {
	return engine.Host{Name: name, Func: func(t *engine.Turn, args value.Args) (any, error) {
		return a.Start(t, args, f)
	}}
}

// Start begins an operation inside a host function, which returns the number to its script.
func (a *Async) Start(t *engine.Turn, args value.Args, f Func) (any, error) {
	scope, err := a.runtime.Scope(t)
	if err != nil {
		return nil, err
	}
	op, err := a.runtime.Begin(t)
	if err != nil {
		return nil, err
	}
	tb := a.table(scope)
	ctx, cancel := context.WithCancel(engine.WithSpan(context.WithValue(scope, tableKey{}, tb), t.Span()))
	tb.mu.Lock()
	tb.cancels[op.ID()] = cancel
	tb.mu.Unlock()
	kept := args.Copy()
	go func() {
		result, failure := []byte(nil), error(&value.Error{Name: "Error", Code: "crashed", Message: "the operation ended its goroutine"})
		defer func() {
			if p := recover(); p != nil {
				failure = &value.Error{Name: "Error", Code: "crashed", Message: fmt.Sprintf("the operation panicked: %v", p)}
			}
			tb.mu.Lock()
			delete(tb.cancels, op.ID())
			tb.mu.Unlock()
			cancel()
			op.Settle(result, failure)
		}()
		result, failure = run(ctx, kept, f)
	}()
	return float64(op.ID()), nil
}

func run(ctx context.Context, args value.Args, f Func) ([]byte, error) {
	v, err := f(ctx, args)
	if err != nil {
		return nil, err
	}
	if encoded, ok := v.(engine.Encoded); ok {
		return encoded, nil
	}
	return value.Append(nil, v, value.Path("result"))
}

// Put gives an object to the context whose turn it is, and returns its number. If the object is an io.Closer or has a method
// Close without a result, it is closed when the script drops it or its context ends. When there is no room it is closed at once.
func (a *Async) Put(t *engine.Turn, object any) (int, error) {
	tb, err := a.tableOf(t)
	if err != nil {
		closeObject(object)
		return 0, err
	}
	return tb.put(object)
}

// PutCtx is Put inside an operation.
func PutCtx(ctx context.Context, object any) (int, error) { return tableIn(ctx).put(object) }

// Get finds an object by its number.
func Get[T any](a *Async, t *engine.Turn, number int) (T, error) {
	tb, err := a.tableOf(t)
	if err != nil {
		var none T
		return none, err
	}
	return get[T](tb, number)
}

// GetCtx is Get inside an operation.
func GetCtx[T any](ctx context.Context, number int) (T, error) { return get[T](tableIn(ctx), number) }

// Drop closes an object and forgets it. Nothing happens if it is gone.
func (a *Async) Drop(t *engine.Turn, number int) error {
	tb, err := a.tableOf(t)
	if err == nil {
		closeObject(tb.take(number))
	}
	return err
}

// DropCtx is Drop inside an operation.
func DropCtx(ctx context.Context, number int) { closeObject(tableIn(ctx).take(number)) }

// Objects are the numbers of the objects that a context holds. scope is its.
func (a *Async) Objects(scope context.Context) []int {
	a.mu.Lock()
	tb := a.tables[scope]
	a.mu.Unlock()
	if tb == nil {
		return nil
	}
	tb.mu.Lock()
	defer tb.mu.Unlock()
	return slices.Collect(maps.Keys(tb.objects))
}

// DropAll closes objects of a context and forgets them.
func (a *Async) DropAll(scope context.Context, numbers []int) {
	a.mu.Lock()
	tb := a.tables[scope]
	a.mu.Unlock()
	for _, n := range numbers {
		closeObject(tb.take(n))
	}
}

// Hosts are the host functions of the group "internal".
func (a *Async) Hosts() []engine.Host {
	return []engine.Host{
		{Name: "cancel", Func: func(t *engine.Turn, args value.Args) (any, error) {
			id, err := args.Float(0)
			if err != nil {
				return nil, err
			}
			tb, err := a.tableOf(t)
			if err != nil {
				return nil, err
			}
			tb.mu.Lock()
			cancel := tb.cancels[uint64(id)]
			tb.mu.Unlock()
			if cancel != nil {
				cancel()
			}
			return value.Undefined, nil
		}},
		{Name: "drop", Func: func(t *engine.Turn, args value.Args) (any, error) {
			number, err := args.Int(0)
			if err != nil {
				return nil, err
			}
			return value.Undefined, a.Drop(t, number)
		}},
	}
}

func tableIn(ctx context.Context) *table {
	tb, _ := ctx.Value(tableKey{}).(*table)
	return tb
}

var errOutside = errors.New("async: not inside an operation")

func (tb *table) put(object any) (int, error) {
	if tb == nil {
		closeObject(object)
		return 0, errOutside
	}
	tb.mu.Lock()
	defer tb.mu.Unlock()
	switch {
	case tb.closed:
		closeObject(object)
		return 0, &value.Error{Name: "Error", Code: "stopped", Message: "the context is ending"}
	case len(tb.objects) >= ObjectsMax:
		closeObject(object)
		return 0, &value.Error{Name: "RangeError", Code: "limit", Message: fmt.Sprintf("the context holds %d objects of the host already", ObjectsMax)}
	}
	tb.last++
	tb.objects[tb.last] = object
	return tb.last, nil
}

func (tb *table) take(number int) any {
	if tb == nil {
		return nil
	}
	tb.mu.Lock()
	defer tb.mu.Unlock()
	object := tb.objects[number]
	delete(tb.objects, number)
	return object
}

func get[T any](tb *table, number int) (T, error) {
	var none T
	if tb == nil {
		return none, errOutside
	}
	tb.mu.Lock()
	defer tb.mu.Unlock()
	if object, ok := tb.objects[number].(T); ok {
		return object, nil
	}
	return none, &value.Error{Name: "Error", Code: "stopped", Message: "the object is gone"}
}

// close closes what the context still holds; its operations are cancelled with its scope.
func (tb *table) close() {
	tb.mu.Lock()
	objects := tb.objects
	tb.objects, tb.closed = nil, true
	tb.mu.Unlock()
	for _, object := range objects {
		closeObject(object)
	}
}

func closeObject(object any) {
	switch c := object.(type) {
	case interface{ Close() error }:
		c.Close()
	case interface{ Close() }:
		c.Close()
	}
}
