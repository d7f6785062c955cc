package presence_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rowan/bridge/presence"
)

// TestRandom: whenever members come and whatever is tracked, all see what is present once the diffs have arrived.
func TestRandom(t *testing.T) {
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) { random(t, rand.New(rand.NewPCG(seed, 1))) })
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func random(t *testing.T, rnd *rand.Rand) {
	r := newRoom(t, presence.Options{Most: 1 + rnd.IntN(8)})
	topics, keys := []string{"t", "u"}, []string{"a", "b", "c"}
	type member struct {
		topic string
		*client
	}
	var members []member
	lastOwner := 0
	for range 300 {
		topic, key := topics[rnd.IntN(len(topics))], keys[rnd.IntN(len(keys))]
		if len(members) == 0 || rnd.IntN(5) == 0 {
			lastOwner++
			members = append(members, member{topic, r.enter(topic, lastOwner)})
			continue
		}
		i := rnd.IntN(len(members))
		m := members[i]
		var own []byte
		switch rnd.IntN(9) {
		case 0:
			r.exit(m.topic, m.client)
			r.tracker.Leave(m.owner)
			members = append(members[:i], members[i+1:]...)
		case 1:
			time.Sleep(time.Duration(rnd.IntN(3)) * window / 2)
		case 2:
			r.tracker.List(m.topic)
		case 3:
			own = r.tracker.Untrack(m.topic, key, m.owner)
		case 4, 5:
			own, _ = r.tracker.Update(m.topic, key, m.owner, []byte("{}"))
		default:
			own, _ = r.tracker.Track(m.topic, key, m.owner, []byte("{}"))
		}
		if own != nil {
			r.mu.Lock()
			m.apply(parse[diff](t, own))
			r.mu.Unlock()
		}
	}
	time.Sleep(2 * window)
	synctest.Wait()
	for _, m := range members {
		r.check(m.topic, m.client)
	}
}

// TestConcurrent: owners on many goroutines, and those who look on see what is left.
func TestConcurrent(t *testing.T) {
	r := newRoom(t, presence.Options{Window: time.Millisecond, Most: 16})
	watchers := map[string]*client{}
	for i := range 4 {
		topic := fmt.Sprint(i)
		watchers[topic] = r.enter(topic, nil)
	}
	var owners sync.WaitGroup
	for owner := range 16 {
		owners.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(owner), 2))
			for range 500 {
				topic, key := fmt.Sprint(rnd.IntN(4)), fmt.Sprint(rnd.IntN(8))
				switch rnd.IntN(12) {
				case 0:
					r.tracker.Leave(owner)
				case 1:
					r.tracker.LeaveTopic(topic, owner)
				case 2:
					r.tracker.List(topic)
				case 3:
					r.tracker.Untrack(topic, key, owner)
				case 4, 5:
					r.tracker.Update(topic, key, owner, []byte("{}"))
				default:
					r.tracker.Track(topic, key, owner, []byte("{}"))
				}
			}
		})
	}
	owners.Wait()
	time.Sleep(100 * time.Millisecond)
	r.mu.Lock()
	defer r.mu.Unlock()
	for topic, w := range watchers {
		r.check(topic, w)
	}
}
