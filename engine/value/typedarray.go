package value

import (
	"encoding/binary"
	"math"
)

// ArrayType says which view of bytes a [TypedArray] is.
type ArrayType byte

// The array types. DataView is none in JavaScript, but crosses like one.
const (
	Uint8ClampedArray ArrayType = iota
	Int8Array
	Uint8Array
	Int16Array
	Uint16Array
	Int32Array
	Uint32Array
	BigInt64Array
	BigUint64Array
	Float16Array
	Float32Array
	Float64Array
	DataView

	arrayTypes // how many there are
)

var arrayTypeNames = [arrayTypes]string{
	"Uint8ClampedArray", "Int8Array", "Uint8Array", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
	"BigInt64Array", "BigUint64Array", "Float16Array", "Float32Array", "Float64Array", "DataView",
}

var arrayTypeSizes = [arrayTypes]int{1, 1, 1, 2, 2, 4, 4, 8, 8, 2, 4, 8, 1}

// String is the name of the JavaScript class.
func (t ArrayType) String() string {
	if t < arrayTypes {
		return arrayTypeNames[t]
	}
	return "invalid array type"
}

// ElementSize is the size of one element in bytes, 1 for a DataView, 0 if t is
// none of the array types.
func (t ArrayType) ElementSize() int {
	if t < arrayTypes {
		return arrayTypeSizes[t]
	}
	return 0
}

// TypedArray is a typed array or DataView: its bytes, elements little endian.
// Of the buffer below only what the view shows crosses. A Uint8Array decodes
// to []byte instead.
type TypedArray struct {
	Type ArrayType
	Data []byte // a multiple of the element size
}

// number is element i of an array of numbers (not of bigints) as JavaScript reads it.
func (t ArrayType) number(data []byte, i int) float64 {
	p := data[i*t.ElementSize():]
	switch t {
	case Int8Array:
		return float64(int8(p[0]))
	case Int16Array:
		return float64(int16(binary.LittleEndian.Uint16(p)))
	case Uint16Array:
		return float64(binary.LittleEndian.Uint16(p))
	case Int32Array:
		return float64(int32(binary.LittleEndian.Uint32(p)))
	case Uint32Array:
		return float64(binary.LittleEndian.Uint32(p))
	case Float16Array:
		return float16(binary.LittleEndian.Uint16(p))
	case Float32Array:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(p)))
	case Float64Array:
		return math.Float64frombits(binary.LittleEndian.Uint64(p))
	}
	return float64(p[0])
}

// float16 widens an IEEE 754 half: 1 bit of sign, 5 of exponent, 10 of mantissa.
func float16(bits uint16) float64 {
	sign := 1.0
	if bits>>15 != 0 {
		sign = -1
	}
	exponent, mantissa := int(bits>>10&0x1F), float64(bits&0x3FF)
	switch {
	case exponent == 0x1F && mantissa != 0:
		return math.NaN()
	case exponent == 0x1F:
		return math.Inf(int(sign))
	case exponent == 0:
		return sign * math.Ldexp(mantissa, -24)
	}
	return sign * math.Ldexp(1024+mantissa, exponent-25)
}
