package intl

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/rivo/uniseg"
	"golang.org/x/text/language"

	"rowan/engine/value"
)

// resolveSegmenter reads the options of Segmenter (ECMA-402, 18.1.1).
func resolveSegmenter(_ language.Tag, o options) (value.Object, error) {
	g, err := o.text("granularity", "grapheme", "grapheme", "word", "sentence")
	return value.Object{{Key: "granularity", Value: g}}, err
}

// segments is segments(granularity, text): where each segment ends, in UTF-16, negative where it is a word (Unicode Standard Annex 29).
func segments(args []any) (any, error) {
	granularity, _ := args[0].(string)
	text, _ := args[1].(string)
	text = string(value.WellFormed([]byte(text)))
	var ends []int
	at, state := 0, -1
	for text != "" {
		var segment, rest string
		switch granularity {
		case "word":
			segment, rest, state = uniseg.FirstWordInString(text, state)
		case "sentence":
			segment, rest, state = uniseg.FirstSentenceInString(text, state)
		default:
			segment, rest, _, state = uniseg.FirstGraphemeClusterInString(text, state)
		}
		at += units16(segment)
		end := at
		if granularity == "word" && strings.ContainsFunc(segment, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
			end = -at
		}
		ends = append(ends, end)
		text = rest
	}
	return ends, nil
}

// units16 is how many UTF-16 units a text has.
func units16(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}
