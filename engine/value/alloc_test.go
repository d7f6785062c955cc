package value

import (
	"math"
	"testing"
)

var smallObject = Object{
	{"id", 42},
	{"user", "ann"},
	{"text", "hello, wörld"},
	{"at", 1.7e12},
	{"tags", []any{"a", "b"}},
}

func TestAllocations(t *testing.T) {
	var (
		dst    = make([]byte, 0, 4096)
		text   = any(string(kilobyte))
		wide   = any(string(kilobyte[:500]) + "€")
		list   = any([]string{"a", "b"})
		bytes  = any([]byte("abc"))
		nested = any([]any{smallObject, &Map{[]Entry{{"k", 1}}}, &Set{[]any{1}}, &Error{Name: "E"}})
		null   = AppendNull(nil)
		sink   []byte
	)
	object, err := Append(nil, smallObject)
	if err != nil {
		t.Fatal(err)
	}
	args := MakeArgs(append(AppendFloat(AppendString(AppendInt(nil, 7), "name"), 2), object...), 4)

	appending := func(v any) func() {
		return func() { sink, _ = Append(dst, v) }
	}
	tests := []struct {
		name string
		run  func()
		want float64
	}{
		{"Append undefined", appending(Undefined), 0},
		{"Append null", appending(nil), 0},
		{"Append bool", appending(true), 0},
		{"Append int", appending(1 << 20), 0},
		{"Append large int", appending(math.MaxInt64), 0},
		{"Append float", appending(0.5), 0},
		{"Append string", appending(text), 0},
		{"Append wide string", appending(wide), 0},
		{"Append bytes", appending(bytes), 0},
		{"Append strings", appending(list), 0},
		{"Append bigint", appending(big1e20), 0},
		{"Append containers", appending(nested), 0},
		{"Append with options", func() { sink, _ = Append(dst, text, PathArg(3), Limit(4096)) }, 0},
		{"AppendString", func() { sink = AppendString(dst, "some text, é") }, 0},
		{"AppendInt", func() { sink = AppendInt(dst, -7) }, 0},
		{"Skip", func() { sink, _ = Skip(object) }, 0},
		{"JSON", func() { sink, _ = JSON(dst, object) }, 0},
		{"Decode null", func() { _, sink, _ = Decode(null) }, 0},
		{"Args.Raw", func() { sink = args.Raw(3) }, 0},
		{"Args.Int", func() { _, _ = args.Int(0) }, 0},
		{"Args.IntOr", func() { _, _ = args.IntOr(9, 1) }, 0},
		{"Args.Float", func() { _, _ = args.Float(2) }, 0},
		{"Args.Bool", func() { _, _ = args.BoolOr(9, true) }, 0},
		{"Args.String", func() { _, _ = args.String(1) }, 1},
		{"Decode kilobyte", func() { _, sink, _ = Decode(encodedKilobyte) }, 2},
		// Each of 2 slices and 2 texts with the interface around it, 5 keys, a float, and
		// the interfaces around 2 strings of one byte, which Go keeps ready like 42.
		{"Decode object", func() { _, sink, _ = Decode(object) }, 16},
	}
	for _, tt := range tests {
		if got := testing.AllocsPerRun(100, tt.run); got > tt.want {
			t.Errorf("%s: %v allocations, want %v at most", tt.name, got, tt.want)
		}
	}
	_ = sink
}
