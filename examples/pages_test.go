package examples

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// elsewhere are pages whose code other tests look at.
var elsewhere = []string{"docs/guide.md", "docs/phoenix.md", "docs/reference/"}

// TestPages wants of all pages that the apps in them start, that their settings are settings, and that their JSON is JSON.
func TestPages(t *testing.T) {
	out, err := exec.Command("git", "-C", "..", "ls-files", "--cached", "--others", "--exclude-standard", "*.md").Output()
	if err != nil {
		t.Skipf("the pages are those that git knows: %v", err)
	}
	for _, page := range strings.Fields(string(out)) {
		if isElsewhere(page) {
			continue
		}
		t.Run(page, func(t *testing.T) {
			for _, b := range readBlocks(t, "../"+page) {
				switch {
				case b.language == "toml":
					checkSettings(t, b)
				case b.language == "json" && !json.Valid([]byte(b.code)):
					t.Errorf("this is no JSON:\n%s", b.code)
				case b.language == "ts" && strings.Contains(b.code, "export default"):
					checkApp(t, "-- app.ts --\n"+b.code)
				}
			}
		})
	}
}

func isElsewhere(page string) bool {
	for _, p := range elsewhere {
		if strings.HasPrefix(page, p) {
			return true
		}
	}
	return false
}
