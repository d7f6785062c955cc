package terminal

import (
	"strings"
	"testing"

	"rowan/daemon/inspect"
)

func TestIncomplete(t *testing.T) {
	for code, want := range map[string]bool{
		"1 + 1": false, "function f() {": true, "function f() {\n}": false, "[1, 2": true, "f(1,\n2)": false, "`a": true, "`a${`b`}`": false, "`a${b": true,
		"`${{}": true, "'{'": false, `"\"{"`: false, "'unclosed {": false, "// {": false, "/* {": true, "/* { */": false, "x = 1 }": false, "`\\`": true, "({ a: ')' })": false, "": false,
	} {
		if incomplete(code) != want {
			t.Errorf("%q: %v", code, !want)
		}
	}
}

func TestDraw(t *testing.T) {
	load := 0.5
	s := State{Overview: inspect.Overview{Uptime: 3723, Workers: []inspect.WorkerRow{{Load: &load, Contexts: 2}, {}}}}
	s.Overview.About.App = "app.ts"
	s.Overview.Totals.Errors, s.Overview.NotReady = 17, "shutting down"
	s.Contexts = inspect.ContextList{Total: 2, Matching: 2, Rows: []inspect.Row{
		{ID: 7, Kind: "session", Name: "10.0.0.1:5\x1b[2J", Memory: 12_345, Time: 1_500_000, Turns: 12_345, Busy: 0.25},
		{ID: 8, Kind: "actor room", Name: strings.Repeat("long ", 30)},
	}}
	lines := view{width: 100, height: 12, sort: "memory", keys: true}.draw(s)
	if len(lines) != 12 {
		t.Errorf("%d lines", len(lines))
	}
	text := strings.Join(lines, "\n")
	for _, part := range []string{"app.ts  up 1 h 02 min  not ready: shutting down", "errors 17", "[||||||||||          ]  50.0 %", "unknown", "12 kB", "1.5 ms", "12.3 k", "10.0.0.1:5�[2J", "1 to 2 of 2"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in\n%s", part, text)
		}
	}
	for _, line := range lines {
		if n := len([]rune(line)); n > 100 {
			t.Errorf("%d characters: %s", n, line)
		}
	}
	if text := strings.Join(view{width: 100, sort: "busy"}.draw(s), "\n"); !strings.Contains(text, "25.0 %") {
		t.Errorf("sorted by busy, it does not say so:\n%s", text)
	}
	for _, size := range [][2]int{{40, 4}, {20, 7}, {1, 1}, {80, 24}} {
		lines := view{width: size[0], height: size[1], sort: "queued", keys: true}.draw(s)
		if len(lines) > size[1] || len([]rune(lines[0])) > size[0] {
			t.Errorf("a terminal of %v: %q", size, lines)
		}
	}
	if head := (view{width: 60, sort: "queued"}).draw(s)[6]; !strings.Contains(head, "WAITING") || !strings.Contains(head, "NAME") || len([]rune(head)) > 60 {
		t.Errorf("what it is sorted by leaves a narrow terminal: %q", head)
	}
}
