//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"rowan/internal/browser"
	"rowan/internal/nodetest"
	"rowan/internal/starter"
)

// TestStarters runs the tests that the apps to begin with have, and looks at their types.
func TestStarters(t *testing.T) {
	for _, template := range starter.Templates {
		t.Run(template.Name, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := starter.Write(dir, template.Name); err != nil {
				t.Fatal(err)
			}
			t.Run("test", func(t *testing.T) {
				runIn(t, dir, nodetest.Command(t, "--test", "test/app.test.mjs"))
			})
			t.Run("types", func(t *testing.T) {
				nodetest.Packages(t, "types")
				tsc, err := filepath.Abs("types/node_modules/typescript/bin/tsc")
				if err != nil {
					t.Fatal(err)
				}
				runIn(t, dir, nodetest.Command(t, tsc))
			})
		})
	}
}

// TestStarterPages uses the pages of the apps to begin with.
func TestStarterPages(t *testing.T) {
	open := func(t *testing.T, template string) (first, second *browser.Tab) {
		b := browser.Start(t)
		dir := t.TempDir()
		if _, err := starter.Write(dir, template); err != nil {
			t.Fatal(err)
		}
		p := start(t, exec.Command("rowan", "serve", filepath.Join(dir, "app.ts"), "--listen", "127.0.0.1:0", "--admin", ""))
		return b.Open(p.url), b.Open(p.url)
	}
	for _, template := range []string{"chat", "channels"} {
		t.Run(template, func(t *testing.T) {
			first, second := open(t, template)
			for name, tab := range map[string]*browser.Tab{"ann": first, "ben": second} {
				tab.Fill("#name", name)
				tab.Click("#enter button")
				tab.WaitText("#state", "in lobby")
			}
			first.Fill("#text", "hello <b>all</b>")
			first.Click("#say button")
			for _, tab := range []*browser.Tab{first, second} {
				tab.WaitText("#messages li:last-child span:first-child", "hello <b>all</b>")
				tab.WaitText("#messages li:last-child span:last-child", "ann")
			}
			if template == "channels" {
				first.Wait(`/^Here: (ann, ben|ben, ann)$/.test(document.querySelector("#present").textContent)`)
			}
		})
	}
	t.Run("http", func(t *testing.T) {
		first, second := open(t, "http")
		first.Fill("#text", "buy <b>milk</b>")
		first.Click("#add button")
		first.WaitText("#notes li span", "buy <b>milk</b>")
		second.Reload()
		second.WaitText("#notes li span", "buy <b>milk</b>")
		second.Click("#notes li button")
		second.Wait(`document.querySelectorAll("#notes li").length === 0`)
	})
}

// runIn runs a command in a folder; it must succeed.
func runIn(t *testing.T, dir string, cmd *exec.Cmd) {
	t.Helper()
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NODE_OPTIONS=--experimental-websocket --disable-warning=ExperimentalWarning") // for Node.js 20
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
