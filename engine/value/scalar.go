package value

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"time"
)

// exactMax is the largest magnitude up to which every integer is a float64.
const exactMax = 1 << 53

// AppendUndefined appends undefined.
func AppendUndefined(dst []byte) []byte { return append(dst, byte(TagUndefined)) }

// AppendNull appends null.
func AppendNull(dst []byte) []byte { return append(dst, byte(TagNull)) }

// AppendBool appends true or false.
func AppendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, byte(TagTrue))
	}
	return append(dst, byte(TagFalse))
}

// AppendInt appends v as a number, or as a bigint if it lies beyond ±2^53,
// where numbers are no longer exact.
func AppendInt(dst []byte, v int64) []byte {
	switch {
	case v == int64(int32(v)):
		dst = append(dst, byte(TagInt))
		return binary.AppendUvarint(dst, uint64(uint32(v)<<1^uint32(v>>31)))
	case -exactMax <= v && v <= exactMax:
		return AppendFloat(dst, float64(v))
	case v < 0:
		return appendBig64(dst, 1, -uint64(v))
	}
	return appendBig64(dst, 0, uint64(v))
}

func appendUint(dst []byte, v uint64) []byte {
	if v > math.MaxInt64 {
		return appendBig64(dst, 0, v)
	}
	return AppendInt(dst, int64(v))
}

// AppendFloat appends v as a float64, even if it is a whole number.
func AppendFloat(dst []byte, v float64) []byte {
	return appendFloat64(append(dst, byte(TagFloat)), v)
}

func appendFloat64(dst []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}

// AppendBytes appends a copy of b as a Uint8Array.
func AppendBytes(dst, b []byte) []byte { return appendTypedArray(dst, Uint8Array, b) }

func appendTypedArray(dst []byte, t ArrayType, b []byte) []byte {
	dst = append(dst, byte(TagTypedArray), byte(t))
	dst = binary.AppendUvarint(dst, uint64(len(b)))
	return append(dst, b...)
}

// AppendArray begins an array: the caller appends its n elements next.
func AppendArray(dst []byte, n int) []byte { return appendCount(dst, TagArray, n) }

// AppendObject begins an object: the caller appends n times a key, by
// [AppendString], and a value next.
func AppendObject(dst []byte, n int) []byte { return appendCount(dst, TagObject, n) }

func appendCount(dst []byte, tag Tag, n int) []byte {
	return binary.AppendUvarint(append(dst, byte(tag)), uint64(n))
}

// appendBig64 appends a bigint of at most eight bytes.
func appendBig64(dst []byte, sign byte, magnitude uint64) []byte {
	n := (bits.Len64(magnitude) + 7) / 8
	dst = append(dst, byte(TagBigInt), sign, byte(n))
	for range n {
		dst = append(dst, byte(magnitude))
		magnitude >>= 8
	}
	return dst
}

func appendBigInt(dst []byte, v *big.Int) []byte {
	var sign byte
	if v.Sign() < 0 {
		sign = 1
	}
	n := bigIntBytes(v)
	dst = append(dst, byte(TagBigInt), sign)
	dst = binary.AppendUvarint(dst, uint64(n))
	dst = slices.Grow(dst, n)
	dst = dst[:len(dst)+n]
	magnitude := dst[len(dst)-n:]
	v.FillBytes(magnitude)
	slices.Reverse(magnitude)
	return dst
}

func bigIntBytes(v *big.Int) int { return (v.BitLen() + 7) / 8 }

// bigInt is the inverse of appendBigInt.
func bigInt(sign byte, magnitude []byte) *big.Int {
	be := slices.Clone(magnitude)
	slices.Reverse(be)
	v := new(big.Int).SetBytes(be)
	if sign != 0 {
		v.Neg(v)
	}
	return v
}

// dateMax is the largest magnitude of a Date, in milliseconds from 1970.
const dateMax = 8.64e15

// dateOf is t in milliseconds, what is finer cut off; NaN for the zero Time, and
// false if a Date does not reach that far.
func dateOf(t time.Time) (ms float64, ok bool) {
	if t.IsZero() {
		return math.NaN(), true
	}
	if s := t.Unix(); s < -dateMax/1000 || s > dateMax/1000 {
		return 0, false
	}
	ms = float64(t.UnixMilli())
	return ms, math.Abs(ms) <= dateMax
}

// timeOf is the inverse of dateOf for a valid date or NaN.
func timeOf(ms float64) time.Time {
	if math.IsNaN(ms) {
		return time.Time{}
	}
	return time.UnixMilli(int64(ms)).UTC()
}
