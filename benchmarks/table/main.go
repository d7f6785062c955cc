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

// figure is one metric of one benchmark, by engine.
type figure struct {
	name, unit string
	values     map[string][]float64
}

// engines are the last part of a benchmark's name, and the columns.
var engines = []string{"rowan", "quickjs", "goja"}

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

var procs = regexp.MustCompile(`-\d+$`)

// table reads benchmark output and writes Markdown.
func table(r io.Reader) (string, error) {
	var figures []*figure
	about := map[string]string{}
	for in := bufio.NewScanner(r); in.Scan(); {
		line := in.Text()
		if key, v, ok := strings.Cut(line, ": "); ok && !strings.Contains(key, " ") {
			about[key] = v
		}
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(line, "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(procs.ReplaceAllString(fields[0], ""), "Benchmark")
		i := strings.LastIndexByte(name, '/')
		if i < 0 || !slices.Contains(engines, name[i+1:]) {
			continue
		}
		for j := 2; j+1 < len(fields); j += 2 {
			v, err := strconv.ParseFloat(fields[j], 64)
			if err != nil {
				return "", fmt.Errorf("%q: %w", line, err)
			}
			add(&figures, name[:i], fields[j+1], name[i+1:], v)
		}
	}
	if len(figures) == 0 {
		return "", fmt.Errorf("no benchmark on standard input")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Medians of one run on %s cores, %s, %s.\n\n", about["cores"], about["cpu"], about["go"])
	b.WriteString("| | rowan | a VM per session | goja: a runtime per session |\n|---|---:|---:|---:|\n")
	for _, f := range figures {
		fmt.Fprintf(&b, "| %s |", label(f.name))
		own := median(f.values["rowan"])
		for _, e := range engines {
			v, ok := f.values[e]
			switch m := median(v); {
			case !ok:
				b.WriteString(" |")
			case e == "rowan" || own == 0 || !strings.Contains("ns/op B/context", f.unit):
				fmt.Fprintf(&b, " %s |", show(m, f.unit))
			default:
				fmt.Fprintf(&b, " %s (%.1f×) |", show(m, f.unit), m/own)
			}
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

// label is a benchmark's name as people read it.
func label(name string) string {
	name, unit, _ := strings.Cut(name, " (")
	name = strings.ReplaceAll(name, "/", ", ")
	if unit != "" {
		name += " (" + unit
	}
	return name
}

func add(figures *[]*figure, name, unit, engine string, v float64) {
	if unit == "B/op" || unit == "allocs/op" {
		return
	}
	if unit != "ns/op" {
		name += " (" + unit + ")"
	}
	i := slices.IndexFunc(*figures, func(f *figure) bool { return f.name == name })
	if i < 0 {
		i = len(*figures)
		*figures = append(*figures, &figure{name: name, unit: unit, values: map[string][]float64{}})
	}
	f := (*figures)[i]
	f.values[engine] = append(f.values[engine], v)
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// show writes a value with three figures.
func show(v float64, unit string) string {
	switch {
	case unit != "ns/op" && v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case unit != "ns/op":
		return fmt.Sprintf("%.3g", v)
	case v >= 1e6:
		return fmt.Sprintf("%.3g ms", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%.3g µs", v/1e3)
	}
	return fmt.Sprintf("%.3g ns", v)
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
