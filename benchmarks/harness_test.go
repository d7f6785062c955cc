package benchmarks

import (
	"strings"
	"testing"

	"rowan/pool"
)

func TestInstances(t *testing.T) {
	for _, c := range contenders {
		t.Run(c.name, func(t *testing.T) {
			open := c.load(t, counterJS, false)
			a, b := open(), open()
			want(t, 1, a.function("inc"))
			want(t, 2, a.function("inc"))
			want(t, 1, b.function("inc")) // of its own
			a.reset()
			want(t, 1, a.function("inc"))
			want(t, 2, b.function("inc"))
			a.close()
			b.close()
		})
	}
}

func TestHostCalls(t *testing.T) {
	for _, c := range contenders {
		for _, h := range hostCalls {
			t.Run(h.name+"/"+c.name, func(t *testing.T) {
				i := c.load(t, hostLoop(c, h.name, h.arg), true)()
				defer i.close()
				want(t, 3*h.result, i.function("run"), 3)
			})
		}
	}
}

// TestPopulations checks that each contender gets through each scenario, and that a context that is not as it should be is found.
func TestPopulations(t *testing.T) {
	for _, s := range scenarios {
		for _, c := range contenders {
			t.Run(s.name+"/"+c.name, func(t *testing.T) {
				for _, wrong := range []bool{false, true} {
					p, end := s.populate(c.name)
					defer end()
					if err := p.grow(2); err != nil {
						t.Fatal(err)
					}
					if err := p.grow(5); err != nil {
						t.Fatal(err)
					}
					if wrong {
						disturb(t, p, s)
					}
					if err := p.check(); (err != nil) != wrong {
						t.Errorf("disturbed: %v, check: %v", wrong, err)
					}
				}
			})
		}
	}
}

// disturb has the fourth context take one step too much.
func disturb(t *testing.T, p population, s scenario) {
	extra := s.before(3, s.steps-1)
	extra.result++
	switch p := p.(type) {
	case *instances:
		if err := extra.call(p.all[3]); err != nil {
			t.Fatal(err)
		}
	case *crowd:
		calls := newCalls()
		calls.start(p.all[3], extra)
		if err := calls.wait(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPublish(t *testing.T) {
	for name, subscribe := range map[string]func(*audience, int) error{
		"scripts": (*audience).subscribeScripts, "go": (*audience).subscribeGo,
	} {
		t.Run(name, func(t *testing.T) {
			a := newAudience(t)
			if err := subscribe(a, 5); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if err := a.publish(5); err != nil {
					t.Fatal(err)
				}
			}
			if err := a.check(); err != nil {
				t.Fatal(err)
			}
			if err := a.publish(6); err == nil || !strings.Contains(err.Error(), "5 subscribers, want 6") {
				t.Errorf("publish to one too many: %v", err)
			}
		})
	}
}

// TestCallsFail checks that a wrong answer of a context in a pool is seen.
func TestCallsFail(t *testing.T) {
	c := newCrowd(scenarios[0], pool.Options{Workers: 1})
	defer c.pool.Close()
	calls := newCalls()
	calls.start(c.pool.Open(c.kind, nil, nil), step{function: "inc", result: 7})
	if err := calls.wait(); err == nil || !strings.Contains(err.Error(), "inc returned 1, want 7") {
		t.Errorf("got %v", err)
	}
}
