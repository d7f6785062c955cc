package config

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"rowan/internal/nearest"
)

// A setFlag is the flag --set: settings by their keys, in the order in which they
// were given. It is a pflag.Value.
type setFlag []string

// Set keeps one KEY=VALUE. Whether there is such a setting is seen when it is
// applied: what kinds of actors there are the file says.
func (f *setFlag) Set(text string) error {
	if key, _, ok := strings.Cut(text, "="); !ok || key == "" {
		return errors.New("must be a setting and its value, such as session.memory=8MB")
	}
	*f = append(*f, text)
	return nil
}

// String returns "": there is no default.
func (f *setFlag) String() string { return "" }

// Type returns what the usage calls the value.
func (f *setFlag) Type() string { return "key=value" }

// applySet puts what --set says over c.
func (c *Config) applySet(f setFlag) error {
	for _, item := range f {
		key, text, _ := strings.Cut(item, "=")
		table, name := split(key)
		if kind, ok := strings.CutPrefix(table, "actor."); ok && kind != "" && c.Actor.Kinds[kind] == nil {
			if c.Actor.Kinds == nil {
				c.Actor.Kinds = map[string]*ContextConfig{}
			}
			c.Actor.Kinds[kind] = &ContextConfig{} // of which nothing is said, should there be no such setting
		}
		var keys []string
		var field reflect.Value
		for _, s := range c.settings() {
			if s.key == key {
				field = s.field
			}
			keys = append(keys, s.key)
		}
		if !field.IsValid() {
			return fmt.Errorf("--set %s: unknown setting %q%s", item, key, nearest.Hint(key, keys, "%q"))
		}
		if err := setText(field, unquoted(text)); err != nil {
			return fmt.Errorf("--set %s: %w", item, about(inTable(name, table), err))
		}
		c.origins[key] = "--set " + key
	}
	return nil
}

// unquoted is a text without the quotes that rowan.toml wants around it, which a
// shell may have left.
func unquoted(text string) string {
	if strings.HasPrefix(text, `"`) {
		if inner, err := strconv.Unquote(text); err == nil {
			return inner
		}
	}
	return text
}
