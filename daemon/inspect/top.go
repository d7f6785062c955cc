package inspect

import "slices"

// top keeps the first so many of what it is given, in order.
type top[T any] struct {
	most    int
	compare func(a, b T) int
	list    []T
	sorted  bool
}

// add takes an element.
func (t *top[T]) add(v T) {
	if t.most <= 0 || t.sorted && t.compare(v, t.list[t.most-1]) >= 0 {
		return
	}
	if t.list = append(t.list, v); len(t.list) >= 2*t.most {
		t.cut()
	}
}

// cut drops what is not among the first.
func (t *top[T]) cut() {
	slices.SortFunc(t.list, t.compare)
	if len(t.list) >= t.most {
		t.list, t.sorted = t.list[:t.most], true
	}
}

// from returns the first ones, without those before offset.
func (t *top[T]) from(offset int) []T {
	t.cut()
	return t.list[min(offset, len(t.list)):]
}
