package engine

import (
	"bytes"
	"math/rand"
	"reflect"
	"testing"
)

func TestStoreClasses(t *testing.T) {
	last := 0
	for n := 1; n <= storeMax; n++ {
		class, size := storeClass(n)
		if size < n || size%storeStep != 0 || size > n+n/4+storeStep || n <= storeMax/4 && size > n+n/8+storeStep {
			t.Fatalf("%d bytes: class %d of %d bytes", n, class, size)
		}
		if again, same := storeClass(size); again != class || same != size {
			t.Fatalf("%d bytes: class %d, but its blocks' class is %d", n, class, again)
		}
		if class < last || class > last+1 {
			t.Fatalf("%d bytes: class %d after %d", n, class, last)
		}
		last = class
	}
}

func TestStoreAgainstModel(t *testing.T) {
	var s store
	defer s.close()
	rng := rand.New(rand.NewSource(1))
	type kept struct {
		got  deltaRef
		want []byte
	}
	var live []kept
	random := func() []byte {
		b := make([]byte, rng.Intn(1<<(1+rng.Intn(15))))
		rng.Read(b)
		return b
	}
	steps := 20000
	if raceEnabled || testing.Short() {
		steps = 3000
	}
	for step := range steps {
		switch k := rng.Intn(3); {
		case k == 0 && len(live) < 500 || len(live) == 0:
			d := random()
			if rng.Intn(10) == 0 {
				b := s.reserve(len(d))
				copy(s.bytes(b), d)
				live = append(live, kept{b, d})
			} else {
				live = append(live, kept{s.keep(d), d})
			}
		case k == 1:
			i := rng.Intn(len(live))
			d := random()
			live[i] = kept{s.replace(live[i].got, d), d}
		default:
			i := rng.Intn(len(live))
			s.drop(live[i].got)
			live[i] = live[len(live)-1]
			live = live[:len(live)-1]
		}
		if step%500 == 0 {
			for _, k := range live {
				if !bytes.Equal(s.bytes(k.got), k.want) {
					t.Fatalf("step %d: a delta of %d bytes is not what it was", step, len(k.want))
				}
			}
		}
	}
	if n := s.inMemory(); n*spanBytes > 2*s.used+len(storeSizes)*spanBytes {
		t.Errorf("%d spans for %d bytes", n, s.used)
	}
	for _, k := range live {
		s.drop(k.got)
	}
	if n := s.inMemory(); s.used != 0 || n > emptyMax {
		t.Errorf("%d bytes and %d spans in use when all is dropped", s.used, n)
	}
}

// inMemory is how many spans have memory.
func (s *store) inMemory() int { return len(s.spans) - len(s.bare) }

// TestStoreGrowth: deltas that all grow, step by step, leave no memory behind that is of no use to them.
func TestStoreGrowth(t *testing.T) {
	var s store
	defer s.close()
	deltas := make([]deltaRef, 2000)
	for n := 100; n <= 12_000; n += 200 {
		for i := range deltas {
			deltas[i] = s.replace(deltas[i], make([]byte, n))
		}
	}
	if have, want := s.inMemory()*spanBytes, len(deltas)*12_000; have > want+want/5 {
		t.Errorf("%d bytes of memory for %d bytes of deltas", have, want)
	}
}

// TestContextsLeaveNothing opens and closes contexts by the thousand, and their memory is where it was.
func TestContextsLeaveNothing(t *testing.T) {
	n := 10_000
	if raceEnabled || testing.Short() {
		n = 1000
	}
	th := testThread(t)
	w := newTemplate(t, th, counterJS+"; function remember(x) { (globalThis.list ??= []).push({ x }); return list.length }", Spec{})
	var inc, remember Func
	hold := func(tn *Turn) (err error) {
		if inc, err = tn.Hold("inc"); err == nil {
			remember, err = tn.Hold("remember")
		}
		return err
	}
	spans := 0
	for round := range 3 {
		contexts := make([]*Context, n)
		for i := range contexts {
			c := w.Fork(nil)
			contexts[i] = c
			err := th.Run(c, func(tn *Turn) error {
				if err := hold(tn); err != nil {
					return err
				}
				for range i % 20 {
					if _, err := tn.Call(remember, i); err != nil {
						return err
					}
				}
				return tn.Do(inc, i)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		w.park()
		if w.Contexts() != n || w.ParkedBytes() < 100*n {
			t.Errorf("%d contexts in %d bytes", w.Contexts(), w.ParkedBytes())
		}
		if round == 0 {
			t.Logf("%d bytes a context", w.ParkedBytes()/n)
			spans = w.deltas.inMemory()
		} else if n := w.deltas.inMemory(); n > spans+spans/10 {
			t.Errorf("round %d: %d spans, %d in the first", round, n, spans)
		}
		for i, c := range contexts {
			if i%100 == 0 {
				if got := eval(t, th, c, "count"); got != i {
					t.Errorf("context %d has counted to %v", i, got)
				}
			}
			c.Close()
		}
		if w.Contexts() != 0 || w.ParkedBytes() != 0 {
			t.Errorf("round %d: %d contexts in %d bytes are left", round, w.Contexts(), w.ParkedBytes())
		}
	}
}

// TestContextHoldsNoPointers: Go's collector has nothing to look at in a context.
func TestContextHoldsNoPointers(t *testing.T) {
	var look func(path string, typ reflect.Type)
	look = func(path string, typ reflect.Type) {
		switch k := typ.Kind(); {
		case k == reflect.Struct:
			for i := range typ.NumField() {
				look(path+"."+typ.Field(i).Name, typ.Field(i).Type)
			}
		case k > reflect.Float64:
			t.Errorf("%s is a %v", path, typ)
		}
	}
	look("Context", reflect.TypeFor[Context]())
}
