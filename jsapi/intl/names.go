package intl

import (
	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"rowan/engine/value"
)

// resolveNames reads the options of DisplayNames (ECMA-402, 12.1.1).
func resolveNames(_ language.Tag, o options) (value.Object, error) {
	style, err := o.text("style", "long", "narrow", "short", "long")
	if err != nil {
		return nil, err
	}
	kind, err := o.text("type", "", "language", "region", "script", "currency", "calendar", "dateTimeField")
	if err != nil {
		return nil, err
	}
	if kind == "" {
		return nil, &value.Error{Name: "TypeError", Message: "Required option \"type\" must not be undefined"}
	}
	fallback, err := o.text("fallback", "code", "code", "none")
	if err != nil {
		return nil, err
	}
	r := value.Object{{Key: "style", Value: style}, {Key: "type", Value: kind}, {Key: "fallback", Value: fallback}}
	if kind == "language" {
		dialect, err := o.text("languageDisplay", "dialect", "dialect", "standard")
		if err != nil {
			return nil, err
		}
		r = append(r, value.Field{Key: "languageDisplay", Value: dialect})
	}
	return r, nil
}

// displayName is displayName(options, code): undefined where there is no name and no fallback.
func displayName(args []any) (any, error) {
	r := args[0].(value.Object)
	code, _ := args[1].(string)
	tag := tagOf(r)
	name := ""
	switch kind := textOf(r, "type"); kind {
	case "language":
		l, err := language.Parse(code)
		if _, unknown := err.(language.ValueError); err != nil && !unknown {
			return nil, rangeError("Invalid argument to Intl.DisplayNames.prototype.of")
		}
		name, code = display.Languages(tag).Name(l), l.String()
		if textOf(r, "languageDisplay") == "dialect" {
			name = display.Tags(tag).Name(l)
			if dialect := display.Languages(tag).Name(l); dialect != "" {
				name = dialect
			}
		}
	case "region":
		region, err := language.ParseRegion(code)
		if err != nil {
			break
		}
		name, code = display.Regions(tag).Name(region), region.String()
	case "script":
		script, err := language.ParseScript(code)
		if err != nil {
			break
		}
		name, code = display.Scripts(tag).Name(script), script.String()
	case "currency":
		if _, err := currency.ParseISO(code); err != nil && len(code) != 3 {
			return nil, rangeError("Invalid argument to Intl.DisplayNames.prototype.of")
		}
		if textOf(r, "style") != "long" {
			name = currencySymbol(tag, code, map[string]string{"narrow": "narrowSymbol", "short": "symbol"}[textOf(r, "style")])
		}
	}
	if name == "" {
		if textOf(r, "fallback") == "none" {
			return value.Undefined, nil
		}
		return code, nil
	}
	return name, nil
}
