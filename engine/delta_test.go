package engine

import (
	"bytes"
	"fmt"
	"math/rand"
	"testing"
	"time"
)

// TestDeltaRoundTrip: whatever changes in a window, its delta brings it back, and undoing the delta leaves the image.
func TestDeltaRoundTrip(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, counterJS, Spec{})
	w.clean()
	rng := rand.New(rand.NewSource(1))
	size := int(arenaAt(w.base).pages) * pageSize
	s := stateAt(w.base)
	all := func(top uint32) []byte { // what belongs to a context
		return append(bytes.Clone(bytesAt(w.base+stateOffset, int(top)*pageSize-stateOffset)), bytesAt(w.base+w.tableOffset(), tableLines(top))...)
	}
	for round := range 80 {
		top := w.imageTop + uint32(rng.Intn(300))*uint32(round%3)
		image := all(max(top, w.imageTop))
		// Change words in pages that are no slabs, and take pages beyond the image.
		s.top = top
		tab := table(w.base)
		for page := w.imageTop; page < top; page++ {
			tab[page] = 1
		}
		for range rng.Intn(200) {
			page := 2 + rng.Intn(int(top)-2)
			if w.slabAt(uint32(page)) != nil {
				continue
			}
			at := w.base + uintptr(page*pageSize+rng.Intn(pageSize/8)*8)
			switch rng.Intn(8) {
			case 0:
				*word(at) = uintptr(rng.Uint64() >> rng.Intn(64))
			case 1:
				*word(at) ^= 1 << rng.Intn(64)
			case 2:
				clear(bytesAt(at&^(lineSize-1), lineSize))
			case 3:
				*word(at) = uintptr(rng.Int63n(1<<rng.Intn(63)+1)) * uintptr(rng.Intn(3)-1)
			case 4:
				*word(at) += uintptr(rng.Intn(300)-150) << (32 * rng.Intn(2))
			case 5:
				*word(at) = w.base + uintptr(rng.Intn(windowStride)) - uintptr(rng.Intn(100))
			case 6:
				*word(at) = 1<<32 | uintptr(rng.Uint32())
			case 7:
				*word(at) = 1<<32 + uintptr(rng.Intn(5)-2)<<31
			}
		}
		changed := all(top)
		d := w.delta(nil, false)
		if again := w.delta(nil, true); !bytes.Equal(again, d) {
			t.Fatalf("round %d: another delta while it is undone", round)
		}
		if got := all(max(top, w.imageTop)); !bytes.Equal(got, image) {
			t.Fatalf("round %d: the window is not its image", round)
		}
		applyDelta(w.base, d)
		if !bytes.Equal(all(top), changed) {
			t.Fatalf("round %d: the delta is not what had changed", round)
		}
		again := w.delta(nil, false)
		if !bytes.Equal(again, d) {
			t.Fatalf("round %d: another delta for the same bytes", round)
		}
		w.delta(nil, true)
		if d := w.delta(nil, false); len(d) != 0 {
			t.Fatalf("round %d: a clean window has a delta of %d bytes", round, len(d))
		}
	}
	if !allZero(bytesAt(w.base+uintptr(w.imageTop)*pageSize, size-int(w.imageTop)*pageSize)) {
		t.Fatal("something beyond the image is left")
	}
}

// TestWordCodes: each code is used where it is the shortest, and gives the word back.
func TestWordCodes(t *testing.T) {
	const base = windowRegion + 3*windowStride
	for _, tt := range []struct {
		got, want uint64
		code      uint8
	}{
		{0, 5, codeZero},
		{1, 0, codeInt8}, {^uint64(6), 0, codeInt8}, {127, 1 << 40, codeInt8}, {^uint64(127), 0, codeInt8},
		{128, 0, codeInt16}, {^uint64(128), 0, codeInt16}, {1000, 990, codeAdd8}, {990, 1000, codeAdd8}, {1000, 100, codeInt16},
		{1 << 20, 0, codeInt32}, {^uint64(1 << 20), 0, codeInt32}, {1 << 31, 0, codeUint32}, {1<<32 - 1, 0, codeUint32},
		{base, 0, codePointer}, {base + windowStride - 8, 0, codePointer}, {base + windowStride, 0, codeUint48}, {base + 4, 0, codeUint48},
		{base - 8, 0, codeUint48}, {base - 8, base, codeAdd8}, {base + 16, base + 8, codePointer},
		{7<<32 | 99, 6<<32 | 99, codeUpper8}, {7<<32 | 99, 0, codeUint48}, {1<<32 | 99, 0, codeOne32}, {1<<32 | 99, 1 << 32, codeAdd8},
		{1 << 47, 0, codeUint48}, {1 << 48, 0, codeRaw}, {0x6161616161616161, 0, codeRaw}, {0x6161616161616161, 0x6161616161616160, codeAdd8},
		{0x6261616161616161, 0x6161616161616161, codeRaw}, {0x8000000000000000, 0, codeRaw}, {^uint64(1<<31 + 1), 0, codeRaw},
	} {
		code, written := encodeWord(base, tt.got, tt.want)
		if code != tt.code {
			t.Errorf("%#x in the place of %#x: code %d, want %d", tt.got, tt.want, code, tt.code)
		}
		c := wordCodeOf[code]
		if c.size < 8 && int64(written)<<(64-8*c.size)>>(64-8*c.size) != int64(written) && written>>(8*c.size) != 0 {
			t.Errorf("%#x: %#x does not fit %d bytes", tt.got, written, c.size)
		}
	}
}

// TestParkLeavesImage: after any work, a parked context leaves the window equal to its image, to the last byte.
func TestParkLeavesImage(t *testing.T) {
	th := testThread(t)
	_, windows := languageWindows(t, th, 1)
	w := windows[0]
	rng := rand.New(rand.NewSource(1))
	contexts := make([]*Context, 5)
	for i := range contexts {
		contexts[i] = w.Fork(nil)
	}
	rounds := 30
	if raceEnabled || testing.Short() {
		rounds = 12
	}
	tab := w.tableOffset()
	for round := range rounds {
		c := contexts[rng.Intn(len(contexts))]
		err := th.Run(c, func(tn *Turn) error {
			run, err := tn.Hold("burst")
			if err == nil {
				_, err = tn.Call(run, round, 20)
				tn.Release(run)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		switch rng.Intn(4) {
		case 0:
			c.Reset()
			w.park()
		default:
			c.Park()
		}
		if !bytes.Equal(bytesAt(w.base+stateOffset, len(w.image.image)), w.image.image) {
			t.Fatalf("round %d: the window differs from its image", round)
		}
		if !bytes.Equal(bytesAt(w.base+tab, len(w.pages.image)), w.pages.image) {
			t.Fatalf("round %d: the page table differs from its image", round)
		}
		end := uintptr(w.imageTop) * pageSize
		for _, rest := range [][]byte{bytesAt(w.base+end, int(tab-end)), bytesAt(w.base+tab+uintptr(len(w.pages.image)), int(arenaAt(w.base).pages)*4-len(w.pages.image))} {
			if !allZero(rest) {
				t.Fatalf("round %d: something beyond the image is left", round)
			}
		}
	}
}

// TestParkLargeHeaps: heaps of all sizes come back as they were, and leave nothing, whether their bytes are zero or not.
func TestParkLargeHeaps(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, counterJS+`
		let a;
		function fill(n, every) { a = new Uint32Array(n); for (let i = 0; i < n; i += every) a[i] = i * 2654435761; return n }
		function sum(every) { let s = 0; for (let i = 0; i < a.length; i += every) s = s + a[i] | 0; return s }`, Spec{Limits: Limits{HeapBytes: 32 << 20, Turn: time.Minute}})
	other := w.Fork(nil)
	for _, words := range []int{1 << 10, 1 << 16, 1 << 18, 1 << 20, 3 << 20} {
		for _, every := range []int{1 << 30, 50_000, 5000, 7, 1} {
			if every < 1000 && words > 1<<20 || raceEnabled && every < 5000 && words > 1<<16 {
				continue
			}
			c := w.Fork(nil)
			eval(t, th, c, fmt.Sprintf("fill(%d, %d)", words, every))
			want := eval(t, th, c, fmt.Sprintf("sum(%d)", every))
			for range 3 {
				c.Park()
				eval(t, th, other, "inc()")
				if got := eval(t, th, c, fmt.Sprintf("sum(%d)", every)); got != want {
					t.Errorf("%d words, every %d: %v, want %v", words, every, got, want)
				}
			}
			c.Park()
			if !bytes.Equal(bytesAt(w.base+stateOffset, len(w.image.image)), w.image.image) || !allZero(bytesAt(w.base+uintptr(w.imageTop)*pageSize, int(w.tableOffset())-int(w.imageTop)*pageSize)) {
				t.Fatalf("%d words, every %d: the window is not its image", words, every)
			}
			c.Close()
		}
	}
	other.Close()
	if w.ParkedBytes() != 0 {
		t.Errorf("%d bytes are left", w.ParkedBytes())
	}
}

// TestTidyChangesNothing: tidying twice is tidying once, and QuickJS goes on with a tidied heap.
func TestTidyChangesNothing(t *testing.T) {
	th := testThread(t)
	source, windows := languageWindows(t, th, 1)
	tw := newTwin(t, th, windows[0], source)
	w := windows[0]
	rng := rand.New(rand.NewSource(1))
	for i := range 60 {
		if err := tw.step(t, th, rng.Intn(40), rng.Intn(1000)); err != nil {
			t.Fatal(err)
		}
		w.tidyAll()
		n := int(stateAt(w.base).top)*pageSize - stateOffset
		once := bytes.Clone(bytesAt(w.base+stateOffset, n))
		w.tidyAll()
		if !bytes.Equal(once, bytesAt(w.base+stateOffset, n)) {
			t.Fatalf("step %d: tidied twice is another heap", i)
		}
	}
}
