package nodetest

import "testing"

func TestRun(t *testing.T) {
	var asked []string
	Run(t, "testdata/subjects.mjs", func(_ *testing.T, words string) { asked = append(asked, words) }, "one", "two")
	if len(asked) != 2 || asked[0] != "say one" || asked[1] != "say two" {
		t.Errorf("asked for %q", asked)
	}
}
