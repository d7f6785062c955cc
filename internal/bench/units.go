package bench

import (
	"strconv"
	"strings"
	"time"
)

// span writes a time with three digits.
func span(d time.Duration) string {
	n := float64(d.Nanoseconds())
	for _, unit := range []string{"ns", "µs", "ms"} {
		if n < 999.5 {
			return digits(n) + " " + unit
		}
		n /= 1000
	}
	return digits(n) + " s"
}

// size writes bytes with three digits; "KB" are 1,000.
func size(n float64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	for _, unit := range []string{"B", "KB", "MB", "GB"} {
		if n < 999.5 {
			return sign + digits(n) + " " + unit
		}
		n /= 1000
	}
	return sign + digits(n) + " TB"
}

// perSecond writes a rate.
func perSecond(n float64) string {
	if n < 100 {
		return digits(n)
	}
	return count(int64(n + 0.5))
}

// digits writes a number with three digits, or with all that stand before the point.
func digits(n float64) string {
	places := 0
	switch {
	case n < 9.995:
		places = 2
	case n < 99.95:
		places = 1
	}
	text := strconv.FormatFloat(n, 'f', places, 64)
	if places > 0 {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// count writes a whole number with commas.
func count[T int | int64 | uint64](n T) string {
	text := strconv.FormatInt(int64(n), 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
