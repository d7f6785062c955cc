package engine

import (
	"fmt"
	"strings"
	"time"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"

	"rowan/engine/value"
)

// Spec says what a template is made of.
type Spec struct {
	// Name is for errors and logs.
	Name string
	// Groups are the API groups, evaluated in this order, before the bundle.
	Groups []Group
	// Bundle is the app; nil for none.
	Bundle *Program
	// Install, if set, names the group's export ("rowan.install") that is called once the bundle was evaluated, with
	// the module's namespace, or undefined for a script.
	Install string
	// Reporter, if set, names a group that hears of errors that nobody else gets before Uncaught does, by its exports
	// rejected(promise, reason), thrown(error), which return true to keep it from Uncaught, and
	// handled(promise), for a promise whose rejection was reported and then handled. Those that are not there are not called.
	Reporter string
	// Meta names groups' exports ("node.require") that modules find as properties of import.meta: what only a bundle is to
	// reach, and no script by a global. Those that no group exports are not there.
	Meta map[string]string
	// Limits is what a fork gets that brings none of its own.
	Limits Limits
	// StackSlots is the depth of nested calls: a call takes one slot, a call through a getter, forEach, a proxy or a
	// generator three to nine. Default 1000; at most 5000, since frames lie outside of any heap limit.
	StackSlots int
	// WindowBytes is the address space of each window. Default WindowBytes.
	WindowBytes int
	// MapStack, if set, is applied to every stack that leaves a context, to name the original source.
	MapStack func(stack string) string
	// Uncaught is told of errors that nobody else gets: unhandled rejections, and whatever a microtask throws.
	Uncaught func(t *Turn, err error)
	// Panicked is told of panics in host functions, which the script sees as errors. It runs on top of the panicking
	// frames: debug.Stack shows them.
	Panicked func(name string, fault any)
	// Settled is called in the turn in which a promise given to Turn.Await settles, with its encoded outcome.
	Settled func(t *Turn, id uint64, fulfilled bool, outcome []byte)

	unfrozen bool // tests: skip the freeze
}

// Group is an API group: a script that gets its host functions and adds globals to the realm.
type Group struct {
	Name string
	// Program is a script whose value is a function. It is called with an object of the host functions; the functions
	// in the object that it returns are held, and found by Template.Func. The host object's property "shared" is an object
	// that is the same for all groups of a template while it is made, so that code that several groups need is in
	// the image once; by convention a group puts what it shares under its own name, the property "name".
	Program *Program
	Hosts   []Host
	// Hidden says that scripts did not get the group: it is there for others, and finds "chosen" false in its host object.
	Hidden bool
}

// Template is what contexts are forked from: groups and bundle, evaluated once in each window. It may be used
// by any goroutine.
type Template struct {
	spec    Spec
	hosts   []Host
	exports map[string]Func
	code    codeStore
	impure  string // why the bundle is no part of the image
	replays []replay
	built   bool

	imageBytes int
	windows    int // open ones; windowsMu guards it
}

// replay is a host call of the template that is made anew for each fork.
type replay struct {
	host *Host
	args []byte
	n    int
}

// builder is the state of a template's evaluation.
type builder struct {
	tpl    *Template
	group  string  // while a group is evaluated
	impure string  // the first call that must not be in an image
	shared jsValue // what later groups find as "shared"
}

const (
	settledNumber = 0
	// buildTurn is how long the evaluation of a bundle may take.
	buildTurn = 10 * time.Second
)

// NewTemplate makes a template and its first window, on the calling thread. An error in the bundle is returned as a
// *value.Error, with its stack.
func NewTemplate(th *Thread, spec Spec) (*Template, *Window, error) {
	spec.Limits = spec.Limits.withDefaults()
	if spec.StackSlots <= 0 {
		spec.StackSlots = stackSlots
	}
	spec.StackSlots = min(spec.StackSlots, stackSlotsMax)
	if spec.WindowBytes == 0 {
		spec.WindowBytes = WindowBytes
	}
	tpl := &Template{spec: spec, exports: map[string]Func{}}
	tpl.hosts = append(tpl.hosts, Host{Name: "settled", Func: settledHost, Template: PureCall})
	for _, g := range spec.Groups {
		tpl.hosts = append(tpl.hosts, g.Hosts...)
	}
	w, err := tpl.Open(th)
	if err != nil {
		return nil, nil, err
	}
	return tpl, w, nil
}

// Open makes another window of the template, on the calling thread. Only one goroutine may open windows of a template
// at a time.
func (tpl *Template) Open(th *Thread) (*Window, error) {
	w, err := mapWindow(tpl, tpl.spec.WindowBytes)
	if err != nil {
		return nil, err
	}
	if err := w.start(th.tls); err != nil {
		w.Close()
		return nil, err
	}
	if err := w.build(th); err != nil {
		w.Close()
		return nil, err
	}
	if !tpl.built {
		tpl.built, tpl.imageBytes = true, w.Image()
	}
	return w, nil
}

// Name is the template's name.
func (tpl *Template) Name() string { return tpl.spec.Name }

// Groups are the names of the groups that scripts were given.
func (tpl *Template) Groups() []string {
	names := []string{}
	for _, g := range tpl.spec.Groups {
		if !g.Hidden {
			names = append(names, g.Name)
		}
	}
	return names
}

// WindowBytes is the address space of each window.
func (tpl *Template) WindowBytes() int { return tpl.spec.WindowBytes }

// StackSlots is the depth of nested calls.
func (tpl *Template) StackSlots() int { return tpl.spec.StackSlots }

// Func returns a group's export by its name, such as "timers.fire".
func (tpl *Template) Func(name string) (Func, bool) {
	f, ok := tpl.exports[name]
	return f, ok
}

// Impure says why the bundle could not become part of the image, and is evaluated in each fork's first turn instead:
// the call whose outcome must differ between contexts. It is empty when the image is complete.
func (tpl *Template) Impure() string { return tpl.impure }

// fresh is the state in which forks begin.
func (tpl *Template) fresh() contextState {
	if tpl.impure != "" || len(tpl.replays) > 0 {
		return stateNew
	}
	return stateLive
}

// ImageBytes is the size of the image, which each window has twice: to run in and to compare with.
func (tpl *Template) ImageBytes() int { return tpl.imageBytes }

// Limits returns the limits of forks that bring none of their own.
func (tpl *Template) Limits() *Limits { return &tpl.spec.Limits }

// reportsMax bounds how many errors of one turn that nobody else gets are reported.
const reportsMax = 100

func (t *Turn) uncaught(err error) {
	if f := t.window.tpl.spec.Uncaught; f != nil && t.reports < reportsMax {
		t.reports++
		t.outside(func() { f(t, err) })
	}
}

func (tpl *Template) panicked(name string, fault any) {
	if tpl.spec.Panicked != nil {
		tpl.spec.Panicked(name, fault)
	}
}

// stackBytesMax is how much of a stack is kept: a script can set an error's stack to anything.
const stackBytesMax = 16 << 10

// MapStack names the original source in a text that holds stacks, as far as they are within the first 16 KB.
func (tpl *Template) MapStack(text string) string {
	rest := ""
	if len(text) > stackBytesMax {
		n := strings.LastIndexByte(text[:stackBytesMax], '\n') + 1
		text, rest = text[:n], text[n:]
	}
	return tpl.mapStack(text) + rest
}

func (tpl *Template) mapStack(stack string) string {
	if len(stack) > stackBytesMax {
		stack = stack[:stackBytesMax]
		stack = stack[:strings.LastIndexByte(stack, '\n')+1] + "    …"
	}
	if tpl.spec.MapStack != nil {
		return tpl.spec.MapStack(stack)
	}
	return stack
}

// build evaluates the template's parts and makes the image.
func (w *Window) build(th *Thread) error {
	tpl := w.tpl
	b := &builder{tpl: tpl}
	limits := tpl.spec.Limits
	limits.HeapBytes, limits.Turn = w.size, buildTurn
	c := &Context{window: w.id, limits: limits}
	w.occupant = c
	step := func(f func(t *Turn) error) error {
		return th.Run(c, func(t *Turn) error {
			t.building = b
			err := f(t)
			t.drain()
			if b.impure != "" {
				t.forgetRejections()
			}
			t.building = nil
			return err
		})
	}
	if err := step(func(t *Turn) error { return t.buildRealm() }); err != nil {
		return err
	}
	bundle := tpl.spec.Bundle
	if bundle != nil && tpl.impure == "" {
		w.seal() // to return to, should the bundle be impure
		var err error
		first := !tpl.built
		var loading jsValue
		err = step(func(t *Turn) (err error) {
			loading, err = t.loadBundle()
			return err
		})
		if err == nil && b.impure == "" {
			err = step(func(t *Turn) error { return t.installed(loading) })
		}
		if b.impure != "" {
			if !first {
				return fmt.Errorf("engine: template %s: %s is called in one window and not in another", tpl.spec.Name, b.impure)
			}
			tpl.impure, tpl.replays = b.impure, nil
			w.soiled = true
			w.occupant = nil
			w.clean()
			w.occupant = c
		} else if err != nil {
			return err
		}
	}
	err := step(func(t *Turn) error {
		lib.XJS_RunGC(t.tls(), w.rt)
		t.spareSlabs()
		lib.XJS_RunGC(t.tls(), w.rt)
		return nil
	})
	w.occupant = nil
	if err != nil {
		return err
	}
	stateAt(w.base).collectAt = w.heap() + gcSlack
	w.seal()
	return nil
}

// buildRealm prepares the realm, evaluates the groups and freezes what there is.
func (t *Turn) buildRealm() error {
	b := t.building
	b.group = "realm"
	b.shared = lib.XJS_NewObject(t.tls(), t.window.ctx)
	defer func() { t.free(b.shared); b.shared = jsUndefined }()
	if err := t.prepareRealm(); err != nil {
		return err
	}
	number := 1
	for _, g := range b.tpl.spec.Groups {
		b.group = g.Name
		if err := t.buildGroup(g, number); err != nil {
			return fmt.Errorf("engine: group %s: %w", g.Name, err)
		}
		number += len(g.Hosts)
		if b.impure != "" {
			return fmt.Errorf("engine: group %s calls %s while it is evaluated", g.Name, b.impure)
		}
	}
	b.group = ""
	t.free(b.shared)
	b.shared = jsUndefined // freed before the freeze
	if !b.tpl.spec.unfrozen {
		t.freeze()
	}
	return nil
}

func (t *Turn) buildGroup(g Group, number int) error {
	tls, ctx := t.tls(), t.window.ctx
	f, err := t.load(g.Program, &t.building.tpl.code)
	if err != nil {
		return err
	}
	defer t.free(f)
	hosts := lib.XJS_NewObject(tls, ctx)
	defer t.free(hosts)
	for i, h := range g.Hosts {
		t.setProperty(hosts, h.Name, t.hostFunction(number+i))
	}
	t.setProperty(hosts, "kindOf", t.nativeFunction("kindOf", funcPointer(kindOf)))
	t.setProperty(hosts, "promiseState", t.nativeFunction("promiseState", funcPointer(promiseState)))
	t.setProperty(hosts, "shared", t.dup(t.building.shared))
	t.setProperty(hosts, "chosen", jsBool(!g.Hidden))
	t.setProperty(hosts, "name", newString(tls, ctx, g.Name))
	exports, err := t.callValues(f, hosts)
	if err != nil {
		return err
	}
	defer t.free(exports)
	t.setProperty(hosts, "shared", jsUndefined) // a group that keeps its host object keeps nothing else with it
	return t.holdExports(g.Name, exports)
}

// setProperty gives an object of the engine's a property; it takes a reference to v.
func (t *Turn) setProperty(o jsValue, name string, v jsValue) {
	n := cstring(t.tls(), name)
	lib.XJS_SetPropertyStr(t.tls(), t.window.ctx, o, n, v)
	libc.Xfree(t.tls(), n)
}

// holdExports holds the functions in a group's exports.
func (t *Turn) holdExports(group string, exports jsValue) error {
	if exports.Ftag != tagObject {
		return nil
	}
	tls, ctx, tpl := t.tls(), t.window.ctx, t.window.tpl
	out, err := t.thread.push(1)
	if err != nil {
		return err
	}
	code := lib.XJS_GetOwnPropertyNames(tls, ctx, out, out+8, exports, lib.MJS_GPN_STRING_MASK|lib.MJS_GPN_ENUM_ONLY)
	list, n := *word(out), lib.Tuint32_t(*word(out + 8))
	t.thread.argc--
	if code < 0 {
		return t.takeException()
	}
	defer lib.XJS_FreePropertyEnum(tls, ctx, list, n)
	for i := range uintptr(n) {
		atom := propertyAt(list, i)
		v := lib.XJS_GetPropertyInternal(tls, ctx, exports, atom, exports, 0)
		s := lib.XJS_AtomToCStringLen(tls, ctx, 0, atom)
		name := group + "." + libc.GoString(s)
		lib.XJS_FreeCString(tls, ctx, s)
		f, err := t.hold(v)
		if err != nil {
			return err
		}
		switch was, ok := tpl.exports[name]; {
		case !ok && !tpl.built: // later windows only read: other workers look names up meanwhile
			tpl.exports[name] = f
		case !ok || was != f:
			return fmt.Errorf("export %s differs between windows", name)
		}
	}
	return nil
}

// nativeFunction makes a function object of a Go function with C's signature.
func (t *Turn) nativeFunction(name string, f uintptr) jsValue {
	n := cstring(t.tls(), name)
	defer libc.Xfree(t.tls(), n)
	return lib.XJS_NewCFunction2(t.tls(), t.window.ctx, f, n, 1, lib.EJS_CFUNC_generic, 0)
}

// promiseState is given to every group, since scripts cannot look into a promise: promiseState(p) is
// ["pending"|"fulfilled"|"rejected", value]. It throws for what is no promise.
func promiseState(tls *libc.TLS, ctx uintptr, _ jsValue, argc int32, argv uintptr) jsValue {
	if argc < 1 || valueAt(argv).Ftag != tagObject || objectAt(ptrOf(*valueAt(argv))).Fclass_id != classPromise {
		return throw(tls, ctx, "not a promise")
	}
	p := *valueAt(argv)
	state, v := "pending", jsUndefined
	switch lib.XJS_PromiseState(tls, ctx, p) {
	case lib.EJS_PROMISE_FULFILLED:
		state, v = "fulfilled", lib.XJS_PromiseResult(tls, ctx, p)
	case lib.EJS_PROMISE_REJECTED:
		state, v = "rejected", lib.XJS_PromiseResult(tls, ctx, p)
	}
	name := newString(tls, ctx, state)
	pair := lib.XJS_NewArray(tls, ctx)
	for i, e := range [...]jsValue{name, v} {
		if pair.Ftag == tagException || lib.XJS_DefinePropertyValueUint32(tls, ctx, pair, lib.Tuint32_t(i), e, lib.MJS_PROP_C_W_E) < 0 {
			return jsException
		}
	}
	return pair
}

// newString makes a string of a short text.
func newString(tls *libc.TLS, ctx uintptr, text string) jsValue {
	s := cstring(tls, text)
	defer libc.Xfree(tls, s)
	return lib.XJS_NewStringLen(tls, ctx, s, lib.Tsize_t(len(text)))
}

// hostFunction makes the native function of a host function's number.
func (t *Turn) hostFunction(number int) jsValue {
	tls := t.tls()
	name := cstring(tls, t.window.tpl.hosts[number].Name)
	defer libc.Xfree(tls, name)
	return lib.XJS_NewCFunction2(tls, t.window.ctx, funcPointer(hostCall), name, 0, lib.EJS_CFUNC_generic_magic, int32(number))
}

// callValues calls f with values of the realm.
func (t *Turn) callValues(f jsValue, args ...jsValue) (jsValue, error) {
	argv, err := t.thread.push(len(args))
	if err != nil {
		return jsUndefined, err
	}
	copy(slotsAt(argv, len(args)), args)
	v, err := t.invoke(f, jsUndefined, argv, len(args))
	t.thread.argc -= len(args)
	return v, err
}

// loadBundle evaluates the bundle and holds the module's promise and namespace until it has been installed.
func (t *Turn) loadBundle() (loading jsValue, err error) {
	p, ns, err := t.loadModule(t.window.tpl.spec.Bundle, &t.window.tpl.code)
	if err != nil {
		return jsUndefined, err
	}
	pair := lib.XJS_NewArray(t.tls(), t.window.ctx)
	for i, v := range []jsValue{p, ns} {
		lib.XJS_DefinePropertyValueUint32(t.tls(), t.window.ctx, pair, lib.Tuint32_t(i), v, lib.MJS_PROP_C_W_E)
	}
	return pair, nil
}

// installed hands the evaluated bundle to Install. In a template a module that still waits cannot be part of the image.
func (t *Turn) installed(pair jsValue) error {
	tls, ctx, tpl := t.tls(), t.window.ctx, t.window.tpl
	defer t.free(pair)
	p := lib.XJS_GetPropertyUint32(tls, ctx, pair, 0)
	ns := lib.XJS_GetPropertyUint32(tls, ctx, pair, 1)
	defer t.free(p)
	defer t.free(ns)
	if tpl.spec.Bundle.module {
		switch lib.XJS_PromiseState(tls, ctx, p) {
		case lib.EJS_PROMISE_REJECTED:
			r := lib.XJS_PromiseResult(tls, ctx, p)
			defer t.free(r)
			t.handledReason(r)
			return t.errorOf(r)
		case lib.EJS_PROMISE_PENDING:
			if t.building != nil {
				t.building.note("await at the top level")
				return nil
			}
			return t.installLater(p, ns)
		}
	}
	return t.install(ns)
}

func (t *Turn) install(ns jsValue) error {
	name := t.window.tpl.spec.Install
	if name == "" {
		return nil
	}
	f, ok := t.window.tpl.exports[name]
	if !ok {
		return fmt.Errorf("engine: no group exports %s", name)
	}
	v, err := t.callValues(t.held(f), ns)
	t.free(v)
	return err
}

// installLater installs once the module's promise has been fulfilled.
func (t *Turn) installLater(p, ns jsValue) error {
	f, ok := t.window.tpl.exports[t.window.tpl.spec.Install]
	if !ok {
		return nil
	}
	v, err := t.callValues(t.held(helperAfter), p, t.held(f), ns)
	t.free(v)
	return err
}

// first is what a fork's first turn does before its event: evaluate an impure bundle, make the template's calls anew.
func (t *Turn) first() error {
	tpl := t.window.tpl
	if tpl.impure != "" {
		loading, err := t.loadBundle()
		if err != nil {
			return err
		}
		t.drain()
		return t.installed(loading)
	}
	for _, r := range tpl.replays {
		if _, err := t.guarded(r.host, value.MakeArgs(r.args, r.n)); err != nil {
			return fmt.Errorf("%s: %w", r.host.Name, err)
		}
	}
	return nil
}

// note keeps the first call that must not be in an image.
func (b *builder) note(call string) {
	if b.impure == "" {
		b.impure = call
	}
}

// hostInTemplate handles a host call that is not to be made while a template is built.
func (t *Turn) hostInTemplate(h *Host, args []byte, n int) jsValue {
	b := t.building
	if h.Template == ReplayedCall && b.group == "" {
		if !b.tpl.built {
			b.tpl.replays = append(b.tpl.replays, replay{h, append([]byte(nil), args...), n})
		}
		return jsUndefined
	}
	return t.endBuild(h.Name + "()")
}

// endBuild ends the evaluation of a bundle, in a way that it cannot catch, at a call that must not be in an image.
func (t *Turn) endBuild(call string) jsValue {
	t.building.note(call)
	v := throw(t.tls(), t.window.ctx, call+" while a template is made")
	lib.XJS_SetUncatchableException(t.tls(), t.window.ctx, 1)
	return v
}
