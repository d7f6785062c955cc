package config

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/configuration.md anew")

// referenceFile is made from the code: from [Example], the fields of [Config], and
// the flags.
const referenceFile = "../../docs/configuration.md"

// TestReference checks that the page says what the code does.
func TestReference(t *testing.T) {
	want := reference(t)
	if *update {
		if err := os.WriteFile(referenceFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(referenceIntro, "```toml\n")
	block, _, _ = strings.Cut(block, "```")
	if err := decode(Default(), FileName, []byte(block)); err != nil {
		t.Errorf("the example on the page: %v", err)
	}
	if string(got) != want {
		t.Errorf("docs/configuration.md is not up to date; write it anew: go test ./daemon/config -run TestReference -update")
	}
}

const referenceIntro = `<!-- Made from daemon/config by go test ./daemon/config -run TestReference -update. Do not edit. -->
# Configuration

Every setting of a server has a default that is safe on the open Internet. What is set elsewhere wins, the last of these first:

1. the defaults;
2. the file ` + "`rowan.toml`" + ` beside the app, or the one that ` + "`--config FILE`" + ` or ` + "`ROWAN_CONFIG`" + ` names;
3. variables of the environment: ` + "`ROWAN_LISTEN`, `ROWAN_SESSION_MEMORY`, `ROWAN_ACTOR_ROOM_TURN`" + `;
4. flags of the command line: the ones named below, and ` + "`--set KEY=VALUE`" + ` for every setting, such as ` + "`--set actor.room.turn=100ms`" + `.

An unknown key, variable or flag ends the start with its place and the nearest known one, and so does a value of the wrong form:

    rowan.toml:7:1: unknown key "memry" in [session]; did you mean "memory"?
    ROWAN_SESSION_MEMORY: memory in [session] must be a size such as 512000, "512KB" or "32MB", not "32 megs"

` + "`rowan config [APP]`" + ` prints what is in force with the same arguments and in the same environment, and where each value comes from; ` + "`--json`" + ` makes it an
object by key. Secrets are not shown. ` + "`rowan check APP`" + ` looks at the settings too.

    $ ROWAN_SESSION_MEMORY=8MB rowan config app.ts --workers 4
    listen = ":8080"                    # rowan.toml:1
    workers = 4                         # --workers
    …
    [session]
    apis = "all"                        # default
    memory = "8MB"                      # ROWAN_SESSION_MEMORY

A ` + "`rowan.toml`" + ` that has every setting, with its default: [daemon/config/rowan.toml](../daemon/config/rowan.toml).

## How values are written

| | in the file | in a variable or a flag |
|---|---|---|
| size | bytes, or a text with KB (1024 bytes), MB or GB: ` + "`\"32MB\"`" + ` | ` + "`32MB`" + ` |
| duration | a text with ms, s, m or h: ` + "`\"50ms\"`" + ` | ` + "`50ms`" + ` |
| number | ` + "`1000`" + ` | ` + "`1000`" + ` |
| yes or no | ` + "`true`, `false`" + ` | the same; a flag alone is ` + "`true`" + ` |
| list | ` + "`[\"public\", \"10.1.0.0/16\"]`; `[]`" + ` is an empty one | ` + "`public,10.1.0.0/16`; `none`" + ` is an empty one |

A variable is called as its setting is, with the table before it, in capitals and with an underscore for all that is neither a letter nor a digit: what
` + "`[actor.chat-room]`" + ` says of ` + "`turn`" + `, ` + "`ROWAN_ACTOR_CHAT_ROOM_TURN`" + ` says too. Variables have no empty values, but where one stands for none.
What Kubernetes sets in containers beside a service called "rowan" (` + "`ROWAN_SERVICE_HOST`, `ROWAN_PORT`" + ` …) is passed over.

## Kinds of contexts

Sessions, requests and actors each have a table, and each kind of actor one of its own. What ` + "`[actor.room]`" + ` leaves out is as in ` + "`[actor]`" + `; what ` + "`[actor]` and `[request]`" + `
leave out is as in ` + "`[session]`" + `. The flags ` + "`--apis`, `--memory`, `--turn`, `--allow-hosts` and `--env`" + ` hold for all kinds. In an app with a WebSocket handler or channels, requests
may become sessions, and are as ` + "`[session]`" + ` says.

` + "```toml" + `
[session]                    # what a visitor's own context may do
apis = "all,-fetch,-websocket,-eventsource,-worker"
memory = "8MB"
handlers = ["publish"]       # of the host functions, this one alone
hosts = []

[actor]                      # rooms keep more
memory = "64MB"

[actor.mailer]               # the only ones that reach anything, with a secret that nobody else sees
apis = "all"
hosts = ["smtp.example.com:443"]
env = ["MAIL_TOKEN"]
` + "```" + `

What is off is not there at all: ` + "`typeof fetch === \"undefined\"`" + `, and no other object leads to it. Hosts, variables and API groups are bound to the template of a kind, so
that its scripts cannot come to those of another kind; a worker has those of the context that made it, and an actor that is
spawned (` + "`Rowan.spawn`" + `) never more than who spawned it. An actor with a name (` + "`Rowan.actor`" + `) has those of its kind, whoever calls it.

## Settings

Those with † hold for as long as the server runs; a reload says which of them have changed, and keeps the old ones.
`

// reference returns the page.
func reference(t *testing.T) string {
	var b strings.Builder
	b.WriteString(referenceIntro)
	fixed := fixedSettings()
	flags := map[string]string{}
	for _, f := range append(serverFlags, contextFlags...) {
		flags[f.key] = "--" + f.name
	}
	for _, table := range exampleTables(t) {
		if table.name == "" {
			b.WriteString("\n### At the top\n")
		} else {
			fmt.Fprintf(&b, "\n### [%s]\n", table.name)
		}
		if table.text != "" {
			b.WriteString("\n" + table.text + "\n")
		}
		if len(table.settings) == 0 {
			continue
		}
		b.WriteString("\n| setting | default | variable, flag | |\n|---|---|---|---|\n")
		for _, s := range table.settings {
			key := join(table.name, s.name)
			names := "`" + Variable(key) + "`"
			if f := flags[key]; f != "" {
				names += ", `" + f + "`"
			}
			if f := flags[join(flagLayer, s.name)]; f != "" && contextKind(table.name) != "" {
				names += ", `" + f + "`"
			}
			mark := ""
			if fixed[key] {
				mark = " †"
			}
			value := ""
			if s.value != "" {
				value = "`" + s.value + "`"
			}
			fmt.Fprintf(&b, "| `%s`%s | %s | %s | %s |\n", s.name, mark, value, names, s.text)
		}
	}
	return b.String()
}

// An exampleTable is a table of [Example], and an exampleSetting one of its settings.
type (
	exampleTable struct {
		name, text string
		settings   []exampleSetting
	}
	exampleSetting struct {
		name, text string
		value      string // as it is written; "" for one that is commented out
	}
)

// exampleTables reads [Example]: what stands before a setting or a table is about it.
// Settings of actors and requests that only show how one is set are left out.
func exampleTables(t *testing.T) []exampleTable {
	text := Example[strings.Index(Example, "\n\n")+2:] // without what is said of the file as a whole
	tables := []exampleTable{{}}
	var comment []string
	about := func() string {
		said := strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(strings.Join(comment, " "))
		comment = nil
		return said
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		last := &tables[len(tables)-1]
		bare := strings.TrimPrefix(line, "# ")
		name, value, ok := strings.Cut(bare, " = ")
		switch {
		case strings.HasPrefix(bare, "[") && strings.HasSuffix(bare, "]"):
			tables = append(tables, exampleTable{name: strings.Trim(bare, "[]"), text: about()})
		case ok && !strings.Contains(name, " "):
			shows := strings.HasPrefix(line, "#")
			if shows && contextKind(last.name) != "" && last.name != "session" {
				continue
			}
			said := about()
			if said == "" && len(last.settings) > 0 {
				said = fmt.Sprintf("See `%s`.", last.settings[len(last.settings)-1].name)
			}
			if shows {
				value = ""
			}
			last.settings = append(last.settings, exampleSetting{name, said, value})
		case line == "":
			comment = nil
		case line[0] == '#':
			comment = append(comment, strings.TrimSpace(line[1:]))
		default:
			t.Fatalf("rowan.toml: %q", line)
		}
	}
	for i, table := range tables {
		if contextKind(table.name) != "" && table.name != "session" {
			tables[i].text += " It may say all that [session] does."
		}
	}
	return tables
}

// fixedSettings returns the keys of the settings that hold for as long as the server
// runs.
func fixedSettings() map[string]bool {
	keys := map[string]bool{}
	root := reflect.TypeFor[Config]()
	c := Default()
	for i := range root.NumField() {
		if tag := root.Field(i).Tag; tag.Get("fixed") != "" {
			for _, s := range c.settings() {
				if name := tag.Get("toml"); s.key == name || strings.HasPrefix(s.key, name+".") {
					keys[s.key] = true
				}
			}
		}
	}
	return keys
}
