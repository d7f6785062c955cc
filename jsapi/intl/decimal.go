package intl

import (
	"math/big"
	"strconv"
	"strings"
)

// decimal is a number without its sign: 0.digits times ten to the power of point. It has no zero at either end.
type decimal struct {
	digits string
	point  int
}

// decimalOf takes a finite number apart, as its shortest text has it.
func decimalOf(v any) (d decimal, negative bool) {
	var text string
	switch v := v.(type) {
	case int:
		text = strconv.Itoa(v)
	case float64:
		text = strconv.FormatFloat(v, 'e', -1, 64)
	case *big.Int:
		text = v.String()
	}
	text, negative = strings.CutPrefix(text, "-")
	mantissa, exponent, _ := strings.Cut(text, "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	e, _ := strconv.Atoi(exponent)
	return decimal{whole + fraction, len(whole) + e}.trim(), negative
}

func (d decimal) trim() decimal {
	n := len(d.digits)
	d.digits = strings.TrimLeft(d.digits, "0")
	d.point -= n - len(d.digits)
	d.digits = strings.TrimRight(d.digits, "0")
	if d.digits == "" {
		d.point = 0
	}
	return d
}

func (d decimal) isZero() bool { return d.digits == "" }

// round keeps n digits, which may be fewer than none, by a rounding mode of ECMA-402.
func (d decimal) round(n int, mode string, negative bool) decimal {
	if n >= len(d.digits) {
		return d
	}
	kept, rest := "", d.digits
	if n < 0 {
		rest = strings.Repeat("0", -n) + rest
	} else {
		kept, rest = d.digits[:n], d.digits[n:]
	}
	half := strings.Compare(rest, "5") // of what is cut off; rest has no zero at its end
	odd := kept != "" && (kept[len(kept)-1]-'0')%2 == 1
	var up bool
	switch mode {
	case "ceil":
		up = !negative
	case "floor":
		up = negative
	case "expand":
		up = true
	case "trunc":
	case "halfCeil":
		up = half > 0 || half == 0 && !negative
	case "halfFloor":
		up = half > 0 || half == 0 && negative
	case "halfTrunc":
		up = half > 0
	case "halfEven":
		up = half > 0 || half == 0 && odd
	default: // halfExpand
		up = half >= 0
	}
	point := d.point
	if n < 0 {
		point += -n
	}
	if !up {
		return decimal{kept, d.point}.trim()
	}
	b := []byte("0" + kept)
	for i := len(b) - 1; ; i-- {
		if b[i]++; b[i] <= '9' {
			break
		}
		b[i] = '0'
	}
	return decimal{string(b), point + 1}.trim()
}

// toFraction rounds to at most so many digits behind the point.
func (d decimal) toFraction(most int, mode string, negative bool) decimal {
	if d.isZero() {
		return d
	}
	return d.round(d.point+most, mode, negative)
}

// text is the digits before and behind the point, of which there are at least so many.
func (d decimal) text(leastWhole, leastFraction int) (whole, fraction string) {
	switch {
	case d.point <= 0:
		fraction = strings.Repeat("0", -d.point) + d.digits
		if d.isZero() {
			fraction = ""
		}
	case d.point >= len(d.digits):
		whole = d.digits + strings.Repeat("0", d.point-len(d.digits))
	default:
		whole, fraction = d.digits[:d.point], d.digits[d.point:]
	}
	whole = strings.Repeat("0", max(leastWhole-len(whole), 0)) + whole
	fraction += strings.Repeat("0", max(leastFraction-len(fraction), 0))
	return whole, fraction
}
