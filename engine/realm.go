package engine

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"

	"rowan/engine/value"
)

//go:embed realm.js
var realmJS string

// The realm's helpers, in the order of the list that realm.js returns. They are the first held values.
const (
	helperMap Func = iota
	helperSet
	helperBigInt
	helperDataView
	helperError
	helperAwait
	helperAfter
	helperCount
)

// templateSeed is the state of Math.random in an image. A context that still has it draws a seed of its own at the first
// call, so that a fork's numbers are its own and cost nothing until they are used.
const templateSeed = 0x726f77616e

// prepareRealm changes what must be different in every realm, and runs realm.js.
func (t *Turn) prepareRealm() error {
	w := t.window
	ctx := contextAt(w.ctx)
	ctx.Frandom_state = templateSeed
	if err := t.rangeErrors(); err != nil {
		return err
	}
	if err := t.instantiate(); err != nil {
		return fmt.Errorf("engine: make the built-ins: %w", err)
	}
	for _, p := range []struct {
		path  string
		hook  uintptr
		saved *uintptr
	}{
		{"Math.random", funcPointer(mathRandom), &native.random},
		{"Date", funcPointer(dateConstructor), &native.date},
		{"Date.now", funcPointer(dateNow), &native.now},
		{"Object.getPrototypeOf([].values().map(x=>x)).next", funcPointer(helperNext), &native.helperNext},
		{"Object.getPrototypeOf([].values().map(x=>x)).return", funcPointer(helperNext), &native.helperNext},
		{"Object.getPrototypeOf(Iterator.from({next(){}})).next", funcPointer(wrapNext), &native.wrapNext},
		{"Object.getPrototypeOf(Iterator.from({next(){}})).return", funcPointer(wrapNext), &native.wrapNext},
		{"Object.getPrototypeOf(Iterator.concat([])).next", funcPointer(concatNext), &native.concatNext},
		{"Function.prototype.bind", funcPointer(functionBind), &native.bind},
		{"Proxy", funcPointer(proxyConstructor), &native.proxy},
		{"JSON.parse", funcPointer(jsonParse), &native.parse},
		{"Proxy.revocable", funcPointer(proxyRevocable), &native.revocable},
	} {
		if err := t.hook(p.path, p.hook, p.saved); err != nil {
			return err
		}
	}
	foundNative(&native.eval, ctx.Feval_internal)
	ctx.Feval_internal = funcPointer(evalInternal)
	bound := classAt(w.rt, lib.EJS_CLASS_BOUND_FUNCTION)
	foundNative(&native.boundCall, bound.Fcall)
	bound.Fcall = funcPointer(boundCall)

	f, err := t.eval(realmJS, "rowan:realm", lib.MJS_EVAL_TYPE_GLOBAL)
	if err != nil {
		return fmt.Errorf("engine: realm: %w", err)
	}
	defer t.free(f)
	settled := t.hostFunction(settledNumber)
	defer t.free(settled)
	list, err := t.callValues(f, settled)
	if err != nil {
		return fmt.Errorf("engine: realm: %w", err)
	}
	defer t.free(list)
	for i := range helperCount {
		v := lib.XJS_GetPropertyUint32(t.tls(), w.ctx, list, lib.Tuint32_t(i))
		if _, err := t.hold(v); err != nil {
			return err
		}
	}
	return nil
}

// rangeErrors makes errors of QuickJS's own class InternalError, a stack overflow and a refused allocation,
// RangeErrors.
func (t *Turn) rangeErrors() error {
	const rangeError, internalError = 1, 6 // JSErrorEnum
	proto := &contextAt(t.window.ctx).Fnative_error_proto
	name, err := t.property(proto[internalError], "name")
	if err != nil {
		return err
	}
	defer t.free(name)
	if data, _ := jsString(ptrOf(name)); string(data) != "InternalError" {
		return fmt.Errorf("engine: the class in the place of InternalError is %s", data)
	}
	t.free(proto[internalError])
	proto[internalError] = t.dup(proto[rangeError])
	return nil
}

// native holds the functions of QuickJS that the hooks below stand before. They are the same in every realm; the first
// one finds them.
var native struct {
	mu                               sync.Mutex // held to set them; whoever reads them has built a realm before
	random, date, now                uintptr
	helperNext, wrapNext, concatNext uintptr
	bind, proxy, revocable, parse    uintptr
	eval, boundCall                  uintptr
}

// hook puts a Go function in the place of the native one in a function object, which otherwise stays what it is.
func (t *Turn) hook(path string, hook uintptr, saved *uintptr) error {
	v, err := t.lookup(path)
	if err != nil {
		return fmt.Errorf("engine: hook %s: %w", path, err)
	}
	defer t.free(v)
	f := cfunctionOf(v)
	if f == nil {
		return fmt.Errorf("engine: hook %s: not a native function", path)
	}
	if f.function == hook {
		return nil // under another name
	}
	if !foundNative(saved, f.function) {
		return fmt.Errorf("engine: hook %s: not the function that it was", path)
	}
	f.function = hook
	return nil
}

// foundNative saves a native function, and reports whether it is the one that was saved before.
func foundNative(saved *uintptr, function uintptr) bool {
	native.mu.Lock()
	defer native.mu.Unlock()
	if *saved == 0 {
		*saved = function
	}
	return *saved == function
}

type (
	genericFunc  = func(*libc.TLS, uintptr, jsValue, int32, uintptr) jsValue
	iteratorFunc = func(*libc.TLS, uintptr, jsValue, int32, uintptr, uintptr, int32) jsValue
	evalFunc     = func(*libc.TLS, uintptr, jsValue, uintptr, lib.Tsize_t, uintptr, int32, int32) jsValue
	callFunc     = func(*libc.TLS, uintptr, jsValue, jsValue, int32, uintptr, int32) jsValue
)

// asFunc makes a callable Go function of a C function pointer.
func asFunc[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&struct{ uintptr }{p})) }

func mathRandom(tls *libc.TLS, ctx uintptr, this jsValue, argc int32, argv uintptr) jsValue {
	if t := building(ctx); t != nil {
		return t.endBuild("Math.random()")
	}
	if c := contextAt(ctx); c.Frandom_state == templateSeed {
		c.Frandom_state = rand.Uint64() | 1
	}
	return asFunc[genericFunc](native.random)(tls, ctx, this, argc, argv)
}

func dateConstructor(tls *libc.TLS, ctx uintptr, newTarget jsValue, argc int32, argv uintptr) jsValue {
	if argc == 0 || newTarget.Ftag == tagUndefined {
		if t := building(ctx); t != nil {
			return t.endBuild("new Date()")
		}
	}
	return asFunc[genericFunc](native.date)(tls, ctx, newTarget, argc, argv)
}

func dateNow(tls *libc.TLS, ctx uintptr, this jsValue, argc int32, argv uintptr) jsValue {
	if t := building(ctx); t != nil {
		return t.endBuild("Date.now()")
	}
	return asFunc[genericFunc](native.now)(tls, ctx, this, argc, argv)
}

// building returns the turn in which a template is being built, where no call may be made whose outcome must differ
// between contexts; nil in any other.
func building(ctx uintptr) *Turn {
	if t := windowOfContext(ctx).turn; t != nil && t.building != nil {
		return t
	}
	return nil
}

// settledHost is the native half of helperAwait.
func settledHost(t *Turn, args value.Args) (any, error) {
	id, err := args.Float(0)
	if err != nil {
		return nil, err
	}
	ok, err := args.Bool(1)
	if err != nil {
		return nil, err
	}
	if f := t.window.tpl.spec.Settled; f != nil {
		f(t, uint64(id), ok, args.Raw(2))
	}
	return value.Undefined, nil
}
