package intl

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// symbols are how a locale writes numbers.
type symbols struct {
	zero                      rune // the first of its ten digits
	point, group, minus, plus string
	primary, secondary        int // digits in the last group and in those before
	least                     int // digits before the last group, for there to be groups
	percentBefore, percent    string
}

var symbolCache sync.Map // by locale

// symbolsOf finds out how x/text writes numbers in a locale. Its tables are not to be had but through what it prints.
func symbolsOf(tag language.Tag) *symbols {
	key := tag.String()
	if s, ok := symbolCache.Load(key); ok {
		return s.(*symbols)
	}
	p := message.NewPrinter(tag)
	s := &symbols{primary: 3, secondary: 3, least: 1, minus: "-", plus: "+", point: "."}
	zero, _ := utf8.DecodeRuneInString(p.Sprint(number.Decimal(0)))
	s.zero = zero
	between := func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool { return r >= zero && r <= zero+9 })
	}
	if list := between(p.Sprint(number.Decimal(1.5))); len(list) > 0 {
		s.point = list[0]
	}
	large := p.Sprint(number.Decimal(1234567890))
	if list := between(large); len(list) > 0 {
		s.group = list[0]
		groups := strings.Split(large, s.group)
		last := len(groups) - 1
		s.primary, s.secondary = utf8.RuneCountInString(groups[last]), utf8.RuneCountInString(groups[last-1])
		base, _ := tag.Base()
		if leastTwo[base.String()] {
			s.least = 2
		}
	}
	if text := p.Sprint(number.Decimal(-1)); !strings.HasPrefix(text, string(zero+1)) {
		s.minus = strings.TrimSuffix(text, string(zero+1))
	}
	text := p.Sprint(number.Percent(0.01))
	s.percentBefore, s.percent, _ = strings.Cut(text, string(zero+1))
	symbolCache.Store(key, s)
	return s
}

// digits writes ASCII digits with the locale's.
func (s *symbols) digits(text string) string {
	if s.zero == '0' {
		return text
	}
	return strings.Map(func(r rune) rune { return r - '0' + s.zero }, text)
}

// leastTwo are the languages that group the digits of no number below 10,000 (CLDR's minimumGroupingDigits, which x/text does not heed).
var leastTwo = map[string]bool{"bg": true, "ca": true, "es": true, "et": true, "it": true, "ka": true, "lv": true, "pl": true}

// currencySymbol is a currency's symbol in a locale; its code where there is none.
func currencySymbol(tag language.Tag, code, form string) string {
	unit, err := currency.ParseISO(code)
	if err != nil || form == "code" || form == "name" {
		return code
	}
	p := message.NewPrinter(tag)
	if form == "narrowSymbol" {
		return p.Sprint(currency.NarrowSymbol(unit))
	}
	return p.Sprint(currency.Symbol(unit))
}

// currencyAfter are the languages that write a currency behind the amount, with a space.
var currencyAfter = map[string]bool{}

// currencySpaced are those that write it before the amount, with a space.
var currencySpaced = map[string]bool{"nl": true, "pt": true, "de-AT": true, "de-CH": true, "it-CH": true}

func init() {
	for _, l := range strings.Fields("de fr es it pl ru uk cs sk sl hr sr bs mk bg ro hu fi sv da nb no is et lv lt el ca gl eu be ka hy kk vi ar fa he pt-PT") {
		currencyAfter[l] = true
	}
}

// currencyPlace says how a locale places a currency's symbol.
func currencyPlace(tag language.Tag, symbol string) (before bool, space string) {
	base, _ := tag.Base()
	region, _ := tag.Region()
	for _, key := range []string{base.String() + "-" + region.String(), base.String()} {
		if currencySpaced[key] {
			return true, "\u00a0"
		}
		if currencyAfter[key] {
			if region.String() == "MX" || region.String() == "US" && base.String() == "es" {
				break
			}
			return false, "\u00a0"
		}
	}
	if last, _ := utf8.DecodeLastRuneInString(symbol); unicode.IsLetter(last) {
		return true, "\u00a0"
	}
	return true, ""
}
