package engine

import (
	"bytes"
	"unsafe"

	lib "modernc.org/libquickjs"
)

// codeStore holds, outside of any window, what never changes of the code of a template's groups and bundle: bytecode, the
// definitions of variables, line tables and sources. All windows of a template share it, so it costs an image nothing.
//
// QuickJS makes a function of one block, with these parts at its end, and has pointers to them; what is left of the block is copied to a
// smaller one. Line tables and sources are blocks of their own, which QuickJS frees; the arena ignores blocks that are not its own.
type codeStore struct {
	blocks map[*Program][]stored // in the order of its functions
	chunks []uintptr
	sizes  []int // of chunks
	next   uintptr
	left   int
	at     uintptr // where the next chunk is to be
}

// stored is a block in the store; none if the window keeps it.
type stored struct {
	at uintptr
	n  int
}

const (
	codeChunk = 1 << 20
	// Stores have fixed addresses too, since an image has pointers into its own: they follow the windows, one for each
	// window, of which a template's first one lends its place.
	codeRegion = windowRegion + maxWindows*windowStride
	codeStride = 64 << 20
)

// take moves what never changes of f, which was loaded from p and has not run yet, to the store, and returns f as it is then. Only the
// template's first window adds to the store. Another one finds the same bytes there, since it has come to be in the same way; where
// it has not, it keeps its own.
func (s *codeStore) take(t *Turn, p *Program, f jsValue) jsValue {
	if s.at == 0 {
		s.at = codeRegion + uintptr(t.window.index)*codeStride
	}
	m := &mover{store: s, turn: t, nameless: t.building != nil && t.building.group != ""}
	m.blocks, m.known = s.blocks[p]
	if f.Ftag == tagModule {
		m.move(&(*lib.TJSModuleDef)(unsafe.Pointer(ptrOf(f))).Ffunc_obj)
	} else {
		m.move(&f)
	}
	if !m.known {
		if s.blocks == nil {
			s.blocks = map[*Program][]stored{}
		}
		s.blocks[p] = m.blocks
	}
	return f
}

// mover moves the functions of one program.
type mover struct {
	store  *codeStore
	turn   *Turn
	blocks []stored
	known  bool // the blocks are in the store already
	next   int  // of the blocks that are known
	// nameless says that nobody is to see the names of variables, in the message of an access before the declaration: the code
	// is a group's.
	nameless bool
}

// move moves the function at v, where its only reference is, and those nested in it.
func (m *mover) move(v *jsValue) {
	for stack := []*jsValue{v}; len(stack) > 0; {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if v.Ftag != tagBytecode {
			continue
		}
		m.debug(bytecodeOf(*v))
		if p := m.body(ptrOf(*v)); p != 0 {
			*(*uintptr)(unsafe.Pointer(v)) = p
		}
		b := bytecodeOf(*v)
		for i := range int(b.Fcpool_count) {
			stack = append(stack, valueAt(b.Fcpool+uintptr(i)*jsValueSize))
		}
	}
}

const (
	hasDebug    = 1 << 2 // in the second byte of flags, see struct JSFunctionBytecode
	functionEnd = unsafe.Sizeof(lib.TJSFunctionBytecode{})
)

// debug moves a function's line table and source.
func (m *mover) debug(b *lib.TJSFunctionBytecode) {
	if b.F__ccgo18&hasDebug == 0 {
		return
	}
	for _, part := range [...]struct {
		p *uintptr
		n int
	}{{&b.Fdebug.Fpc2line_buf, int(b.Fdebug.Fpc2line_len)}, {&b.Fdebug.Fsource, int(b.Fdebug.Fsource_len) + 1}} {
		if *part.p == 0 {
			continue
		}
		if block := m.place(*part.p, part.n); block != 0 {
			lib.Xjs_free_rt(m.turn.tls(), m.turn.window.rt, *part.p)
			*part.p = block
		}
	}
}

// body moves the definitions of a function's variables and its bytecode, and returns where the rest of it is then; 0 if it
// stays what it is.
func (m *mover) body(p uintptr) uintptr {
	b := (*lib.TJSFunctionBytecode)(unsafe.Pointer(p))
	if b.F__ccgo18&hasDebug == 0 {
		return 0 // its block has no room for all of the struct
	}
	head := functionEnd + uintptr(b.Fcpool_count)*jsValueSize
	variables := unsafe.Sizeof(lib.TJSBytecodeVarDef{}) * (uintptr(b.Farg_count) + uintptr(b.Fvar_count))
	closure := unsafe.Sizeof(lib.TJSClosureVar{}) * uintptr(b.Fclosure_var_count)
	if b.Fbyte_code_buf != p+head+variables+closure {
		return 0
	}
	if m.nameless {
		m.dropNames(b)
	}
	block := m.place(p+head, int(variables+closure)+int(b.Fbyte_code_len))
	if block == 0 {
		return 0
	}
	rest := lib.Xjs_malloc_rt(m.turn.tls(), m.turn.window.rt, lib.Tsize_t(head))
	if rest == 0 {
		return 0
	}
	copy(bytesAt(rest, int(head)), bytesAt(p, int(head)))
	b = (*lib.TJSFunctionBytecode)(unsafe.Pointer(rest))
	if b.Fcpool != 0 {
		b.Fcpool = rest + functionEnd
	}
	if b.Fvardefs != 0 {
		b.Fvardefs = block
	}
	if b.Fclosure_var != 0 {
		b.Fclosure_var = block + variables
	}
	b.Fbyte_code_buf = block + variables + closure
	// The collector's list, and what QuickJS keeps before the block: the object's type and its reference count.
	(*lib.Tlist_head)(unsafe.Pointer(b.Fheader.Flink.Fprev)).Fnext = rest
	(*lib.Tlist_head)(unsafe.Pointer(b.Fheader.Flink.Fnext)).Fprev = rest
	was, is := blockHeader(p), blockHeader(rest)
	is.F__ccgo3, is.Fref_count = was.F__ccgo3, was.Fref_count
	lib.Xjs_free_rt(m.turn.tls(), m.turn.window.rt, p)
	return rest
}

// dropNames gives up the names of a function's variables, which are wanted for globals alone once code is compiled.
func (m *mover) dropNames(b *lib.TJSFunctionBytecode) {
	drop := func(name *lib.TJSAtom) {
		lib.XJS_FreeAtom(m.turn.tls(), m.turn.window.ctx, *name)
		*name = 0
	}
	if b.Fvardefs != 0 {
		for i := range uintptr(b.Farg_count) + uintptr(b.Fvar_count) {
			drop(&(*lib.TJSBytecodeVarDef)(unsafe.Pointer(b.Fvardefs + i*unsafe.Sizeof(lib.TJSBytecodeVarDef{}))).Fvar_name)
		}
	}
	for i := range uintptr(b.Fclosure_var_count) {
		const kindMask, lastLocal = 7, lib.EJS_CLOSURE_REF // of JSClosureVar.closure_type
		v := (*lib.TJSClosureVar)(unsafe.Pointer(b.Fclosure_var + i*unsafe.Sizeof(lib.TJSClosureVar{})))
		if v.F__ccgo0&kindMask <= lastLocal {
			drop(&v.Fvar_name)
		}
	}
}

func blockHeader(p uintptr) *lib.TJSMallocBlockHeader {
	return (*lib.TJSMallocBlockHeader)(unsafe.Pointer(p - blockHeaderSize))
}

const blockHeaderSize = unsafe.Sizeof(lib.TJSMallocBlockHeader{})

// place finds the next block in the store, or puts it there. It returns 0 if the window has to keep its own.
func (m *mover) place(p uintptr, n int) uintptr {
	if !m.known {
		m.blocks = append(m.blocks, stored{m.store.copy(p, n), n})
		return m.blocks[len(m.blocks)-1].at
	}
	block := m.blocks[m.next]
	m.next++
	if block.at == 0 || block.n != n || !bytes.Equal(bytesAt(block.at, n), bytesAt(p, n)) {
		return 0
	}
	return block.at
}

// copy puts n bytes behind a header that says "large block", as QuickJS expects of what it frees. It returns 0 if there is no room.
func (s *codeStore) copy(p uintptr, n int) uintptr {
	size := (int(blockHeaderSize) + n + 7) &^ 7
	if size > s.left {
		chunk := max(codeChunk, (size+pageSize-1)&^(pageSize-1))
		at, err := mapMemory(s.at, chunk)
		if err != nil {
			return 0
		}
		s.at += uintptr(chunk)
		s.chunks, s.sizes = append(s.chunks, at), append(s.sizes, chunk)
		s.next, s.left = at, chunk
	}
	block := s.next + blockHeaderSize
	h := blockHeader(block)
	h.Fu.Fblock_idx, h.Fblock_size_idx = freeNil, 0xff
	copy(bytesAt(block, n), bytesAt(p, n))
	s.next += uintptr(size)
	s.left -= size
	return block
}

// close gives the memory back, after the last window.
func (s *codeStore) close() {
	for i, at := range s.chunks {
		unmapMemory(at, s.sizes[i])
	}
	*s = codeStore{}
}
