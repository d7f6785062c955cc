package engine

import (
	"errors"
	"slices"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"

	"rowan/engine/value"
)

// takeException takes the pending exception as a Go error: the limit for which the turn is being ended, or what was
// thrown.
func (t *Turn) takeException() error {
	v := lib.XJS_GetException(t.tls(), t.window.ctx)
	if t.stopped != 0 {
		t.noteEnd(v)
		t.free(v)
		return t.limitError()
	}
	err := t.errorOf(v)
	t.free(v)
	if t.stopped != 0 {
		return t.limitError()
	}
	return err
}

// ErrReported is returned for a script whose error the template's Reporter has dealt with.
var ErrReported = errors.New("the script's own listeners took the error")

// takeThrown is takeException for a script's evaluation: the template's Reporter hears of what was thrown.
func (t *Turn) takeThrown() error {
	if t.stopped != 0 {
		return t.takeException()
	}
	v := lib.XJS_GetException(t.tls(), t.window.ctx)
	defer t.free(v)
	if t.told(reporterThrown, v) {
		return ErrReported
	}
	if t.stopped != 0 {
		return t.limitError()
	}
	if err := t.errorOf(v); t.stopped == 0 {
		return err
	}
	return t.limitError()
}

// noteEnd keeps the stack of the exception that ends the turn.
func (t *Turn) noteEnd(v jsValue) {
	if t.endStack == "" && !t.reading {
		t.reading = true
		t.endStack = t.stackOf(v)
		t.reading = false
	}
}

// errorOf makes an error of anything that can be thrown. Reading it may run the script's accessors, whose own
// exceptions are not followed further.
func (t *Turn) errorOf(v jsValue) error {
	if none := v.Ftag == tagNull || v.Ftag == lib.EJS_TAG_UNINITIALIZED; none && arenaAt(t.window.base).refused != 0 {
		return &value.Error{Name: "RangeError", Message: "out of memory"}
	}
	if t.reading {
		return &value.Error{Name: "Error", Message: "an error whose properties throw when they are read"}
	}
	t.reading = true
	b, err := t.encodeWhole(t.buffer(), v)
	if err != nil && v.Ftag == tagObject && objectAt(ptrOf(v)).Fclass_id == classError { // what it carries cannot be read
		if b, err = t.errorTexts(b[:0], v); err == nil {
			b = append(b, 0)
		}
	}
	t.reading = false
	if err != nil {
		err = &value.Error{Name: "Error", Message: "thrown value cannot be read: " + err.Error()}
	} else {
		t.outside(func() { err = t.window.tpl.Thrown(b) })
	}
	t.recycle(b)
	return err
}

// Thrown makes a Go error of an encoded value that a script threw or rejected a promise with.
func (tpl *Template) Thrown(b []byte) error {
	v, _, err := value.Decode(b)
	if err != nil {
		return err
	}
	if e, ok := v.(*value.Error); ok {
		e.Stack = tpl.mapStack(e.Stack)
		return e
	}
	return &value.Error{Name: "Uncaught", Message: value.Describe(b), Cause: v}
}

// Promise is a pending promise that Go holds.
type Promise = Func

// result takes a reference to v and makes a Go value of it.
func (t *Turn) result(v jsValue) (any, error) {
	switch v.Ftag {
	case tagUndefined:
		return value.Undefined, nil
	case tagInt:
		return int(intOf(v)), nil
	}
	b, p, err := t.resultEncoded(t.buffer(), v)
	var r any
	switch {
	case err != nil:
	case p != 0:
		r = Pending{p}
	default:
		r, err = t.decodeValue(b)
	}
	t.recycle(b)
	return r, err
}

// Pending is what Call returns for a promise that has not settled.
type Pending struct{ Promise Promise }

// resultEncoded takes a reference to v and appends its encoding, or that of the outcome of a promise.
func (t *Turn) resultEncoded(dst []byte, v jsValue) ([]byte, Promise, error) {
	if v.Ftag == tagObject && objectAt(ptrOf(v)).Fclass_id == classPromise {
		return t.promiseEncoded(dst, v)
	}
	at := len(dst)
	dst, err := t.encodeWhole(dst, v)
	t.free(v)
	if err != nil {
		return dst[:at], 0, within("result", err)
	}
	return dst, 0, nil
}

func (t *Turn) promiseEncoded(dst []byte, v jsValue) ([]byte, Promise, error) {
	tls, ctx := t.tls(), t.window.ctx
	if lib.XJS_PromiseState(tls, ctx, v) == lib.EJS_PROMISE_PENDING && t.nested == 0 { // no script waits below
		t.drain()
	}
	if t.stopped != 0 {
		t.free(v)
		return dst, 0, t.limitError()
	}
	switch state := lib.XJS_PromiseState(tls, ctx, v); state {
	case lib.EJS_PROMISE_PENDING:
		p, err := t.hold(v)
		return dst, p, err
	default:
		r := lib.XJS_PromiseResult(tls, ctx, v)
		if state == lib.EJS_PROMISE_REJECTED {
			t.handled(v)
			err := t.errorOf(r)
			t.free(r)
			t.free(v)
			return dst, 0, err
		}
		t.free(v)
		return t.resultEncoded(dst, r)
	}
}

// handled notes that Go has taken a promise's rejection.
func (t *Turn) handled(promise jsValue) {
	for i, r := range t.rejected {
		if ptrOf(r.promise) == ptrOf(promise) {
			t.rejected = append(t.rejected[:i], t.rejected[i+1:]...)
			t.free(r.promise)
			t.free(r.reason)
			return
		}
	}
}

// handledReason notes that Go has taken a module's error, with which promises of QuickJS's own were rejected too.
func (t *Turn) handledReason(reason jsValue) {
	t.rejected = slices.DeleteFunc(t.rejected, func(r rejection) bool {
		if r.reason != reason {
			return false
		}
		t.free(r.promise)
		t.free(r.reason)
		return true
	})
}

// Await has the template's Settled called with id once the promise settles, in whichever turn that is, and releases p.
func (t *Turn) Await(p Promise, id uint64) error {
	nested := t.enterScript()
	err := t.await(p, id)
	t.leaveScript(nested)
	return err
}

func (t *Turn) await(p Promise, id uint64) error {
	v := t.dup(t.held(p))
	t.Release(p)
	argv, err := t.thread.push(2)
	if err != nil {
		t.free(v)
		return err
	}
	args := slotsAt(argv, 2)
	args[0], args[1] = v, jsNumber(float64(id))
	r, err := t.invoke(t.held(helperAwait), jsUndefined, argv, 2)
	t.thread.argc -= 2
	t.free(v)
	t.free(r)
	return err
}

// lookup reads a path of properties from the global object; the first name may also be a global let, const or class.
func (t *Turn) lookup(path string) (jsValue, error) {
	return t.eval(path, "lookup", lib.MJS_EVAL_TYPE_GLOBAL)
}

// Stack returns the stack of the script that is calling the host function at work, innermost call first, mapped to the
// original source. It takes some microseconds.
func (t *Turn) Stack() string {
	nested := t.enterScript()
	throw(t.tls(), t.window.ctx, "")
	v := lib.XJS_GetException(t.tls(), t.window.ctx)
	stack := t.stackOf(v)
	t.free(v)
	t.leaveScript(nested)
	return stack
}

// Where returns the stack of the script that a poll has interrupted, as Stack does for a host function's caller. It is for
// Thread.OnSlice.
func (t *Turn) Where() string {
	tls, ctx := t.tls(), t.window.ctx
	nested := t.enterScript()
	defer t.leaveScript(nested)
	f := t.nativeFunction("where", funcPointer(throwHere))
	lib.XJS_Call(tls, ctx, f, jsUndefined, 0, 0)
	v := lib.XJS_GetException(tls, ctx)
	stack := t.stackOf(v)
	t.free(v)
	t.free(f)
	return stack
}

// throwHere is a native function that throws: QuickJS gives errors their stacks at once when it is not a script that throws them.
func throwHere(tls *libc.TLS, ctx uintptr, _ jsValue, _ int32, _ uintptr) jsValue {
	return throw(tls, ctx, "")
}

// stackOf reads an error's stack, mapped to the original source.
func (t *Turn) stackOf(v jsValue) string {
	if v.Ftag != tagObject {
		return ""
	}
	p, err := t.property(v, "stack")
	if err != nil {
		return ""
	}
	defer t.free(p)
	if p.Ftag != tagString {
		return ""
	}
	// Read without a poll, since the turn may be at its end.
	data, wide := jsString(ptrOf(p))
	s, err := value.MakeArgs(appendChars(nil, data, wide), 1).String(0)
	if err != nil {
		return ""
	}
	return t.window.tpl.mapStack(s)
}
