package actors

import (
	"hash/maphash"
	"iter"
	"sync"
)

// table is a map for many goroutines at once, in shards with a mutex each.
type table[K comparable, V any] struct {
	seed   maphash.Seed
	shards [tableShards]shard[K, V]
}

const tableShards = 64

type shard[K comparable, V any] struct {
	mu sync.Mutex
	m  map[K]V
}

func newTable[K comparable, V any]() *table[K, V] {
	t := &table[K, V]{seed: maphash.MakeSeed()}
	for i := range t.shards {
		t.shards[i].m = map[K]V{}
	}
	return t
}

func (t *table[K, V]) shard(k K) *shard[K, V] {
	return &t.shards[maphash.Comparable(t.seed, k)%tableShards]
}

// get returns the value of k, or the zero value.
func (t *table[K, V]) get(k K) V {
	s := t.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.m[k]
}

// getOrMake returns the value of k, which it makes if there is none; of several callers at once one does. make may
// fail with an error.
func (t *table[K, V]) getOrMake(k K, make func() (V, error)) (V, error) {
	s := t.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.m[k]
	if ok {
		return v, nil
	}
	v, err := make()
	if err == nil {
		s.m[k] = v
	}
	return v, err
}

func (t *table[K, V]) put(k K, v V) {
	s := t.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[k] = v
}

// take removes k and returns what its value was, or the zero value.
func (t *table[K, V]) take(k K) V {
	s := t.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.m[k]
	delete(s.m, k)
	return v
}

// each goes through the values, each shard's as they are at one moment, with no lock in the loop's body.
func (t *table[K, V]) each() iter.Seq[V] {
	return func(yield func(V) bool) {
		var vs []V
		for i := range t.shards {
			s := &t.shards[i]
			vs = vs[:0]
			s.mu.Lock()
			for _, v := range s.m {
				vs = append(vs, v)
			}
			s.mu.Unlock()
			for _, v := range vs {
				if !yield(v) {
					return
				}
			}
		}
	}
}

func (t *table[K, V]) len() int {
	n := 0
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		n += len(s.m)
		s.mu.Unlock()
	}
	return n
}
