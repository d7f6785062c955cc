package intl

import (
	"math"
	"math/big"
	"slices"
	"strings"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"

	"rowan/engine/value"
)

// resolveNumber reads the options of NumberFormat (ECMA-402, 15.1.1).
func resolveNumber(tag language.Tag, o options) (value.Object, error) {
	var r value.Object
	var err error
	choose := func(name, fallback string, values ...string) string {
		s, e := o.text(name, fallback, values...)
		if e != nil && err == nil {
			err = e
		}
		return s
	}
	set := func(name string, v any) { r = append(r, value.Field{Key: name, Value: v}) }
	set("numberingSystem", numberingSystem(tag, o))
	style := choose("style", "decimal", "decimal", "percent", "currency", "unit")
	code := strings.ToUpper(choose("currency", ""))
	display := choose("currencyDisplay", "symbol", "code", "symbol", "narrowSymbol", "name")
	sign := choose("currencySign", "standard", "standard", "accounting")
	unit := choose("unit", "")
	unitDisplay := choose("unitDisplay", "short", "short", "narrow", "long")
	notation := choose("notation", "standard", "standard", "scientific", "engineering", "compact")
	compact := choose("compactDisplay", "short", "short", "long")
	if err != nil {
		return nil, err
	}
	set("style", style)
	digits := 2
	switch {
	case code != "" && (len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != ""):
		return nil, rangeError("Invalid currency code : %s", code)
	case style == "currency" && code == "":
		return nil, &value.Error{Name: "TypeError", Message: "Currency code is required with currency style."}
	case style == "unit" && unit == "":
		return nil, &value.Error{Name: "TypeError", Message: "Unit is required with unit style."}
	case unit != "" && !knownUnit(unit):
		return nil, rangeError("Invalid unit argument for Intl.NumberFormat() '%s'", unit)
	}
	if style == "currency" {
		set("currency", code)
		set("currencyDisplay", display)
		set("currencySign", sign)
		if u, e := currency.ParseISO(code); e == nil {
			digits, _ = currency.Standard.Rounding(u)
		}
	}
	if style == "unit" {
		set("unit", unit)
		set("unitDisplay", unitDisplay)
	}
	r, err = resolveDigits(r, o, style, notation, digits)
	if err != nil {
		return nil, err
	}
	grouping := "auto"
	if notation == "compact" {
		grouping = "min2"
	}
	switch v, _ := o.fields.Get("useGrouping"); v {
	case false:
		set("useGrouping", false)
	case true, "always":
		set("useGrouping", "always")
	case "min2":
		set("useGrouping", "min2")
	default:
		set("useGrouping", grouping)
	}
	set("notation", notation)
	if notation == "compact" {
		set("compactDisplay", compact)
	}
	set("signDisplay", choose("signDisplay", "auto", "auto", "never", "always", "exceptZero", "negative"))
	set("roundingIncrement", 1)
	set("roundingMode", choose("roundingMode", "halfExpand", "ceil", "floor", "expand", "trunc", "halfCeil", "halfFloor", "halfExpand", "halfTrunc", "halfEven"))
	set("roundingPriority", "auto")
	set("trailingZeroDisplay", choose("trailingZeroDisplay", "auto", "auto", "stripIfInteger"))
	return r, err
}

// resolveDigits is SetNumberFormatDigitOptions (15.1.3).
func resolveDigits(r value.Object, o options, style, notation string, currencyDigits int) (value.Object, error) {
	least, most := 0, 3
	switch {
	case style == "currency" && notation == "standard":
		least, most = currencyDigits, currencyDigits
	case style == "percent" || notation == "compact":
		most = 0
	}
	whole, err := o.whole("minimumIntegerDigits", 1, 21, 1)
	if err != nil {
		return nil, err
	}
	r = append(r, value.Field{Key: "minimumIntegerDigits", Value: whole})
	if o.has("minimumSignificantDigits") || o.has("maximumSignificantDigits") {
		low, err := o.whole("minimumSignificantDigits", 1, 21, 1)
		if err != nil {
			return nil, err
		}
		high, err := o.whole("maximumSignificantDigits", low, 21, 21)
		if err != nil {
			return nil, err
		}
		return append(r, value.Field{Key: "minimumSignificantDigits", Value: low}, value.Field{Key: "maximumSignificantDigits", Value: high}), nil
	}
	hasLeast, hasMost := o.has("minimumFractionDigits"), o.has("maximumFractionDigits")
	low, err := o.whole("minimumFractionDigits", 0, 100, least)
	if err != nil {
		return nil, err
	}
	high, err := o.whole("maximumFractionDigits", 0, 100, max(most, low))
	if err != nil {
		return nil, err
	}
	switch {
	case hasLeast && hasMost && low > high:
		return nil, rangeError("maximumFractionDigits value is out of range.")
	case !hasLeast:
		low = min(low, high)
	}
	r = append(r, value.Field{Key: "minimumFractionDigits", Value: low}, value.Field{Key: "maximumFractionDigits", Value: high})
	if notation == "compact" && !hasLeast && !hasMost {
		r = append(r, value.Field{Key: "minimumSignificantDigits", Value: 1}, value.Field{Key: "maximumSignificantDigits", Value: 2})
	}
	return r, nil
}

func numberingSystem(tag language.Tag, o options) string {
	nu, _ := o.text("numberingSystem", tag.TypeForKey("nu"))
	if nu != "" {
		if t, err := tag.SetTypeForKey("nu", nu); err == nil && (nu == "latn" || symbolsOf(t).zero != '0') {
			return nu
		}
	}
	for name, zero := range map[string]rune{"arab": '٠', "arabext": '۰', "deva": '०', "beng": '০', "mymr": '၀', "tibt": '༠'} {
		if symbolsOf(tag).zero == zero {
			return name
		}
	}
	return "latn"
}

// formatNumber is number(options, value, asParts).
func formatNumber(args []any) (any, error) {
	r := args[0].(value.Object)
	return partsOf(numberParts(r, args[1]), args[2] == true), nil
}

// numberParts is PartitionNumberPattern (15.5.4).
func numberParts(r value.Object, v any) []part {
	tag := tagOf(r)
	s := symbolsOf(tag)
	f, isFloat := v.(float64)
	var parts []part
	var d decimal
	negative, zero, suffix := false, false, part{}
	switch {
	case isFloat && math.IsNaN(f):
		parts = []part{{"nan", "NaN"}}
	case isFloat && math.IsInf(f, 0):
		negative = f < 0
		parts = []part{{"infinity", "∞"}}
	default:
		d, negative = decimalOf(v)
		if isFloat {
			negative = math.Signbit(f)
		}
		if textOf(r, "style") == "percent" && !d.isZero() {
			d.point += 2
		}
		parts, suffix, zero = magnitude(tag, s, r, d, negative)
	}
	parts = withUnits(tag, s, r, parts, suffix, v)
	return withSign(s, r, parts, negative, zero)
}

// magnitude writes a number's digits. suffix is what a compact form has behind them.
func magnitude(tag language.Tag, s *symbols, r value.Object, d decimal, negative bool) (parts []part, suffix part, zero bool) {
	exponent := 0
	notation := textOf(r, "notation")
	rounded := round(d, r, negative)
	switch {
	case notation == "scientific" && !d.isZero():
		exponent = d.point - 1
	case notation == "engineering" && !d.isZero():
		exponent = floorTo(d.point-1, 3)
	case notation == "compact" && isEnglish(tag) && rounded.point > 3:
		exponent = min(floorTo(rounded.point-1, 3), 12)
	}
	if exponent != 0 {
		shift := func(e int) decimal { return round(decimal{d.digits, d.point - e}, r, negative) }
		rounded = shift(exponent)
		step := 3
		if notation == "scientific" {
			step = 1
		}
		if rounded.point > step && !(notation == "compact" && exponent == 12) { // 999.9 became 1000
			exponent += step
			rounded = shift(exponent)
		}
	}
	whole, fraction := rounded.text(wholeOf(r, "minimumIntegerDigits", 1), leastFraction(rounded, r))
	if textOf(r, "trailingZeroDisplay") == "stripIfInteger" && strings.Trim(fraction, "0") == "" {
		fraction = ""
	}
	parts = s.grouped(whole, r)
	if fraction != "" {
		parts = append(parts, part{"decimal", s.point}, part{"fraction", s.digits(fraction)})
	}
	switch {
	case notation == "scientific" || notation == "engineering":
		parts = append(parts, part{"exponentSeparator", "E"})
		if exponent < 0 {
			parts = append(parts, part{"exponentMinusSign", s.minus})
			exponent = -exponent
		}
		text, _ := decimalOf(exponent)
		digits, _ := text.text(1, 0)
		parts = append(parts, part{"exponentInteger", s.digits(digits)})
	case exponent != 0:
		names := map[int][2]string{3: {"K", " thousand"}, 6: {"M", " million"}, 9: {"B", " billion"}, 12: {"T", " trillion"}}[exponent]
		suffix = part{"compact", names[0]}
		if textOf(r, "compactDisplay") == "long" {
			suffix.text = names[1]
		}
	}
	return parts, suffix, rounded.isZero()
}

func floorTo(n, step int) int { return int(math.Floor(float64(n)/float64(step))) * step }

func isEnglish(tag language.Tag) bool { base, _ := tag.Base(); return base.String() == "en" }

// round rounds as the options say.
func round(d decimal, r value.Object, negative bool) decimal {
	if d.isZero() {
		return d
	}
	mode := textOf(r, "roundingMode")
	most := wholeOf(r, "maximumSignificantDigits", 0)
	if most == 0 {
		return d.toFraction(wholeOf(r, "maximumFractionDigits", 3), mode, negative)
	}
	if textOf(r, "notation") == "compact" && wholeOf(r, "maximumFractionDigits", -1) == 0 && d.point > most {
		return d.toFraction(0, mode, negative) // 123 stays, though two digits are enough for 1.2
	}
	return d.round(most, mode, negative)
}

func leastFraction(d decimal, r value.Object) int {
	least := wholeOf(r, "minimumSignificantDigits", 0)
	if least == 0 || textOf(r, "notation") == "compact" {
		return wholeOf(r, "minimumFractionDigits", 0)
	}
	if d.isZero() {
		return least - 1
	}
	return max(least-d.point, 0)
}

// grouped cuts the digits before the point into groups.
func (s *symbols) grouped(whole string, r value.Object) []part {
	least := s.least
	grouping, _ := r.Get("useGrouping")
	switch grouping {
	case false:
		return []part{{"integer", s.digits(whole)}}
	case "always":
		least = 1
	case "min2":
		least = 2
	}
	if s.group == "" || len(whole) < s.primary+least {
		return []part{{"integer", s.digits(whole)}}
	}
	var parts []part
	size := s.primary
	for len(whole) > size {
		cut := len(whole) - size
		parts = append(parts, part{"integer", s.digits(whole[cut:])}, part{"group", s.group})
		whole, size = whole[:cut], s.secondary
	}
	parts = append(parts, part{"integer", s.digits(whole)})
	slices.Reverse(parts)
	return parts
}

// withUnits adds what stands beside the number: the percent sign, the currency, the unit.
func withUnits(tag language.Tag, s *symbols, r value.Object, parts []part, suffix part, v any) []part {
	if suffix.text != "" {
		if name, ok := strings.CutPrefix(suffix.text, " "); ok {
			parts = append(parts, part{"literal", " "}, part{"compact", name})
		} else {
			parts = append(parts, suffix)
		}
	}
	around := func(kind, before, after string) []part {
		if text := strings.TrimRight(before, " \u00a0\u202f"); text != "" {
			head := []part{{kind, text}}
			if space := before[len(text):]; space != "" {
				head = append(head, part{"literal", space})
			}
			parts = append(head, parts...)
		}
		if text := strings.TrimLeft(after, " \u00a0\u202f"); text != "" {
			if space := after[:len(after)-len(text)]; space != "" {
				parts = append(parts, part{"literal", space})
			}
			parts = append(parts, part{kind, text})
		}
		return parts
	}
	switch textOf(r, "style") {
	case "percent":
		return around("percentSign", s.percentBefore, s.percent)
	case "currency":
		code, form := textOf(r, "currency"), textOf(r, "currencyDisplay")
		symbol := currencySymbol(tag, code, form)
		if form == "name" {
			return around("currency", "", " "+symbol)
		}
		before, space := currencyPlace(tag, symbol)
		if before {
			return around("currency", symbol+space, "")
		}
		return around("currency", "", space+symbol)
	case "unit":
		return around("unit", "", unitText(textOf(r, "unit"), textOf(r, "unitDisplay"), isOne(parts, v)))
	}
	return parts
}

// isOne reports whether a number is written as 1 and so has a unit in the singular.
func isOne(parts []part, v any) bool {
	if n, ok := v.(*big.Int); ok {
		return n.IsInt64() && n.Int64() == 1
	}
	return len(parts) == 1 && parts[0].text == "1"
}

// withSign adds the sign.
func withSign(s *symbols, r value.Object, parts []part, negative, zero bool) []part {
	nan := parts[0].kind == "nan"
	sign := ""
	switch textOf(r, "signDisplay") {
	case "auto":
		if negative && !nan {
			sign = "minusSign"
		}
	case "always":
		sign = "plusSign"
		if negative && !nan {
			sign = "minusSign"
		}
	case "exceptZero":
		if !zero && !nan {
			sign = "plusSign"
			if negative {
				sign = "minusSign"
			}
		}
	case "negative":
		if negative && !zero && !nan {
			sign = "minusSign"
		}
	}
	switch {
	case sign == "minusSign" && textOf(r, "currencySign") == "accounting":
		return append(append([]part{{"literal", "("}}, parts...), part{"literal", ")"})
	case sign == "minusSign":
		return append([]part{{sign, s.minus}}, parts...)
	case sign == "plusSign":
		return append([]part{{sign, s.plus}}, parts...)
	}
	return parts
}
