package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rowan/types"
)

const folder = "../../docs/reference"

func TestPagesAreUpToDate(t *testing.T) {
	pages, err := render(types.Definitions)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range pages {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(got) != want {
			t.Errorf("docs/reference/%s is not what rowan.d.ts says (%v): go generate ./types", name, err)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, ok := pages[entry.Name()]; !ok {
			t.Errorf("docs/reference/%s is of no section of rowan.d.ts", entry.Name())
		}
	}
}

// TestPagesSayAll wants of some things that they are where they are looked for.
func TestPagesSayAll(t *testing.T) {
	pages, err := render(types.Definitions)
	if err != nil {
		t.Fatal(err)
	}
	for name, parts := range map[string][]string{
		"app.md":                {"### App.fetch", "[`Rowan.actor`](host.md#rowanactor)", "## ActorOptions"},
		"channels.md":           {"### ChannelSocket.track", "- `key`: such as a user's id"},
		"host.md":               {"## Rowan\n", "### Topics\n\n#### Rowan.publish", "##### Rowan.storage.get", "- Throws HostError"},
		"globals.md":            {"## Group \"timers\"\n", "### setTimeout", "- Throws RangeError when", "interface Console {"},
		"http-and-websocket.md": {"ServerWebSocket.send", "- Returns the number of bytes sent; -1"},
	} {
		for _, part := range parts {
			if !strings.Contains(pages[name], part) {
				t.Errorf("%s lacks %q", name, part)
			}
		}
		for _, part := range []string{"{@", "globalThis"} {
			if strings.Contains(pages[name], part) {
				t.Errorf("%s has %q", name, part)
			}
		}
	}
}
