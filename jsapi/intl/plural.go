package intl

import (
	"math"
	"slices"
	"strconv"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"rowan/engine/value"
)

var forms = []string{plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}

// resolvePlural reads the options of PluralRules (ECMA-402, 16.1.1).
func resolvePlural(tag language.Tag, o options) (value.Object, error) {
	kind, err := o.text("type", "cardinal", "cardinal", "ordinal")
	if err != nil {
		return nil, err
	}
	r, err := resolveDigits(value.Object{{Key: "type", Value: kind}}, o, "decimal", "standard", 0)
	if err != nil {
		return nil, err
	}
	categories := []string{}
	for _, sample := range []float64{0.5, 1.5, 1e6, 0} {
		categories = append(categories, pluralOf(tag, r, sample))
	}
	for n := range 202 {
		categories = append(categories, pluralOf(tag, r, float64(n)))
	}
	order := []string{"few", "many", "one", "two", "zero", "other"}
	categories = slices.DeleteFunc(order, func(c string) bool { return !slices.Contains(categories, c) })
	return append(r,
		value.Field{Key: "pluralCategories", Value: categories}, value.Field{Key: "roundingIncrement", Value: 1},
		value.Field{Key: "roundingMode", Value: "halfExpand"}, value.Field{Key: "roundingPriority", Value: "auto"},
		value.Field{Key: "trailingZeroDisplay", Value: "auto"}), nil
}

// selectPlural is plural(options, number).
func selectPlural(args []any) (any, error) {
	r := args[0].(value.Object)
	n, ok := args[1].(float64)
	if i, isInt := args[1].(int); isInt {
		n, ok = float64(i), true
	}
	if !ok || math.IsNaN(n) || math.IsInf(n, 0) {
		return "other", nil
	}
	return pluralOf(tagOf(r), r, n), nil
}

func pluralOf(tag language.Tag, r value.Object, n float64) string {
	d, negative := decimalOf(n)
	d = round(d, r, negative)
	whole, fraction := d.text(1, leastFraction(d, r))
	trimmed := len(fraction)
	for trimmed > 0 && fraction[trimmed-1] == '0' {
		trimmed--
	}
	rules := plural.Cardinal
	if textOf(r, "type") == "ordinal" {
		rules = plural.Ordinal
	}
	operand := func(s string) int { // what is beyond an int32 counts by its last digits
		n, _ := strconv.Atoi(s[max(len(s)-9, 0):])
		return n
	}
	return forms[rules.MatchPlural(tag, operand(whole), len(fraction), trimmed, operand(fraction), operand(fraction[:trimmed]))]
}
