package bench

import (
	"math"
	"math/bits"
	"time"
)

// histogram counts times in buckets that are at most 1/128 of their value wide, so that a percentile is less than 0.8 % too high.
type histogram struct {
	counts [(64 - subBits) << subBits]uint64
	total  uint64
	sum    float64 // nanoseconds
	max    time.Duration
}

const subBits = 7

// bucketOf is the bucket of a time: one for each nanosecond up to 255, from there 128 for each power of two.
func bucketOf(d time.Duration) int {
	n := uint64(max(d, 0))
	shift := max(bits.Len64(n)-subBits-1, 0)
	return shift<<subBits + int(n>>shift)
}

// bucketTop is the longest time of a bucket.
func bucketTop(i int) time.Duration {
	shift := max(i>>subBits-1, 0)
	n := uint64(i - shift<<subBits)
	return time.Duration((n+1)<<shift - 1)
}

func (h *histogram) add(d time.Duration) {
	h.counts[bucketOf(d)]++
	h.total++
	h.sum += float64(max(d, 0))
	h.max = max(h.max, d)
}

// quantile is a time that a share q of all do not exceed.
func (h *histogram) quantile(q float64) time.Duration {
	rank := uint64(math.Ceil(q * float64(h.total)))
	var seen uint64
	for i, n := range h.counts {
		if seen += n; n > 0 && seen >= rank {
			return min(bucketTop(i), h.max)
		}
	}
	return h.max
}

func (h *histogram) mean() time.Duration {
	if h.total == 0 {
		return 0
	}
	return time.Duration(h.sum / float64(h.total))
}

// Bar is a row of a histogram: how many times are longer than the Top of the row before, and not longer than its own.
type Bar struct {
	Top   time.Duration `json:"le_ns"`
	Count uint64        `json:"count"`
}

// bars sums up by rows that end at 1, 2 and 5 times the powers of ten, from the first to the last that has any.
func (h *histogram) bars() []Bar {
	var bars []Bar
	i := 0
	for _, top := range barTops() {
		bar := Bar{Top: top}
		for ; i < len(h.counts) && bucketTop(i) <= top; i++ {
			bar.Count += h.counts[i]
		}
		if bar.Count > 0 || len(bars) > 0 {
			bars = append(bars, bar)
		}
	}
	for len(bars) > 0 && bars[len(bars)-1].Count == 0 {
		bars = bars[:len(bars)-1]
	}
	return bars
}

// barTops are the ends of rows, from 1 µs to 5000 s.
func barTops() []time.Duration {
	var tops []time.Duration
	for unit := time.Microsecond; unit <= 1000*time.Second; unit *= 10 {
		tops = append(tops, unit, 2*unit, 5*unit)
	}
	return tops
}
