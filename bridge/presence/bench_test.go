package presence_test

import (
	"fmt"
	"testing"
	"time"

	"rowan/bridge/presence"
)

// benchMeta is a meta as apps have them.
var benchMeta = []byte(`{"name":"Ann Example","online_at":1795248000000}`)

// BenchmarkTrack is one Track and one Untrack by an owner of its own, at a topic that has so many members.
func BenchmarkTrack(b *testing.B) {
	for _, members := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprintf("members=%d", members), func(b *testing.B) {
			tr := presence.New(presence.Options{})
			defer tr.Close()
			for i := range members {
				track(b, tr, "t", fmt.Sprint(i), i, string(benchMeta))
			}
			b.ReportAllocs()
			owner := members
			for b.Loop() {
				owner++
				if _, err := tr.Track("t", "k", owner, benchMeta); err != nil {
					b.Fatal(err)
				}
				tr.Untrack("t", "k", owner)
			}
		})
	}
}

// BenchmarkBurst is the joins of so many owners within one window, all of them members: what a join costs its caller, what it
// costs to tell the other ones, and how many diffs that takes.
func BenchmarkBurst(b *testing.B) {
	for _, members := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprintf("members=%d", members), func(b *testing.B) {
			diffs := make(chan *presence.Diff, members)
			tr := presence.New(presence.Options{Publish: func(_ string, d *presence.Diff) { diffs <- d }})
			defer tr.Close()
			keys := make([]string, members)
			for i := range keys {
				keys[i] = fmt.Sprint("user:", i)
			}
			var joining, telling time.Duration
			var published, bytes int
			for n := range b.N {
				topic := fmt.Sprint(n)
				start := time.Now()
				for i, key := range keys {
					if _, err := tr.Track(topic, key, i, benchMeta); err != nil {
						b.Fatal(err)
					}
				}
				joining += time.Since(start)
				for told := 0; told < members; published++ {
					d := <-diffs
					start := time.Now()
					bytes += len(d.Text())
					for owner := range members {
						if _, own := d.Rest(owner); own {
							told++
						}
					}
					telling += time.Since(start)
				}
			}
			per := func(total float64, unit string) { b.ReportMetric(total/float64(b.N)/float64(members), unit) }
			per(float64(joining), "ns/join")
			per(float64(telling), "ns/told")
			per(float64(bytes), "B/join")
			b.ReportMetric(float64(published)/float64(b.N), "diffs")
		})
	}
}

// BenchmarkList is a list of so many members, made anew: somebody has come since the last one.
func BenchmarkList(b *testing.B) {
	for _, members := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("members=%d", members), func(b *testing.B) {
			tr := presence.New(presence.Options{})
			defer tr.Close()
			for i := range members {
				track(b, tr, "t", fmt.Sprint(i), i, string(benchMeta))
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tr.Update("t", "0", 0, benchMeta); err != nil {
					b.Fatal(err)
				}
				tr.List("t")
			}
		})
	}
}
