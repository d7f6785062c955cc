package terminal

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"rowan/daemon/inspect"
)

// State is what top shows: the server, and some of its contexts.
type State struct {
	Overview inspect.Overview    `json:"overview"`
	Contexts inspect.ContextList `json:"contexts"`
}

// view is how it is shown.
type view struct {
	width, height int // in characters; height 0: as high as need be
	color         bool
	sort          string
	offset        int
	keys          bool // say which keys there are
}

// workersShown is how many workers have a line of their own.
const workersShown = 8

// column is a column of the contexts' table.
type column struct {
	title string
	width int
	right bool
	sort  string // what the rows are sorted by
	text  func(r inspect.Row) string
}

var columns = []column{
	{"ID", 8, true, "newest", func(r inspect.Row) string { return fmt.Sprint(r.ID) }},
	{"KIND", 12, false, "", func(r inspect.Row) string { return r.Kind }},
	{"NAME", 0, false, "", func(r inspect.Row) string { return r.Name }}, // what is left
	{"MEMORY", 8, true, "memory", func(r inspect.Row) string { return bytesText(int64(r.Memory)) }},
	{"TIME", 11, true, "time", func(r inspect.Row) string { return timeText(time.Duration(r.Time)) }},
	{"BUSY", 7, true, "busy", func(r inspect.Row) string {
		if r.Busy == 0 {
			return ""
		}
		return shareText(r.Busy)
	}},
	{"TURNS", 8, true, "turns", func(r inspect.Row) string { return countText(r.Turns) }},
	{"WAITING", 7, true, "queued", func(r inspect.Row) string { return countText(r.Queued) }},
	{"WORKER", 6, true, "", func(r inspect.Row) string { return fmt.Sprint(r.Worker) }},
}

// headLines is how many lines stand above the contexts.
func headLines(s State) int { return 5 + min(len(s.Overview.Workers), workersShown+1) }

// shown says which of the contexts are.
func (s State) shown(offset int) string {
	if len(s.Contexts.Rows) == 0 {
		return fmt.Sprintf("%d contexts", s.Contexts.Matching)
	}
	return fmt.Sprintf("%d to %d of %d", offset+1, offset+len(s.Contexts.Rows), s.Contexts.Matching)
}

// draw makes the screen's lines.
func (v view) draw(s State) []string {
	o := s.Overview
	var contexts int
	for _, w := range o.Workers {
		contexts += w.Contexts
	}
	about := "  " + inspect.Clean(o.About.App) + "  up " + timeText(time.Duration(o.Uptime*1e9))
	if o.NotReady != "" {
		about += "  not ready: " + strings.ReplaceAll(inspect.Clean(o.NotReady), "\n", "; ")
	}
	lines := []string{
		v.bold("rowan top") + about,
		fmt.Sprintf("contexts %s   sessions %s   errors %s   requests %s   actors %s   topics %s   waiting %s", countText(contexts), countText(o.Totals.Sessions+o.Totals.Sockets),
			countText(o.Totals.Errors), countText(o.Totals.Requests), countText(o.Totals.Actors), countText(o.Totals.Topics), countText(o.Now.Queued)),
		fmt.Sprintf("turns/s %s   messages/s in %s, out %s   memory %s   Go's heap %s", countText(o.Now.Turns), countText(o.Now.In), countText(o.Now.Out),
			bytesText(cmp.Or(o.Now.RSS, o.Now.GoHeap)), bytesText(o.Now.GoHeap)),
	}
	for i, w := range o.Workers[:min(len(o.Workers), workersShown)] {
		lines = append(lines, fmt.Sprintf("worker %-2d %s  %s contexts, %s waiting, %d timers, %d long turns", i, v.bar(w.Load), countText(w.Contexts), countText(w.Queued), w.Timers, w.Long))
	}
	if more := len(o.Workers) - workersShown; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d workers more", more))
	}
	lines = append(lines, "", v.head())
	for _, r := range s.Contexts.Rows {
		if v.height > 0 && len(lines) >= v.height-1 {
			break
		}
		lines = append(lines, v.row(r))
	}
	if v.keys {
		lines = lines[:min(len(lines), max(v.height-1, 0))]
		for len(lines) < v.height-1 {
			lines = append(lines, "")
		}
		lines = append(lines, v.dim(fmt.Sprintf("%s   q quit   ↑↓ scroll   by: m memory, t time, b busy, r turns, w waiting, n newest", s.shown(v.offset))))
	}
	for i, line := range lines {
		lines[i] = v.fit(line)
	}
	return lines
}

// nameWidth is how many characters of the name should be seen.
const nameWidth = 16

// leaveFirst are the columns that a narrow terminal has no room for, by what can be done without most, unless the rows are sorted by it.
var leaveFirst = []string{"BUSY", "WORKER", "WAITING", "TURNS", "KIND", "TIME", "MEMORY"}

// columns are those that there is room for.
func (v view) columns() []column {
	shown := slices.Clone(columns)
	if v.sort != "busy" { // which is told only of lists that are sorted by it
		shown = slices.DeleteFunc(shown, func(c column) bool { return c.sort == "busy" })
	}
	for _, title := range leaveFirst {
		if v.rest(shown) >= nameWidth {
			break
		}
		shown = slices.DeleteFunc(shown, func(c column) bool { return c.title == title && c.sort != v.sort })
	}
	return shown
}

// rest is what the others leave to the name.
func (v view) rest(shown []column) int {
	rest := v.width + 2
	for _, c := range shown {
		rest -= c.width + 2
	}
	return rest
}

func (v view) head() string {
	var b strings.Builder
	for i, c := range v.columns() {
		if i > 0 {
			b.WriteString("  ")
		}
		text := cell(c.title, v.widthOf(c), c.right)
		if c.sort != "" && c.sort == v.sort {
			text = v.bold(text)
		} else {
			text = v.dim(text)
		}
		b.WriteString(text)
	}
	return b.String()
}

func (v view) row(r inspect.Row) string {
	var b strings.Builder
	for i, c := range v.columns() {
		if i > 0 {
			b.WriteString("  ")
		}
		b.WriteString(cell(strings.ReplaceAll(inspect.Clean(c.text(r)), "\n", " "), v.widthOf(c), c.right))
	}
	return strings.TrimRight(b.String(), " ")
}

// widthOf is a column's width: the name has what the others leave.
func (v view) widthOf(c column) int {
	if c.width > 0 {
		return c.width
	}
	return min(max(v.rest(v.columns()), 12), 48)
}

// bar draws a worker's load.
func (v view) bar(load *float64) string {
	const width = 20
	if load == nil {
		return "[" + strings.Repeat(" ", width) + "]  unknown"
	}
	n := int(min(max(*load, 0), 1)*width + 0.5)
	full := strings.Repeat("|", n)
	if v.color {
		code := "32" // green
		if *load > 0.9 {
			code = "31" // red
		} else if *load > 0.6 {
			code = "33" // yellow
		}
		full = "\x1b[" + code + "m" + full + "\x1b[0m"
	}
	return "[" + full + strings.Repeat(" ", width-n) + "]" + cell(shareText(*load), 8, true)
}

func (v view) bold(text string) string { return v.styled("1", text) }
func (v view) dim(text string) string  { return v.styled("2", text) }

func (v view) styled(code, text string) string {
	if !v.color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// fit cuts a line at the terminal's width; what styles it does not count.
func (v view) fit(line string) string {
	if v.width <= 0 {
		return line
	}
	n, styled := 0, false
	for i, r := range line {
		switch {
		case r == '\x1b':
			styled = true
		case styled:
			styled = r != 'm'
		default:
			if n++; n > v.width {
				return line[:i] + v.styled("0", "")
			}
		}
	}
	return line
}
