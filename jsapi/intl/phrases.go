package intl

import (
	"math"
	"strings"

	"golang.org/x/text/language"

	"rowan/engine/value"
)

// resolveList reads the options of ListFormat (ECMA-402, 13.1.1).
func resolveList(_ language.Tag, o options) (value.Object, error) {
	kind, err := o.text("type", "conjunction", "conjunction", "disjunction", "unit")
	if err != nil {
		return nil, err
	}
	style, err := o.text("style", "long", "long", "short", "narrow")
	return value.Object{{Key: "type", Value: kind}, {Key: "style", Value: style}}, err
}

// formatList is list(options, items, asParts).
func formatList(args []any) (any, error) {
	r := args[0].(value.Object)
	items, _ := args[1].([]any)
	var parts []part
	for i, item := range items {
		text, _ := item.(string)
		if i > 0 {
			parts = append(parts, part{"literal", listSeparator(textOf(r, "type"), textOf(r, "style"), len(items), i == len(items)-1, dayFirst(tagOf(r)))})
		}
		parts = append(parts, part{"element", text})
	}
	return partsOf(parts, args[2] == true), nil
}

// listSeparator is what stands before an item. British English has no comma before the last one.
func listSeparator(kind, style string, count int, last, british bool) string {
	word := map[string]string{"conjunction": "and", "disjunction": "or"}[kind]
	if word == "and" && style == "short" && !british {
		word = "&"
	}
	switch {
	case kind == "unit" && style == "narrow":
		return " "
	case kind == "unit" || !last || kind == "conjunction" && style == "narrow" && !british:
		return ", "
	case count == 2 || british:
		return " " + word + " "
	}
	return ", " + word + " "
}

// resolveRelative reads the options of RelativeTimeFormat (ECMA-402, 17.1.1).
func resolveRelative(_ language.Tag, o options) (value.Object, error) {
	style, err := o.text("style", "long", "long", "short", "narrow")
	if err != nil {
		return nil, err
	}
	numeric, err := o.text("numeric", "always", "always", "auto")
	return value.Object{{Key: "style", Value: style}, {Key: "numeric", Value: numeric}, {Key: "numberingSystem", Value: "latn"}}, err
}

// words are what numeric: "auto" says instead of a number: before, now, after.
var words = map[string][3]string{
	"second": {"", "now", ""}, "minute": {"", "this minute", ""}, "hour": {"", "this hour", ""},
	"day": {"yesterday", "today", "tomorrow"}, "week": {"last week", "this week", "next week"},
	"month": {"last month", "this month", "next month"}, "quarter": {"last quarter", "this quarter", "next quarter"},
	"year": {"last year", "this year", "next year"},
}

// abbreviations are the units' names in the short and in the narrow style.
var abbreviations = map[string][2]string{
	"second": {"sec.", "s"}, "minute": {"min.", "m"}, "hour": {"hr.", "h"}, "week": {"wk.", "w"}, "month": {"mo.", "mo"},
	"quarter": {"qtr.", "q"}, "year": {"yr.", "y"}, "day": {"", ""},
}

// calendarUnits are those that the words of numeric: "auto" abbreviate too.
var calendarUnits = map[string]bool{"week": true, "month": true, "quarter": true, "year": true}

// formatRelative is relative(options, value, unit, asParts).
func formatRelative(args []any) (any, error) {
	r := args[0].(value.Object)
	n, ok := args[1].(float64)
	if i, isInt := args[1].(int); isInt {
		n, ok = float64(i), true
	}
	text, _ := args[2].(string)
	unit := strings.TrimSuffix(text, "s")
	if _, known := words[unit]; !known {
		return nil, rangeError("Invalid unit argument for format() '%s'", text)
	}
	if !ok || math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, rangeError("The value argument must be a finite number")
	}
	negative := math.Signbit(n)
	if textOf(r, "numeric") == "auto" && (n == 0 || math.Abs(n) == 1) {
		i := 1
		switch {
		case n < 0:
			i = 0
		case n > 0:
			i = 2
		}
		if word := words[unit][i]; word != "" {
			if textOf(r, "style") != "long" && calendarUnits[unit] {
				word = strings.Replace(word, unit, abbreviations[unit][0], 1)
			}
			return partsOf([]part{{"literal", word}}, args[3] == true), nil
		}
	}
	numbers, _ := resolveNumber(tagOf(r), options{})
	number := numberParts(append(value.Object{{Key: "locale", Value: textOf(r, "locale")}}, numbers...), math.Abs(n))
	name, style := unit, textOf(r, "style")
	one := len(number) == 1 && number[0].text == "1"
	if style != "long" && abbreviations[unit][0] != "" {
		name = abbreviations[unit][0]
		if unit == "quarter" && !one {
			name = "qtrs."
		}
		if style == "narrow" {
			name = abbreviations[unit][1]
		}
	} else if !one && !(style == "narrow") {
		name += "s"
	}
	space := " "
	if style == "narrow" {
		space = ""
		if unit == "day" {
			name = "d"
		}
	}
	parts := number
	if negative {
		parts = append(parts, part{"literal", space + name + " ago"})
	} else {
		parts = append([]part{{"literal", "in "}}, append(parts, part{"literal", space + name})...)
	}
	return partsOf(parts, args[3] == true), nil
}
