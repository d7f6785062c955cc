package pool

import (
	"strings"
	"testing"
	"time"

	"rowan/engine"
)

// TestBuildBesideOthers builds a kind whose evaluation takes long: contexts of another kind are served meanwhile.
func TestBuildBesideOthers(t *testing.T) {
	p := testPool(t, Options{Workers: 2})
	k := testKind(t, p, `return { ping() { return 1 } };`, engine.Limits{})
	slow := testKind(t, p, `for (let i = 0; i < 1.5e7; i++); return { ping() { return 2 } };`, engine.Limits{})
	contexts := []*Context{p.Open(k, nil, nil), p.Open(k, nil, nil)}
	for _, c := range contexts {
		callWait(t, c, "app.ping")
	}
	built := make(chan error, 1)
	go func() { built <- slow.Build() }()
	time.Sleep(50 * time.Millisecond)
	for _, c := range contexts {
		callWait(t, c, "app.ping")
	}
	select {
	case err := <-built:
		t.Errorf("contexts waited for the build, whose error is %v", err)
	default:
		if err := <-built; err != nil {
			t.Fatal(err)
		}
	}
	if n := callWait(t, p.Open(slow, nil, nil), "app.ping"); n != 2.0 && n != 2 {
		t.Errorf("the new kind answers %v", n)
	}
	broken := testKind(t, p, `throw new Error("broken")`, engine.Limits{})
	if err := broken.Build(); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("Build of what throws: %v", err)
	}
}
