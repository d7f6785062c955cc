package engine

import (
	"fmt"
	"math/rand"
	"testing"
)

const roomJS = counterJS + `
const messages = [];
function message(sender, text, timestamp) { messages.push({ sender, text, timestamp }); return messages.length }
`

// TestDeltaSizes guards what a parked context costs: what its script keeps, and little of what the engine does besides. The
// bounds are some ten percent above what was measured.
func TestDeltaSizes(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, roomJS, Spec{})
	rng := rand.New(rand.NewSource(1))
	text := make([]byte, 80)
	// parked is what a context takes that was called, and parked, again and again.
	parked := func(name string, calls int, args func(i int) []any) int {
		c := w.Fork(nil)
		defer c.Close()
		var f Func
		for i := range calls + 1 {
			err := th.Run(c, func(tn *Turn) (err error) {
				if i == 0 {
					f, err = tn.Hold(name)
					return err
				}
				_, err = tn.Call(f, args(i)...)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			c.Park()
		}
		return c.OwnBytes()
	}
	nothing := func(int) []any { return nil }
	message := func(i int) []any {
		for i := range text {
			text[i] = byte('a' + rng.Intn(26))
		}
		return []any{fmt.Sprintf("user%d", i%7), string(text), 1700000000000 + float64(i)*1000}
	}
	for _, tt := range []struct {
		name  string
		calls int
		args  func(int) []any
		max   int
	}{
		{"inc", 0, nothing, 24},            // 21: the held function
		{"inc", 1, nothing, 28},            // 25
		{"inc", 100_000, nothing, 32},      // 28
		{"message", 1, message, 430},       // 381
		{"message", 2, message, 700},       // 630
		{"message", 10, message, 2200},     // 1,994
		{"message", 60, message, 11_600},   // 10,546, of which 8,100 are texts, senders and times
		{"message", 600, message, 113_000}, // 105,945
	} {
		if testing.Short() && tt.calls > 1000 || raceEnabled && tt.calls > 1000 {
			continue
		}
		n := parked(tt.name, tt.calls, tt.args)
		t.Logf("%s, %d calls: %d bytes", tt.name, tt.calls, n)
		if n > tt.max {
			t.Errorf("%s, %d calls: %d bytes, more than %d", tt.name, tt.calls, n, tt.max)
		}
	}
}

// TestImageSize guards the image of an empty app.
func TestImageSize(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, "", Spec{})
	t.Logf("%d bytes", w.Image())
	if w.Image() > 320<<10 {
		t.Errorf("%d bytes", w.Image())
	}
}
