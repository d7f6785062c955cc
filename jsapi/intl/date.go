package intl

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a program of one file knows its time zones wherever it runs

	"golang.org/x/text/language"

	"rowan/engine/value"
)

// fields are the options of DateTimeFormat that name a component, with what they may be.
var fields = []struct {
	name   string
	values []string
}{
	{"weekday", []string{"narrow", "short", "long"}},
	{"era", []string{"narrow", "short", "long"}},
	{"year", []string{"2-digit", "numeric"}},
	{"month", []string{"2-digit", "numeric", "narrow", "short", "long"}},
	{"day", []string{"2-digit", "numeric"}},
	{"hour", []string{"2-digit", "numeric"}},
	{"minute", []string{"2-digit", "numeric"}},
	{"second", []string{"2-digit", "numeric"}},
}

var (
	dateFields = []string{"weekday", "year", "month", "day"}
	timeFields = []string{"hour", "minute", "second", "fractionalSecondDigits"}
)

// resolveDate reads the options of DateTimeFormat (ECMA-402, 11.1.2).
func resolveDate(tag language.Tag, o options) (value.Object, error) {
	r := value.Object{{Key: "calendar", Value: "gregory"}, {Key: "numberingSystem", Value: "latn"}}
	zone, err := o.text("timeZone", "")
	if err != nil {
		return nil, err
	}
	if zone == "" && !o.has("timeZone") {
		zone = localZone()
	}
	name, _, ok := zoneOf(zone)
	if !ok {
		return nil, rangeError("Invalid time zone specified: %s", zone)
	}
	r = append(r, value.Field{Key: "timeZone", Value: name})
	chosen := value.Object{}
	for _, f := range fields {
		s, err := o.text(f.name, "", append([]string{""}, f.values...)...)
		if err != nil {
			return nil, err
		}
		if s != "" {
			chosen = append(chosen, value.Field{Key: f.name, Value: s})
		}
	}
	if o.has("fractionalSecondDigits") {
		n, err := o.whole("fractionalSecondDigits", 1, 3, 0)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, value.Field{Key: "fractionalSecondDigits", Value: n})
	}
	zoneName, err := o.text("timeZoneName", "", "", "short", "long", "shortOffset", "longOffset", "shortGeneric", "longGeneric")
	if err != nil {
		return nil, err
	}
	if zoneName != "" {
		chosen = append(chosen, value.Field{Key: "timeZoneName", Value: zoneName})
	}
	styles := value.Object{}
	for _, name := range []string{"dateStyle", "timeStyle"} {
		s, err := o.text(name, "", "", "full", "long", "medium", "short")
		if err != nil {
			return nil, err
		}
		if s != "" {
			styles = append(styles, value.Field{Key: name, Value: s})
		}
	}
	required, _ := o.text("required", "any")
	has := func(names []string) bool {
		return slices.ContainsFunc(names, func(name string) bool { _, ok := chosen.Get(name); return ok })
	}
	if len(styles) > 0 {
		switch {
		case len(chosen) > 0:
			return nil, &value.Error{Name: "TypeError", Message: "Can't set option " + chosen[0].Key + " when " + styles[0].Key + " is used"}
		case required == "date" && textOf(styles, "timeStyle") != "", required == "time" && textOf(styles, "dateStyle") != "":
			return nil, &value.Error{Name: "TypeError", Message: "Invalid option : " + styles[0].Key}
		}
		chosen = styles
	} else if !(required != "time" && has(dateFields)) && !(required != "date" && has(timeFields)) {
		defaults, _ := o.text("defaults", "date")
		if defaults != "time" {
			for _, name := range dateFields[1:] {
				chosen = append(chosen, value.Field{Key: name, Value: "numeric"})
			}
		}
		if defaults != "date" {
			for _, name := range timeFields[:3] {
				chosen = append(chosen, value.Field{Key: name, Value: "numeric"})
			}
		}
	}
	if _, ok := chosen.Get("hour"); ok || textOf(chosen, "timeStyle") != "" {
		cycle, err := o.text("hourCycle", "", "", "h11", "h12", "h23", "h24")
		if err != nil {
			return nil, err
		}
		preferred := "h12"
		if dayFirst(tag) {
			preferred = "h23"
		}
		switch v, _ := o.fields.Get("hour12"); v {
		case true:
			cycle = "h12"
		case false:
			cycle = "h23"
		default:
			if cycle == "" {
				cycle = preferred
			}
		}
		r = append(r, value.Field{Key: "hourCycle", Value: cycle}, value.Field{Key: "hour12", Value: cycle == "h11" || cycle == "h12"})
	}
	return append(r, chosen...), nil
}

// dayFirst reports whether a locale of English writes the day before the month, and the hours of the day up to 23.
func dayFirst(tag language.Tag) bool {
	region, _ := tag.Region()
	return !slices.Contains([]string{"US", "ZZ", "AS", "GU", "MP", "PR", "UM", "VI", "PH", "CA"}, region.String())
}

var localZone = sync.OnceValue(func() string {
	if tz, ok := os.LookupEnv("TZ"); ok {
		if name, _, ok := zoneOf(strings.TrimPrefix(tz, ":")); ok {
			return name
		}
	}
	if path, err := filepath.EvalSymlinks("/etc/localtime"); err == nil {
		if _, name, ok := strings.Cut(path, "zoneinfo/"); ok {
			if name, _, ok := zoneOf(name); ok {
				return name
			}
		}
	}
	return "UTC"
})

var offset = regexp.MustCompile(`^([+-])(\d\d)(?::?(\d\d))?$`)

// zoneOf finds a time zone by its name or its offset.
func zoneOf(name string) (canonical string, zone *time.Location, ok bool) {
	switch strings.ToUpper(name) {
	case "":
		return "", nil, false
	case "UTC", "GMT", "ETC/UTC", "ETC/GMT", "ETC/UCT", "ZULU":
		return "UTC", time.UTC, true
	case "LOCAL":
		return "", nil, false
	}
	if m := offset.FindStringSubmatch(name); m != nil {
		h, _ := strconv.Atoi(m[2])
		min, _ := strconv.Atoi("0" + m[3])
		if h > 23 || min > 59 {
			return "", nil, false
		}
		seconds := h*3600 + min*60
		if m[1] == "-" {
			seconds = -seconds
		}
		canonical = fmt.Sprintf("%s%02d:%02d", m[1], h, min)
		return canonical, time.FixedZone(canonical, seconds), true
	}
	zone, err := time.LoadLocation(name)
	if err != nil { // names are written in any case
		words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '/' })
		for i, w := range words {
			parts := strings.Split(w, "_")
			for j, p := range parts {
				if p != "" && p != "of" && p != "es" {
					parts[j] = strings.ToUpper(p[:1]) + p[1:]
				}
			}
			words[i] = strings.Join(parts, "_")
		}
		name = strings.Join(words, "/")
		if zone, err = time.LoadLocation(name); err != nil {
			return "", nil, false
		}
	}
	return name, zone, true
}

// formatDate is date(options, milliseconds, asParts).
func formatDate(args []any) (any, error) {
	r := args[0].(value.Object)
	ms := 0.0
	switch v := args[1].(type) {
	case int:
		ms = float64(v)
	case float64:
		ms = v
	}
	if math.IsNaN(ms) || math.Abs(ms) > 8.64e15 {
		return nil, rangeError("Invalid time value")
	}
	_, zone, ok := zoneOf(textOf(r, "timeZone"))
	if !ok {
		zone = time.UTC
	}
	f := dateFormat{Object: r, t: time.UnixMilli(int64(ms)).In(zone), dayFirst: dayFirst(tagOf(r))}
	return partsOf(f.parts(), args[2] == true), nil
}

// dateFormat writes a moment in English.
type dateFormat struct {
	value.Object
	t        time.Time
	dayFirst bool
}

func (f dateFormat) get(name string) string { return textOf(f.Object, name) }

// styled are the components that a style stands for.
func (f dateFormat) styled() dateFormat {
	add := func(pairs ...string) {
		for i := 0; i < len(pairs); i += 2 {
			f.Object = append(f.Object, value.Field{Key: pairs[i], Value: pairs[i+1]})
		}
	}
	switch f.get("dateStyle") {
	case "full":
		add("weekday", "long", "year", "numeric", "month", "long", "day", "numeric")
	case "long":
		add("year", "numeric", "month", "long", "day", "numeric")
	case "medium":
		add("year", "numeric", "month", "short", "day", "numeric")
	case "short":
		if f.dayFirst {
			add("year", "numeric", "month", "2-digit", "day", "2-digit")
		} else {
			add("year", "2-digit", "month", "numeric", "day", "numeric")
		}
	}
	switch f.get("timeStyle") {
	case "full":
		add("hour", "numeric", "minute", "2-digit", "second", "2-digit", "timeZoneName", "long")
	case "long":
		add("hour", "numeric", "minute", "2-digit", "second", "2-digit", "timeZoneName", "short")
	case "medium":
		add("hour", "numeric", "minute", "2-digit", "second", "2-digit")
	case "short":
		add("hour", "numeric", "minute", "2-digit")
	}
	return f
}

func (f dateFormat) parts() []part {
	f = f.styled()
	date, clock := f.date(), f.clock()
	if name := f.get("timeZoneName"); name != "" {
		zone := part{"timeZoneName", f.zoneName(name)}
		if len(clock) > 0 {
			clock = append(clock, part{"literal", " "}, zone)
		} else {
			clock = append(clock, zone)
		}
	}
	if len(date) == 0 || len(clock) == 0 {
		return append(date, clock...)
	}
	join := ", "
	switch {
	case f.get("month") == "long" && f.get("hour") != "":
		join = " at "
	case len(date) == 1 && date[0].kind == "weekday":
		join = " "
	}
	return append(append(date, part{"literal", join}), clock...)
}

func pad(n, width int) string { return fmt.Sprintf("%0*d", width, n) }

func two(n int, form string) string {
	if form == "2-digit" {
		return pad(n%100, 2)
	}
	return strconv.Itoa(n)
}

// date writes weekday, month, day, year and era.
func (f dateFormat) date() []part {
	year := f.t.Year()
	if f.get("era") != "" && year <= 0 {
		year = 1 - year
	}
	month, day := f.get("month"), f.get("day")
	textual := month == "long" || month == "short" || month == "narrow"
	if f.dayFirst && month == "numeric" && day == "numeric" {
		month, day = "2-digit", "2-digit"
	} else if f.dayFirst && month == "numeric" && day == "" && f.get("year") != "" {
		month = "2-digit"
	}
	var m, d, y, w []part
	switch month {
	case "":
	case "long":
		m = []part{{"month", f.t.Month().String()}}
	case "short":
		name := f.t.Month().String()[:3]
		if f.dayFirst && name == "Sep" {
			name = "Sept"
		}
		m = []part{{"month", name}}
	case "narrow":
		m = []part{{"month", f.t.Month().String()[:1]}}
	default:
		m = []part{{"month", two(int(f.t.Month()), month)}}
	}
	if day != "" {
		d = []part{{"day", two(f.t.Day(), day)}}
	}
	if form := f.get("year"); form != "" {
		y = []part{{"year", two(year, form)}}
	}
	switch f.get("weekday") {
	case "long":
		w = []part{{"weekday", f.t.Weekday().String()}}
	case "short":
		w = []part{{"weekday", f.t.Weekday().String()[:3]}}
	case "narrow":
		w = []part{{"weekday", f.t.Weekday().String()[:1]}}
	}
	var out []part
	switch {
	case !textual && f.dayFirst:
		out = joined("/", d, m, y)
	case !textual:
		out = joined("/", m, d, y)
	case f.dayFirst:
		out = joined(" ", d, m, y)
	case d != nil:
		out = joined(", ", joined(" ", m, d), y)
	default:
		out = joined(" ", m, y)
	}
	if era := f.get("era"); era != "" {
		out = joined(" ", out, []part{{"era", f.era(era)}})
	}
	switch {
	case w != nil && f.dayFirst && d != nil && y == nil:
		return joined(" ", w, out)
	case w != nil && (d == nil) != (m == nil && y == nil): // "2 Tuesday", "January 2024 Tuesday"
		return joined(" ", out, w)
	}
	return joined(", ", w, out)
}

func (f dateFormat) era(form string) string {
	names := map[string][2]string{"long": {"Anno Domini", "Before Christ"}, "short": {"AD", "BC"}, "narrow": {"A", "B"}}[form]
	if f.t.Year() <= 0 {
		return names[1]
	}
	return names[0]
}

// joined joins what is there.
func joined(separator string, lists ...[]part) []part {
	var out []part
	for _, l := range lists {
		if len(l) > 0 && len(out) > 0 {
			out = append(out, part{"literal", separator})
		}
		out = append(out, l...)
	}
	return out
}

// clock writes hour, minute and second.
func (f dateFormat) clock() []part {
	var h, m, s []part
	hour, minute, second := f.get("hour"), f.get("minute"), f.get("second")
	cycle := f.get("hourCycle")
	if hour != "" {
		n := f.t.Hour()
		switch {
		case cycle == "h12" && n%12 == 0:
			n = 12
		case cycle == "h12" || cycle == "h11":
			n %= 12
		case cycle == "h24" && n == 0:
			n = 24
		}
		if cycle == "h23" || cycle == "h24" {
			hour = "2-digit"
		}
		h = []part{{"hour", two(n, hour)}}
	}
	if minute != "" {
		if hour != "" || second != "" {
			minute = "2-digit"
		} else {
			minute = "numeric"
		}
		m = []part{{"minute", two(f.t.Minute(), minute)}}
	}
	if second != "" {
		if minute != "" {
			second = "2-digit"
		} else {
			second = "numeric"
		}
		s = []part{{"second", two(f.t.Second(), second)}}
	}
	if n := wholeOf(f.Object, "fractionalSecondDigits", 0); n > 0 {
		s = joined(".", s, []part{{"fractionalSecond", pad(f.t.Nanosecond()/1e6, 3)[:n]}})
	}
	out := joined(":", h, m, s)
	if h != nil && (cycle == "h12" || cycle == "h11") {
		period := [2][2]string{{"AM", "PM"}, {"am", "pm"}}
		i, j := 0, f.t.Hour()/12
		if f.dayFirst {
			i = 1
		}
		out = append(out, part{"literal", " "}, part{"dayPeriod", period[i][j]})
	}
	return out
}

// american are the short names of zones that English of the US has, with the long ones.
var american = map[string]string{
	"EST": "Eastern Standard Time", "EDT": "Eastern Daylight Time", "CST": "Central Standard Time", "CDT": "Central Daylight Time",
	"MST": "Mountain Standard Time", "MDT": "Mountain Daylight Time", "PST": "Pacific Standard Time", "PDT": "Pacific Daylight Time",
	"AKST": "Alaska Standard Time", "AKDT": "Alaska Daylight Time", "HST": "Hawaii-Aleutian Standard Time",
}

func (f dateFormat) zoneName(form string) string {
	abbreviation, seconds := f.t.Zone()
	name := f.get("timeZone")
	long := strings.HasPrefix(form, "long")
	if !strings.HasSuffix(form, "Offset") {
		if name == "UTC" {
			if long {
				return "Coordinated Universal Time"
			}
			return "UTC"
		}
		if full := american[abbreviation]; full != "" && (strings.HasPrefix(name, "America/") || strings.HasPrefix(name, "US/") || name == "Pacific/Honolulu") {
			if long {
				return full
			}
			if !f.dayFirst {
				return abbreviation
			}
		}
	}
	if seconds == 0 {
		return "GMT"
	}
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	h, m := seconds/3600, seconds/60%60
	switch {
	case long:
		return fmt.Sprintf("GMT%s%02d:%02d", sign, h, m)
	case m != 0:
		return fmt.Sprintf("GMT%s%d:%02d", sign, h, m)
	}
	return fmt.Sprintf("GMT%s%d", sign, h)
}
