// Package conformance holds what is known of rowan's standing in web-platform-tests: the failures that there are, each
// with a reason, and the figures that docs/apis.md is made from. README.md says how the tests are run.
package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Report is a run's result as the runner writes it.
type Report struct {
	Results []File
}

// File is the result of one test file.
type File struct {
	Test, Status string
	Subtests     []struct{ Name, Status string }
}

// ReadReport reads a run's result.
func ReadReport(path string) (*Report, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := new(Report)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// Count is how many subtests passed, of how many.
type Count struct{ Passed, Total int }

// Outcome is what a run comes to.
type Outcome struct {
	// Areas are the counts by area.
	Areas map[string]Count
	// Failures are the subtests that did not pass, in the form "file | subtest", sorted.
	Failures []string
}

// Outcome counts a run. Subtests that the reference run has and this one has not were not reached: they did not pass. Either
// may be nil.
func (r *Report) Outcome(reference *Report) Outcome {
	passed := map[string]map[string]bool{} // by file and subtest
	add := func(f File, counts bool) {
		subtests := passed[f.Test]
		if subtests == nil {
			subtests = map[string]bool{}
			passed[f.Test] = subtests
		}
		for _, s := range f.Subtests {
			if counts || !subtests[s.Name] {
				subtests[s.Name] = counts && s.Status == "PASS"
			}
		}
	}
	for _, f := range r.Results {
		passed[f.Test] = nil
	}
	if reference != nil {
		for _, f := range reference.Results {
			if _, ran := passed[f.Test]; ran {
				add(f, false)
			}
		}
	}
	for _, f := range r.Results {
		add(f, true)
	}
	o := Outcome{Areas: map[string]Count{}}
	for file, subtests := range passed {
		c := o.Areas[area(file)]
		c.Total += len(subtests)
		failed := 0
		for name, ok := range subtests {
			if ok {
				c.Passed++
				continue
			}
			failed++
			o.Failures = append(o.Failures, file+separator+quoteName(name))
		}
		o.Areas[area(file)] = c
	}
	slices.Sort(o.Failures)
	return o
}

const separator = " | "

// quoteName keeps a subtest's name on one line of plain text.
func quoteName(name string) string {
	q := strconv.QuoteToASCII(name)
	q = strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
	return q
}

// areas are the folders that are counted each for itself; the longest that fits counts.
var areas = strings.Fields(`FileAPI WebCryptoAPI compression console dom/abort dom/events encoding eventsource fetch/api
fetch/content-encoding fetch/content-type fetch/data-urls hr-time html/webappapis/atob html/webappapis/microtask-queuing html/webappapis/scripting
html/webappapis/structured-clone html/webappapis/timers mimesniff performance-timeline streams url urlpattern user-timing web-locks webidl
webmessaging websockets webstorage xhr/formdata`)

func area(file string) string {
	best := ""
	for _, a := range areas {
		if strings.HasPrefix(file, a+"/") && len(a) > len(best) {
			best = a
		}
	}
	if best == "" {
		best, _, _ = strings.Cut(file, "/")
	}
	return best
}
