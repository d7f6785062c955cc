package daemon

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	monitoringDoc = "../docs/monitoring.md"
	updateDoc     = "go test ./daemon -run TestMonitoringDoc -update"
)

// metricRows is the table of all metrics for people.
func metricRows() string {
	var b strings.Builder
	b.WriteString("<!-- metrics -->\n<!-- Made from daemon/metrics.go by " + updateDoc + ". -->\n| metric | kind | labels | what |\n|---|---|---|---|\n")
	for _, m := range metricTable {
		var labels []string
		for _, l := range m.labels {
			labels = append(labels, "`"+l+"`")
		}
		fmt.Fprintf(&b, "| `%s%s` | %s | %s | %s |\n", metricPrefix, m.name, m.kind, strings.Join(labels, " "), m.help)
	}
	b.WriteString("\n| label | values |\n|---|---|\n")
	var names []string
	for l := range labelValues {
		names = append(names, l)
	}
	slices.Sort(names)
	for _, l := range names {
		fmt.Fprintf(&b, "| `%s` | %s |\n", l, labelValues[l])
	}
	b.WriteString("<!-- /metrics -->")
	return b.String()
}

func TestMonitoringDoc(t *testing.T) {
	text, err := os.ReadFile(monitoringDoc)
	if err != nil {
		t.Fatal(err)
	}
	made := regexp.MustCompile(`(?s)<!-- metrics -->.*<!-- /metrics -->`).ReplaceAllLiteralString(string(text), metricRows())
	if made == string(text) {
		return
	}
	if flag.Lookup("update").Value.String() != "true" {
		t.Fatalf("%s is not up to date: %s", monitoringDoc, updateDoc)
	}
	if err := os.WriteFile(monitoringDoc, []byte(made), 0o666); err != nil {
		t.Fatal(err)
	}
}

// What the pages, the dashboard and the alerts ask for is there, with the labels that they name.
func TestMetricsAreThere(t *testing.T) {
	known := map[string]*metric{}
	for _, m := range metricTable {
		known[metricPrefix+m.name] = m
		if m.kind == "histogram" {
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				known[metricPrefix+m.name+suffix] = m
			}
		}
		if counts := strings.HasSuffix(m.name, "_total"); counts != (m.kind == "counter") {
			t.Errorf("%s is a %s", m.name, m.kind)
		}
	}
	name, byLabel := regexp.MustCompile(`\browan_[a-z_]+`), regexp.MustCompile(`(rowan_[a-z_]+)\{([^}]*)\}`)
	for _, file := range []string{monitoringDoc, "../deploy/grafana/rowan.json", "../deploy/prometheus/rowan.yml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range name.FindAllString(string(text), -1) {
			if known[found] == nil {
				t.Errorf("%s: there is no metric %s", file, found)
			}
		}
		for _, found := range byLabel.FindAllStringSubmatch(string(text), -1) {
			for selector := range strings.SplitSeq(found[2], ",") {
				label := strings.TrimRight(strings.Split(selector, `"`)[0], `=~!\`)
				if m := known[found[1]]; m != nil && label != "job" && label != "instance" && !slices.Contains(m.labels, label) {
					t.Errorf("%s: %s has no label %q", file, found[1], label)
				}
			}
		}
	}
}

// Each metric has a bound on what its labels say: none is of a client's making without one.
func TestLabelsAreExplained(t *testing.T) {
	obvious := []string{"worker", "acceptor", "code", "level", "reason"}
	for _, m := range metricTable {
		for _, l := range m.labels {
			if labelValues[l] == "" && !slices.Contains(obvious, l) {
				t.Errorf("%s: nothing says what the label %s has", m.name, l)
			}
		}
	}
}
