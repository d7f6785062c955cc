package value

import (
	"encoding/hex"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestDescribe(t *testing.T) {
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"undefined", Undefined, "undefined"},
		{"null", nil, "null"},
		{"boolean", true, "true"},
		{"false", false, "false"},
		{"int", -3, "-3"},
		{"float", 1e21, "1e+21"},
		{"-0", math.Copysign(0, -1), "-0"},
		{"NaN", math.NaN(), "NaN"},
		{"bigint", big.NewInt(-5), "-5n"},
		{"large bigint", new(big.Int).Lsh(big.NewInt(1), 8000), "bigint(1001 bytes)"},
		{"string", "a\n\"é", `"a\n\"é"`},
		{"long string", strings.Repeat("x", 33), `"` + strings.Repeat("x", 32) + `"…`},
		{"long wide string", strings.Repeat("€", 33), `"` + strings.Repeat("€", 32) + `"…`},
		{"pair at the cut", strings.Repeat("€", 31) + "😀", `"` + strings.Repeat("€", 31) + `"…`},
		{"ArrayBuffer", ArrayBuffer("abc"), "ArrayBuffer(3)"},
		{"Uint8Array", []byte("abc"), "Uint8Array(3)"},
		{"Float64Array", TypedArray{Float64Array, make([]byte, 16)}, "Float64Array(2)"},
		{"Date", time.UnixMilli(0).UTC(), "Date(1970-01-01T00:00:00.000Z)"},
		{"invalid Date", time.Time{}, "Date(invalid)"},
		{"Map", &Map{[]Entry{{"a", 1}, {2, nil}}}, `Map(2) {"a" => 1, 2 => null}`},
		{"Set", &Set{[]any{1, "a"}}, `Set(2) {1, "a"}`},
		{"empty Set", &Set{}, `Set(0) {}`},
		{"array", []any{1, []any{}, "x"}, `[1, [], "x"]`},
		{"object", Object{{"user", "x"}, {"two words", 2}, {"é", nil}}, `{user: "x", "two words": 2, "é": null}`},
		{"deep", []any{[]any{[]any{[]any{1}, []any{}}, 2}, 3}, `[[[[…], []], 2], 3]`},
		{"error", &Error{Name: "TypeError", Message: "no", Stack: "s"}, `TypeError("no")`},
		{"odd error", &Error{Name: "", Message: "no"}, `""("no")`},
		{"cause", []any{&Error{Name: "E", Cause: &Error{Name: "F"}}, 1}, `[E("", cause: F("")), 1]`},
		{"deep cause", []any{[]any{&Error{Name: "E", Cause: []any{1}}, 1}}, `[[E("", cause: …), 1]]`},
		{"very deep cause", []any{[]any{[]any{&Error{Name: "E", Cause: 1}, 1}}}, `[[[E("", cause: …), 1]]]`},
		{"many", make([]int, 1000), "[" + strings.Repeat("0, ", 34) + "…]"},
		{
			"many within",
			Object{{"a", make([]int, 1000)}, {"b", 1}},
			"{a: [" + strings.Repeat("0, ", 32) + "…], …}",
		},
		{
			"many at the end",
			Object{{"a", make([]int, 1000)}},
			"{a: [" + strings.Repeat("0, ", 32) + "…]}",
		},
	}
	for _, tt := range tests {
		b, err := Append(nil, tt.value)
		if err != nil {
			t.Fatal(err)
		}
		if got := Describe(append(b, "rest"...)); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestDescribeHole(t *testing.T) {
	b, err := hex.DecodeString("0e021001")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Describe(b), "[hole, null]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDescribeIsShort(t *testing.T) {
	worst := strings.Repeat("\x01€", 1000)
	values := []any{
		worst,
		Object{{worst, worst}, {worst, worst}},
		&Map{[]Entry{{Object{{worst, worst}}, Object{{worst, worst}}}}},
		&Error{Name: worst, Message: worst, Cause: &Error{Name: worst, Message: worst, Cause: worst}},
		[]any{strings.Repeat("x", 32), strings.Repeat("x", 32), strings.Repeat("x", 20), &Error{Name: worst, Message: worst, Cause: worst}},
		[]any{strings.Repeat("x", 32), strings.Repeat("x", 32), strings.Repeat("x", 20), &Map{[]Entry{{worst, worst}}}},
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 5_000 {
		values = append(values, randomValue(r, 5))
	}
	for _, v := range values {
		b, err := Append(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		if s := Describe(b); len(s) > 512 || !utf8.ValidString(s) || strings.ContainsAny(s, "\n\x00") {
			t.Errorf("%d bytes: %q", len(s), s)
		}
	}
}
