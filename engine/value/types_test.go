package value

import (
	"errors"
	"io"
	"math"
	"math/big"
	"testing"
)

var big1e20 = new(big.Int).Exp(big.NewInt(10), big.NewInt(20), nil)

func TestMapAndSetCompareAsJavaScript(t *testing.T) {
	inner := &Map{}
	keys := []any{
		nil, Undefined, true, 1, 2.5, math.NaN(), math.Copysign(0, -1), "a", big.NewInt(7), inner, []any{1},
		(*big.Int)(nil),
	}
	tests := []struct {
		name string
		key  any
		want int // index in keys, -1 for none
	}{
		{"null", nil, 0},
		{"undefined", Undefined, 1},
		{"true", true, 2},
		{"false", false, -1},
		{"int", 1, 3},
		{"float of an int", 1.0, 3},
		{"float", 2.5, 4},
		{"NaN", math.NaN(), 5},
		{"0 for -0", 0, 6},
		{"string", "a", 7},
		{"other string", "b", -1},
		{"bigint", big.NewInt(7), 8},
		{"number for a bigint", 7, -1},
		{"same object", inner, 9},
		{"equal object", &Map{}, -1},
		{"equal array", []any{1}, -1},
	}
	m, s := &Map{}, &Set{Values: keys}
	for i, k := range keys {
		m.Entries = append(m.Entries, Entry{k, i})
	}
	for _, tt := range tests {
		v, ok := m.Get(tt.key)
		if ok != (tt.want >= 0) || ok && v != tt.want {
			t.Errorf("%s: Map.Get = %v, %v, want %d", tt.name, v, ok, tt.want)
		}
		if got := s.Has(tt.key); got != ok {
			t.Errorf("%s: Set.Has = %v, Map.Get %v", tt.name, got, ok)
		}
	}
}

func TestObjectGet(t *testing.T) {
	o := Object{{"a", 1}, {"b", nil}, {"a", 2}}
	if v, ok := o.Get("a"); v != 2 || !ok {
		t.Errorf("a = %v, %v: the last of a repeated key counts", v, ok)
	}
	if v, ok := o.Get("b"); v != nil || !ok {
		t.Errorf("b = %v, %v", v, ok)
	}
	if _, ok := o.Get("c"); ok {
		t.Error("c was found")
	}
	if m := o.Map(); len(m) != 2 || m["a"] != 2 {
		t.Errorf("Map = %v", m)
	}
}

func TestErrorText(t *testing.T) {
	tests := []struct {
		err  *Error
		want string
	}{
		{&Error{Name: "TypeError", Message: "no"}, "TypeError: no"},
		{&Error{Name: "TypeError"}, "TypeError"},
		{&Error{Message: "no"}, "no"},
		{&Error{}, ""},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.err, got, tt.want)
		}
	}
	if !errors.Is(&Error{Cause: &Error{Cause: io.EOF}}, io.EOF) {
		t.Error("a cause that is a Go error is not unwrapped")
	}
	if (&Error{Cause: "text"}).Unwrap() != nil {
		t.Error("a cause that is no error is unwrapped")
	}
}

func TestArrayTypes(t *testing.T) {
	sizes := map[string]int{
		"Uint8ClampedArray": 1, "Int8Array": 1, "Uint8Array": 1, "Int16Array": 2, "Uint16Array": 2, "Int32Array": 4,
		"Uint32Array": 4, "BigInt64Array": 8, "BigUint64Array": 8, "Float16Array": 2, "Float32Array": 4,
		"Float64Array": 8, "DataView": 1,
	}
	for at := range arrayTypes {
		if size, ok := sizes[at.String()]; !ok || size != at.ElementSize() {
			t.Errorf("%v: element size %d, want %d", at, at.ElementSize(), size)
		}
	}
	if at := ArrayType(13); at.String() != "invalid array type" || at.ElementSize() != 0 {
		t.Errorf("type 13: %v, element size %d", at, at.ElementSize())
	}
	if Undefined.String() != "undefined" {
		t.Errorf("Undefined is %q", Undefined)
	}
}
