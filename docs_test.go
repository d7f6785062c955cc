package main

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	codeSpan  = regexp.MustCompile("`([^`]+)`")
	startLine = regexp.MustCompile(`^(?:Exec\w+=\S*/| *"\w+": ")(rowan .*)`) // of a unit, or a script of npm
	// A use of the command, up to where the next command or a comment begins. What follows " -- " is for yet another one.
	use      = regexp.MustCompile(`(?:^|[ /"(])(?:rowan|go run \.) ([a-z]+)(.*?)(?:$|&&| \| |;| -- |  #|")`)
	useFlag  = regexp.MustCompile(`(?:^|[\s\[(|])--([a-z][a-z-]*)`)
	helpFlag = regexp.MustCompile(`(?m)^ +(?:-\w, )?--([a-z][a-z-]*)`)
)

// codeOf returns the code in a page: what lies between backticks, is indented, or stands in a block. Of other files it returns the
// commands that they start.
func codeOf(file, text string) (code []string) {
	page, inBlock := strings.HasSuffix(file, ".md"), false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case !page:
			if m := startLine.FindStringSubmatch(line); m != nil {
				code = append(code, m[1])
			}
		case strings.HasPrefix(line, "```"):
			inBlock = !inBlock
		case inBlock || strings.HasPrefix(line, "    "):
			code = append(code, strings.TrimPrefix(strings.TrimSpace(line), "$ "))
		default:
			for _, m := range codeSpan.FindAllStringSubmatch(line, -1) {
				code = append(code, m[1])
			}
		}
	}
	return code
}

// flagsOfHelp returns the flags of a command, by its help; nil where there is no such command.
func flagsOfHelp(t *testing.T, command string) []string {
	t.Helper()
	out, err := exec.Command("rowan", "help", command).Output()
	if err != nil || !strings.Contains(string(out), "rowan "+command) {
		return nil
	}
	var flags []string
	for _, m := range helpFlag.FindAllStringSubmatch(string(out), -1) {
		flags = append(flags, m[1])
	}
	return flags
}

// TestCommandsInPages wants of the commands that pages and units show that they exist, with their flags.
func TestCommandsInPages(t *testing.T) {
	out, err := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md", "deploy", "*/package.json").Output()
	if err != nil {
		t.Skipf("the pages are those that git knows: %v", err)
	}
	known := map[string][]string{}
	shown := 0
	for _, page := range strings.Fields(string(out)) {
		text, err := os.ReadFile(page)
		if err != nil {
			continue // deleted, and not committed
		}
		for _, code := range codeOf(page, string(text)) {
			for _, m := range use.FindAllStringSubmatch(code, -1) {
				shown++
				command := m[1]
				flags, ok := known[command]
				if !ok {
					flags = flagsOfHelp(t, command)
					known[command] = flags
				}
				if flags == nil {
					t.Errorf("%s: there is no command %q: %s", page, command, code)
					continue
				}
				for _, f := range useFlag.FindAllStringSubmatch(m[2], -1) {
					if !slices.Contains(flags, f[1]) {
						t.Errorf("%s: rowan %s has no flag --%s: %s", page, command, f[1], code)
					}
				}
			}
		}
	}
	if shown < 30 {
		t.Errorf("only %d commands were found", shown)
	}
	t.Logf("%d commands", shown)
}
