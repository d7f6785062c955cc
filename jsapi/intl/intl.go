// Package intl is the Go half of the API group "intl": Intl, and the methods of Number, BigInt, Date, String and Array that it
// redefines, after ECMA-402 (https://tc39.es/ecma402).
//
// What stands on the CLDR data of golang.org/x/text knows all of its languages: the separators, digits and grouping of NumberFormat,
// PluralRules, Collator, DisplayNames, and the canonical form of locales. What has no data there speaks English alone, and says so in
// supportedLocalesOf and resolvedOptions: DateTimeFormat (as in the US and, by en-GB and its like, with the day first), ListFormat and
// RelativeTimeFormat; so do the names of units and the compact notation of NumberFormat, which are left out elsewhere. Time zones are
// those of the IANA database; other calendars than the Gregorian one, Locale, DurationFormat, formatRange and the older of the
// numbering systems are left out. Collator knows no caseFirst, and a string given as a number has the precision of a double.
package intl

import (
	"fmt"
	"slices"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"rowan/engine"
	"rowan/engine/value"
)

// service is a constructor of Intl: it reads its options, and makes what formats by what it has read.
type service struct {
	english bool // without data for any other language
	// resolve makes the resolved options.
	resolve func(tag language.Tag, o options) (value.Object, error)
}

var services = map[string]service{
	"NumberFormat":       {resolve: resolveNumber},
	"DateTimeFormat":     {english: true, resolve: resolveDate},
	"PluralRules":        {resolve: resolvePlural},
	"Collator":           {resolve: resolveCollator},
	"DisplayNames":       {resolve: resolveNames},
	"ListFormat":         {english: true, resolve: resolveList},
	"RelativeTimeFormat": {english: true, resolve: resolveRelative},
	"Segmenter":          {resolve: resolveSegmenter},
}

// Hosts are the group's host functions. What they give depends on their arguments alone, but for the local time zone.
func Hosts() []engine.Host {
	host := func(name string, f func(args []any) (any, error)) engine.Host {
		return engine.Host{Name: name, Template: engine.PureCall, Func: func(_ *engine.Turn, args value.Args) (any, error) {
			list := make([]any, args.Len())
			for i := range list {
				v, _, err := value.Decode(args.Raw(i))
				if err != nil {
					return nil, err
				}
				list[i] = v
			}
			return f(list)
		}}
	}
	return []engine.Host{
		host("canonical", func(args []any) (any, error) { return canonical(args[0].([]any)) }),
		host("supported", supported),
		host("resolve", resolve),
		host("number", formatNumber),
		host("date", formatDate),
		host("plural", selectPlural),
		host("compare", compare),
		host("displayName", displayName),
		host("list", formatList),
		host("relative", formatRelative),
		host("segments", segments),
	}
}

func rangeError(format string, args ...any) error {
	return &value.Error{Name: "RangeError", Message: fmt.Sprintf(format, args...)}
}

// options are what a script gave to a constructor.
type options struct{ fields value.Object }

// text reads an option that is one of these values, or any if there are none. The first one is the default.
func (o options) text(name, fallback string, values ...string) (string, error) {
	v, ok := o.fields.Get(name)
	s, isText := v.(string)
	switch {
	case !ok || !isText:
		return fallback, nil
	case len(values) > 0 && !slices.Contains(values, s):
		return "", rangeError("Value %s out of range for Intl option %s", s, name)
	}
	return s, nil
}

// whole reads an option that is a whole number within bounds.
func (o options) whole(name string, low, high, fallback int) (int, error) {
	v, ok := o.fields.Get(name)
	if !ok {
		return fallback, nil
	}
	n := 0.0
	switch v := v.(type) {
	case int:
		n = float64(v)
	case float64:
		n = v
	}
	if !(n >= float64(low) && n <= float64(high)) {
		return 0, rangeError("%s value is out of range.", name)
	}
	return int(n), nil
}

func (o options) has(name string) bool { _, ok := o.fields.Get(name); return ok }

// canonical gives locales their canonical form, each once.
func canonical(locales []any) ([]string, error) {
	list := []string{}
	for _, l := range locales {
		s, _ := l.(string)
		tag, err := language.Parse(s)
		if _, unknown := err.(language.ValueError); err != nil && !unknown {
			return nil, rangeError("Incorrect locale information provided: %q", s)
		}
		if text := tag.String(); !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list, nil
}

// languages are those that x/text has data of.
var languages = sync.OnceValue(func() map[language.Base]bool {
	set := map[language.Base]bool{}
	for _, tag := range display.Supported.Tags() {
		base, _ := tag.Base()
		set[base] = true
	}
	return set
})

// knows reports whether a service has data of a locale's language.
func (s service) knows(tag language.Tag) bool {
	base, _ := tag.Base()
	return !s.english && languages()[base] || base.String() == "en"
}

// supported is supported(service, locales): those that it knows.
func supported(args []any) (any, error) {
	locales, err := canonical(args[1].([]any))
	if err != nil {
		return nil, err
	}
	s := services[args[0].(string)]
	return slices.DeleteFunc(locales, func(l string) bool { return !s.knows(language.Make(l)) }), nil
}

// defaultLocale is that of whoever asks for none that is known.
var defaultLocale = language.AmericanEnglish

// resolve is resolve(service, locales, options): the resolved options, beginning with the locale.
func resolve(args []any) (any, error) {
	locales, err := canonical(args[1].([]any))
	if err != nil {
		return nil, err
	}
	s := services[args[0].(string)]
	tag := defaultLocale
	for _, l := range locales {
		if t := language.Make(l); s.knows(t) {
			tag = t
			break
		}
	}
	fields, _ := args[2].(value.Object)
	resolved, err := s.resolve(tag, options{fields})
	if err != nil {
		return nil, err
	}
	plain := tag
	if t, err := language.Raw.Compose(tag, []language.Extension{}); err == nil {
		plain = t
	}
	return append(value.Object{{Key: "locale", Value: plain.String()}}, resolved...), nil
}

// tagOf is the locale of resolved options.
func tagOf(resolved value.Object) language.Tag {
	v, _ := resolved.Get("locale")
	s, _ := v.(string)
	tag := language.Make(s)
	if nu := textOf(resolved, "numberingSystem"); nu != "" {
		if t, err := tag.SetTypeForKey("nu", nu); err == nil {
			return t
		}
	}
	return tag
}

func textOf(o value.Object, key string) string {
	v, _ := o.Get(key)
	s, _ := v.(string)
	return s
}

func wholeOf(o value.Object, key string, fallback int) int {
	v, _ := o.Get(key)
	if n, ok := v.(int); ok {
		return n
	}
	return fallback
}

// part is a piece of formatted text, of a type that formatToParts names.
type part struct{ kind, text string }

// partsOf is what a script gets of parts: pairs of types and texts, or the text alone.
func partsOf(parts []part, asParts bool) any {
	if !asParts {
		text := ""
		for _, p := range parts {
			text += p.text
		}
		return text
	}
	list := make([]string, 0, 2*len(parts))
	for _, p := range parts {
		list = append(list, p.kind, p.text)
	}
	return list
}
