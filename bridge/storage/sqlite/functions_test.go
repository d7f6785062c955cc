package sqlite

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// opened opens a database in memory.
func opened(t *testing.T, open func(path string) (*Conn, error)) *Conn {
	t.Helper()
	c, err := open(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// result is what a query gives, or fails with.
func result(c *Conn, query string, args ...any) string {
	var text string
	err := c.Query(query, func(s *Stmt) error {
		text = fmt.Sprintf("%d %q", s.Type(0), s.Text(0))
		return nil
	}, args...)
	if err != nil {
		return err.Error()
	}
	return text
}

// TestFunctions compares the functions with SQLite's own.
func TestFunctions(t *testing.T) {
	ours, theirs := opened(t, Open), opened(t, openPlain)
	queries := []string{
		"SELECT instr(?1, ?2)", "SELECT instr(CAST(?1 AS BLOB), ?2)", "SELECT instr(CAST(?1 AS BLOB), CAST(?2 AS BLOB))", "SELECT replace(?1, ?2, ?3)",
		"SELECT trim(?1, ?2)", "SELECT ltrim(?1, ?2)", "SELECT rtrim(?1, ?2)", "SELECT hex(unhex(?1, ?2))", "SELECT ?1 LIKE ?2", "SELECT ?1 GLOB ?2", "SELECT ?1 LIKE ?2 ESCAPE ?3",
	}
	check := func(args ...any) {
		for _, q := range queries {
			n := strings.Count(q, "?")
			if got, want := result(ours, q, args[:n]...), result(theirs, q, args[:n]...); got != want {
				t.Errorf("%s of %q: %s, want %s", q, args[:n], got, want)
			}
		}
	}
	for _, args := range [][]any{
		{nil, "a", "b"}, {"a", nil, "b"}, {"a", "b", nil}, {"", "", ""}, {"abc", "", "x"}, {12, 2, 3}, {"ab", "%", "%"}, {"a%b", "a%%b", "%"}, {"a_", "a__", "_"},
		{"a", "a", "ab"}, {"ÄÖ", "äö", "Ä"}, {"a]b", "a[]]b", "x"}, {"a-b", "a[-]b", "x"}, {"a^b", "a[^^]b", "x"}, {"abc", "a[", "x"}, {"abc", "a[a-", "x"},
		{"abc", "[a-c][^a][c]", "x"}, {"AB-cd", "-", "x"}, {"A-B", "-", "x"}, {"ABA", "A", "x"}, {"a€aB€", "€", "x"}, {"aBx", "€", "x"}, {"abc", "abc\\", "\\"},
	} {
		check(args...)
	}
	const letters = `aAbäÄ€%_*?[]^-\`
	random := func(n int) string {
		var b strings.Builder
		for range rand.IntN(n + 1) {
			b.WriteRune([]rune(letters)[rand.IntN(len([]rune(letters)))])
		}
		return b.String()
	}
	for range 20_000 {
		check(random(8), random(5), random(1))
	}
}

// TestFunctionsEnd: what would take SQLite's own hours ends at once, or when Progress says so.
func TestFunctionsEnd(t *testing.T) {
	c := opened(t, Open)
	begin := time.Now()
	c.Progress = func() bool { return time.Since(begin) > 50*time.Millisecond }
	long, part := strings.Repeat("a", 8<<20), strings.Repeat("a", 4<<20)+"b"
	pattern := strings.Repeat("a", 40_000) + "b"
	for _, test := range []struct {
		query string
		args  []any
		want  string
	}{
		{"SELECT instr(?1, ?2)", []any{long, part}, `1 "0"`},
		{"SELECT length(replace(?1, ?2, 'c'))", []any{long, part}, `1 "8388608"`},
		{"SELECT length(trim(?1, ?2))", []any{long, part}, `1 "0"`},
		{"SELECT length(replace(?1, 'a', ?2))", []any{long, part}, "string or blob too big"},
		{"SELECT ?1 LIKE ?2", []any{long, "%" + pattern}, "interrupted"},
		{"SELECT ?1 GLOB ?2", []any{long, "*" + pattern}, "interrupted"},
		{"SELECT ?1 GLOB ?2", []any{long, strings.Repeat("*["+strings.Repeat("b", 900)+"a]", 50) + "b"}, "interrupted"},
		{"SELECT length(unhex(?1, ?2))", []any{strings.Repeat("x", 4<<20), long + "x"}, `1 "0"`},
	} {
		begin = time.Now()
		got := result(c, test.query, test.args...)
		if took := time.Since(begin); got != test.want || took > 2*time.Second {
			t.Errorf("%s: %.100s after %v, want %s", test.query, got, took, test.want)
		}
	}
}
