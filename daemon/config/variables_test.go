package config

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

func TestVariable(t *testing.T) {
	tests := []struct{ key, want string }{
		{"listen", "ROWAN_LISTEN"},
		{"session.memory", "ROWAN_SESSION_MEMORY"},
		{"channels.per_message_deflate", "ROWAN_CHANNELS_PER_MESSAGE_DEFLATE"},
		{"actor.chat-room 2.turn", "ROWAN_ACTOR_CHAT_ROOM_2_TURN"},
		{"actor.größe.turn", "ROWAN_ACTOR_GR__E_TURN"},
	}
	for _, test := range tests {
		if got := Variable(test.key); got != test.want {
			t.Errorf("Variable(%q) = %s, want %s", test.key, got, test.want)
		}
	}
}

func TestVariables(t *testing.T) {
	if _, err := load(t, "listen = ':1'\nworkers = 1\n[actor.chat-room]\nturn = '1ms'\nmemory = '1MB'\n"); err != nil {
		t.Fatal(err)
	}
	c, err := parse(t, "--workers=5").Load(".", []string{
		"HOME=/root", "ROWAN_LISTEN=:2", "ROWAN_WORKERS=4", "ROWAN_SESSION_HOSTS=public,10.0.0.0/8", "ROWAN_REQUEST_HANDLERS=none", "ROWAN_WEBSOCKET_SEND_PINGS=false",
		"ROWAN_ACTOR_TURN=3ms", "ROWAN_ACTOR_CHAT_ROOM_TURN=2ms", "ROWAN_ACTOR_MAX_BODY_STACK=200", "ROWAN_DATA=files",
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != ":2" || c.Workers != 5 || c.WebSocket.SendPings || c.Data != "files" {
		t.Errorf("%+v", c)
	}
	if got := c.Context("session").Hosts; !reflect.DeepEqual(got, Hosts{"public", "10.0.0.0/8"}) {
		t.Errorf("hosts of sessions: %q", got)
	}
	if got := c.Context("request").Handlers; got == nil || len(got) != 0 {
		t.Errorf("handlers of requests: %#v, want an empty list", got)
	}
	for kind, want := range map[string]ContextConfig{
		"chat-room": {Turn: Duration(2 * time.Millisecond), Memory: 1 << 20, Stack: 1000},
		"max-body":  {Turn: Duration(3 * time.Millisecond), Memory: 32 << 20, Stack: 200},
		"max_body":  {Turn: Duration(3 * time.Millisecond), Memory: 32 << 20, Stack: 200},
		"chat_room": {Turn: Duration(3 * time.Millisecond), Memory: 32 << 20, Stack: 1000}, // the file speaks of another one
	} {
		if got := c.Context("actor:" + kind); got.Turn != want.Turn || got.Memory != want.Memory || got.Stack != want.Stack {
			t.Errorf("actor %s: %+v", kind, got)
		}
	}
}

func TestVariableErrors(t *testing.T) {
	tests := []struct{ variable, want string }{
		{"ROWAN_SESION_MEMORY=1MB", "unknown variable ROWAN_SESION_MEMORY; did you mean ROWAN_SESSION_MEMORY?"},
		{"ROWAN_COLOUR=red", "unknown variable ROWAN_COLOUR"},
		{"ROWAN_MEMORY=1MB", "unknown variable ROWAN_MEMORY; there are ROWAN_ACTOR_MEMORY, ROWAN_REQUEST_MEMORY, ROWAN_SESSION_MEMORY"},
		{"ROWAN_ACTOR_ROOM_MEMRY=1MB", "unknown variable ROWAN_ACTOR_ROOM_MEMRY; did you mean ROWAN_ACTOR_ROOM_MEMORY?"},
		{"ROWAN_=1", "unknown variable ROWAN_"},
		{"ROWAN_SESSION_MEMORY=32 megs", `ROWAN_SESSION_MEMORY: memory in [session] must be a size such as 512000, "512KB" or "32MB", not "32 megs"`},
		{"ROWAN_SESSION_MEMORY=", `ROWAN_SESSION_MEMORY: memory in [session] must be a size such as 512000, "512KB" or "32MB", not ""`},
		{"ROWAN_LISTEN=4000", `ROWAN_LISTEN: listen must be a host and a port such as "127.0.0.1:4000", not "4000"`},
		{"ROWAN_WEBSOCKET_SEND_PINGS=1", `ROWAN_WEBSOCKET_SEND_PINGS: send_pings in [websocket] must be true or false, not "1"`},
		{"ROWAN_SESSION_APIS=fetsh", `ROWAN_SESSION_APIS: apis in [session]: unknown API group "fetsh"; did you mean "fetch"?`},
		{"ROWAN_SESSION_HOSTS=", `ROWAN_SESSION_HOSTS: hosts in [session] must not be empty; write "none" for an empty list`},
		{"ROWAN_DATA=", `ROWAN_DATA: data must not be empty`},
	}
	for _, test := range tests {
		if _, err := (Flags{}).Load(t.TempDir(), []string{test.variable}); err == nil || err.Error() != test.want {
			t.Errorf("%s: %v\nwant: %s", test.variable, err, test.want)
		}
	}
}

func TestSet(t *testing.T) {
	if _, err := load(t, "[session]\nmemory = '1MB'\n"); err != nil {
		t.Fatal(err)
	}
	c, err := parse(t, "--set", "session.memory=2MB", "--set=actor.chat-room.turn=2ms", "--set", "fetch.timeout=1s", "--set=fetch.timeout=2s", "--set=session.env=A=b,C", "--workers=3", "--set=workers=9").Load(".", []string{"ROWAN_SESSION_MEMORY=3MB"})
	if err != nil {
		t.Fatal(err)
	}
	s := c.Context("session")
	if s.Memory != 2<<20 || c.Context("actor:chat-room").Turn != Duration(2*time.Millisecond) || c.Fetch.Timeout != Duration(2*time.Second) || c.Workers != 3 || !reflect.DeepEqual(s.Env, Variables{"A=b", "C"}) {
		t.Errorf("%+v", c)
	}
	quoted, err := parse(t, "--set", `admin.token="0123456789 \"abcdef"`).Load(".", nil)
	if err != nil || quoted.Admin.Token != `0123456789 "abcdef` {
		t.Errorf("a value in quotes is %q, %v", quoted.Admin.Token, err)
	}
	if from := c.Origin("session.memory"); from != "--set session.memory" {
		t.Errorf("session.memory comes from %s", from)
	}
	for arg, want := range map[string]string{
		"session.memry=1":        `--set session.memry=1: unknown setting "session.memry"; did you mean "session.memory"?`,
		"actor.room.memry=1":     `--set actor.room.memry=1: unknown setting "actor.room.memry"; did you mean "actor.room.memory"?`,
		"session=1":              `--set session=1: unknown setting "session"`,
		"session.memory=32 megs": `--set session.memory=32 megs: memory in [session] must be a size such as 512000, "512KB" or "32MB", not "32 megs"`,
	} {
		if _, err := parse(t, "--set", arg).Load(".", nil); err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}

// What Kubernetes sets beside a service called "rowan" is no mistake.
func TestVariablesOfOthers(t *testing.T) {
	_, err := (Flags{}).Load(t.TempDir(), []string{
		"ROWAN_SERVICE_HOST=10.0.0.1", "ROWAN_SERVICE_PORT=4000", "ROWAN_SERVICE_PORT_HTTP=4000", "ROWAN_PORT=tcp://10.0.0.1:4000",
		"ROWAN_PORT_4000_TCP=tcp://10.0.0.1:4000", "ROWAN_PORT_4000_TCP_PROTO=tcp", "ROWAN_PORT_4000_TCP_PORT=4000", "ROWAN_PORT_4000_TCP_ADDR=10.0.0.1",
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := (Flags{}).Load(t.TempDir(), []string{"ROWAN_PORTS=1"}); err == nil {
		t.Error("no error for a variable that only begins like one of them")
	}
}

// A file that is named is read in place of the app's, and must be there.
func TestConfigFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := load(t, "workers = 7\n"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "other.toml")
	if err := os.WriteFile(file, []byte("workers = 8\ndata = 'kept'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, load := range map[string]func() (*Config, error){
		"--config":     func() (*Config, error) { return parse(t, "--config", file).Load(".", []string{"ROWAN_CONFIG=nowhere"}) },
		"ROWAN_CONFIG": func() (*Config, error) { return (Flags{}).Load(".", []string{"ROWAN_CONFIG=" + file}) },
	} {
		if c, err := load(); err != nil || c.Workers != 8 || c.Data != filepath.Join(dir, "kept") || c.File(".") != file {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	if got := Default().File("app"); got != filepath.Join("app", FileName) {
		t.Errorf("the file of an app is %s", got)
	}
	if _, err := parse(t, "--config", "nowhere.toml").Load(".", nil); err == nil {
		t.Error("no error for a file that is not there")
	}
}
