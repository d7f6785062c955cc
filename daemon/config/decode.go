package config

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"rowan/internal/nearest"
)

// decode sets in c what the text of a rowan.toml says. file names it in errors.
//
// It walks the syntax tree itself, where the library's own decoder would give
// no place for a value of the wrong form, and take 50 for 50 nanoseconds.
func decode(c *Config, file string, text []byte) error {
	d := decoder{file: file, origins: c.origins}
	// What the tree alone does not tell, such as a key that is there twice.
	if err := toml.Unmarshal(text, new(map[string]any)); err != nil {
		return d.syntaxError(err)
	}
	d.parser.Reset(text)
	root := table{fields: reflect.ValueOf(c).Elem()}
	current := root
	for d.parser.NextExpression() {
		var err error
		switch e := d.parser.Expression(); e.Kind {
		case unstable.Table:
			current, err = d.enter(root, e.Key())
		case unstable.ArrayTable:
			err = d.errorAt(e.Child(), "double brackets make a list of tables; write single ones")
		case unstable.KeyValue:
			err = d.set(current, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type decoder struct {
	file    string
	origins origins
	parser  unstable.Parser
}

// A table is one in the file, and the struct that holds its settings.
type table struct {
	name   string // as in "[actor.room]"; "" for what stands above all tables
	fields reflect.Value
}

// enter returns the table that keys lead to from t.
func (d *decoder) enter(t table, keys unstable.Iterator) (table, error) {
	for keys.Next() {
		var err error
		if t, err = d.child(t, keys.Node()); err != nil {
			return t, err
		}
	}
	return t, nil
}

// child returns the table called key in t.
func (d *decoder) child(t table, key *unstable.Node) (table, error) {
	name := string(key.Data)
	full := strings.TrimPrefix(t.name+"."+name, ".")
	f := field(t.fields, name)
	switch {
	case !f.IsValid():
		return t, d.errorAt(key, "unknown table [%s]%s", full, nearest.Hint(name, names(t.fields, isTable), "[%s]"))
	case f.Kind() == reflect.Map:
		if f.IsNil() {
			f.Set(reflect.MakeMap(f.Type()))
		}
		entry := f.MapIndex(reflect.ValueOf(name))
		if !entry.IsValid() {
			entry = reflect.New(f.Type().Elem().Elem())
			f.SetMapIndex(reflect.ValueOf(name), entry)
		}
		return table{full, entry.Elem()}, nil
	case !isTable(f):
		return t, d.errorAt(key, "%s is a setting, not a table", t.setting(name))
	}
	return table{full, f}, nil
}

// set sets what a key and its value say in t.
func (d *decoder) set(t table, keyValue *unstable.Node) error {
	keys := keyValue.Key()
	for keys.Next() && !keys.IsLast() {
		var err error
		if t, err = d.child(t, keys.Node()); err != nil {
			return err
		}
	}
	key, value := keys.Node(), keyValue.Value()
	if value.Kind == unstable.InlineTable {
		t, err := d.child(t, key)
		if err != nil {
			return err
		}
		for inner := value.Children(); inner.Next(); {
			if err := d.set(t, inner.Node()); err != nil {
				return err
			}
		}
		return nil
	}

	name := string(key.Data)
	f := field(t.fields, name)
	switch {
	case !f.IsValid(), f.Kind() == reflect.Map:
		in := ""
		if t.name != "" {
			in = fmt.Sprintf(" in [%s]", t.name)
		}
		known := names(t.fields, isSetting)
		hint := cmp.Or(nearest.Hint(name, known, "%q"), "; there are "+strings.Join(known, ", "))
		return d.errorAt(key, "unknown key %q%s%s", name, in, hint)
	case isTable(f):
		return d.errorAt(key, "[%s] is a table, not a setting", name)
	}
	if err := d.assign(f.Addr().Interface(), value); err != nil {
		if value.Kind == unstable.Array {
			value = key // a list has no place of its own in the tree
		}
		return d.errorAt(value, "%w", about(t.setting(name), err))
	}
	line := d.parser.Shape(key.Raw).Start.Line
	d.origins[strings.TrimPrefix(t.name+"."+name, ".")] = fmt.Sprintf("%s:%d", d.file, line)
	return nil
}

// about returns the error of a setting: "memory in [session] must be …".
func about(setting string, err error) error {
	if strings.HasPrefix(err.Error(), "must ") {
		return fmt.Errorf("%s %w", setting, err)
	}
	return fmt.Errorf("%s: %w", setting, err)
}

// assign sets a field, to which it is given a pointer, to a value of the file.
func (d *decoder) assign(field any, v *unstable.Node) error {
	raw := "a list"
	if v.Kind != unstable.Array {
		raw = string(d.parser.Raw(v.Raw)) // a text with its quotes
	}
	switch field := field.(type) {
	case *bool:
		if v.Kind != unstable.Bool {
			return fmt.Errorf("must be true or false, not %s", raw)
		}
		*field = string(v.Data) == "true"
	case *string:
		if v.Kind != unstable.String || len(v.Data) == 0 {
			return fmt.Errorf("must be a text in quotes, not %s", raw)
		}
		*field = string(v.Data)
	case value:
		if !takes(field, v.Kind) {
			return wrong(field, raw)
		}
		text := string(v.Data)
		if v.Kind == unstable.Integer {
			text = strings.ReplaceAll(text, "_", "")
		}
		return field.Set(text)
	default:
		items, ok := texts(v)
		if !ok {
			return errors.New(`must be a list of texts: ["…", "…"]`)
		}
		return setList(reflect.ValueOf(field).Elem(), items)
	}
	return nil
}

// setList sets a field, which is a slice of texts, if its items are as they must be.
func setList(field reflect.Value, items []string) error {
	v := reflect.ValueOf(items).Convert(field.Type())
	if l, ok := v.Interface().(list); ok {
		if err := l.check(); err != nil {
			return err
		}
	}
	field.Set(v)
	return nil
}

// texts returns the items of a list, unless one is something else than a text.
func texts(list *unstable.Node) (items []string, ok bool) {
	items = []string{} // an empty list is not the same as none
	for it := list.Children(); it.Next(); {
		if it.Node().Kind != unstable.String {
			return nil, false
		}
		items = append(items, string(it.Node().Data))
	}
	return items, list.Kind == unstable.Array
}

// takes reports whether a value can be written as that kind of TOML.
func takes(v value, kind unstable.Kind) bool {
	switch v.(type) {
	case *Count:
		return kind == unstable.Integer
	case *Bytes:
		return kind == unstable.Integer || kind == unstable.String
	}
	return kind == unstable.String
}

// setting returns how errors call a setting of the table.
func (t table) setting(key string) string { return inTable(key, t.name) }

// inTable says where a setting stands: "memory in [session]".
func inTable(key, table string) string {
	if table == "" {
		return key
	}
	return fmt.Sprintf("%s in [%s]", key, table)
}

// errorAt returns an error that begins with the place of a node.
func (d *decoder) errorAt(n *unstable.Node, format string, args ...any) error {
	at := d.parser.Shape(n.Raw).Start
	return fmt.Errorf("%s:%d:%d: %w", d.file, at.Line, at.Column, fmt.Errorf(format, args...))
}

// syntaxError puts the place that the library found first, as errorAt does.
func (d *decoder) syntaxError(err error) error {
	text := strings.TrimPrefix(err.Error(), "toml: ")
	var at *toml.DecodeError
	if !errors.As(err, &at) {
		return fmt.Errorf("%s: %s", d.file, text)
	}
	line, column := at.Position()
	return fmt.Errorf("%s:%d:%d: %s", d.file, line, column, text)
}

// field returns the field of a struct for a key, which may stand in an embedded
// struct, or else the map that takes any key, or else the zero Value.
func field(fields reflect.Value, key string) (found reflect.Value) {
	for i := range fields.NumField() {
		f := fields.Type().Field(i)
		switch tag := f.Tag.Get("toml"); {
		case f.Anonymous:
			if embedded := field(fields.Field(i), key); embedded.IsValid() {
				return embedded
			}
		case tag == "*":
			found = fields.Field(i)
		case tag == key && tag != "":
			return fields.Field(i)
		}
	}
	return found
}

// names returns the keys of a struct's fields of one sort.
func names(fields reflect.Value, sort func(reflect.Value) bool) []string {
	var all []string
	for i := range fields.NumField() {
		f := fields.Type().Field(i)
		switch tag := f.Tag.Get("toml"); {
		case f.Anonymous:
			all = append(all, names(fields.Field(i), sort)...)
		case tag != "" && tag != "*" && sort(fields.Field(i)):
			all = append(all, tag)
		}
	}
	return all
}

func isTable(v reflect.Value) bool   { return v.Kind() == reflect.Struct }
func isSetting(v reflect.Value) bool { return v.Kind() != reflect.Struct }
