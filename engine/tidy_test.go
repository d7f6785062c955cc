package engine

import (
	"bytes"
	"math/rand"
	"testing"
	"unsafe"

	lib "modernc.org/libquickjs"
)

// slabPage is a slab as QuickJS has it.
type slabPage struct {
	*lib.TJSMallocArena
	page []byte
	size int
	used []uint16 // blocks
}

// newSlabPage makes a slab in a page outside of Go's heap, as those of windows are: tidySlab calculates with addresses.
func newSlabPage(page []byte, class int) *slabPage {
	clear(page)
	p := &slabPage{page: page, size: int(slabBlock[class])}
	p.TJSMallocArena = (*lib.TJSMallocArena)(unsafe.Pointer(&p.page[0]))
	p.Fblock_size_idx, p.Fn_blocks = uint8(class), uint16((pageSize-int(slabHeader))/p.size)
	for i := range p.Fn_blocks {
		h := p.block(i)
		h.Fu.Fblock_idx, h.Fblock_size_idx = i+1, uint8(class)
	}
	p.block(p.Fn_blocks - 1).Fu.Fblock_idx = freeNil
	return p
}

func (p *slabPage) block(i uint16) *lib.TJSMallocBlockHeader {
	return (*lib.TJSMallocBlockHeader)(unsafe.Pointer(&p.page[int(slabHeader)+int(i)*p.size]))
}

// step takes a block and writes to it, or gives one back as it is.
func (p *slabPage) step(rng *rand.Rand, take bool) {
	if take && p.Fn_used_blocks < p.Fn_blocks {
		i := p.Ffirst_free_block
		h := p.block(i)
		p.Ffirst_free_block, h.Fu.Fblock_idx, h.Fref_count = h.Fu.Fblock_idx, i, 1
		p.Fn_used_blocks++
		p.used = append(p.used, i)
		rng.Read(p.page[int(slabHeader)+int(i)*p.size+8:][:p.size-8])
	} else if !take && len(p.used) > 0 {
		k := rng.Intn(len(p.used))
		i := p.used[k]
		p.used = append(p.used[:k], p.used[k+1:]...)
		p.block(i).Fu.Fblock_idx = p.Ffirst_free_block
		p.Ffirst_free_block = i
		p.Fn_used_blocks--
	}
}

// TestTidySlab: a slab that is tidied up to the last difference from its image is the same as one that is tidied whole.
func TestTidySlab(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	memory, err := mapMemory(0, 2*pageSize)
	if err != nil {
		t.Fatal(err)
	}
	defer unmapMemory(memory, 2*pageSize)
	page, whole := bytesAt(memory, pageSize), bytesAt(memory+pageSize, pageSize)
	for round := range 2000 {
		p := newSlabPage(page, rng.Intn(slabClasses))
		for range rng.Intn(300) {
			p.step(rng, rng.Intn(5) > 1)
		}
		tidySlab(p.TJSMallocArena, pageSize)
		image := bytes.Clone(p.page)
		for range rng.Intn(1 + rng.Intn(40)) {
			p.step(rng, rng.Intn(2) == 0)
		}
		end := differUpTo(p.page, image)
		copy(whole, p.page)
		tidySlab((*lib.TJSMallocArena)(unsafe.Pointer(&whole[0])), pageSize)
		end = tidySlab(p.TJSMallocArena, end)
		if !bytes.Equal(p.page, whole) {
			t.Fatalf("round %d: blocks of %d bytes, looked at up to %d, are not those of the whole slab", round, p.size, end)
		}
		if last := differUpTo(whole, image); last > end {
			t.Fatalf("round %d: blocks of %d bytes differ up to %d, more than %d", round, p.size, last, end)
		}
	}
}
