package urlpattern

import (
	"fmt"
	"strings"
)

// shield rewrites a regular expression so that QuickJS takes it with the flag v. Outside of classes, where they mean themselves,
// QuickJS refuses hyphens, slashes and two of certain characters in a row, as if they were in a class: they become \xHH.
func shield(source string) string {
	var b strings.Builder
	classes := 0
	for i := 0; i < len(source); i++ {
		c := source[i]
		switch {
		case c == '\\' && i+1 < len(source):
			b.WriteByte(c)
			i++
		case c == '[':
			classes++
		case c == ']' && classes > 0:
			classes--
		case classes > 0:
		case strings.HasPrefix(source[i:], "(?"):
			if end := strings.IndexAny(source[i:], ":=!>"); end >= 0 { // of what says which kind of group it is
				b.WriteString(source[i : i+end])
				i += end
			}
		case c == '-', c == '/', i > 0 && c == source[i-1] && strings.IndexByte("&!#%,:;<=>@`~", c) >= 0:
			fmt.Fprintf(&b, `\x%02x`, c)
			continue
		}
		b.WriteByte(source[i])
	}
	return b.String()
}
