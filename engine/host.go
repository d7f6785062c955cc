package engine

import (
	"errors"
	"fmt"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"

	"rowan/engine/value"
)

// HostFunc is a Go function that scripts can call. It runs on the worker's thread, inside the turn, and gets a view of
// its arguments that is valid until it returns. The error becomes a JavaScript error: a *value.Error as it is, any
// other with its text. It may call back into the turn's own context, never into another one.
type HostFunc func(t *Turn, args value.Args) (any, error)

// Host is a host function with the name under which a group's script finds it.
type Host struct {
	Name string
	Func HostFunc
	// Template says what a call means while the template is being built.
	Template TemplateCall
}

// TemplateCall is what to do with a host call made while the bundle is evaluated into the template.
type TemplateCall uint8

const (
	// ImpureCall (the default): its outcome belongs to one context alone, so the bundle cannot be part of the image.
	ImpureCall TemplateCall = iota
	// PureCall may be made: it reads nothing that differs between contexts and has no effect outside.
	PureCall
	// ReplayedCall is recorded instead of made, returns undefined, and is made for every fork.
	ReplayedCall
)

// hostCall is the native function behind every host function; magic is the function's number in the template.
func hostCall(tls *libc.TLS, ctx uintptr, _ jsValue, argc int32, argv uintptr, magic int32) jsValue {
	w := windowOf(ctx)
	t := w.turn
	if t == nil || tls != t.thread.tls {
		return throw(tls, ctx, "host function called outside of a turn")
	}
	return t.host(&w.tpl.hosts[magic], slotsAt(argv, int(argc)))
}

// host copies the arguments, runs the function and makes its result.
func (t *Turn) host(h *Host, args []jsValue) jsValue {
	enc := t.buffer()
	v, err := t.hostEncoded(h, &enc, args)
	t.recycle(enc)
	if err != nil {
		return t.throwError(h.Name, err)
	}
	return v
}

func (t *Turn) hostEncoded(h *Host, enc *[]byte, args []jsValue) (_ jsValue, err error) {
	for i, a := range args {
		if *enc, err = t.encodeWhole(*enc, a); err != nil {
			return jsUndefined, within(fmt.Sprintf("arg[%d]", i), err)
		}
	}
	if t.building != nil && h.Template != PureCall {
		return t.hostInTemplate(h, *enc, len(args)), nil
	}
	result, err := t.guarded(h, value.MakeArgs(*enc, len(args)))
	if err != nil {
		return jsUndefined, err
	}
	return t.make(result)
}

// guarded runs a host function out of the watchdog's reach and turns its panic into an error.
func (t *Turn) guarded(h *Host, args value.Args) (result any, err error) {
	if !t.thread.enterHost() {
		panic(errKilled)
	}
	returned, nested, argc := false, t.nested, t.thread.argc
	defer func() {
		if returned || t.nested != nested {
			return // or torn down in a call back into the context: Run's own defer ends it
		}
		t.thread.argc = argc
		if p := recover(); p != nil {
			err = &value.Error{Name: "Error", Code: "crashed", Message: fmt.Sprintf("host function panicked: %v", p)}
			t.window.tpl.panicked(h.Name, p)
			t.thread.leaveHost()
		} // else Goexit: Run's own defer ends the context
	}()
	result, err = h.Func(t, args)
	returned = true
	t.thread.leaveHost()
	return result, err
}

// Make is how a host function returns bytes that are already encoded.
type Encoded []byte

// make turns a Go value into one of the context's.
func (t *Turn) make(v any) (jsValue, error) {
	if e, ok := v.(Encoded); ok {
		r, _, err := t.decode(e)
		return r, err
	}
	r, err := t.scalar(v)
	if err != errNotScalar {
		return r, err
	}
	b, err := t.appendValue(t.buffer(), v, value.Path("result"))
	if err == nil {
		r, _, err = t.decode(b)
	}
	t.recycle(b)
	return r, err
}

// throwError throws err in the script and returns the exception mark.
func (t *Turn) throwError(name string, err error) jsValue {
	var limit *LimitError
	if errors.As(err, &limit) && t.stopped != 0 {
		// The turn is being ended: the next poll, which is due at once, does it.
		contextAt(t.window.ctx).Finterrupt_counter = 0
	}
	var js *value.Error
	if !errors.As(err, &js) {
		js = &value.Error{Name: "Error", Message: err.Error()}
	}
	thrown := *js
	if name != "" {
		thrown.Message = name + ": " + thrown.Message
	}
	thrown.Stack = "" // QuickJS adds the script's own
	b, err := value.Append(nil, &thrown)
	if err != nil {
		thrown.Cause = nil // it cannot be sent
		b, err = value.Append(nil, &thrown)
	}
	var v jsValue
	if err == nil {
		v, _, err = t.decode(b)
	}
	if err != nil {
		return throw(t.tls(), t.window.ctx, thrown.Message)
	}
	return lib.XJS_Throw(t.tls(), t.window.ctx, v)
}

// throw throws a plain Error.
func throw(tls *libc.TLS, ctx uintptr, message string) jsValue {
	if len(message) > 200 {
		message = message[:200]
	}
	format, text := cstring(tls, "%s"), cstring(tls, message)
	va := libc.NewVaList(text)
	v := lib.XJS_ThrowTypeError(tls, ctx, format, va)
	libc.Xfree(tls, va)
	libc.Xfree(tls, text)
	libc.Xfree(tls, format)
	return v
}
