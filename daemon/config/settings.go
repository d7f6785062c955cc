package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// A setting is a field of a Config, by its key.
type setting struct {
	key   string // "session.memory"
	field reflect.Value
}

// settings returns all settings of c, table by table in the order of the fields,
// with those of every kind of actor that something is said of.
func (c *Config) settings() []setting {
	return settingsOf("", reflect.ValueOf(c).Elem())
}

// Keys lists the keys of all settings, such as "session.memory".
func Keys() (keys []string) {
	for _, s := range Default().settings() {
		keys = append(keys, s.key)
	}
	return keys
}

// settingsOf returns the settings of a table, and after them those of the tables
// in it.
func settingsOf(table string, fields reflect.Value) (list []setting) {
	var tables []setting
	for i := range fields.NumField() {
		f := fields.Type().Field(i)
		v, tag := fields.Field(i), f.Tag.Get("toml")
		switch {
		case f.Anonymous:
			list = append(list, settingsOf(table, v)...)
		case tag == "*":
			for _, name := range slices.Sorted(maps.Keys(v.Interface().(map[string]*ContextConfig))) {
				tables = append(tables, setting{join(table, name), v.MapIndex(reflect.ValueOf(name)).Elem()})
			}
		case tag == "":
		case isTable(v):
			tables = append(tables, setting{join(table, tag), v})
		default:
			list = append(list, setting{join(table, tag), v})
		}
	}
	for _, t := range tables {
		list = append(list, settingsOf(t.key, t.field)...)
	}
	return list
}

// join returns the key of what is called name in a table.
func join(table, name string) string {
	if table == "" {
		return name
	}
	return table + "." + name
}

// split returns the table that a key stands in, "" for none, and its name there.
func split(key string) (table, name string) {
	i := strings.LastIndexByte(key, '.')
	return key[:max(i, 0)], key[i+1:]
}

// setText sets a field from a text outside of a file: a flag, or a variable. The
// items of a list are separated by commas; "none" is an empty one.
func setText(field reflect.Value, text string) error {
	switch p := field.Addr().Interface().(type) {
	case *bool:
		if text != "true" && text != "false" {
			return fmt.Errorf("must be true or false, not %q", text)
		}
		*p = text == "true"
	case *string:
		if text == "" {
			return fmt.Errorf("must not be empty")
		}
		*p = text
	case value:
		return p.Set(text)
	default:
		if text == "" {
			return fmt.Errorf(`must not be empty; write "none" for an empty list`)
		}
		items := strings.Split(text, ",")
		if text == "none" {
			items = []string{}
		}
		return setList(field, items)
	}
	return nil
}
