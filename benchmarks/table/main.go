// Command table makes the table of figures of benchmark output on standard input: medians, with a column for each engine.
//
//	go test -vet=off -run '^$' -bench . -count 5 ./benchmarks | go run ./benchmarks/table [README.md]
//
// Given a file, it puts the table between the file's markers <!-- figures --> and <!-- /figures -->.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// rows are the figures in the order of the table. A benchmark's name is matched without its last part, the engine.
var rows = []struct {
	name   *regexp.Regexp // of the benchmark
	unit   string         // of the metric
	title  string         // with $1 for what name captures
	column bool           // compared with the peers' figures
}{
	{exactly("Create"), "ns/op", "create a context, first call included", true},
	{exactly("Destroy"), "ns/op", "destroy a context", true},
	{exactly("Reset"), "ns/op", "reset a context, a call included", true},
	{exactly("CallResident"), "ns/op", "call a function, the context resident", true},
	{exactly("CallParked"), "ns/op", "call a function, the context parked", true},
	{exactly("Swap/image=(.*)kB"), "ns/op", "the same, with an image of $1 kB", false},
	{exactly("CallSync/nothing"), "ns/op", "call Go from JavaScript, with nothing", true},
	{exactly("CallSync/text"), "ns/op", "… with a string of 1 KB", true},
	{exactly("CallSync/object"), "ns/op", "… with a small object", true},
	{exactly("Memory/counter"), "B/context", "memory of an idle counter", true},
	{exactly("Memory/room"), "B/context", "memory of an idle room with 60 messages", true},
	{exactly("Million/objects"), "B/process", "memory of a process with a million idle counters", true},
	{exactly("Million/(engine|arrays|objects)"), "gc-ns/cycle", "CPU that they add to a cycle of Go's collector, layout: $1", false},
	{exactly("Fib/contexts=(.*)"), "fib/s", "fib(25) on $1 contexts at once", true},
	{exactly("Scaling/frames=(.*)"), "x", "calls of two threads beside one's, frames: $1", false},
	{exactly("Publish/scripts=(.*)"), "ns/op", "publish to $1 scripts, until the last has run", false},
	{exactly("Publish/go=(.*)"), "ns/op", "publish to $1 Go subscribers", false},
	{exactly("ChannelEcho"), "p50-ns", "channels: from an event to its reply, median", false},
	{exactly("ChannelEcho"), "p99-ns", "… 99 of 100", false},
	{exactly("ChannelBroadcast/members=(.*)/together=1"), "deliveries/s", "channels: deliveries of broadcasts to $1 members, one after the other", false},
	{exactly("ChannelBroadcast/members=(.*)/together=8"), "deliveries/s", "… to $1 members, eight under way", false},
	{exactly("ChannelJoin"), "joins/s", "channels: sockets that connect and join", false},
	{exactly("ChannelMemory"), "B/socket", "channels: memory of an idle socket with its channel and context", false},
	{exactly("HTTP/fetch=(.*)"), "requests/s", "requests that an app's fetch answers, $1 clients", false},
	{exactly("HTTP/go=(.*)"), "requests/s", "… that a handler in Go answers, without rowan", false},
}

func exactly(name string) *regexp.Regexp { return regexp.MustCompile("^" + name + "$") }

// engines are the last part of a benchmark's name, and the columns.
var engines = []string{"rowan", "quickjs", "goja"}

const header = `| | rowan | quickjs | goja |
|---|---:|---:|---:|
`

func main() {
	text, err := table(os.Stdin)
	if err == nil {
		err = write(text, os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

// output is what benchmarks have printed.
type output struct {
	about  map[string]string    // the machine
	names  []string             // of benchmarks, without their engine, in their order
	values map[sample][]float64 // one for each count
}

type sample struct{ name, engine, unit string }

// table reads benchmark output and writes Markdown.
func table(r io.Reader) (string, error) {
	out, err := parse(r)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Medians of a run on %s cores, %s, %s. In brackets: how many times better rowan is.\n\n%s",
		out.about["cores"], out.about["cpu"], out.about["go"], header)
	for _, row := range rows {
		for _, name := range out.names {
			if match := row.name.FindStringSubmatchIndex(name); match != nil {
				title := row.name.ExpandString(nil, row.title, name, match)
				fmt.Fprintf(&b, "| %s |%s\n", title, out.cells(name, row.unit, row.column))
			}
		}
	}
	return b.String(), nil
}

func parse(r io.Reader) (*output, error) {
	out := &output{about: map[string]string{}, values: map[sample][]float64{}}
	in := bufio.NewScanner(r)
	for in.Scan() {
		line := in.Text()
		if key, v, ok := strings.Cut(line, ": "); ok && !strings.Contains(key, " ") {
			out.about[key] = v
		}
		if fields := strings.Fields(line); len(fields) >= 4 && strings.HasPrefix(line, "Benchmark") {
			if err := out.add(fields); err != nil {
				return nil, fmt.Errorf("%q: %w", line, err)
			}
		}
	}
	if len(out.names) == 0 && in.Err() == nil {
		return nil, fmt.Errorf("no benchmark on standard input")
	}
	return out, in.Err()
}

var procs = regexp.MustCompile(`-\d+$`)

// add takes a line: a name, a count, then values each with its unit.
func (o *output) add(fields []string) error {
	name := strings.TrimPrefix(procs.ReplaceAllString(fields[0], ""), "Benchmark")
	i := strings.LastIndexByte(name, '/')
	if i < 0 || !slices.Contains(engines, name[i+1:]) {
		return nil
	}
	name, engine := name[:i], name[i+1:]
	if !slices.Contains(o.names, name) {
		o.names = append(o.names, name)
	}
	for j := 2; j+1 < len(fields); j += 2 {
		v, err := strconv.ParseFloat(fields[j], 64)
		if err != nil {
			return err
		}
		s := sample{name, engine, fields[j+1]}
		o.values[s] = append(o.values[s], v)
	}
	return nil
}

// cells are a row's columns behind its title.
func (o *output) cells(name, unit string, compared bool) string {
	var b strings.Builder
	own := median(o.values[sample{name, "rowan", unit}])
	for _, engine := range engines {
		values := o.values[sample{name, engine, unit}]
		v := median(values)
		switch {
		case len(values) == 0:
			b.WriteString(" |")
		case engine == "rowan" || !compared || own == 0 || v == 0:
			fmt.Fprintf(&b, " %s |", show(v, unit))
		case unit == "fib/s": // more is better
			fmt.Fprintf(&b, " %s (%s) |", show(v, unit), times(own/v))
		default:
			fmt.Fprintf(&b, " %s (%s) |", show(v, unit), times(v/own))
		}
	}
	return b.String()
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// show writes a value with three figures.
func show(v float64, unit string) string {
	switch unit {
	case "ns/op", "p50-ns", "p99-ns":
		return scaled(v, []string{"ns", "µs", "ms", "s"})
	case "B/context", "B/socket":
		return scaled(v, []string{"B", "kB", "MB"})
	case "x":
		return figures(v) + "×"
	}
	return figures(v) + " " + unit
}

// scaled writes a value in the largest of the units, each a thousand of the one before, that keeps it above 1.
func scaled(v float64, units []string) string {
	for v >= 1000 && len(units) > 1 {
		v, units = v/1000, units[1:]
	}
	return figures(v) + " " + units[0]
}

func times(ratio float64) string {
	if ratio >= 1000 {
		ratio = float64(int(ratio/100) * 100)
	}
	return figures(ratio) + "×"
}

// figures writes a value with up to three figures, and without an exponent.
func figures(v float64) string {
	if v >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

const begin, end = "<!-- figures -->\n", "<!-- /figures -->"

// write prints the text, or puts it between the markers of a file.
func write(text string, files []string) error {
	if len(files) == 0 {
		_, err := fmt.Print(text)
		return err
	}
	old, err := os.ReadFile(files[0])
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(old), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s has no markers %s and %s", files[0], strings.TrimSpace(begin), end)
	}
	return os.WriteFile(files[0], []byte(before+begin+text+end+after), 0o644)
}
