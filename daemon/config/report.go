package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// An InForce is the value that holds for a setting.
type InForce struct {
	Key string

	// Value is a text, a number, a bool or a list of texts; nil for what is not
	// set and has no default.
	Value any

	// From says where it comes from, see [Config.Origin].
	From string

	// Hidden says that the value is a secret, which stands for it in Value.
	Hidden bool
}

// hidden is what reports show in the place of a secret.
const hidden = "(secret)"

// InForce returns what holds for every setting, table by table. For a kind of
// context that is what it takes from another kind too.
func (c *Config) InForce() (list []InForce) {
	for _, s := range c.settings() {
		table, name := split(s.key)
		value, from := s.field, c.Origin(s.key)
		if kind := contextKind(table); kind != "" && isContextSetting(name) {
			settings := c.Context(kind)
			value, from = field(reflect.ValueOf(&settings).Elem(), name), c.contextOrigin(kind, name)
		}
		v, secret := plain(value)
		list = append(list, InForce{s.key, v, from, secret})
	}
	return list
}

// contextKind returns the kind of context that a table is of, for
// [Config.Context]; "" for none.
func contextKind(table string) string {
	switch {
	case table == "session", table == "request":
		return table
	case table == "actor":
		return "actor:" // one of which nothing is said
	case strings.HasPrefix(table, "actor."):
		return "actor:" + strings.TrimPrefix(table, "actor.")
	}
	return ""
}

// isContextSetting reports whether all kinds of contexts have the setting.
func isContextSetting(name string) bool {
	return field(reflect.ValueOf(&ContextConfig{}).Elem(), name).IsValid()
}

// plain returns a field as JSON knows it; nil for one that is not set.
func plain(field reflect.Value) (v any, secret bool) {
	switch f := field.Interface().(type) {
	case bool:
		return f, false
	case Count:
		return int(f), false
	case OptionalAddress:
		return string(f), false
	case Secret:
		if f != "" {
			return hidden, true
		}
	case Variables:
		items := make([]string, len(f))
		for i, item := range f {
			name, _, given := strings.Cut(item, "=")
			if items[i] = name; given {
				items[i], secret = name+"="+hidden, true
			}
		}
		return items, secret
	default:
		switch {
		case field.IsZero():
		case field.Kind() == reflect.Slice:
			return field.Convert(reflect.TypeFor[[]string]()).Interface(), false
		default:
			return fmt.Sprint(f), false
		}
	}
	return nil, false
}

// WriteTOML writes what is in force as a rowan.toml, with the origin of each value
// as a comment. What is not set, and secrets, are comments as a whole.
func (c *Config) WriteTOML(w io.Writer) error {
	var b bytes.Buffer
	last := ""
	for _, s := range c.InForce() {
		table, name := split(s.Key)
		if table != last {
			fmt.Fprintf(&b, "\n[%s]\n", quoteTable(table))
			last = table
		}
		switch text, err := literal(s.Value); {
		case err != nil:
			return err
		case s.Value == nil:
			fmt.Fprintf(&b, "# %-33s # %s: %s\n", name, s.From, unset(name))
		case s.Hidden:
			fmt.Fprintf(&b, "# %-33s # %s\n", name+" = "+text, s.From)
		default:
			fmt.Fprintf(&b, "%-35s # %s\n", name+" = "+text, s.From)
		}
	}
	_, err := b.WriteTo(w)
	return err
}

// unset says what it means that a setting is not set.
func unset(name string) string {
	if name == "handlers" {
		return "all"
	}
	return "none"
}

// quoteTable returns the name of a table as TOML wants it: a kind of actor may have
// any name.
func quoteTable(table string) string {
	kind, ok := strings.CutPrefix(table, "actor.")
	bare := strings.Trim(kind, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
	if !ok || bare && kind != "" {
		return table
	}
	text, _ := literal(kind) // a text can be written
	return "actor." + text
}

// literal returns a value as TOML writes it, which for these is as JSON does.
func literal(v any) (string, error) {
	if list, ok := v.([]string); ok {
		items := make([]string, len(list))
		for i, item := range list {
			var err error
			if items[i], err = literal(item); err != nil {
				return "", err
			}
		}
		return "[" + strings.Join(items, ", ") + "]", nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSpace(b.String()), err
}

// WriteJSON writes what is in force as an object: {"session.memory": {"value":
// "32MB", "from": "default"}, …}. A setting without a value has null.
func (c *Config) WriteJSON(w io.Writer) error {
	type entry struct {
		Value any    `json:"value"`
		From  string `json:"from"`
	}
	all := map[string]entry{}
	for _, s := range c.InForce() {
		all[s.Key] = entry{s.Value, s.From}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(all)
}
