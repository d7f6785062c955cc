package value

import (
	"bytes"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"
)

// same is reflect.DeepEqual with NaN equal to itself and -0 not to 0.
func same(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && (math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b))
	case *big.Int:
		b, ok := b.(*big.Int)
		return ok && a.Cmp(b) == 0
	case []byte:
		b, ok := b.([]byte)
		return ok && bytes.Equal(a, b)
	case TypedArray:
		b, ok := b.(TypedArray)
		return ok && a.Type == b.Type && bytes.Equal(a.Data, b.Data)
	case []any:
		b, ok := b.([]any)
		return ok && sameAll(a, b)
	case Object:
		b, ok := b.(Object)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if a[i].Key != b[i].Key || !same(a[i].Value, b[i].Value) {
				return false
			}
		}
		return true
	case *Map:
		b, ok := b.(*Map)
		if !ok || len(a.Entries) != len(b.Entries) {
			return false
		}
		for i := range a.Entries {
			if !same(a.Entries[i].Key, b.Entries[i].Key) || !same(a.Entries[i].Value, b.Entries[i].Value) {
				return false
			}
		}
		return true
	case *Set:
		b, ok := b.(*Set)
		return ok && sameAll(a.Values, b.Values)
	case *Error:
		b, ok := b.(*Error)
		return ok && a.Name == b.Name && a.Message == b.Message && a.Stack == b.Stack && a.Code == b.Code &&
			same(a.Cause, b.Cause)
	}
	return a == b // the rest is comparable; times are all in UTC
}

func sameAll(a, b []any) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !same(a[i], b[i]) {
			return false
		}
	}
	return true
}

// randomValue makes a value of the types that Decode makes, at most depth levels deep.
func randomValue(r *rand.Rand, depth int) any {
	kinds := 16
	if depth == 0 {
		kinds = 11
	}
	switch r.IntN(kinds) {
	case 0:
		return Undefined
	case 1:
		return nil
	case 2:
		return r.IntN(2) == 0
	case 3:
		return int(int32(r.Uint32()) >> r.IntN(32))
	case 4:
		return math.Float64frombits(r.Uint64())
	case 5:
		return randomBigInt(r)
	case 6, 7:
		return randomString(r)
	case 8:
		return randomBytes(r, 1)
	case 9:
		t := ArrayType(r.IntN(int(arrayTypes)))
		if t == Uint8Array {
			t = DataView
		}
		return TypedArray{t, randomBytes(r, t.ElementSize())}
	case 10:
		if r.IntN(4) == 0 {
			return time.Time{}
		}
		return time.UnixMilli(r.Int64N(2*dateMax+1) - dateMax).UTC()
	case 11:
		m := &Map{Entries: make([]Entry, r.IntN(4))}
		for i := range m.Entries {
			m.Entries[i] = Entry{randomValue(r, depth-1), randomValue(r, depth-1)}
		}
		return m
	case 12:
		return &Set{Values: randomValues(r, depth)}
	case 13:
		return randomValues(r, depth)
	case 14:
		o := make(Object, r.IntN(5))
		for i := range o {
			o[i] = Field{randomString(r), randomValue(r, depth-1)}
		}
		return o
	}
	e := &Error{Name: randomString(r), Message: randomString(r), Stack: randomString(r), Code: randomString(r)}
	if r.IntN(2) == 0 {
		e.Cause = randomValue(r, depth-1)
	}
	return e
}

func randomValues(r *rand.Rand, depth int) []any {
	values := make([]any, r.IntN(5))
	for i := range values {
		values[i] = randomValue(r, depth-1)
	}
	return values
}

func randomBigInt(r *rand.Rand) *big.Int {
	v := new(big.Int).SetBytes(randomBytes(r, 1))
	if r.IntN(2) == 0 {
		v.Neg(v)
	}
	return v
}

func randomBytes(r *rand.Rand, unit int) []byte {
	b := make([]byte, unit*r.IntN(20))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// randomString is well-formed WTF-8 of one of the ranges that matter.
func randomString(r *rand.Rand) string {
	limit := []int32{0x80, 0x100, 0x800, 0x10000, 0x110000}[r.IntN(5)]
	units := make([]byte, 0, 80)
	for range r.IntN(40) {
		c := r.Int32N(limit)
		if c > 0xFFFF {
			c -= 0x10000
			units = append(units, byte(c>>10), 0xD8|byte(c>>18))
			c = 0xDC00 | c&0x3FF
		}
		units = append(units, byte(c), byte(c>>8))
	}
	return utf16String(units)
}

func TestRandomRoundTrips(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 20_000 {
		v := randomValue(r, 5)
		b, err := Append(nil, v)
		if err != nil {
			t.Fatalf("value %d: %v", i, err)
		}
		got, rest, err := Decode(b)
		if err != nil || len(rest) != 0 {
			t.Fatalf("value %d: %v, %d bytes left of %x", i, err, len(rest), b)
		}
		if !same(got, v) {
			t.Fatalf("value %d: got %#v\nwant %#v", i, got, v)
		}
		again, err := Append(nil, got)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("value %d: encoded again %x, first %x (%v)", i, again, b, err)
		}
		if rest, err := Skip(b); err != nil || len(rest) != 0 {
			t.Fatalf("value %d: Skip: %v, %d bytes left", i, err, len(rest))
		}
	}
}
