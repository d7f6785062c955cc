package value

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"
	"unicode/utf8"
)

func TestJSON(t *testing.T) {
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"null", nil, `null`},
		{"false", false, `false`},
		{"true", true, `true`},
		{"int", -12, `-12`},
		{"float", 0.1, `0.1`},
		{"large float", 1e21, `1e+21`},
		{"-0", math.Copysign(0, -1), `0`},
		{"NaN", math.NaN(), `null`},
		{"Infinity", math.Inf(1), `null`},
		{"string", "a", `"a"`},
		{"escapes", "\b\t\n\f\r\"\\/\x00\x1f\x7f", `"\b\t\n\f\r\"\\/\u0000\u001f` + "\x7f\""},
		{"escapes in UTF-16", "€\n\"\\\x01", `"€\n\"\\\u0001"`},
		{"Latin-1", "é<>&", `"é<>&"`},
		{"UTF-16", "€😀\u2028", "\"€😀\u2028\""},
		{"lone high", "a\xed\xa0\xbdb", `"a\ud83db"`},
		{"lone low", "\xed\xb8\x80", `"\ude00"`},
		{"array", []any{1, Undefined, math.NaN(), []any{}}, `[1,null,null,[]]`},
		{"object", Object{{"b", 1}, {"u", Undefined}, {"a\n", Object{}}}, `{"b":1,"a\n":{}}`},
		{"only undefined", Object{{"u", Undefined}}, `{}`},
		{"first undefined", Object{{"u", Undefined}, {"a", nil}}, `{"a":null}`},
		{"Date", time.UnixMilli(1_700_000_000_007).UTC(), `"2023-11-14T22:13:20.007Z"`},
		{"invalid Date", time.Time{}, `null`},
		{"first Date", time.UnixMilli(-8.64e15).UTC(), `"-271821-04-20T00:00:00.000Z"`},
		{"last Date", time.UnixMilli(8.64e15).UTC(), `"+275760-09-13T00:00:00.000Z"`},
		{"year 0", time.Date(0, 1, 2, 3, 4, 5, 6e6, time.UTC), `"0000-01-02T03:04:05.006Z"`},
		{"year -1", time.Date(-1, 1, 2, 3, 4, 5, 6e6, time.UTC), `"-000001-01-02T03:04:05.006Z"`},
		{"year 10000", time.Date(10000, 1, 2, 3, 4, 5, 6e6, time.UTC), `"+010000-01-02T03:04:05.006Z"`},
		{"Map", &Map{[]Entry{{"a", []any{1}}}}, `{}`},
		{"Set", []any{&Set{[]any{1, "a"}}, 2}, `[{},2]`},
		{"Error", []any{&Error{Name: "E", Cause: big1e20}, 2}, `[{},2]`},
		{"ArrayBuffer", ArrayBuffer("abc"), `{}`},
		{"DataView", TypedArray{DataView, []byte("abc")}, `{}`},
		{"bigint out of sight", &Set{[]any{big1e20}}, `{}`},
		{"Uint8Array", []byte{1, 255}, `{"0":1,"1":255}`},
		{"Uint8ClampedArray", TypedArray{Uint8ClampedArray, []byte{200}}, `{"0":200}`},
		{"Int8Array", TypedArray{Int8Array, []byte{255}}, `{"0":-1}`},
		{"Int16Array", TypedArray{Int16Array, []byte{0, 128}}, `{"0":-32768}`},
		{"Uint16Array", TypedArray{Uint16Array, []byte{0, 128}}, `{"0":32768}`},
		{"Int32Array", TypedArray{Int32Array, []byte{0, 0, 0, 128}}, `{"0":-2147483648}`},
		{"Uint32Array", TypedArray{Uint32Array, []byte{0, 0, 0, 128}}, `{"0":2147483648}`},
		{"empty BigInt64Array", TypedArray{BigInt64Array, nil}, `{}`},
		{
			"Float16Array",
			TypedArray{Float16Array, []byte{0, 0x3C, 0, 0xC0, 1, 0, 0, 0x7C, 0, 0x7E, 0xFF, 0x7B, 0x55, 0x35, 0, 0xFC, 0, 4}},
			`{"0":1,"1":-2,"2":5.960464477539063e-8,"3":null,"4":null,"5":65504,"6":0.333251953125,"7":null,"8":0.00006103515625}`,
		},
		{"Float32Array", TypedArray{Float32Array, []byte{0xCD, 0xCC, 0xCC, 0x3D}}, `{"0":0.10000000149011612}`},
		{"Float64Array", TypedArray{Float64Array, []byte{0, 0, 0, 0, 0, 0, 0xF0, 0x7F, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F}}, `{"0":null,"1":1.5}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := Append(nil, tt.value)
			if err != nil {
				t.Fatal(err)
			}
			got, err := JSON([]byte("x"), append(b, "rest"...))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != "x"+tt.want {
				t.Errorf("got  %s\nwant %s", got[1:], tt.want)
			}
			if !json.Valid(got[1:]) {
				t.Errorf("%s is no JSON", got[1:])
			}
		})
	}
}

func TestJSONOfHolesAndJoinedHalves(t *testing.T) {
	tests := []struct{ hex, want string }{
		{"0e03" + "10" + "0402" + "10", `[null,1,null]`},
		{"0802" + "3dd8" + "00de", `"😀"`},
		{"0803" + "3dd8" + "3dd8" + "00de", `"\ud83d😀"`},
		{"0b" + float(math.Copysign(0, -1)), `"1970-01-01T00:00:00.000Z"`},
	}
	for _, tt := range tests {
		b, err := hex.DecodeString(tt.hex)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := JSON(nil, b); string(got) != tt.want || err != nil {
			t.Errorf("%s: %s, %v, want %s", tt.hex, got, err, tt.want)
		}
	}
}

func TestJSONErrors(t *testing.T) {
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"undefined", Undefined, "undefined has no JSON text"},
		{"bigint", new(big.Int), "a bigint has no JSON text"},
		{"bigint within", Object{{"a", []any{1, Object{{"b c", big1e20}}}}}, `a[1]["b c"]: a bigint has no JSON text`},
		{"BigUint64Array", []any{TypedArray{BigUint64Array, make([]byte, 16)}}, "[0][0]: a bigint has no JSON text"},
	}
	for _, tt := range tests {
		b, err := Append(nil, tt.value)
		if err != nil {
			t.Fatal(err)
		}
		got, err := JSON([]byte("kept"), b)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
		if string(got) != "kept" {
			t.Errorf("%s: dst came back as %q", tt.name, got)
		}
	}
}

// Whatever has a JSON text has a valid one.
func TestRandomJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	texts := 0
	for range 5_000 {
		b, err := Append(nil, randomValue(r, 4))
		if err != nil {
			t.Fatal(err)
		}
		text, err := JSON(nil, b)
		if err != nil {
			continue // a bigint, or undefined
		}
		texts++
		if !json.Valid(text) || !utf8.Valid(text) {
			t.Fatalf("%x: %s is no JSON", b, text)
		}
	}
	if texts < 2_000 {
		t.Errorf("only %d values had a JSON text", texts)
	}
}
