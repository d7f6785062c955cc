package pool

import (
	"errors"
	"testing"
	"time"

	"rowan/engine"
)

// TestTerminate: a context is terminated in the middle of a turn that would take for ever, with the tasks that wait for it; its
// neighbour in the same window goes on.
func TestTerminate(t *testing.T) {
	p := testPool(t, Options{Workers: 1, Windows: 1})
	k := testKind(t, p, "let n = 0; return { loop() { for (;;); }, inc: () => ++n };", engine.Limits{Turn: time.Hour})
	c, neighbour := p.Open(k, nil, nil), p.Open(k, nil, nil)
	callWait(t, neighbour, "app.inc")
	outcomes := make(chan error, 2)
	for _, export := range []string{"app.loop", "app.inc"} {
		if err := c.Call(export, nil, 0, func(_ []byte, err error) { outcomes <- err }); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(20 * time.Millisecond)
	closed := make(chan struct{})
	c.Terminate(func() { close(closed) })
	for range 2 {
		select {
		case err := <-outcomes:
			if !errors.Is(err, engine.ErrClosed) {
				t.Errorf("a call ended with %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("the context runs on")
		}
	}
	<-closed
	if !c.Closed() {
		t.Error("the context is not closed")
	}
	if n := callWait(t, neighbour, "app.inc"); n != 2 {
		t.Errorf("the neighbour counts %v", n)
	}
}
