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
// with its namespace in ns. Debug information goes to the template's store.
func (t *Turn) load(p *Program, debug *debugStore) (jsValue, error) {
	v, ns, err := t.loadModule(p, debug)
	if err != nil || !p.module {
		return v, err
	}
	t.free(v)
	return ns, nil
}

func (t *Turn) loadModule(p *Program, debug *debugStore) (v, ns jsValue, err error) {
	tls, ctx := t.tls(), t.window.ctx
	admitFrames(t.window.rt, p.slots)
	code := libc.Xmalloc(tls, lib.Tsize_t(len(p.code)+1))
	copy(bytesAt(code, len(p.code)), p.code)
	f := lib.XJS_ReadObject(tls, ctx, code, lib.Tsize_t(len(p.code)), lib.MJS_READ_OBJ_BYTECODE)
	libc.Xfree(tls, code)
	if f.Ftag == tagException {
		return jsUndefined, jsUndefined, t.takeException()
	}
	if debug != nil {
		debug.take(t, p, f)
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
	t.giveRequire(def)
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

// giveRequire puts the function that Spec.Require names into the module's import.meta.
func (t *Turn) giveRequire(module uintptr) {
	f, ok := t.window.tpl.exports[t.window.tpl.spec.Require]
	if !ok {
		return
	}
	tls, ctx := t.tls(), t.window.ctx
	meta := lib.XJS_GetImportMeta(tls, ctx, module)
	if meta.Ftag == tagException {
		return // out of memory: the module will say what it misses
	}
	t.setProperty(meta, "require", t.dup(t.held(f)))
	t.free(meta)
}

// debugStore holds, outside of any window, what only stacks and Function.prototype.toString need: line tables and
// sources. All windows of a template share it, so it costs an image nothing. QuickJS frees such a block as one of its
// own; the arena ignores blocks that are not its own.
type debugStore struct {
	blocks map[*Program][]uintptr // in the order of its functions; 0 where the window keeps it
	chunks []uintptr
	sizes  []int // of chunks
	next   uintptr
	left   int
	at     uintptr // where the next chunk is to be
}

const (
	debugChunk = 1 << 20
	// Stores have fixed addresses too, since an image has pointers into its own: they follow the windows, one for each
	// window, of which a template's first one lends its place.
	debugRegion = windowRegion + maxWindows*windowStride
	debugStride = 64 << 20
)

// take moves the debug information of f, which was loaded from p, to the store. Only the template's first window adds to
// it.
func (d *debugStore) take(t *Turn, p *Program, f jsValue) {
	const hasDebug = 1 << 2 // in the second byte of flags, see struct JSFunctionBytecode
	i := 0
	blocks, known := d.blocks[p]
	if d.at == 0 {
		d.at = debugRegion + uintptr(t.window.index)*debugStride
	}
	eachFunction(f, func(b *lib.TJSFunctionBytecode) {
		if b.F__ccgo18&hasDebug == 0 {
			return
		}
		for _, m := range [...]struct {
			p *uintptr
			n int
		}{{&b.Fdebug.Fpc2line_buf, int(b.Fdebug.Fpc2line_len)}, {&b.Fdebug.Fsource, int(b.Fdebug.Fsource_len) + 1}} {
			if *m.p == 0 {
				continue
			}
			if !known {
				blocks = append(blocks, d.copy(*m.p, m.n))
			}
			if block := blocks[i]; block != 0 {
				lib.Xjs_free_rt(t.tls(), t.window.rt, *m.p)
				*m.p = block
			}
			i++
		}
	})
	if !known {
		if d.blocks == nil {
			d.blocks = map[*Program][]uintptr{}
		}
		d.blocks[p] = blocks
	}
}

// copy puts n bytes behind a header that says "large block", as QuickJS expects of what it frees.
func (d *debugStore) copy(p uintptr, n int) uintptr {
	size := (8 + n + 7) &^ 7
	if size > d.left {
		chunk := max(debugChunk, (size+pageSize-1)&^(pageSize-1))
		at, err := mapMemory(d.at, chunk)
		if err != nil {
			return 0 // it stays in the window
		}
		d.at += uintptr(chunk)
		d.chunks, d.sizes = append(d.chunks, at), append(d.sizes, chunk)
		d.next, d.left = at, chunk
	}
	h := (*lib.TJSMallocBlockHeader)(unsafe.Pointer(d.next))
	h.Fu.Fblock_idx, h.Fblock_size_idx = freeNil, 0xff
	block := d.next + 8
	copy(bytesAt(block, n), bytesAt(p, n))
	d.next += uintptr(size)
	d.left -= size
	return block
}

// close gives the memory back, after the last window.
func (d *debugStore) close() {
	for i, at := range d.chunks {
		unmapMemory(at, d.sizes[i])
	}
	*d = debugStore{}
}
