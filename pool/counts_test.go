package pool

import (
	"testing"
	"time"

	"rowan/engine"
)

// nothing is a task that does nothing.
type nothing struct{}

func (nothing) Run(*engine.Turn) error { return nil }
func (nothing) Done(error)             {}

func TestTurnBuckets(t *testing.T) {
	var k kindCounts
	for _, d := range []time.Duration{0, 1023, 1024, 2047, 2048, time.Millisecond, time.Hour} {
		k.turn(int64(d))
	}
	for i, want := range map[int]uint64{0: 2, 1: 2, 2: 1, 10: 1, TurnBuckets - 1: 1} {
		if got := k.turns[i].Load(); got != want {
			t.Errorf("%d turns below %v, want %d", got, TurnBound(i), want)
		}
	}
}

// TestCountsOutliveWindows has two kinds of one name, of which the first one retires.
func TestCountsOutliveWindows(t *testing.T) {
	p := New(Options{Workers: 1})
	defer p.Close()
	run := func(k *Kind) {
		c := p.Open(k, nil, nil)
		done := make(chan struct{})
		c.Finish(nothing{}, func() { close(done) })
		<-done
	}
	first, second := p.NewKind(engine.Spec{Name: "session"}), p.NewKind(engine.Spec{Name: "session"})
	run(first)
	run(second)
	first.Retire()
	run(second)
	found := make(chan Survey, 1)
	if err := p.Workers()[0].Survey(func(s Survey) { found <- s }); err != nil {
		t.Fatal(err)
	}
	all := p.KindStats(<-found)
	if len(all) != 1 || all[0].Kind != "session" || all[0].Forks != 3 || all[0].Windows.Windows != 1 || all[0].Contexts != 0 {
		t.Errorf("%+v", all)
	}
	var turns uint64
	for _, n := range all[0].Turns {
		turns += n
	}
	if turns < 3 || all[0].TurnTime <= 0 {
		t.Errorf("%d turns in %v", turns, all[0].TurnTime)
	}
}

func TestKindsAreBounded(t *testing.T) {
	p := New(Options{Workers: 1})
	defer p.Close()
	for i := range 2 * countedKinds {
		p.NewKind(engine.Spec{Name: string(rune('a' + i))})
	}
	all := p.KindStats()
	if len(all) != countedKinds+1 {
		t.Errorf("%d names of kinds", len(all))
	}
}

// BenchmarkCountTurn is what counting adds to a turn.
func BenchmarkCountTurn(b *testing.B) {
	var k kindCounts
	for i := range b.N {
		k.turn(int64(i))
	}
}
