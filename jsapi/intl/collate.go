package intl

import (
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"rowan/engine/value"
)

// resolveCollator reads the options of Collator (ECMA-402, 10.1.1).
func resolveCollator(tag language.Tag, o options) (value.Object, error) {
	usage, err := o.text("usage", "sort", "sort", "search")
	if err != nil {
		return nil, err
	}
	sensitivity, err := o.text("sensitivity", "variant", "base", "accent", "case", "variant")
	if err != nil {
		return nil, err
	}
	ignore, _ := o.fields.Get("ignorePunctuation")
	numeric, ok := o.fields.Get("numeric")
	if !ok {
		kn := tag.TypeForKey("kn")
		numeric = kn == "true" || kn == "yes"
	}
	collation := "default"
	if co := tag.TypeForKey("co"); co != "" && co != "standard" && co != "search" {
		collation = co
	}
	return value.Object{
		{Key: "usage", Value: usage}, {Key: "sensitivity", Value: sensitivity}, {Key: "ignorePunctuation", Value: ignore == true},
		{Key: "collation", Value: collation}, {Key: "numeric", Value: numeric == true}, {Key: "caseFirst", Value: "false"},
	}, nil
}

type collatorKey struct {
	locale, sensitivity string
	numeric             bool
}

// collators are pools by collatorKey: a collator may be used by one goroutine at a time.
var collators sync.Map

// compare is compare(options, a, b).
func compare(args []any) (any, error) {
	r := args[0].(value.Object)
	numeric, _ := r.Get("numeric")
	key := collatorKey{textOf(r, "locale"), textOf(r, "sensitivity"), numeric == true}
	pool, ok := collators.Load(key)
	if !ok {
		pool, _ = collators.LoadOrStore(key, &sync.Pool{New: func() any { return newCollator(key) }})
	}
	c := pool.(*sync.Pool).Get().(*collate.Collator)
	defer pool.(*sync.Pool).Put(c)
	a, _ := args[1].(string)
	b, _ := args[2].(string)
	return c.CompareString(a, b), nil
}

func newCollator(key collatorKey) *collate.Collator {
	var opts []collate.Option
	switch key.sensitivity {
	case "base":
		opts = append(opts, collate.Loose)
	case "accent":
		opts = append(opts, collate.IgnoreCase)
	case "case":
		opts = append(opts, collate.IgnoreDiacritics)
	}
	if key.numeric {
		opts = append(opts, collate.Numeric)
	}
	return collate.New(language.Make(key.locale), opts...)
}
