package engine

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand"
	"strings"
	"testing"
	"time"

	"rowan/engine/value"
)

// hostTemplate builds a template whose scripts find the host functions in the global object host.
func hostTemplate(t testing.TB, th *Thread, source string, spec Spec, hosts ...Host) *Window {
	t.Helper()
	p, err := Compile("(function (host) { globalThis.host = host; return {} })", "group.js", false)
	if err != nil {
		t.Fatal(err)
	}
	spec.Groups = append(spec.Groups, Group{Name: "host", Program: p, Hosts: hosts})
	return newTemplate(t, th, source, spec)
}

func huge(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 0)
	if !ok {
		panic(s)
	}
	return n
}

var jsNaN = math.Float64frombits(0x7ff8 << 48) // Go's own has another bit set

var roundTrips = []struct {
	name, expr string
	want       any  // what Go gets
	lossy      bool // what Go gets is sent as something else: only the encoded form survives
}{
	{"undefined", "undefined", value.Undefined, false},
	{"null", "null", nil, false},
	{"true", "true", true, false},
	{"false", "false", false, false},
	{"zero", "0", 0, false},
	{"minus zero", "-0", math.Copysign(0, -1), false},
	{"int", "-42", -42, false},
	{"least int", "-(2**31)", -1 << 31, false},
	{"greatest int", "2**31 - 1", 1<<31 - 1, false},
	{"int as a result of floats", "0.5 * 8", 4, false},
	{"beyond int", "2**31", float64(1 << 31), false},
	{"fraction", "0.1", 0.1, false},
	{"NaN", "NaN", jsNaN, false},
	{"infinity", "Infinity", math.Inf(1), false},
	{"minus infinity", "-Infinity", math.Inf(-1), false},
	{"least float", "5e-324", 5e-324, false},
	{"greatest float", "Number.MAX_VALUE", math.MaxFloat64, false},

	{"bigint zero", "0n", big.NewInt(0), false},
	{"bigint", "7n", big.NewInt(7), false},
	{"bigint -1", "-1n", big.NewInt(-1), false},
	{"bigint of 32 bits", "2n ** 31n", big.NewInt(1 << 31), false},
	{"bigint least of 32 bits", "-(2n ** 31n)", big.NewInt(-1 << 31), false},
	{"bigint of 33 bits", "2n ** 32n", big.NewInt(1 << 32), false},
	{"bigint -2^32", "-(2n ** 32n)", big.NewInt(-1 << 32), false},
	{"bigint of 64 bits", "2n ** 64n - 1n", huge("0xffffffffffffffff"), false},
	{"bigint least of 64 bits", "-(2n ** 63n)", big.NewInt(math.MinInt64), false},
	{"bigint -2^64", "-(2n ** 64n)", huge("-0x10000000000000000"), false},
	{"bigint huge", "12345678901234567890123456789012345678901234567890n", huge("12345678901234567890123456789012345678901234567890"), false},
	{"bigint huge negative", "-(3n ** 1000n)", new(big.Int).Neg(new(big.Int).Exp(big.NewInt(3), big.NewInt(1000), nil)), false},

	{"empty string", "''", "", false},
	{"ASCII", "'a\\0b'", "a\x00b", false},
	{"Latin-1", "'Gr\\u00fc\\u00dfe \\u00ff'", "Grüße ÿ", false},
	{"wide", "'\\u20ac\\u1234'", "€\u1234", false},
	{"astral", "'\\u{1F600}x'", "😀x", false},
	{"lone high", "'a\\uD83D'", "a\xed\xa0\xbd", false},
	{"lone low", "'\\uDE00b'", "\xed\xb8\x80b", false},
	{"wrong order", "'\\uDE00\\uD83D'", "\xed\xb8\x80\xed\xa0\xbd", false},
	{"long", "'x'.repeat(100000)", strings.Repeat("x", 100000), false},
	{"rope", "(() => { let s = 'x'.repeat(9000); for (let i = 0; i < 60; i++) s = i % 2 ? s + 'ab' : 'c' + s; return s })()", strings.Repeat("c", 30) + strings.Repeat("x", 9000) + strings.Repeat("ab", 30), false},
	{"rope with a wide part", "'x'.repeat(9000) + '\\u20ac' + 'y'.repeat(9000) + '\\u00e9'", strings.Repeat("x", 9000) + "€" + strings.Repeat("y", 9000) + "é", false},
	{"rope of surrogates", "('z'.repeat(9000) + '\\uD83D') + ('\\uDE00' + 'w'.repeat(9000))", strings.Repeat("z", 9000) + "😀" + strings.Repeat("w", 9000), false},
	{"slice of a wide string", "('\\u20ac'.repeat(5000) + 'tail').slice(5000)", "tail", false},

	{"ArrayBuffer", "new Uint8Array([1, 2, 255]).buffer", []byte{1, 2, 255}, true},
	{"empty ArrayBuffer", "new ArrayBuffer(0)", []byte{}, true},
	{"resizable ArrayBuffer", "new ArrayBuffer(2, { maxByteLength: 100 })", []byte{0, 0}, true},
	{"Uint8Array", "new Uint8Array([0, 128])", []byte{0, 128}, false},
	{"subarray", "new Uint8Array([1, 2, 3, 4]).subarray(1, 3)", []byte{2, 3}, false},
	{"length-tracking view", "(() => { const b = new ArrayBuffer(4, { maxByteLength: 16 }), v = new Int16Array(b, 2); b.resize(9); v[1] = 5; return v })()",
		value.TypedArray{Type: value.Int16Array, Data: []byte{0, 0, 5, 0, 0, 0}}, false},
	{"Uint8ClampedArray", "new Uint8ClampedArray([300])", value.TypedArray{Type: value.Uint8ClampedArray, Data: []byte{255}}, false},
	{"Int8Array", "new Int8Array([-1])", value.TypedArray{Type: value.Int8Array, Data: []byte{255}}, false},
	{"Int16Array", "new Int16Array([-2])", value.TypedArray{Type: value.Int16Array, Data: []byte{254, 255}}, false},
	{"Uint16Array", "new Uint16Array([258])", value.TypedArray{Type: value.Uint16Array, Data: []byte{2, 1}}, false},
	{"Int32Array", "new Int32Array([-2])", value.TypedArray{Type: value.Int32Array, Data: []byte{254, 255, 255, 255}}, false},
	{"Uint32Array", "new Uint32Array([1])", value.TypedArray{Type: value.Uint32Array, Data: []byte{1, 0, 0, 0}}, false},
	{"BigInt64Array", "new BigInt64Array([-1n])", value.TypedArray{Type: value.BigInt64Array, Data: bytes.Repeat([]byte{255}, 8)}, false},
	{"BigUint64Array", "new BigUint64Array([1n])", value.TypedArray{Type: value.BigUint64Array, Data: []byte{1, 0, 0, 0, 0, 0, 0, 0}}, false},
	{"Float16Array", "new Float16Array([1])", value.TypedArray{Type: value.Float16Array, Data: []byte{0, 0x3c}}, false},
	{"Float32Array", "new Float32Array([1])", value.TypedArray{Type: value.Float32Array, Data: []byte{0, 0, 0x80, 0x3f}}, false},
	{"Float64Array", "new Float64Array([-0])", value.TypedArray{Type: value.Float64Array, Data: []byte{0, 0, 0, 0, 0, 0, 0, 0x80}}, false},
	{"DataView", "new DataView(new Uint8Array([1, 2, 3]).buffer, 1)", value.TypedArray{Type: value.DataView, Data: []byte{2, 3}}, false},
	{"empty view at the end", "new Uint16Array(new ArrayBuffer(4), 4)", value.TypedArray{Type: value.Uint16Array, Data: []byte{}}, false},
	{"lying view", "Object.defineProperties(new Int32Array([7]), { byteLength: { value: 3 }, byteOffset: { value: 2 ** 62 }, buffer: { value: 1 }, length: { value: 0 } })",
		value.TypedArray{Type: value.Int32Array, Data: []byte{7, 0, 0, 0}}, false},

	{"Date", "new Date(1600000000123)", time.UnixMilli(1600000000123).UTC(), false},
	{"Date before 1970", "new Date(-1)", time.UnixMilli(-1).UTC(), false},
	{"first Date", "new Date(-8.64e15)", time.UnixMilli(-8.64e15).UTC(), false},
	{"invalid Date", "new Date(NaN)", time.Time{}, false},

	{"empty array", "[]", []any{}, false},
	{"array", "[1, 'a', [null]]", []any{1, "a", []any{nil}}, false},
	{"holes", "[1, , 3, , ,]", []any{1, value.Undefined, 3, value.Undefined, value.Undefined}, true},
	{"only holes", "new Array(3)", []any{value.Undefined, value.Undefined, value.Undefined}, true},
	{"sparse", "(() => { const a = []; a[40] = 1; return a })()", append(slicesRepeat(value.Undefined, 40), 1), true},
	{"array with properties", "Object.assign([1], { extra: 2 }).slice()", []any{1}, false},
	{"slow array", "(() => { const a = [1, 2, 3]; delete a[1]; a[1] = 5; Object.defineProperty(a, 2, { get: () => 9, enumerable: true }); return a })()", []any{1, 5, 9}, false},
	{"arguments", "(function () { return arguments })(1, 'x')", value.Object{{Key: "0", Value: 1}, {Key: "1", Value: "x"}}, true},
	{"empty object", "({})", value.Object{}, false},
	{"object", "({ b: 1, a: { c: undefined }, 2: 'two', 1: 'one', 'ü€': 3 })",
		value.Object{{Key: "1", Value: "one"}, {Key: "2", Value: "two"}, {Key: "b", Value: 1}, {Key: "a", Value: value.Object{{Key: "c", Value: value.Undefined}}}, {Key: "ü€", Value: 3}}, false},
	{"own __proto__", `JSON.parse('{"__proto__": 1, "x": 2}')`, value.Object{{Key: "__proto__", Value: 1}, {Key: "x", Value: 2}}, false},
	{"null prototype", "({ __proto__: null, a: 1 })", value.Object{{Key: "a", Value: 1}}, false},
	{"getter", "({ get a() { return 1 } })", value.Object{{Key: "a", Value: 1}}, false},
	{"unseen properties", "Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true }, hidden: { value: 2 } })", value.Object{{Key: "own", Value: 1}}, false},
	{"symbol keys", "({ [Symbol.iterator]: 1, a: 2 })", value.Object{{Key: "a", Value: 2}}, true},
	{"class instance", "new (class P { #private = 1; x = 2; get y() { return 3 } })", value.Object{{Key: "x", Value: 2}}, true},
	{"shared twice", "(() => { const s = { a: 1 }; return [s, s] })()", []any{value.Object{{Key: "a", Value: 1}}, value.Object{{Key: "a", Value: 1}}}, false},
	{"boxed", "[Object(1), Object('s'), Object(false), Object(5n)]", []any{1, "s", false, big.NewInt(5)}, true},
	{"Map", "new Map([[1, 'a'], ['k', { x: 1 }], [NaN, null]])",
		&value.Map{Entries: []value.Entry{{Key: 1, Value: "a"}, {Key: "k", Value: value.Object{{Key: "x", Value: 1}}}, {Key: jsNaN}}}, false},
	{"Map after deletes", "(() => { const m = new Map([[1, 1], [2, 2], [3, 3]]); m.keys().next(); m.delete(2); return m })()",
		&value.Map{Entries: []value.Entry{{Key: 1, Value: 1}, {Key: 3, Value: 3}}}, false},
	{"Set", "new Set([1, 'a', [2]])", &value.Set{Values: []any{1, "a", []any{2}}}, false},
	{"empty Map and Set", "[new Map, new Set]", []any{&value.Map{}, &value.Set{}}, false},
	{"nested", "new Map([[new Set([[new Date(0)]]), { a: [new Uint8Array(1)] }]])",
		&value.Map{Entries: []value.Entry{{Key: &value.Set{Values: []any{[]any{time.UnixMilli(0).UTC()}}}, Value: value.Object{{Key: "a", Value: []any{[]byte{0}}}}}}}, false},
}

func slicesRepeat(v any, n int) []any {
	s := make([]any, n)
	for i := range s {
		s[i] = v
	}
	return s
}

// encoded is how values are compared: NaN is NaN, -0 is not 0.
func encoded(t testing.TB, v any) []byte {
	t.Helper()
	b, err := value.Append(nil, v)
	if err != nil {
		t.Fatalf("%v: %v", v, err)
	}
	return b
}

// TestValuesRoundTrip sends each value to Go and back, decoded and encoded.
func TestValuesRoundTrip(t *testing.T) {
	th := testThread(t)
	var echoed []byte
	w := hostTemplate(t, th, readTestdata(t, "same.js"), Spec{}, Host{Name: "echo", Func: func(_ *Turn, args value.Args) (any, error) {
		echoed = append([]byte(nil), args.Raw(0)...)
		return Encoded(echoed), nil
	}})
	for _, tt := range roundTrips {
		t.Run(tt.name, func(t *testing.T) {
			th := testThread(t) // a subtest has a goroutine of its own
			c := w.Fork(nil)
			defer c.Close()
			err := th.Run(c, func(tn *Turn) error {
				got, err := tn.Eval("("+tt.expr+")", "test.js")
				if err != nil {
					return err
				}
				if want := encoded(t, tt.want); !bytes.Equal(encoded(t, got), want) {
					t.Errorf("Go got %s, want %s", value.Describe(encoded(t, got)), value.Describe(want))
				}
				same, err := tn.Hold("same")
				if err != nil {
					return err
				}
				switch tt.name { // what no border keeps
				case "arguments", "symbol keys", "class instance", "boxed", "lying view":
					return nil
				}
				if !tt.lossy {
					if d, err := tn.Call(same, tt.expr, got); d != "" || err != nil {
						t.Errorf("back from Go: %v, %v", d, err)
					}
				}
				if d, err := tn.Eval("same(`"+strings.ReplaceAll(tt.expr, "\\", "\\\\")+"`, host.echo("+tt.expr+"))", "test.js"); d != "" || err != nil {
					t.Errorf("echoed: %v, %v", d, err)
				}
				raw, _, err := tn.CallEncoded(nil, same, append(encoded(t, tt.expr), echoed...), 2)
				if err != nil || !bytes.Equal(raw, encoded(t, "")) {
					t.Errorf("encoded: %s, %v", value.Describe(raw), err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestErrorValues(t *testing.T) {
	th := testThread(t)
	w := hostTemplate(t, th, readTestdata(t, "same.js"), Spec{}, Host{Name: "echo", Func: func(_ *Turn, args value.Args) (any, error) {
		v, err := args.Any(0)
		return v, err
	}})
	c := w.Fork(nil)
	for _, expr := range []string{
		"new Error('plain')",
		"new TypeError('typed', { cause: new RangeError('inner', { cause: 5 }) })",
		"new Error('with a cause of undefined')",
		"Object.assign(new Error('coded'), { code: 'ENOENT' })",
		"Object.assign(new SyntaxError(''), { code: '' + 1 })",
		"new Error('object', { cause: { a: [1, new Map([[1, 2]])] } })",
		"new URIError('wide \\u20ac')",
	} {
		if d := eval(t, th, c, "same(`"+strings.ReplaceAll(expr, "\\", "\\\\")+"`, host.echo("+expr+"))"); d != "" {
			t.Errorf("%s: %v", expr, d)
		}
	}
	got := eval(t, th, c, "class MyError extends Error { name = 'MyError' }; new MyError('own', { cause: null })").(*value.Error)
	if got.Name != "MyError" || got.Message != "own" || got.Cause != nil || !strings.Contains(got.Stack, "test.js:1:") {
		t.Errorf("own class: %#v", got)
	}
	if d := eval(t, th, c, "const e = host.echo(new MyError('x')); [e.name, e instanceof Error, e.message, e.stack.includes('test.js')].join()"); d != "MyError,true,x,true" {
		t.Errorf("own class back: %v", d)
	}
}

// TestRefusedValues: what cannot be sent is refused with the path to it.
func TestRefusedValues(t *testing.T) {
	th := testThread(t)
	calls := 0
	w := hostTemplate(t, th, "", Spec{Limits: Limits{ValueBytes: 1 << 20}}, Host{Name: "take", Func: func(*Turn, value.Args) (any, error) {
		calls++
		return nil, nil
	}})
	c := w.Fork(nil)
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, tt := range []struct{ args, want string }{
		{"() => 1", "TypeError: take: arg[0]: a function cannot be sent"},
		{"1, class {}", "TypeError: take: arg[1]: a function cannot be sent"},
		{"{ f() {} }", "TypeError: take: arg[0].f: a function cannot be sent"},
		{"Symbol('s')", "TypeError: take: arg[0]: a symbol cannot be sent"},
		{"Object(Symbol('s'))", "TypeError: take: arg[0]: a symbol cannot be sent"},
		{"[0, [{ 'two words': Symbol.iterator }]]", `TypeError: take: arg[0][1][0]["two words"]: a symbol cannot be sent`},
		{"new Proxy({}, {})", "TypeError: take: arg[0]: a Proxy cannot be sent"},
		{"{ p: new Proxy([], {}) }", "TypeError: take: arg[0].p: a Proxy cannot be sent"},
		{"{ then: Promise.resolve() }", "TypeError: take: arg[0].then: a Promise cannot be sent"},
		{"new Map([[{ k: () => 1 }, 1]])", "TypeError: take: arg[0].key([0]).k: a function cannot be sent"},
		{"new Map([[1, 1], [2, [Symbol()]]])", "TypeError: take: arg[0].value([1])[0]: a symbol cannot be sent"},
		{"new Set([1, new WeakMap])", "TypeError: take: arg[0].key([1]): a WeakMap cannot be sent"},
		{"/re/", "TypeError: take: arg[0]: a RegExp cannot be sent"},
		{"new WeakSet", "TypeError: take: arg[0]: a WeakSet cannot be sent"},
		{"new WeakRef({})", "TypeError: take: arg[0]: a WeakRef cannot be sent"},
		{"new FinalizationRegistry(() => 1)", "TypeError: take: arg[0]: a FinalizationRegistry cannot be sent"},
		{"[1].values()", "TypeError: take: arg[0]: an iterator cannot be sent"},
		{"[new Map().keys(), new Set().values()]", "TypeError: take: arg[0][0]: an iterator cannot be sent"},
		{"''[Symbol.iterator]()", "TypeError: take: arg[0]: an iterator cannot be sent"},
		{"'x'.matchAll(/x/g)", "TypeError: take: arg[0]: an iterator cannot be sent"},
		{"[1].values().map((x) => x)", "TypeError: take: arg[0]: an iterator cannot be sent"},
		{"Iterator.from({ next() {} })", "TypeError: take: arg[0]: an iterator cannot be sent"},
		{"(function* () {})()", "TypeError: take: arg[0]: a generator cannot be sent"},
		{"(async function* () {})()", "TypeError: take: arg[0]: an async generator cannot be sent"},
		{"new SharedArrayBuffer(8)", "TypeError: take: arg[0]: a SharedArrayBuffer cannot be sent"},
		{"new Int8Array(new SharedArrayBuffer(8))", "TypeError: take: arg[0]: a view of a SharedArrayBuffer cannot be sent"},
		{"(() => { const b = new ArrayBuffer(8); b.transfer(); return b })()", "TypeError: take: arg[0]: a detached ArrayBuffer cannot be sent"},
		{"(() => { const v = new DataView(new ArrayBuffer(8)); v.buffer.transfer(); return { v } })()", "TypeError: take: arg[0].v: a detached ArrayBuffer cannot be sent"},
		{"(() => { const b = new ArrayBuffer(8, { maxByteLength: 8 }), v = new Int8Array(b, 4, 4); b.resize(6); return v })()", "TypeError: take: arg[0]: a view beyond its buffer cannot be sent"},
		{"(() => { const b = new ArrayBuffer(8, { maxByteLength: 8 }), v = new DataView(b, 4); b.resize(2); return v })()", "TypeError: take: arg[0]: a view beyond its buffer cannot be sent"},
		{"(() => { const user = {}; user.self = user; return { user } })()", "TypeError: take: arg[0].user.self: cycle"},
		{"(() => { const a = []; a[3] = { a }; return a })()", "TypeError: take: arg[0][3].a: cycle"},
		{"(() => { const m = new Map; m.set('x', m); return m })()", "TypeError: take: arg[0].value([0]): cycle"},
		{"(() => { const e = new Error('x'); e.cause = e; return e })()", "TypeError: take: arg[0].cause: cycle"},
		{"new Error('x', { cause: () => 1 })", "TypeError: take: arg[0].cause: a function cannot be sent"},
		{deep(value.MaxDepth), ""},
		{deep(value.MaxDepth + 1), "RangeError: take: arg[0]" + strings.Repeat("[0]", value.MaxDepth) + ": more than 256 values nested in each other"},
		{"'x'.repeat(2 ** 20 - 8)", ""},
		{"'x'.repeat(2 ** 20 + 1)", "RangeError: take: arg[0]: too large: more than 1.0 MB"},
		{"'x'.repeat(2 ** 19), 'y'.repeat(2 ** 19)", "RangeError: take: arg[1]: too large: more than 1.0 MB"},
		{"['\\u20ac'.repeat(2 ** 19)]", "RangeError: take: arg[0][0]: too large: more than 1.0 MB"},
		{"new Uint8Array(2 ** 20 + 1).buffer", "RangeError: take: arg[0]: too large: more than 1.0 MB"},
		{"new Float64Array(2 ** 17 + 1)", "RangeError: take: arg[0]: too large: more than 1.0 MB"},
		{"new Array(2 ** 32 - 1)", "RangeError: take: arg[0]: too large: more than 1.0 MB"},
		{"{ a: 's'.repeat(1e6) + 't'.repeat(1e6) }", "RangeError: take: arg[0].a: too large: more than 1.0 MB"},
	} {
		calls = 0
		got := eval(t, th, c, "try { host.take("+tt.args+"); '' } catch (e) { e.name + ': ' + e.message }")
		if got != tt.want || calls != map[bool]int{true: 1}[tt.want == ""] {
			t.Errorf("%s: %v, %d calls, want %q", tt.args, got, calls, tt.want)
		}
	}
	for _, tt := range []struct{ source, want string }{
		{"() => 1", "result: a function cannot be sent"},
		{"[Symbol()]", "result[0]: a symbol cannot be sent"},
		{"Promise.resolve({ f() {} })", "result.f: a function cannot be sent"},
	} {
		err := th.Run(c, func(tn *Turn) error { _, err := tn.Eval("("+tt.source+")", "test.js"); return err })
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.source, err, tt.want)
		}
	}
	for _, tt := range []struct {
		arg  any
		want string
	}{
		{make(chan int), "arg[1]: chan int cannot be sent"},
		{[]any{func() {}}, "arg[1][0]: func() cannot be sent"},
		{strings.Repeat("x", 1<<20+1), "too large: more than 1.0 MB"},
	} {
		err := th.Run(c, func(tn *Turn) error {
			f, err := tn.Hold("(a, b) => b")
			if err == nil {
				_, err = tn.Call(f, 1, tt.arg)
			}
			return err
		})
		if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
			t.Errorf("argument %T: %v, want %s", tt.arg, err, tt.want)
		}
	}
}

// TestValuesThatChange: accessors may do anything to what is being encoded.
func TestValuesThatChange(t *testing.T) {
	th := testThread(t)
	var nested []string
	w := hostTemplate(t, th, readTestdata(t, "changing.js"), Spec{},
		Host{Name: "take", Func: func(_ *Turn, args value.Args) (any, error) {
			nested = append(nested, value.Describe(args.Raw(0)))
			return value.Undefined, nil
		}},
		Host{Name: "back", Func: func(tn *Turn, args value.Args) (any, error) { // calls back into the context
			f, err := tn.Hold("backIn")
			if err != nil {
				return nil, err
			}
			defer tn.Release(f)
			v, err := args.Any(0)
			if err != nil {
				return nil, err
			}
			return tn.Call(f, v)
		}})
	c := w.Fork(nil)
	cases := eval(t, th, c, "Object.keys(changing).join()").(string)
	for _, name := range strings.Split(cases, ",") {
		t.Run(name, func(t *testing.T) {
			th := testThread(t)
			nested = nil
			got := eval(t, th, c, "check('"+name+"')")
			want := eval(t, th, c, "changing."+name+".want")
			if seen := fmt.Sprint(got, strings.Join(nested, " ")); seen != want {
				t.Errorf("got  %s\nwant %s", seen, want)
			}
			if got := eval(t, th, c, "intact()"); got != "intact" {
				t.Fatalf("the context is damaged: %v", got)
			}
		})
	}
}

// Malformed bytes are refused, whatever they are, and leave nothing behind.
func TestMalformedEncodings(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, "function id(x) { return x }", Spec{})
	c := w.Fork(&Limits{Turn: time.Minute})
	rng := rand.New(rand.NewSource(1))
	var seeds [][]byte
	for _, tt := range roundTrips {
		if b := encoded(t, tt.want); len(b) < 500 {
			seeds = append(seeds, b)
		}
	}
	n := 20000
	if raceEnabled || testing.Short() {
		n = 2000
	}
	refused := 0
	err := th.Run(c, func(tn *Turn) error {
		id, err := tn.Hold("id")
		if err != nil {
			return err
		}
		for range n {
			b := bytes.Clone(seeds[rng.Intn(len(seeds))])
			for range 1 + rng.Intn(3) {
				switch i := rng.Intn(len(b)); rng.Intn(3) {
				case 0:
					b[i] = byte(rng.Intn(256))
				case 1:
					b = append(b[:i:i], b[i+1:]...)
				case 2:
					b = append(b[:i:i], append(seeds[rng.Intn(len(seeds))], b[i:]...)...)
				}
				if len(b) == 0 {
					b = []byte{0}
				}
			}
			_, _, err := tn.CallEncoded(nil, id, b, 1)
			if errors.Is(err, value.ErrMalformed) {
				refused++
			}
		}
		return nil
	})
	if err != nil || refused < n/10 {
		t.Errorf("%v, %d of %d refused", err, refused, n)
	}
	if got := eval(t, th, c, "id(1)"); got != 1 {
		t.Errorf("id(1) = %v", got)
	}
}
