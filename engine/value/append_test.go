package value

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"
)

// encodings fixes the format: the other half of it is written elsewhere.
var encodings = []struct {
	name    string
	value   any
	hex     string
	decoded any // if it is not value
}{
	{name: "undefined", value: Undefined, hex: "00"},
	{name: "null", value: nil, hex: "01"},
	{name: "false", value: false, hex: "02"},
	{name: "true", value: true, hex: "03"},
	{name: "int 0", value: 0, hex: "0400"},
	{name: "int -1", value: -1, hex: "0401"},
	{name: "int 64", value: 64, hex: "048001"},
	{name: "int max", value: math.MaxInt32, hex: "04feffffff0f"},
	{name: "int min", value: math.MinInt32, hex: "04ffffffff0f"},
	{name: "beyond int32", value: 1 << 31, hex: "05000000000000e041", decoded: float64(1 << 31)},
	{name: "exact max", value: 1 << 53, hex: "050000000000004043", decoded: float64(1 << 53)},
	{name: "exact min", value: -1 << 53, hex: "0500000000000040c3", decoded: float64(-1 << 53)},
	{name: "beyond exact", value: 1<<53 + 1, hex: "06000701000000000020", decoded: big.NewInt(1<<53 + 1)},
	{name: "beyond exact, negative", value: -1<<53 - 1, hex: "06010701000000000020", decoded: big.NewInt(-1<<53 - 1)},
	{name: "int64 min", value: int64(math.MinInt64), hex: "0601080000000000000080", decoded: big.NewInt(math.MinInt64)},
	{name: "float 1.5", value: 1.5, hex: "05000000000000f83f"},
	{name: "whole float", value: 3.0, hex: "050000000000000840"},
	{name: "-0", value: math.Copysign(0, -1), hex: "050000000000000080"},
	{name: "NaN", value: math.NaN(), hex: "05010000000000f87f"},
	{name: "Infinity", value: math.Inf(1), hex: "05000000000000f07f"},
	{name: "-Infinity", value: math.Inf(-1), hex: "05000000000000f0ff"},
	{name: "bigint 0", value: new(big.Int), hex: "060000"},
	{name: "bigint 256", value: big.NewInt(256), hex: "0600020001"},
	{name: "bigint -1", value: big.NewInt(-1), hex: "06010101"},
	{name: "bigint 2^64", value: new(big.Int).Lsh(big.NewInt(1), 64), hex: "060009000000000000000001"},
	{name: "empty string", value: "", hex: "0700"},
	{name: "ASCII", value: "abc", hex: "0703616263"},
	{name: "Latin-1", value: "aé\u00ff\u0080", hex: "070461e9ff80"},
	{name: "UTF-16", value: "aĀ", hex: "080261000001"},
	{name: "pair", value: "😀", hex: "08023dd800de"},
	{name: "lone surrogate", value: "\xed\xa0\xbd", hex: "08013dd8"},
	{name: "ArrayBuffer", value: ArrayBuffer{1, 2}, hex: "09020102", decoded: []byte{1, 2}},
	{name: "Uint8Array", value: []byte{1, 2}, hex: "0a02020102"},
	{name: "empty Uint8Array", value: []byte{}, hex: "0a0200"},
	{name: "Int16Array", value: TypedArray{Int16Array, []byte{1, 2}}, hex: "0a03020102"},
	{name: "DataView", value: TypedArray{DataView, []byte{7}}, hex: "0a0c0107"},
	{name: "Date", value: time.UnixMilli(1000).UTC(), hex: "0b0000000000408f40"},
	{name: "invalid Date", value: time.Time{}, hex: "0b010000000000f87f"},
	{name: "Map", value: &Map{[]Entry{{"k", 1}, {2, nil}}}, hex: "0c0207016b0402040401"},
	{name: "Set", value: &Set{[]any{1, "a"}}, hex: "0d020402070161"},
	{name: "array", value: []any{1, Undefined, []any{}}, hex: "0e030402000e00"},
	{name: "object", value: Object{{"b", 1}, {"a", Object{}}}, hex: "0f0207016204020701610f00"},
	{name: "error", value: &Error{Name: "E", Message: "m"}, hex: "1107014507016d0700070000"},
	{
		name:  "error with all",
		value: &Error{Name: "E", Message: "m", Stack: "s", Code: "c", Cause: &Error{Name: "F"}},
		hex:   "1107014507016d07017307016301" + "110701460700070007" + "0000",
	},
}

func TestEncoding(t *testing.T) {
	for _, tt := range encodings {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Append([]byte("x"), tt.value)
			if err != nil {
				t.Fatal(err)
			}
			if want := "78" + tt.hex; hex.EncodeToString(got) != want {
				t.Fatalf("Append = %x, want %s", got, want)
			}
			v, rest, err := Decode(append(got[1:], "rest"...))
			if err != nil {
				t.Fatal(err)
			}
			want := tt.decoded
			if want == nil {
				want = tt.value
			}
			if !same(v, want) || string(rest) != "rest" {
				t.Errorf("Decode = %#v, rest %q, want %#v", v, rest, want)
			}
		})
	}
}

type (
	myInt    int16
	myBool   bool
	myString string
	myBytes  []byte
	user     struct{ name string }
	ring     struct{}
	failing  struct{}
)

func (u *user) RowanValue() (any, error) { return Object{{"name", u.name}}, nil }
func (r ring) RowanValue() (any, error)  { return r, nil }
func (failing) RowanValue() (any, error) {
	_, err := Append(nil, []any{func() {}})
	return nil, err
}

func TestAppendGoTypes(t *testing.T) {
	jsErr := &Error{Name: "RangeError", Message: "m", Code: "E_M"}
	tests := []struct {
		name  string
		value any
		want  any
	}{
		{"int8", int8(-8), -8},
		{"uint8", uint8(8), 8},
		{"int16", int16(-16), -16},
		{"uint32", uint32(math.MaxUint32), float64(math.MaxUint32)},
		{"int64", int64(-64), -64},
		{"uint64", uint64(64), 64},
		{"uint64 max", uint64(math.MaxUint64), new(big.Int).SetUint64(math.MaxUint64)},
		{"uintptr", uintptr(7), 7},
		{"type of bool", myBool(true), true},
		{"float32", float32(0.5), 0.5},
		{"type of int", myInt(5), 5},
		{"type of string", myString("é"), "é"},
		{"type of bytes", myBytes("ab"), []byte("ab")},
		{"duration", time.Second, 1_000_000_000},
		{"strings", []string{"a", ""}, []any{"a", ""}},
		{"ints", []int{1, 1 << 40}, []any{1, float64(1 << 40)}},
		{"floats", []float64{1, 0.5}, []any{1.0, 0.5}},
		{"other slice", []map[string]any{{"a": 1}, nil}, []any{Object{{"a", 1}}, Object{}}},
		{"map", map[string]any{"b": 2, "a": 1, "": nil}, Object{{"", nil}, {"a", 1}, {"b", 2}}},
		{"other map", map[myString]bool{"b": true, "a": false}, Object{{"a", false}, {"b", true}}},
		{"nil slice", []any(nil), []any{}},
		{"nil bytes", []byte(nil), []byte{}},
		{"nil map", map[string]any(nil), Object{}},
		{"nil *Map", (*Map)(nil), nil},
		{"nil *Set", (*Set)(nil), nil},
		{"nil *Error", (*Error)(nil), nil},
		{"nil *big.Int", (*big.Int)(nil), nil},
		{"nil error pointer", (*PathError)(nil), nil},
		{"nil Marshaler", (*user)(nil), nil},
		{"nil pointer", (*int)(nil), nil},
		{"Marshaler", &user{"ann"}, Object{{"name", "ann"}}},
		{"TypedArray of bytes", TypedArray{Uint8Array, []byte{1}}, []byte{1}},
		{"time in a zone", time.Unix(1, 1_999_999).In(time.FixedZone("", 3600)), time.UnixMilli(1001).UTC()},
		{"time before 1970", time.Unix(0, -1), time.UnixMilli(-1).UTC()},
		{"error", io.EOF, &Error{Name: "Error", Message: "EOF"}},
		{"wrapped *Error", fmt.Errorf("call: %w", jsErr), jsErr},
		{"invalid UTF-8", "a\xffb\xed\xa0c", "a\ufffdb\ufffd\ufffdc"},
		{"halves joined", "\xed\xa0\xbd\xed\xb8\x80", "😀"},
		{"same object twice", sharing(), []any{[]any{1}, []any{1}}},
		{"PathError", &PathError{"a", ErrCycle}, &Error{Name: "TypeError", Message: "a: cycle", Code: CodeUnclonable}},
		{"wrapped PathError", fmt.Errorf("x: %w", &PathError{"a", ErrTooLarge}), &Error{Name: "RangeError", Message: "a: too large", Code: CodeUnclonable}},
		{"PathError of an *Error", &PathError{"a", jsErr}, jsErr},
		{"ArgError", &ArgError{0, "string", "null"}, &Error{Name: "TypeError", Message: "argument 1: want string, got null"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := Append(nil, tt.value)
			if err != nil {
				t.Fatal(err)
			}
			got, rest, err := Decode(b)
			if err != nil || len(rest) != 0 {
				t.Fatalf("Decode: %v, %d bytes left", err, len(rest))
			}
			if !same(got, tt.want) {
				t.Errorf("got %#v, want %#v", got, tt.want)
			}
		})
	}
}

func sharing() any {
	one := []any{1}
	return []any{one, one}
}

func TestAppendErrors(t *testing.T) {
	self := Object{{"self", nil}}
	self[0].Value = self
	goSelf := map[string]any{}
	goSelf["list"] = []any{0, goSelf}
	m := &Map{}
	m.Entries = []Entry{{"k", []any{m}}}
	s := &Set{}
	s.Values = []any{1, s}
	e := &Error{Name: "E"}
	e.Cause = fmt.Errorf("wrapped: %w", e)
	type slices []slices
	loop := slices{nil}
	loop[0] = loop

	tests := []struct {
		name  string
		value any
		root  Option
		want  string
		is    error
	}{
		{"cycle", Object{{"user", self}}, PathArg(0), "arg[0].user.self: cycle", ErrCycle},
		{"cycle in a Go map", goSelf, Path("reply"), "reply.list[1]: cycle", ErrCycle},
		{"cycle in a Map", m, PathArg(2), `arg[2].get("k")[0]: cycle`, ErrCycle},
		{"cycle in a Set", s, Option{}, ".values()[1]: cycle"[1:], ErrCycle},
		{"cycle of causes", e, Path("err"), "err.cause: cycle", ErrCycle},
		{"cycle of slices", loop, Option{}, "[0]: cycle", ErrCycle},
		{"function", []any{0, 1, Object{{"fn", func() {}}}}, Option{}, "[2].fn: func() cannot be sent", nil},
		{"function alone", func(int) {}, Option{}, "func(int) cannot be sent", nil},
		{"channel", map[string]any{"c": make(chan int)}, Option{}, "c: chan int cannot be sent", nil},
		{"complex", []complex128{1}, Option{}, "[0]: complex128 cannot be sent", nil},
		{"map of ints", map[int]string{}, Option{}, "map[int]string cannot be sent", nil},
		{"value in another map", map[string]chan int{"a": nil}, Option{}, "a: chan int cannot be sent", nil},
		{"cycle of other maps", loopOfMaps(), Path("m"), "m.self: cycle", ErrCycle},
		{"array of bytes", [2]byte{}, Option{}, "[2]uint8 cannot be sent: send a slice of it", nil},
		{"struct", struct{ A int }{}, Option{}, "struct { A int } cannot be sent: give it a method RowanValue() (any, error)", nil},
		{"Marshaler by value", user{}, Option{}, "value.user cannot be sent: send a pointer to it", nil},
		{"Map by value", Map{}, Option{}, "value.Map cannot be sent: send a pointer to it", nil},
		{"pointer to int", new(int), Option{}, "*int cannot be sent: send what it points to", nil},
		{"pointer to struct", &struct{}{}, Option{}, "*struct {} cannot be sent: give it a method RowanValue() (any, error)", nil},
		{"odd key", Object{{"two words", Object{{"", complex(0, 1)}}}}, PathArg(1), `arg[1]["two words"][""]: complex128 cannot be sent`, nil},
		{"long key", Object{{strings.Repeat("é", 100), func() {}}}, Option{}, `["` + strings.Repeat("é", 20) + `…"]: func() cannot be sent`, nil},
		{"key of a Map", &Map{[]Entry{{func() {}, 1}}}, PathArg(0), "arg[0].keys()[0]: func() cannot be sent", nil},
		{"failing Marshaler", []any{failing{}}, PathArg(0), "arg[0][0]: RowanValue of value.failing: [0]: func() cannot be sent", nil},
		{"endless Marshaler", ring{}, PathArg(0), "arg[0]: more than 256 values nested in each other", ErrTooDeep},
		{"unknown array type", TypedArray{Type: 13}, Option{}, "TypedArray of unknown type 13 cannot be sent", nil},
		{"half an element", TypedArray{Float64Array, make([]byte, 12)}, Option{}, "Float64Array of 12 bytes cannot be sent: its elements take 8 each", nil},
		{"late time", time.UnixMilli(8.64e15 + 1), Option{}, "a time in the year 275760 cannot be sent: beyond what a Date can hold", nil},
		{"very late time", time.Unix(math.MaxInt64, 0), Option{}, "", nil},
		{"large text", []string{"ab", "abcdefgh"}, Limit(12), "[1]: too large: more than 12 bytes", ErrTooLarge},
		{"large bytes", []byte("abcdefgh"), Limit(8), "too large: more than 8 bytes", ErrTooLarge},
		{"large buffer", ArrayBuffer("abcdefgh"), Limit(7), "too large: more than 7 bytes", ErrTooLarge},
		{"large bigint", new(big.Int).Lsh(big.NewInt(1), 1000), Limit(100), "too large: more than 100 bytes", ErrTooLarge},
		{"large typed array", []any{TypedArray{Int8Array, make([]byte, 9)}}, Limit(9), "[0]: too large: more than 9 bytes", ErrTooLarge},
		{"many ints", make([]int, 100), Limit(50), "[24]: too large: more than 50 bytes", ErrTooLarge},
		{"many floats", make([]float64, 100), Limit(50), "[5]: too large: more than 50 bytes", ErrTooLarge},
		{"large stack", &Error{Stack: "abcdefgh"}, Limit(10), "too large: more than 10 bytes", ErrTooLarge},
		{"large key", Object{{"abcdefgh", 1}}, Limit(8), "abcdefgh: too large: more than 8 bytes", ErrTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dst := []byte("kept")
			got, err := Append(dst, tt.value, tt.root)
			if err == nil {
				t.Fatalf("no error, but %x", got)
			}
			if string(got) != "kept" {
				t.Errorf("dst came back as %q", got)
			}
			var path *PathError
			if !errors.As(err, &path) {
				t.Errorf("%T is no *PathError", err)
			}
			if tt.want != "" && err.Error() != tt.want {
				t.Errorf("error %q\n want %q", err, tt.want)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v is not %v", err, tt.is)
			}
		})
	}
}

type maps map[string]maps

func loopOfMaps() any {
	m := maps{}
	m["self"] = m
	return m
}

// A Marshaler's error that is a *PathError of its own must not grow by our path.
func TestMarshalerKeepsItsError(t *testing.T) {
	own := &PathError{Path: "own", Err: ErrCycle}
	_, err := Append(nil, []any{refusing{own}})
	if want := "[0]: RowanValue of value.refusing: own: cycle"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if own.Path != "own" {
		t.Errorf("the Marshaler's path became %q", own.Path)
	}
}

type refusing struct{ err error }

func (r refusing) RowanValue() (any, error) { return nil, r.err }

func TestLimitIsExact(t *testing.T) {
	for _, tt := range encodings {
		size := len(tt.hex) / 2
		if _, err := Append([]byte("before"), tt.value, Limit(size)); err != nil {
			t.Errorf("%s within %d bytes: %v", tt.name, size, err)
		}
		if size == 1 {
			continue // a limit of 0 is none
		}
		if _, err := Append([]byte("before"), tt.value, Limit(size-1)); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s within %d bytes: error %v, want ErrTooLarge", tt.name, size-1, err)
		}
	}
}

func nested(depth int) any {
	v := any(1)
	for i := range depth {
		switch i % 5 {
		case 0:
			v = []any{v}
		case 1:
			v = Object{{"k", v}}
		case 2:
			v = &Map{[]Entry{{"k", v}}}
		case 3:
			v = &Set{[]any{v}}
		case 4:
			v = &Error{Cause: v}
		}
	}
	return v
}

func TestDepthIsExact(t *testing.T) {
	b, err := Append(nil, nested(MaxDepth))
	if err != nil {
		t.Fatal(err)
	}
	if v, _, err := Decode(b); err != nil || !same(v, nested(MaxDepth)) {
		t.Errorf("%d levels: %v, or another value", MaxDepth, err)
	}

	_, err = Append(nil, nested(MaxDepth+1), PathArg(0))
	if !errors.Is(err, ErrTooDeep) || len(err.Error()) > 2*pathBytesMax {
		t.Errorf("%d levels: error %v", MaxDepth+1, err)
	}
	deeper := append(AppendArray(nil, 1), b...)
	if _, _, err := Decode(deeper); !errors.Is(err, ErrTooDeep) || !errors.Is(err, ErrMalformed) {
		t.Errorf("%d levels: Decode: %v", MaxDepth+1, err)
	}
	if _, err := Skip(deeper); !errors.Is(err, ErrTooDeep) {
		t.Errorf("%d levels: Skip: %v", MaxDepth+1, err)
	}
}

func TestHeaders(t *testing.T) {
	b := AppendObject(nil, 2)
	b = AppendString(b, "list")
	b = AppendArray(b, 5)
	b = AppendUndefined(b)
	b = AppendNull(b)
	b = AppendBool(b, true)
	b = AppendInt(b, 7)
	b = AppendFloat(b, 0.5)
	b = AppendString(b, "bytes")
	b = AppendBytes(b, []byte{1})
	want, err := Append(nil, Object{{"list", []any{Undefined, nil, true, 7, 0.5}}, {"bytes", []byte{1}}})
	if err != nil || !bytes.Equal(b, want) {
		t.Errorf("got %x, want %x (%v)", b, want, err)
	}
}
