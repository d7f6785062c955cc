package urlpattern

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"rowan/internal/wptdata"
)

// TestPatterns compares normalized patterns, and which of them are errors; whether they match is for an engine to say.
func TestPatterns(t *testing.T) {
	type row struct {
		Pattern []json.RawMessage
		Want    json.RawMessage `json:"expected_obj"`
	}
	for _, test := range wptdata.Rows[row](t, "urlpattern/resources/urlpatterntestdata.json") {
		compiled, err := compileRow(test.Pattern)
		name, _ := json.Marshal(test.Pattern)
		var want map[string]string
		if json.Unmarshal(test.Want, &want) != nil && string(test.Want) == `"error"` {
			if err == nil && onlyGo(compiled) {
				t.Errorf("%s is no error", name)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, component := range Components {
			if pattern, ok := want[component]; ok && compiled[i].Pattern != pattern {
				t.Errorf("%s: %s is %q, want %q", name, component, compiled[i].Pattern, pattern)
			}
		}
	}
}

// onlyGo reports whether no regular expression of the pattern's own is left, which only an engine finds errors in.
func onlyGo(compiled *[8]Component) bool {
	for _, c := range compiled {
		if c.Regexp {
			return false
		}
	}
	return true
}

func compileRow(pattern []json.RawMessage) (*[8]Component, error) {
	var text string
	in := Init{}
	if len(pattern) == 0 {
		return FromInit(in, match)
	}
	if json.Unmarshal(pattern[0], &text) != nil {
		if len(pattern) > 1 && pattern[1][0] == '"' {
			return nil, invalid("a base goes with a string")
		}
		var members map[string]any // with options among them, in a row
		if err := json.Unmarshal(pattern[0], &members); err != nil {
			return nil, err
		}
		for name, value := range members {
			if text, ok := value.(string); ok {
				in[name] = text
			}
		}
		return FromInit(in, match)
	}
	var base string
	if len(pattern) > 1 && json.Unmarshal(pattern[1], &base) == nil {
		return FromString(text, &base, match)
	}
	return FromString(text, nil, match)
}

// match stands in for the engine, as far as Go's regular expressions go.
func match(source string) (bool, error) {
	re, err := regexp.Compile(strings.ReplaceAll(source, "[^]", "."))
	if err != nil {
		return false, err
	}
	for _, scheme := range []string{"http", "https", "ws", "wss", "ftp", "file"} {
		if re.MatchString(scheme) {
			return true, nil
		}
	}
	return false, nil
}
