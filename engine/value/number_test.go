package value

import (
	"math"
	"strconv"
	"testing"
)

func TestAppendNumber(t *testing.T) {
	tests := []struct {
		f    float64
		want string
	}{
		{0, "0"},
		{math.Copysign(0, -1), "0"},
		{1, "1"},
		{-1, "-1"},
		{0.1, "0.1"},
		{-1.5, "-1.5"},
		{0.30000000000000004, "0.30000000000000004"},
		{123.456, "123.456"},
		{100, "100"},
		{123456789012345680000, "123456789012345680000"},
		{1e20, "100000000000000000000"},
		{1e21, "1e+21"},
		{-1e21, "-1e+21"},
		{999999999999999900000, "999999999999999900000"},
		{1.5e21, "1.5e+21"},
		{1e-6, "0.000001"},
		{1.5e-6, "0.0000015"},
		{1e-7, "1e-7"},
		{1.5e-7, "1.5e-7"},
		{-1e-7, "-1e-7"},
		{123e-20, "1.23e-18"},
		{1e100, "1e+100"},
		{1 << 53, "9007199254740992"},
		{1<<53 - 1, "9007199254740991"},
		{1<<53 + 2, "9007199254740994"},
		{1 << 62, "4611686018427388000"},
		{math.MaxInt64, "9223372036854776000"},
		{4.35, "4.35"},
		{0.000001234, "0.000001234"},
		{1e23, "1e+23"},
		{9.5367431640625e-7, "9.5367431640625e-7"},
		{5e-324, "5e-324"},
		{2.2250738585072014e-308, "2.2250738585072014e-308"},
		{math.MaxFloat64, "1.7976931348623157e+308"},
		{math.MaxUint32, "4294967295"},
		{math.NaN(), "NaN"},
		{math.Inf(1), "Infinity"},
		{math.Inf(-1), "-Infinity"},
	}
	for _, tt := range tests {
		if got := string(AppendNumber([]byte("x"), tt.f)); got != "x"+tt.want {
			t.Errorf("%g: %s, want %s", tt.f, got[1:], tt.want)
		}
	}
}

// Number::toString has the round trip for its definition.
func TestAppendNumberReadsBack(t *testing.T) {
	for exp := -1074; exp < 1024; exp++ {
		for _, f := range []float64{math.Ldexp(1, exp), -math.Ldexp(1.1, exp), math.Nextafter(math.Ldexp(1, exp), 0)} {
			text := string(AppendNumber(nil, f))
			if got, err := strconv.ParseFloat(text, 64); err != nil || got != f {
				t.Fatalf("%s reads as %v, want %v (%v)", text, got, f, err)
			}
		}
	}
}
