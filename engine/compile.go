package engine

import (
	"fmt"
	"strings"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"

	"rowan/engine/value"
)

// Program is a script or module as bytecode: compiled once, loaded into any number of windows.
type Program struct {
	name   string
	code   []byte
	module bool
	slots  int // of its largest frame
}

// Name is the name that stacks give for the program's code.
func (p *Program) Name() string { return p.name }

// Module reports whether it is a module.
func (p *Program) Module() bool { return p.module }

// Compile compiles a script, or an ES module that imports nothing (bundle it first). name stands in stacks. A syntax error is
// a *value.Error whose Stack begins with name:line:column.
func Compile(source, name string, module bool) (*Program, error) {
	tls := libc.NewTLS()
	defer tls.Close()
	rt := lib.XJS_NewRuntime(tls)
	defer lib.XJS_FreeRuntime(tls, rt)
	lib.XJS_SetMaxStackSize(tls, rt, stackSlots)
	ctx := lib.XJS_NewContext(tls, rt)
	defer lib.XJS_FreeContext(tls, ctx)
	flags := int32(lib.MJS_EVAL_TYPE_GLOBAL | lib.MJS_EVAL_FLAG_COMPILE_ONLY)
	if module {
		flags = lib.MJS_EVAL_TYPE_MODULE | lib.MJS_EVAL_FLAG_COMPILE_ONLY
	}
	s, n := cstring(tls, source), cstring(tls, name)
	defer libc.Xfree(tls, s)
	defer libc.Xfree(tls, n)
	f := lib.XJS_Eval(tls, ctx, s, lib.Tsize_t(len(source)), n, flags)
	if f.Ftag == tagException {
		return nil, compileError(tls, ctx)
	}
	slots := largestFrame(f)
	if slots > frameSlots {
		return nil, fmt.Errorf("%s: %s", name, frameError(slots))
	}
	size := libc.Xcalloc(tls, 1, 8)
	defer libc.Xfree(tls, size)
	code := lib.XJS_WriteObject(tls, ctx, size, f, lib.MJS_WRITE_OBJ_BYTECODE)
	if f.Ftag != tagModule { // a context owns its modules
		lib.XFreeValue(tls, ctx, f)
	}
	if code == 0 {
		return nil, compileError(tls, ctx)
	}
	p := &Program{name: name, module: module, slots: slots, code: append([]byte(nil), bytesAt(code, int(*word(size)))...)}
	lib.Xjs_free(tls, ctx, code)
	return p, nil
}

// compileError takes the exception of a compiler's context.
func compileError(tls *libc.TLS, ctx uintptr) error {
	v := lib.XJS_GetException(tls, ctx)
	defer lib.XFreeValue(tls, ctx, v)
	read := func(name string) string {
		n := cstring(tls, name)
		defer libc.Xfree(tls, n)
		p := lib.XJS_GetPropertyStr(tls, ctx, v, n)
		defer lib.XFreeValue(tls, ctx, p)
		s := lib.XJS_ToCStringLen2(tls, ctx, 0, p, 0)
		if s == 0 {
			return ""
		}
		defer lib.XJS_FreeCString(tls, ctx, s)
		return libc.GoString(s)
	}
	return &value.Error{Name: read("name"), Message: read("message"), Stack: strings.TrimRight(read("stack"), "\n")}
}

// bytecodeOf returns the function behind compiled code; a module's is in its record until it is linked.
func bytecodeOf(v jsValue) *lib.TJSFunctionBytecode {
	switch v.Ftag {
	case tagBytecode:
		return (*lib.TJSFunctionBytecode)(unsafe.Pointer(ptrOf(v)))
	case tagModule:
		return bytecodeOf((*lib.TJSModuleDef)(unsafe.Pointer(ptrOf(v))).Ffunc_obj)
	}
	return nil
}

// eachFunction calls f for v's function and all that are nested in it.
func eachFunction(v jsValue, f func(*lib.TJSFunctionBytecode)) {
	for stack := []jsValue{v}; len(stack) > 0; {
		b := bytecodeOf(stack[len(stack)-1])
		stack = stack[:len(stack)-1]
		if b == nil {
			continue
		}
		f(b)
		for i := range int(b.Fcpool_count) {
			stack = append(stack, *valueAt(b.Fcpool + uintptr(i)*jsValueSize))
		}
	}
}

// largestFrame returns the slots of the largest frame among v's functions.
func largestFrame(v jsValue) int {
	slots := 0
	eachFunction(v, func(b *lib.TJSFunctionBytecode) {
		slots = max(slots, int(b.Farg_count)+int(b.Fvar_count)+int(b.Fstack_size))
	})
	return slots
}

// load evaluates a program. For a script the value is its completion value; for a module a promise of its evaluation,
// with its namespace in ns. What never changes of its code goes to the template's store, if there is one.
func (t *Turn) load(p *Program, store *codeStore) (jsValue, error) {
	v, ns, err := t.loadModule(p, store)
	if err != nil || !p.module {
		return v, err
	}
	t.free(v)
	return ns, nil
}

func (t *Turn) loadModule(p *Program, store *codeStore) (v, ns jsValue, err error) {
	tls, ctx := t.tls(), t.window.ctx
	admitFrames(t.window.rt, p.slots)
	code := libc.Xmalloc(tls, lib.Tsize_t(len(p.code)+1))
	copy(bytesAt(code, len(p.code)), p.code)
	f := lib.XJS_ReadObject(tls, ctx, code, lib.Tsize_t(len(p.code)), lib.MJS_READ_OBJ_BYTECODE)
	libc.Xfree(tls, code)
	if f.Ftag == tagException {
		return jsUndefined, jsUndefined, t.takeException()
	}
	if store != nil {
		f = store.take(t, p, f)
	}
	if !p.module {
		v = lib.XJS_EvalFunction(tls, ctx, f)
		if v.Ftag == tagException {
			return jsUndefined, jsUndefined, t.takeThrown()
		}
		return v, jsUndefined, nil
	}
	if lib.XJS_ResolveModule(tls, ctx, f) < 0 {
		t.free(f)
		return jsUndefined, jsUndefined, t.takeException()
	}
	def := ptrOf(f)
	t.giveMeta(def)
	v = lib.XJS_EvalFunction(tls, ctx, f)
	if v.Ftag == tagException {
		return jsUndefined, jsUndefined, t.takeException()
	}
	ns = lib.XJS_GetModuleNamespace(tls, ctx, def)
	if ns.Ftag == tagException {
		t.free(v)
		return jsUndefined, jsUndefined, t.takeException()
	}
	return v, ns, nil
}

// giveMeta puts the functions that Spec.Meta names into the module's import.meta.
func (t *Turn) giveMeta(module uintptr) {
	tpl := t.window.tpl
	for name, export := range tpl.spec.Meta {
		f, ok := tpl.exports[export]
		if !ok {
			continue
		}
		meta := lib.XJS_GetImportMeta(t.tls(), t.window.ctx, module)
		if meta.Ftag == tagException {
			return // out of memory: the module will say what it misses
		}
		t.setProperty(meta, name, t.dup(t.held(f)))
		t.free(meta)
	}
}
