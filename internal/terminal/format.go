package terminal

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// bytesText is a number of bytes as people read it.
func bytesText(n int64) string {
	x := float64(n)
	for _, unit := range []string{"B", "kB", "MB", "GB"} {
		if x < 999.5 {
			if x < 9.95 && unit != "B" {
				return fmt.Sprintf("%.1f %s", x, unit)
			}
			return fmt.Sprintf("%.0f %s", x, unit)
		}
		x /= 1000
	}
	return fmt.Sprintf("%.1f TB", x)
}

// countText is a number as people read it.
func countText[N int | int64 | uint32 | uint64 | float64](n N) string {
	x := float64(n)
	switch {
	case x < 9999.5:
		return fmt.Sprintf("%.0f", x)
	case x < 999_950:
		return fmt.Sprintf("%.1f k", x/1e3)
	}
	return fmt.Sprintf("%.2f M", x/1e6)
}

// timeText is a time with three digits or so.
func timeText(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d d %02d h", int(d.Hours())/24, int(d.Hours())%24)
}

// shareText is a share of one as a percentage.
func shareText(x float64) string { return fmt.Sprintf("%.1f %%", x*100) }

// cell is a text in a column of a table: filled up, or cut.
func cell(text string, width int, right bool) string {
	n := utf8.RuneCountInString(text)
	switch {
	case n > width:
		runes := []rune(text)
		return string(runes[:max(width-1, 0)]) + "…"
	case right:
		return strings.Repeat(" ", width-n) + text
	}
	return text + strings.Repeat(" ", width-n)
}
