package intl

import "strings"

// units are the sanctioned units (ECMA-402, 6.6.2) in English: short, narrow, long in the singular and in the plural.
var units = map[string][4]string{}

func init() {
	for _, line := range strings.Split(strings.TrimSpace(`
acre| ac|ac| acre| acres
bit| bit|bit| bit| bits
byte| byte|B| byte| bytes
celsius|°C|°C| degree Celsius| degrees Celsius
centimeter| cm|cm| centimeter| centimeters
day| day|d| day| days
degree| deg|°| degree| degrees
fahrenheit|°F|°| degree Fahrenheit| degrees Fahrenheit
fluid-ounce| fl oz|fl oz| fluid ounce| fluid ounces
foot| ft|′| foot| feet
gallon| gal|gal| gallon| gallons
gigabit| Gb|Gb| gigabit| gigabits
gigabyte| GB|GB| gigabyte| gigabytes
gram| g|g| gram| grams
hectare| ha|ha| hectare| hectares
hour| hr|h| hour| hours
inch| in|″| inch| inches
kilobit| kb|kb| kilobit| kilobits
kilobyte| kB|kB| kilobyte| kilobytes
kilogram| kg|kg| kilogram| kilograms
kilometer| km|km| kilometer| kilometers
liter| L|L| liter| liters
megabit| Mb|Mb| megabit| megabits
megabyte| MB|MB| megabyte| megabytes
meter| m|m| meter| meters
microsecond| μs|μs| microsecond| microseconds
mile| mi|mi| mile| miles
mile-scandinavian| smi|smi| mile-scandinavian| miles-scandinavian
milliliter| mL|mL| milliliter| milliliters
millimeter| mm|mm| millimeter| millimeters
millisecond| ms|ms| millisecond| milliseconds
minute| min|m| minute| minutes
month| mth|m| month| months
nanosecond| ns|ns| nanosecond| nanoseconds
ounce| oz|oz| ounce| ounces
percent|%|%| percent| percent
petabyte| PB|PB| petabyte| petabytes
pound| lb|#| pound| pounds
second| sec|s| second| seconds
stone| st|st| stone| stones
terabit| Tb|Tb| terabit| terabits
terabyte| TB|TB| terabyte| terabytes
week| wk|w| week| weeks
yard| yd|yd| yard| yards
year| yr|y| year| years
kilometer-per-hour| km/h|km/h| kilometer per hour| kilometers per hour
mile-per-hour| mph|mph| mile per hour| miles per hour
mile-per-gallon| mpg|mpg| mile per gallon| miles per gallon
`), "\n") {
		f := strings.Split(line, "|")
		units[f[0]] = [4]string(f[1:])
	}
}

// pluralShort are the units whose short form has a plural.
var pluralShort = map[string]string{"day": " days", "week": " wks", "month": " mths", "year": " yrs"}

func knownUnit(unit string) bool {
	if _, ok := units[unit]; ok {
		return true
	}
	a, b, ok := strings.Cut(unit, "-per-")
	return ok && units[a][0] != "" && units[b][0] != ""
}

// unitText is what stands behind a number of a unit.
func unitText(unit, display string, one bool) string {
	u, ok := units[unit]
	if !ok {
		a, b, _ := strings.Cut(unit, "-per-")
		if per := strings.TrimSpace(unitText(b, display, true)); display == "long" {
			return unitText(a, display, one) + " per " + per
		} else if display == "short" && b == "hour" || b == "second" {
			return unitText(a, display, one) + "/" + per[:1]
		} else {
			return unitText(a, display, one) + "/" + per
		}
	}
	switch {
	case display == "narrow":
		return u[1]
	case display == "short" && !one && pluralShort[unit] != "":
		return pluralShort[unit]
	case display == "short":
		return u[0]
	case one:
		return u[2]
	}
	return u[3]
}
