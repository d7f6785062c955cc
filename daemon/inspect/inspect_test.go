package inspect

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func TestTop(t *testing.T) {
	for range 200 {
		list := rand.Perm(rand.IntN(300))
		most, offset := rand.IntN(50), rand.IntN(50)
		first := top[int]{most: most, compare: cmp.Compare[int]}
		for _, n := range list {
			first.add(n)
		}
		slices.Sort(list)
		list = list[:min(most, len(list))]
		if want, got := list[min(offset, len(list)):], first.from(offset); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

// TestLines fills the ring more than once.
func TestLines(t *testing.T) {
	l := NewLines()
	if lines, last := l.After(0, 0, 10); len(lines) != 0 || last != 0 {
		t.Errorf("before the first: %v, %d", lines, last)
	}
	for i := range 2*linesMax + 10 {
		l.add(Line{Text: fmt.Sprint(i + 1), Context: uint64(i % 2)})
	}
	const last = 2*linesMax + 10
	for _, test := range []struct {
		after, context uint64
		most           int
		first, n       uint64
	}{
		{0, 0, 5, last - 4, 5},
		{0, 0, 1 << 20, last - linesMax + 1, linesMax},
		{last - 3, 0, 10, last - 2, 3},
		{last - 3, 1, 10, last - 2, 2}, // even numbers are of context 1
		{last, 0, 10, 0, 0},
		{last + 100, 0, 1, last, 1}, // of a server that ran before
	} {
		lines, end := l.After(test.after, test.context, test.most)
		if end != last || uint64(len(lines)) != test.n || test.n > 0 && (lines[0].Seq != test.first || lines[0].Text != fmt.Sprint(test.first)) {
			t.Errorf("%+v: %d lines, to %d", test, len(lines), end)
		}
	}
}

func TestFollow(t *testing.T) {
	l := NewLines()
	mine, all := make(chan struct{}, 1), make(chan struct{}, 1)
	endMine, endAll := l.Follow(7, mine), l.Follow(0, all)
	l.add(Line{Context: 8})
	if len(mine) != 0 || len(all) != 1 {
		t.Errorf("another context's line: %d, %d", len(mine), len(all))
	}
	l.add(Line{Context: 7})
	l.add(Line{Context: 7}) // nobody has looked yet
	if len(mine) != 1 || len(all) != 1 {
		t.Errorf("its own line: %d, %d", len(mine), len(all))
	}
	endMine()
	endAll()
	<-mine
	l.add(Line{Context: 7})
	if len(mine) != 0 {
		t.Error("told after the end")
	}
}

// TestTee writes to a log that is kept.
func TestTee(t *testing.T) {
	l := NewLines()
	core, seen := observer.New(zapcore.InfoLevel)
	log := zap.New(core).WithOptions(zap.WrapCore(l.Tee))
	log.Debug("below the level")
	log.With(zap.String("line", "app.ts:1:2")).Warn("careful", zap.Int("other", 1))
	log.Info(strings.Repeat("ż", lineBytesMax))
	lines, _ := l.After(0, 0, 10)
	if len(lines) != 2 || seen.Len() != 2 {
		t.Fatalf("%d lines, %d in the log", len(lines), seen.Len())
	}
	if w := lines[0]; w.Text != "careful" || w.Level != "warn" || w.Place != "app.ts:1:2" || time.Since(w.Time) > time.Minute {
		t.Errorf("%+v", w)
	}
	if n := len(lines[1].Text); n > lineBytesMax+3 || !strings.HasSuffix(lines[1].Text, "ż…") {
		t.Errorf("%d bytes", n)
	}
}

// TestPage checks that the page is whole, and that its policy names what is in it.
func TestPage(t *testing.T) {
	text, policy := page()
	for _, part := range []string{"<!doctype html>", "function overviewView", "--accent"} {
		if !strings.Contains(text, part) {
			t.Errorf("%s is not in the page", part)
		}
	}
	for _, part := range []string{"/*style*/", "/*script*/", " style=", "</script><"} {
		if strings.Contains(text, part) {
			t.Errorf("%s is in the page", part)
		}
	}
	_, script, _ := strings.Cut(text, `<script type="module">`)
	script, _, _ = strings.Cut(script, "</script>")
	if !strings.Contains(policy, "script-src "+hashOf(script)) {
		t.Error("the policy does not allow the script")
	}
	if size := len(text); size > 64<<10 {
		t.Errorf("the page has %d bytes", size)
	}
}
