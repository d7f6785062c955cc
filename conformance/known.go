package conformance

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Known are the failures that there are, with a reason each. They stand in files of one area each:
//
//	# what the reason is
//	url/some.any.js | name of a subtest
//	url/other.any.js | *
//
// "*" stands for all subtests of the file. A "?" before a line says that its subtests may pass as well: they depend on time.
type Known struct {
	reasons map[string]string // by line
	maybe   map[string]bool
}

// unexplained is the reason of failures that nobody has looked at.
const unexplained = "not looked at yet"

// ReadKnown reads the files of a folder.
func ReadKnown(folder string) (*Known, error) {
	k := &Known{reasons: map[string]string{}, maybe: map[string]bool{}}
	files, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if err := k.read(file); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (k *Known) read(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	reason := ""
	scanner := bufio.NewScanner(f)
	scanner.Buffer(nil, 1<<20)
	for n := 1; scanner.Scan(); n++ {
		line := scanner.Text()
		text, comment := strings.CutPrefix(line, "# ")
		switch {
		case line == "":
		case comment:
			reason = text
		case reason == "" || !strings.Contains(line, separator):
			return fmt.Errorf(`%s:%d: want "# reason", then lines of the form "file | subtest"`, file, n)
		default:
			line, maybe := strings.CutPrefix(line, "? ")
			if _, ok := k.reasons[line]; ok {
				return fmt.Errorf("%s:%d: %s is there twice", file, n, line)
			}
			k.reasons[line], k.maybe[line] = reason, maybe
		}
	}
	return scanner.Err()
}

// Compare tells which failures are not known, and which known ones did not come. ran says whether a file was part of the run.
func (k *Known) Compare(o Outcome, ran func(file string) bool) (unknown, gone []string) {
	seen := map[string]bool{}
	for _, f := range o.Failures {
		file, _, _ := strings.Cut(f, separator)
		all := file + separator + "*"
		switch {
		case k.reasons[f] != "":
			seen[f] = true
		case k.reasons[all] != "":
			seen[all] = true
		default:
			unknown = append(unknown, f)
		}
	}
	for line := range k.reasons {
		if file, _, _ := strings.Cut(line, separator); !seen[line] && !k.maybe[line] && ran(file) {
			gone = append(gone, line)
		}
	}
	slices.Sort(gone)
	return unknown, gone
}

// Unexplained lists the failures whose reason nobody has written down.
func (k *Known) Unexplained() (lines []string) {
	for line, reason := range k.reasons {
		if reason == unexplained {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}

// Update writes the files anew: known failures keep their reasons, what did not come goes, and what is new has none yet. A
// file of which no subtest passes takes one line.
func (k *Known) Update(folder string, o Outcome, ran, hopeless func(file string) bool) error {
	byArea := map[string]map[string][]string{} // and reason
	put := func(line, reason string, maybe bool) {
		file, _, _ := strings.Cut(line, separator)
		a := area(file)
		if byArea[a] == nil {
			byArea[a] = map[string][]string{}
		}
		if maybe {
			line = "? " + line
		}
		if !slices.Contains(byArea[a][reason], line) {
			byArea[a][reason] = append(byArea[a][reason], line)
		}
	}
	for line, reason := range k.reasons {
		if file, _, _ := strings.Cut(line, separator); !ran(file) || k.maybe[line] {
			put(line, reason, k.maybe[line])
		}
	}
	for _, f := range o.Failures {
		file, _, _ := strings.Cut(f, separator)
		all := file + separator + "*"
		reason := k.reasons[f]
		if reason == "" {
			reason = k.reasons[all]
		}
		if reason == "" {
			reason = unexplained
		}
		if hopeless(file) {
			f = all
		}
		if !k.maybe[f] {
			put(f, reason, false)
		}
	}
	old, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil {
		return err
	}
	for _, file := range old {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	for a, reasons := range byArea {
		var b strings.Builder
		names := make([]string, 0, len(reasons))
		for reason := range reasons {
			names = append(names, reason)
		}
		slices.Sort(names)
		for i, reason := range names {
			if i > 0 {
				b.WriteByte('\n')
			}
			fmt.Fprintf(&b, "# %s\n", reason)
			slices.Sort(reasons[reason])
			for _, line := range reasons[reason] {
				b.WriteString(line + "\n")
			}
		}
		name := strings.ReplaceAll(a, "/", "-") + ".txt"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(b.String()), 0o644); err != nil {
			return err
		}
	}
	return nil
}
