package value

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"
)

// readers are all the functions that take bytes from elsewhere.
var readers = map[string]func([]byte) error{
	"Decode": func(b []byte) error { _, _, err := Decode(b); return err },
	"Skip":   func(b []byte) error { _, err := Skip(b); return err },
	"JSON":   func(b []byte) error { _, err := JSON(nil, b); return err },
	"Args":   func(b []byte) error { _, err := MakeArgs(b, 1).Any(0); return err },
}

func TestMalformed(t *testing.T) {
	tests := []struct{ name, hex, want string }{
		{"nothing", "", "at byte 0: the value is missing"},
		{"unknown tag", "12", "at byte 1: no value begins with the tag 0x12"},
		{"highest tag", "ff", "at byte 1: no value begins with the tag 0xff"},
		{"hole alone", "10", "at byte 1: no value begins with the tag 0x10"},
		{"hole in a Set", "0d0110", "no value begins with the tag 0x10"},
		{"hole in an object", "0f01070010", "no value begins with the tag 0x10"},
		{"int without end", "04", "a varint does not end"},
		{"int of 33 bits", "048080808010", "an int beyond 32 bits"},
		{"varint of 65 bits", "07ffffffffffffffffff7f", "a varint does not end"},
		{"half a float", "0500000000", "8 bytes expected, 4 left"},
		{"bigint sign", "06020101", "a bigint that is not minimal"},
		{"bigint -0", "060100", "a bigint that is not minimal"},
		{"bigint with zeros", "0600020100", "a bigint that is not minimal"},
		{"bigint without end", "060005ff", "5 times 1 bytes or more announced, 1 left"},
		{"short Latin-1", "070361", "at byte 2: 3 times 1 bytes or more announced, 1 left"},
		{"short UTF-16", "0802610062", "2 times 2 bytes or more announced, 3 left"},
		{"UTF-16 of 2^63 units", "08808080808080808080016100", "announced"},
		{"short ArrayBuffer", "0904000000", "4 times 1 bytes or more announced, 3 left"},
		{"typed array of no type", "0a", "1 bytes expected, 0 left"},
		{"unknown array type", "0a0d00", "unknown array type 13"},
		{"half an element", "0a050300000000", "Int32Array of 3 bytes"},
		{"fraction of a ms", "0b" + float(0.5), "0.5 ms is no Date"},
		{"late Date", "0b" + float(8.64e15+1), "is no Date"},
		{"endless Date", "0b" + float(math.Inf(-1)), "-Inf ms is no Date"},
		{"array without elements", "0e02", "2 times 1 bytes or more announced, 0 left"},
		{"array of 2^64-1", "0effffffffffffffffff01", "announced"},
		{"Map without values", "0c0101", "1 times 2 bytes or more announced, 1 left"},
		{"Set without values", "0d01", "1 times 1 bytes or more announced, 0 left"},
		{"object without a value", "0f010700", "1 times 3 bytes or more announced, 2 left"},
		{"number for a key", "0f01040000", "a key must be a string, not number"},
		{"inner count eats outer", "0e030e020101", "2 times 1 bytes or more announced, 0 left"},
		{"error without fields", "11", "a field of an error must be a string, not invalid"},
		{"error with a number", "110400", "a field of an error must be a string, not number"},
		{"error without flags", "110700070007000700", "1 bytes expected, 0 left"},
		{"error with other flags", "11070007000700070002", "unknown flags 0x02"},
		{"error without its cause", "11070007000700070001", "the value is missing"},
	}
	for _, tt := range tests {
		b, err := hex.DecodeString(tt.hex)
		if err != nil {
			t.Fatal(err)
		}
		for name, read := range readers {
			err := read(b)
			if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), tt.want) && name != "Args" {
				t.Errorf("%s: %s: error %v, want %q", tt.name, name, err, tt.want)
			}
		}
		if s := Describe(b); !strings.Contains(s, "<malformed>") {
			t.Errorf("%s: Describe = %s", tt.name, s)
		}
	}
}

func float(f float64) string {
	return hex.EncodeToString(binary.LittleEndian.AppendUint64(nil, math.Float64bits(f)))
}

// Every value cut short is malformed, never something else and never a panic.
func TestTruncated(t *testing.T) {
	for _, tt := range encodings {
		b, err := hex.DecodeString(tt.hex)
		if err != nil {
			t.Fatal(err)
		}
		for n := range b {
			for name, read := range readers {
				if err := read(b[:n:n]); !errors.Is(err, ErrMalformed) {
					t.Errorf("%s, %d of %d bytes: %s: error %v", tt.name, n, len(b), name, err)
				}
			}
		}
	}
}

// Counts that each fit what is left, but not all of them together, must not be
// allocated for: 256 nested arrays that announce all the rest would take 4 KB a byte.
func TestAllocationIsProportional(t *testing.T) {
	const size = 1 << 20
	for _, tag := range []Tag{TagArray, TagSet, TagMap, TagObject} {
		var b []byte
		for range MaxDepth - 1 {
			b = append(b, byte(tag))
			left := size - len(b) - 3
			switch tag {
			case TagMap:
				left /= 2
			case TagObject:
				left /= 3
			}
			b = binary.AppendUvarint(b, uint64(left))
			if tag == TagObject {
				b = AppendString(b, "")
			}
		}
		b = append(b, make([]byte, size-len(b))...)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := Decode(b)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrMalformed) {
			t.Errorf("%v: error %v", tag, err)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 40*size {
			t.Errorf("%v: Decode of %d bytes allocated %d", tag, size, took)
		}
	}
}

func TestHolesDecodeAsUndefined(t *testing.T) {
	v, _, err := Decode([]byte{byte(TagArray), 3, byte(TagHole), byte(TagNull), byte(TagHole)})
	if err != nil || !same(v, []any{Undefined, nil, Undefined}) {
		t.Errorf("got %#v, %v", v, err)
	}
}

// The other side may write what Append never does.
func TestOtherFormsDecode(t *testing.T) {
	tests := []struct {
		name, hex string
		want      any
	}{
		{"UTF-16 of ASCII", "080161", "a"},
		{"Date -0", "0b" + float(math.Copysign(0, -1)), "1970-01-01T00:00:00.000Z"},
		{"long varint", "078100" + "61", "a"},
		{"repeated key", "0f02" + "070161" + "0402" + "070161" + "0404", 2},
		{"null cause", "11070007000700070001" + "01", nil},
	}
	tests[0].hex = "08016100"
	for _, tt := range tests {
		b, err := hex.DecodeString(tt.hex)
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := Decode(b)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		switch w := v.(type) {
		case Object:
			v, _ = w.Get("a")
			if !same(w.Map()["a"], v) {
				t.Errorf("%s: Get and Map differ", tt.name)
			}
		case *Error:
			v = w.Cause
		case interface{ Format(string) string }:
			v = w.Format("2006-01-02T15:04:05.000Z")
		}
		if !same(v, tt.want) {
			t.Errorf("%s: got %#v, want %#v", tt.name, v, tt.want)
		}
	}
}

func TestDecodedSharesNothing(t *testing.T) {
	b, err := Append(nil, []any{[]byte("abc"), "abc", TypedArray{Int8Array, []byte("abc")}, ArrayBuffer("abc"), big1e20})
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	clear(b)
	want := []any{[]byte("abc"), "abc", TypedArray{Int8Array, []byte("abc")}, []byte("abc"), big1e20}
	if !same(v, want) {
		t.Errorf("got %#v after the input was cleared", v)
	}
}

func TestKind(t *testing.T) {
	for tag := range Tag(0x12) {
		if got := Kind([]byte{byte(tag), 1}); got != tag {
			t.Errorf("Kind of tag %v = %v", tag, got)
		}
		if tag.String() == "invalid" {
			t.Errorf("tag %d has no name", tag)
		}
	}
	for _, b := range [][]byte{nil, {}, {0x12}, {0xFF}} {
		if got := Kind(b); got != TagInvalid || got.String() != "invalid" {
			t.Errorf("Kind(%x) = %v", b, got)
		}
	}
	if !TagLatin1.IsString() || !TagUTF16.IsString() || TagNull.IsString() {
		t.Error("IsString is wrong")
	}
	if !TagInt.IsNumber() || !TagFloat.IsNumber() || TagBigInt.IsNumber() {
		t.Error("IsNumber is wrong")
	}
}

func TestSkipFindsTheNext(t *testing.T) {
	var b []byte
	var ends []int
	for _, tt := range encodings {
		one, err := hex.DecodeString(tt.hex)
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, one...)
		ends = append(ends, len(b))
	}
	rest := b
	for i, end := range ends {
		var err error
		if rest, err = Skip(rest); err != nil || !bytes.Equal(rest, b[end:]) {
			t.Fatalf("after %s: %v, %d bytes left, want %d", encodings[i].name, err, len(rest), len(b)-end)
		}
	}
}
