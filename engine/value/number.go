package value

import (
	"math"
	"strconv"
)

// AppendNumber appends f as JavaScript's String(f) writes it (ECMAScript,
// Number::toString): 100000000000000000000 and 1e+21, 0.000001 and 1e-7.
func AppendNumber(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	case f == math.Trunc(f) && math.Abs(f) <= exactMax:
		return strconv.AppendInt(dst, int64(f), 10) // -0 is "0"
	}
	if f < 0 {
		dst = append(dst, '-')
		f = -f
	}
	// The shortest digits d, and n so that f is 0.d times 10^n: the k and n of the specification.
	var buf [32]byte
	text := strconv.AppendFloat(buf[:0], f, 'e', -1, 64) // d.ddde±dd
	e := len(text) - 1
	for text[e] != 'e' {
		e--
	}
	n, _ := strconv.Atoi(string(text[e+1:]))
	n++
	digits := text[:1]
	if e > 1 {
		digits = append(digits, text[2:e]...)
	}
	k := len(digits)
	switch {
	case k <= n && n <= 21:
		return appendZeros(append(dst, digits...), n-k)
	case 0 < n && n <= 21:
		dst = append(dst, digits[:n]...)
		dst = append(dst, '.')
		return append(dst, digits[n:]...)
	case -6 < n && n <= 0:
		return append(appendZeros(append(dst, "0."...), -n), digits...)
	}
	dst = append(dst, digits[0])
	if k > 1 {
		dst = append(dst, '.')
		dst = append(dst, digits[1:]...)
	}
	dst = append(dst, 'e')
	if n > 0 {
		dst = append(dst, '+')
	}
	return strconv.AppendInt(dst, int64(n-1), 10)
}

func appendZeros(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, '0')
	}
	return dst
}
