package engine

import (
	"bytes"
	"cmp"
	"math/rand"
	"slices"
	"testing"
	"unsafe"

	lib "modernc.org/libquickjs"
)

// bareArena is an arena without an engine in it.
type bareArena struct {
	base  uintptr
	size  int
	state uintptr // *TJSMallocState
}

func newBareArena(t testing.TB, size int) *bareArena {
	t.Helper()
	base, err := mapMemory(0, size)
	if err != nil {
		t.Fatal(err)
	}
	state, err := mapMemory(0, pageSize)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unmapMemory(base, size); unmapMemory(state, pageSize) })
	initArena(base, size, maxWindows-1)
	(*lib.TJSMallocState)(unsafe.Pointer(state)).Fopaque = base
	return &bareArena{base, size, state}
}

func (a *bareArena) alloc(n int) uintptr { return arenaMalloc(nil, a.state, lib.Tsize_t(n)) }
func (a *bareArena) realloc(p uintptr, n int) uintptr {
	return arenaRealloc(nil, a.state, p, lib.Tsize_t(n))
}
func (a *bareArena) free(p uintptr) { arenaFree(nil, a.state, p) }
func (a *bareArena) counts() (count, size uint64) {
	s := (*lib.TJSMallocState)(unsafe.Pointer(a.state))
	return uint64(s.Fmalloc_count), uint64(s.Fmalloc_size)
}

// block is what the model knows of a block: what it was filled with.
type block struct {
	p    uintptr
	n    int
	fill byte
}

func (b block) bytes() []byte { return bytesAt(b.p, b.n) }

func (b block) write() {
	for i := range b.bytes() {
		b.bytes()[i] = b.fill + byte(i)
	}
}

func (b block) intact(n int) bool {
	for i, c := range bytesAt(b.p, n) {
		if c != b.fill+byte(i) {
			return false
		}
	}
	return true
}

// check compares the arena with the blocks that are in use.
func (a *bareArena) check(t testing.TB, live []block) {
	t.Helper()
	s, tab := stateAt(a.base), table(a.base)
	sum, end := uint64(0), uintptr(0)
	rest := bytes.Clone(bytesAt(a.base, int(s.top)*pageSize)) // the arena without what is in use
	for _, b := range slices.SortedFunc(slices.Values(live), func(a, b block) int { return cmp.Compare(a.p, b.p) }) {
		if !b.intact(b.n) {
			t.Fatalf("block of %d bytes at %#x is not what it was", b.n, b.p-a.base)
		}
		n := int(usable(a.base, b.p))
		if n < b.n || b.p%8 != 0 || b.p < end {
			t.Fatalf("block at %#x: %d bytes usable, want %d; the one before ends at %#x", b.p-a.base, n, b.n, end-a.base)
		}
		sum, end = sum+uint64(n), b.p+uintptr(n)
		clear(rest[b.p-a.base:][:n])
	}
	if count, size := a.counts(); count != uint64(len(live)) || size != sum {
		t.Fatalf("counted %d blocks of %d bytes, want %d of %d", count, size, len(live), sum)
	}
	// Free memory is zero, but for the links of free blocks.
	free := 0
	for c := range classes {
		for p := s.free[c]; p != 0; p = *word(p) {
			if free++; free > a.size/640 {
				t.Fatal("a list of free blocks has no end")
			}
			clear(rest[p-a.base:][:8])
		}
	}
	if !allZero(rest[2*pageSize:]) || !allZero(bytesAt(a.base+uintptr(s.top)*pageSize, (int(arenaAt(a.base).pages)-int(s.top))*pageSize)) {
		t.Fatal("free memory is not zero")
	}
	for p, entry := range tab {
		switch free := entry == tableFree; {
		case free && uint32(p) < s.first:
			t.Fatalf("page %d is free, before the first one, %d", p, s.first)
		case !free && uint32(p) >= s.top:
			t.Fatalf("page %d is in use beyond the top, %d", p, s.top)
		}
	}
	if s.top > 2 && tab[s.top-1] == tableFree {
		t.Fatalf("page %d below the top is free", s.top-1)
	}
}

func allZero(b []byte) bool {
	var zero [64 << 10]byte
	for len(b) > 0 {
		n := min(len(b), len(zero))
		if !bytes.Equal(b[:n], zero[:n]) {
			return false
		}
		b = b[n:]
	}
	return true
}

func TestArenaAgainstModel(t *testing.T) {
	for _, tt := range []struct {
		name   string
		size   int
		sizes  func(r *rand.Rand) int
		steps  int
		filled bool // the window is too small for what is asked
	}{
		{"small blocks", 8 << 20, func(r *rand.Rand) int { return r.Intn(maxClass + 1) }, 6000, false},
		{"pages", 32 << 20, func(r *rand.Rand) int { return 1 + r.Intn(60<<10) }, 3000, false},
		{"large runs", 64 << 20, func(r *rand.Rand) int { return 1 + r.Intn(1<<20) }, 600, false},
		{"all sizes", 32 << 20, func(r *rand.Rand) int { return 1 + r.Intn(1<<(1+r.Intn(17))) }, 4000, false},
		{"as QuickJS asks", 16 << 20, func(r *rand.Rand) int { return [...]int{4088, 4088, 4072, 600, 1032, 9000, 70000}[r.Intn(7)] }, 4000, false},
		{"full", 1 << 20, func(r *rand.Rand) int { return 1 + r.Intn(1<<(4+r.Intn(13))) }, 6000, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newBareArena(t, tt.size)
			rng := rand.New(rand.NewSource(1))
			steps := tt.steps
			if (raceEnabled || testing.Short()) && !tt.filled {
				steps /= 5
			}
			var live []block
			refused := 0
			for step := range steps {
				grow := len(live) < 50+step%200
				switch k := rng.Intn(10); {
				case k < 4 && grow || len(live) == 0:
					b := block{n: tt.sizes(rng), fill: byte(rng.Int())}
					if b.p = a.alloc(b.n); b.p == 0 {
						refused++
						break
					}
					if i := slices.IndexFunc(b.bytes(), func(c byte) bool { return c != 0 }); i >= 0 {
						t.Fatalf("step %d: byte %d of a new block is %#x", step, i, b.bytes()[i])
					}
					b.write()
					live = append(live, b)
				case k < 7:
					i := rng.Intn(len(live))
					b := live[i]
					n := tt.sizes(rng)
					if rng.Intn(3) == 0 {
						n = max(1, b.n+rng.Intn(3*pageSize)-pageSize)
					}
					if n == 0 {
						n = 1
					}
					p := a.realloc(b.p, n)
					if p == 0 {
						refused++
						break
					}
					live[i].p, live[i].n = p, n
					if !live[i].intact(min(n, b.n)) {
						t.Fatalf("step %d: realloc from %d to %d bytes changed the block", step, b.n, n)
					}
					live[i].write()
				default:
					i := rng.Intn(len(live))
					a.free(live[i].p)
					live[i] = live[len(live)-1]
					live = live[:len(live)-1]
				}
				if step%200 == 0 {
					a.check(t, live)
				}
			}
			a.check(t, live)
			if (refused > 0) != tt.filled && !testing.Short() { // too few steps to fill a window
				t.Errorf("%d requests refused", refused)
			}
			if reclaim(a.base, 0) {
				a.check(t, live)
			}
			for _, b := range live {
				a.free(b.p)
			}
			reclaim(a.base, 0)
			a.check(t, nil)
			if s := stateAt(a.base); s.top != 2 || s.first != 2 {
				t.Errorf("top %d, first %d when all is free", s.top, s.first)
			}
		})
	}
}

func TestArenaRefuses(t *testing.T) {
	a := newBareArena(t, 1<<20)
	for _, n := range []int{2 << 20, 1 << 40, -1} {
		if p := a.alloc(n); p != 0 || arenaAt(a.base).refused == 0 {
			t.Errorf("%d bytes in a window of 1 MB: %#x", n, p)
		}
		p := a.alloc(100)
		if q := a.realloc(p, n); q != 0 {
			t.Errorf("realloc to %d bytes: %#x", n, q)
		}
		a.free(p)
	}
	a.free(0)
	if q := a.realloc(0, 10); q == 0 {
		t.Error("realloc of nothing does not allocate")
	} else if a.realloc(q, 0) != 0 {
		t.Error("realloc to nothing returns a block")
	}
	if outside := a.state; usable(a.base, outside) != 0 {
		t.Error("memory outside of the window has a size")
	} else {
		a.free(outside) // code in the store is freed like this
	}
	if count, size := a.counts(); count != 0 || size != 0 {
		t.Errorf("%d blocks of %d bytes are counted", count, size)
	}
}

// Freed blocks go back in such an order that the same requests get the same places.
func TestArenaRepeats(t *testing.T) {
	a := newBareArena(t, 4<<20)
	before := bytes.Clone(bytesAt(a.base+stateOffset, pageSize))
	var first []uintptr
	for round := range 3 {
		var ps []uintptr
		for i := range 300 {
			ps = append(ps, a.alloc(200+i*37%9000))
		}
		if round == 0 {
			first = ps
		} else if !slices.Equal(ps, first) {
			t.Errorf("round %d: other places", round)
		}
		for _, p := range slices.Backward(ps) {
			a.free(p)
		}
		if reclaim(a.base, 0); !bytes.Equal(before, bytesAt(a.base+stateOffset, pageSize)) {
			t.Errorf("round %d: the arena's state is not what it was", round)
		}
	}
}
