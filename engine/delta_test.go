package engine

import (
	"bytes"
	"math/rand"
	"testing"
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
			switch rng.Intn(3) {
			case 0:
				*word(at) = uintptr(rng.Uint64())
			case 1:
				*word(at) ^= 1 << rng.Intn(64)
			case 2:
				clear(bytesAt(at&^(lineSize-1), lineSize))
			}
		}
		changed := all(top)
		d := w.delta(nil)
		w.undo(d)
		if got := all(max(top, w.imageTop)); !bytes.Equal(got, image) {
			t.Fatalf("round %d: the window is not its image", round)
		}
		applyDelta(w.base, d)
		if !bytes.Equal(all(top), changed) {
			t.Fatalf("round %d: the delta is not what had changed", round)
		}
		again := w.delta(nil)
		if !bytes.Equal(again, d) {
			t.Fatalf("round %d: another delta for the same bytes", round)
		}
		w.undo(d)
		if d := w.delta(nil); len(d) != 0 {
			t.Fatalf("round %d: a clean window has a delta of %d bytes", round, len(d))
		}
	}
	if !allZero(bytesAt(w.base+uintptr(w.imageTop)*pageSize, size-int(w.imageTop)*pageSize)) {
		t.Fatal("something beyond the image is left")
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
