package bench

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestBuckets(t *testing.T) {
	for _, d := range []time.Duration{0, 1, 127, 128, 255, 256, 257, 1000, time.Microsecond * 77, time.Millisecond, time.Hour, math.MaxInt64} {
		i := bucketOf(d)
		top := bucketTop(i)
		if top < d || float64(top-d) > float64(d)/128 {
			t.Errorf("%d lies in a bucket up to %d", d, top)
		}
		if bucketOf(top) != i || top < math.MaxInt64 && bucketOf(top+1) != i+1 {
			t.Errorf("bucket %d does not end at %d", i, top)
		}
	}
	if bucketOf(-5) != 0 {
		t.Error("a time before 0 is not 0")
	}
}

func TestQuantiles(t *testing.T) {
	var h histogram
	if h.quantile(0.5) != 0 || h.mean() != 0 || h.bars() != nil {
		t.Error("an empty histogram has times")
	}
	random := rand.New(rand.NewPCG(1, 2))
	var all []time.Duration
	for range 10_001 {
		d := time.Duration(random.ExpFloat64() * float64(time.Millisecond))
		h.add(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, q := range []float64{0, 0.5, 0.9, 0.99, 0.999, 1} {
		exact := all[max(int(math.Ceil(q*float64(len(all))))-1, 0)]
		if got := h.quantile(q); got < exact || float64(got-exact) > float64(exact)/128 {
			t.Errorf("quantile %v is %v, exactly %v", q, got, exact)
		}
	}
	if h.quantile(1) != all[len(all)-1] {
		t.Error("the longest time is not exact")
	}
	var sum uint64
	for _, bar := range h.bars() {
		sum += bar.Count
	}
	if sum != h.total {
		t.Errorf("the bars have %d times of %d", sum, h.total)
	}
}

func TestBars(t *testing.T) {
	var h histogram
	for _, d := range []time.Duration{3 * time.Microsecond, 3 * time.Microsecond, 40 * time.Microsecond} {
		h.add(d)
	}
	want := []Bar{{5 * time.Microsecond, 2}, {10 * time.Microsecond, 0}, {20 * time.Microsecond, 0}, {50 * time.Microsecond, 1}}
	if got := h.bars(); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestSchedule(t *testing.T) {
	for _, c := range []struct {
		k    uint64
		rate float64
		want time.Duration
	}{
		{0, 1000, 0}, {1, 1000, time.Millisecond}, {1500, 1000, 1500 * time.Millisecond}, {1, 0.5, 2 * time.Second},
		{10_000_000_000, 1_000_000, 10_000 * time.Second},
	} {
		if got := due(c.k, c.rate); got != c.want {
			t.Errorf("message %d at %v a second is due at %v, want %v", c.k, c.rate, got, c.want)
		}
	}
	for _, rate := range []float64{0.5, 3, 7, 999, 12_345, 1e6} {
		for _, at := range []time.Duration{0, time.Millisecond, time.Second, 3333 * time.Millisecond} {
			n := dueBefore(at, rate)
			// Rounding may put a message a nanosecond to either side.
			if n > 0 && due(n-1, rate) > at || due(n, rate) < at-1 {
				t.Errorf("%d messages at %v a second are due before %v", n, rate, at)
			}
		}
	}
}
