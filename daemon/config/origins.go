package config

import (
	"fmt"
	"reflect"
	"strings"

	"rowan/internal/nearest"
)

// origins says where settings were set, by their keys: "rowan.toml:7",
// "ROWAN_LISTEN" or "--listen". What is not in it is a default.
type origins map[string]string

// OriginDefault is the Origin of what nothing says anything of.
const OriginDefault = "default"

// Origin returns where the value that holds for a setting comes from: "default",
// "rowan.toml:7" for that line, "ROWAN_LISTEN" or "--listen".
func (c *Config) Origin(key string) string {
	if from, ok := c.origins[key]; ok {
		return from
	}
	return OriginDefault
}

// contextOrigin returns where a setting of a kind of context comes from. See
// [Config.Context].
func (c *Config) contextOrigin(kind, name string) string {
	for _, l := range c.layers(kind) {
		if !field(reflect.ValueOf(l.settings).Elem(), name).IsZero() {
			return c.Origin(join(l.table, name))
		}
	}
	return OriginDefault
}

// UnknownKind returns an error that says where a kind of actor is spoken of that is
// not among those of the app; nil if there is none. A table without settings counts
// for nothing.
func (c *Config) UnknownKind(kinds []string) error {
	known := map[string]bool{}
	for _, kind := range kinds {
		if name, ok := c.Actor.find(kind); ok {
			known[name] = true
		}
	}
	for _, s := range c.settings() {
		table, _ := split(s.key)
		name, ok := strings.CutPrefix(table, "actor.")
		if from, set := c.origins[s.key]; ok && set && !known[name] {
			return fmt.Errorf("%s: the app has no kind of actor called %q%s", from, name, nearest.Hint(name, kinds, "%q"))
		}
	}
	return nil
}
