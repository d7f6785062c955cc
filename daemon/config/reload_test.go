package config

import (
	"os"
	"slices"
	"testing"
	"time"
)

func TestReloaded(t *testing.T) {
	if _, err := load(t, "listen = \":1\"\nlog.level = \"warn\"\n[session]\nmemory = \"1MB\"\nturn = \"1ms\"\n"); err != nil {
		t.Fatal(err)
	}
	c, err := parse(t, "--workers", "3", "--turn", "7ms", "--allow-hosts", "none").Load(".", []string{"ROWAN_SESSION_STACK=300"})
	if err != nil {
		t.Fatal(err)
	}
	c.Listen = ":3" // as a program that embeds the server may say: no file asks for another one
	reload := func(text string) (*Config, []string, error) {
		if err := os.WriteFile(FileName, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return c.Reloaded(".")
	}

	_, ignored, err := reload("listen = \":1\"\nworkers = 5\nlog.level = \"warn\"\n[session]\nmemory = \"2MB\"\n")
	if err != nil || len(ignored) > 0 {
		t.Errorf("ignored %q, %v; a flag says how many workers", ignored, err)
	}
	fresh, ignored, err := reload("listen = \":2\"\nlog.level = \"debug\"\n[session]\nenv = [\"A\"]\nmemory = \"2MB\"\nturn = \"2ms\"\n[storage]\nwait = \"3s\"\n")
	if err != nil {
		t.Fatal(err)
	}
	s := fresh.Context("session")
	if fresh.Listen != ":3" || fresh.Workers != 3 || fresh.Log.Level != "warn" || s.Memory != 2<<20 || s.Turn != Duration(7*time.Millisecond) ||
		s.Stack != 300 || len(s.Hosts) != 0 || s.Env[0] != "A" || fresh.Storage != c.Storage {
		t.Errorf("%+v, session %+v", fresh, s)
	}
	if want := []string{"listen", "log.level", "storage.wait"}; !slices.Equal(ignored, want) {
		t.Errorf("ignored %q, want %q", ignored, want)
	}
	c = fresh
	if _, again, _ := reload("listen = \":1\"\nlog.level = \"warn\"\n"); len(again) > 0 {
		t.Errorf("ignored %q of a file that says what it said at the start", again)
	}
	if _, _, err := reload("nonsense = 1"); err == nil {
		t.Error("no error for an unknown key")
	}
}
