package value

import (
	"errors"
	"math"
	"math/big"
	"testing"
)

func makeArgs(t *testing.T, values ...any) Args {
	t.Helper()
	var b []byte
	for i, v := range values {
		var err error
		if b, err = Append(b, v, PathArg(i)); err != nil {
			t.Fatal(err)
		}
	}
	return MakeArgs(append(b, "not an argument"...), len(values))
}

func TestArgs(t *testing.T) {
	a := makeArgs(t, "é", 7, 2.5, true, []byte{1}, Object{{"k", []any{1}}}, nil)
	if a.Len() != 7 {
		t.Errorf("Len = %d", a.Len())
	}
	if s, err := a.String(0); s != "é" || err != nil {
		t.Errorf("String = %q, %v", s, err)
	}
	if n, err := a.Int(1); n != 7 || err != nil {
		t.Errorf("Int = %d, %v", n, err)
	}
	if f, err := a.Float(2); f != 2.5 || err != nil {
		t.Errorf("Float = %v, %v", f, err)
	}
	if f, err := a.Float(1); f != 7 || err != nil {
		t.Errorf("Float of an int = %v, %v", f, err)
	}
	if b, err := a.Bool(3); !b || err != nil {
		t.Errorf("Bool = %v, %v", b, err)
	}
	if b, err := a.Bytes(4); string(b) != "\x01" || err != nil {
		t.Errorf("Bytes = %x, %v", b, err)
	}
	if o, err := a.Object(5); !same(o, Object{{"k", []any{1}}}) || err != nil {
		t.Errorf("Object = %v, %v", o, err)
	}
	if v, err := a.Any(5); !same(v, Object{{"k", []any{1}}}) || err != nil {
		t.Errorf("Any = %v, %v", v, err)
	}
	if v, err := a.Any(6); v != nil || err != nil {
		t.Errorf("Any of null = %v, %v", v, err)
	}
	if v, err := a.Any(7); v != Undefined || err != nil {
		t.Errorf("Any of none = %v, %v", v, err)
	}
	if raw := a.Raw(1); string(raw) != "\x04\x0e" || cap(raw) != 2 {
		t.Errorf("Raw = %x with room for %d", raw, cap(raw))
	}
	if a.Raw(7) != nil || a.Raw(-1) != nil {
		t.Error("Raw of no argument is not nil")
	}
}

func TestArgsFrom(t *testing.T) {
	a := makeArgs(t, "name", nil, 7).From(1)
	if n, err := a.Int(1); a.Len() != 2 || n != 7 || err != nil {
		t.Errorf("%d arguments, the second %d, %v", a.Len(), n, err)
	}
	for _, i := range []int{2, 3} {
		if rest := a.From(i); rest.Len() != 0 || rest.Raw(0) != nil {
			t.Errorf("From(%d) of two has %d arguments", i, rest.Len())
		}
	}
	if _, err := MakeArgs([]byte{0xff, byte(TagTrue)}, 2).From(1).Bool(0); !errors.Is(err, ErrMalformed) {
		t.Errorf("behind a malformed argument: %v", err)
	}
}

func TestArgsDefaults(t *testing.T) {
	a := makeArgs(t, Undefined, "s", 1, 0.5, true, nil)
	for _, i := range []int{0, 6} { // undefined, and none at all
		if s, err := a.StringOr(i, "d"); s != "d" || err != nil {
			t.Errorf("StringOr(%d) = %q, %v", i, s, err)
		}
		if n, err := a.IntOr(i, 9); n != 9 || err != nil {
			t.Errorf("IntOr(%d) = %d, %v", i, n, err)
		}
		if f, err := a.FloatOr(i, 9.5); f != 9.5 || err != nil {
			t.Errorf("FloatOr(%d) = %v, %v", i, f, err)
		}
		if b, err := a.BoolOr(i, true); !b || err != nil {
			t.Errorf("BoolOr(%d) = %v, %v", i, b, err)
		}
	}
	if s, err := a.StringOr(1, "d"); s != "s" || err != nil {
		t.Errorf("StringOr = %q, %v", s, err)
	}
	if n, err := a.IntOr(2, 9); n != 1 || err != nil {
		t.Errorf("IntOr = %d, %v", n, err)
	}
	if f, err := a.FloatOr(3, 9); f != 0.5 || err != nil {
		t.Errorf("FloatOr = %v, %v", f, err)
	}
	if b, err := a.BoolOr(4, false); !b || err != nil {
		t.Errorf("BoolOr = %v, %v", b, err)
	}
	if _, err := a.StringOr(5, "d"); err == nil {
		t.Error("null is taken for a missing string")
	}
}

func TestArgErrors(t *testing.T) {
	a := makeArgs(t, "x", 1.5, nil, []any{}, []byte{1}, TypedArray{Float64Array, nil}, big1e20, Object{}, 1e300, &Map{})
	tests := []struct {
		err  func() error
		want string
	}{
		{errOf(a.String, 10), "argument 11: want string, got undefined"},
		{errOf(a.String, -1), "argument 0: want string, got undefined"},
		{errOf(a.String, 2), "argument 3: want string, got null"},
		{errOf(a.String, 1), "argument 2: want string, got number"},
		{errOf(a.Int, 0), "argument 1: want integer, got string"},
		{errOf(a.Int, 1), "argument 2: want integer, got 1.5"},
		{errOf(a.Int, 6), "argument 7: want integer, got a bigint too large"},
		{errOf(a.Int, 8), "argument 9: want integer, got 1e+300"},
		{errOf(a.Float, 3), "argument 4: want number, got array"},
		{errOf(a.Float, 6), "argument 7: want number, got bigint"},
		{errOf(a.Bool, 4), "argument 5: want boolean, got Uint8Array"},
		{errOf(a.Bytes, 7), "argument 8: want ArrayBuffer or typed array, got object"},
		{errOf(a.Object, 5), "argument 6: want object, got Float64Array"},
		{errOf(a.Object, 9), "argument 10: want object, got Map"},
		{func() error { _, err := a.IntOr(0, 1); return err }, "argument 1: want integer, got string"},
	}
	for _, tt := range tests {
		err := tt.err()
		if err == nil || err.Error() != tt.want {
			t.Errorf("error %v, want %q", err, tt.want)
		}
		var arg *ArgError
		if !errors.As(err, &arg) {
			t.Errorf("%T is no *ArgError", err)
		}
	}
}

func errOf[T any](get func(int) (T, error), i int) func() error {
	return func() error { _, err := get(i); return err }
}

func TestArgsInt(t *testing.T) {
	tests := []struct {
		name  string
		value any
		want  int
		ok    bool
	}{
		{"int", -5, -5, true},
		{"whole float", 3.0, 3, true},
		{"-0", math.Copysign(0, -1), 0, true},
		{"2^53", math.Exp2(53), 1 << 53, true},
		{"-2^53", -math.Exp2(53), -1 << 53, true},
		{"beyond 2^53", math.Exp2(53) + 2, 0, false},
		{"NaN", math.NaN(), 0, false},
		{"Infinity", math.Inf(1), 0, false},
		{"bigint 0", new(big.Int), 0, true},
		{"bigint", big.NewInt(-300), -300, true},
		{"Go's own large int", math.MaxInt64, math.MaxInt64, true},
		{"Go's own least int", math.MinInt64, math.MinInt64, true},
		{"2^63", uint64(1) << 63, 0, false},
		{"-2^63-1", new(big.Int).Sub(big.NewInt(math.MinInt64), big.NewInt(1)), 0, false},
		{"2^64-1", uint64(math.MaxUint64), 0, false},
		{"1-2^64", new(big.Int).Neg(new(big.Int).SetUint64(math.MaxUint64)), 0, false},
		{"10^20", big1e20, 0, false},
	}
	for _, tt := range tests {
		n, err := makeArgs(t, tt.value).Int(0)
		if n != tt.want || (err == nil) != tt.ok {
			t.Errorf("%s: %d, %v", tt.name, n, err)
		}
	}
}

func TestArgsBytes(t *testing.T) {
	for _, v := range []any{[]byte("ab"), ArrayBuffer("ab"), TypedArray{Int16Array, []byte("ab")}, TypedArray{DataView, []byte("ab")}} {
		a := makeArgs(t, v)
		b, err := a.Bytes(0)
		if string(b) != "ab" || err != nil {
			t.Errorf("%T: %q, %v", v, b, err)
		}
		clear(a.Raw(0))
		if string(b) != "ab" {
			t.Errorf("%T: the bytes are no copy", v)
		}
		if b, err := a.View(0); err == nil {
			t.Errorf("%T: View(0) = %q of what was cleared", v, b)
		}
		a = makeArgs(t, v)
		view, err := a.View(0)
		if string(view) != "ab" || err != nil {
			t.Errorf("%T: the view is %q, %v", v, view, err)
		}
		if raw := a.Raw(0); &view[1] != &raw[len(raw)-1] {
			t.Errorf("%T: the view is a copy", v)
		}
	}
}

func TestMalformedArgs(t *testing.T) {
	whole := AppendInt(nil, 1)
	for _, a := range []Args{
		MakeArgs(nil, 2),
		MakeArgs([]byte{byte(TagLatin1), 9}, 2),
		MakeArgs(whole, 2), // says two, holds one
		MakeArgs(append(whole, byte(TagObject), 1), 2),
	} {
		if raw := a.Raw(1); raw != nil {
			t.Errorf("Raw = %x", raw)
		}
		for name, err := range map[string]error{
			"Any":      errOf(a.Any, 1)(),
			"String":   errOf(a.String, 1)(),
			"Object":   errOf(a.Object, 1)(),
			"StringOr": func() error { _, err := a.StringOr(1, ""); return err }(),
		} {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("%s: error %v, want ErrMalformed", name, err)
			}
		}
	}
}

func TestArgsUTF8(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		"plain":                  "plain",
		"caf\u00e9":              "caf\u00e9",
		"\u20ac and \U0001f600":  "\u20ac and \U0001f600",
		"half \xed\xa0\xbd pair": "half \ufffd pair",
	} {
		args := MakeArgs(AppendString(nil, text), 1)
		if got, err := args.UTF8(0); err != nil || string(got) != want {
			t.Errorf("UTF8 of %q is %q, %v; want %q", text, got, err, want)
		}
	}
	if _, err := MakeArgs(AppendInt(nil, 1), 1).UTF8(0); err == nil {
		t.Error("a number was taken for a string")
	}
	ascii := MakeArgs(AppendString(nil, "plain"), 1)
	if n := testing.AllocsPerRun(100, func() { ascii.UTF8(0) }); n != 0 {
		t.Errorf("ASCII takes %v allocations", n)
	}
}
