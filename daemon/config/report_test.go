package config

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
)

// reported loads settings of a file, a variable and flags.
func reported(t *testing.T) *Config {
	t.Helper()
	if _, err := load(t, "listen = ':1'\n[session]\nmemory = '1MB'\nenv = ['HOME']\n[actor]\nturn = '1ms'\n[actor.'room 2']\nstack = 99\nhandlers = ['publish']\n"); err != nil {
		t.Fatal(err)
	}
	c, err := parse(t, "--workers=2", "--apis=rowan", "--admin=").Load(".", []string{"ROWAN_LISTEN=:2", "ROWAN_ACTOR_MAILBOX=9"})
	if err != nil {
		t.Fatal(err)
	}
	c.Acceptors = 3
	return c
}

func TestInForce(t *testing.T) {
	all := map[string]InForce{}
	for _, s := range reported(t).InForce() {
		all[s.Key] = s
	}
	for _, want := range []InForce{
		{Key: "listen", Value: ":2", From: "ROWAN_LISTEN"},
		{Key: "workers", Value: 2, From: "--workers"},
		{Key: "admin.listen", Value: "", From: "--admin"},
		{Key: "data", From: "default"},
		{Key: "websocket.send_pings", Value: true, From: "default"},
		{Key: "session.memory", Value: "1MB", From: "rowan.toml:3"},
		{Key: "request.memory", Value: "1MB", From: "rowan.toml:3"},
		{Key: "request.handlers", From: "default"},
		{Key: "actor.turn", Value: "1ms", From: "rowan.toml:6"},
		{Key: "actor.mailbox", Value: 9, From: "ROWAN_ACTOR_MAILBOX"},
		{Key: "actor.room 2.apis", Value: "rowan", From: "--apis"},
		{Key: "actor.room 2.memory", Value: "1MB", From: "rowan.toml:3"},
		{Key: "actor.room 2.turn", Value: "1ms", From: "rowan.toml:6"},
		{Key: "actor.room 2.stack", Value: 99, From: "rowan.toml:8"},
		{Key: "actor.room 2.mailbox", Value: 9, From: "ROWAN_ACTOR_MAILBOX"},
		{Key: "actor.room 2.handlers", Value: []string{"publish"}, From: "rowan.toml:9"},
	} {
		if got := all[want.Key]; !reflect.DeepEqual(got, want) {
			t.Errorf("%+v\nwant %+v", got, want)
		}
	}
}

// What is printed is a settings file that says the same.
func TestWriteTOML(t *testing.T) {
	c := reported(t)
	var text bytes.Buffer
	if err := c.WriteTOML(&text); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(FileName, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := Load(".")
	if err != nil {
		t.Fatalf("%v\n%s", err, &text)
	}
	values := func(c *Config) map[string]any {
		all := map[string]any{}
		for _, s := range c.InForce() {
			all[s.Key] = s.Value
		}
		return all
	}
	if got, want := values(again), values(c); !reflect.DeepEqual(got, want) {
		t.Errorf("read again: %v\nwant %v\n%s", got, want, &text)
	}
	for _, line := range []string{
		`listen = ":2"                       # ROWAN_LISTEN`,
		`# data                              # default: none`,
		`[actor."room 2"]`,
		`memory = "1MB"                      # rowan.toml:3`,
		`# handlers                          # default: all`,
	} {
		if !strings.Contains(text.String(), "\n"+line+"\n") && !strings.HasPrefix(text.String(), line+"\n") {
			t.Errorf("there is no line %q in\n%s", line, &text)
		}
	}
}

func TestSecretsAreHidden(t *testing.T) {
	c := Default()
	c.Session.Env = Variables{"HOME", "TOKEN=hunter2"}
	for _, write := range []func(*Config, *bytes.Buffer) error{
		func(c *Config, b *bytes.Buffer) error { return c.WriteTOML(b) },
		func(c *Config, b *bytes.Buffer) error { return c.WriteJSON(b) },
	} {
		var text bytes.Buffer
		if err := write(c, &text); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text.String(), "hunter2") || !strings.Contains(text.String(), `TOKEN=(secret)`) {
			t.Errorf("the secret stands in\n%s", &text)
		}
	}
	s := Secret("hunter2")
	if v, secret := plain(reflect.ValueOf(s)); v != hidden || !secret {
		t.Errorf("%v, %t", v, secret)
	}
}

func TestWriteJSON(t *testing.T) {
	var text bytes.Buffer
	if err := reported(t).WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	var all map[string]struct {
		Value any
		From  string
	}
	if err := json.Unmarshal(text.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	if got := all["session.memory"]; got.Value != "1MB" || got.From != "rowan.toml:3" {
		t.Errorf("session.memory: %+v", got)
	}
	if got, ok := all["data"]; !ok || got.Value != nil {
		t.Errorf("data: %+v", got)
	}
}
