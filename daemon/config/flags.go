package config

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// Flags are the settings that a command line can say. The zero value says
// nothing. Register them, parse, then load the settings by [Flags.Load].
type Flags struct {
	file  string
	set   setFlag
	given map[string]*flagValue // by the flag's name
}

// A flagSpec is a flag that sets a setting.
type flagSpec struct {
	name  string
	key   string // of the setting; below flagLayer, that of all kinds of contexts
	usage string

	// items says that each use of the flag adds one item to a list. The flag of
	// any other list takes them all, separated by commas.
	items bool
}

// What a command line can say of a server.
var serverFlags = []flagSpec{
	{name: "listen", key: "listen", usage: "address of the server"},
	{name: "workers", key: "workers", usage: "threads that run JavaScript (default one for each core)"},
	{name: "admin", key: "admin.listen", usage: "`address` of the admin side, whose token is in its URL; empty for none (default 127.0.0.1:4001, or a free port where that is taken)"},
	{name: "data", key: "data", usage: "`folder` of the database that scripts keep things in (default none: everything is in memory)"},
	{name: "tls-cert", key: "tls.cert", usage: "`file` of the certificate, for https: and wss: (default none)"},
	{name: "tls-key", key: "tls.key", usage: "`file` of its key (default none)"},
	{name: "log-level", key: "log.level", usage: "least `level` that is logged: debug, info, warn or error"},
	{name: "log-format", key: "log.format", usage: "`format` of the log: console, json, or auto, which is console on a terminal"},
	{name: "allow-hosts", key: flagLayer + ".hosts", usage: "hosts that scripts may reach, as a `list` such as public,db.internal:8080,10.1.0.0/16"},
}

// What it can say of contexts.
var contextFlags = []flagSpec{
	{name: "apis", key: flagLayer + ".apis", usage: "API groups as a `list` such as rowan,timers, or all, none, all,-fetch, all,node (default all, which is without node)"},
	{name: "memory", key: flagLayer + ".memory", usage: "heap of a context above the image"},
	{name: "turn", key: flagLayer + ".turn", usage: "thread time of one turn of a context"},
	{name: "fs", key: "fs", usage: "`folder` whose files scripts may use by node:fs (default none)"},
	{name: "env", key: flagLayer + ".env", usage: "environment `variable` that scripts may read, NAME or NAME=VALUE; may be repeated", items: true},
}

// AddServer registers the flags of a server: --listen, --data, --log-level and so
// on.
func (f *Flags) AddServer(set *pflag.FlagSet) { f.add(set, serverFlags) }

// AddContext registers the flags of contexts, which hold for all kinds: --apis,
// --memory and so on.
func (f *Flags) AddContext(set *pflag.FlagSet) { f.add(set, contextFlags) }

// AddFile registers --config and --set, by which every setting can be said.
func (f *Flags) AddFile(set *pflag.FlagSet) {
	set.StringVar(&f.file, "config", "", "settings `file` (default "+FileName+" beside the app)")
	set.Var(&f.set, "set", "any setting, such as session.memory=8MB or actor.room.turn=100ms; may be repeated")
}

func (f *Flags) add(set *pflag.FlagSet, flags []flagSpec) {
	for _, one := range flags {
		c := Default()
		c.flags = contextDefault
		field := c.flagField(one.key)
		usage := one.usage
		if v, ok := field.Interface().(interface{ String() string }); ok && !strings.Contains(usage, "(default") {
			usage += " (default " + v.String() + ")"
		}
		if l, ok := field.Interface().(Hosts); ok {
			usage += " (default " + strings.Join(l, ",") + ")"
		}
		set.Var(&flagValue{flag: one, flags: f, field: reflect.New(field.Type()).Elem()}, one.name, usage)
		if field.Kind() == reflect.Bool {
			set.Lookup(one.name).NoOptDefVal = "true"
		}
	}
}

// flagField returns the field of c that a flag sets.
func (c *Config) flagField(key string) reflect.Value {
	if name, ok := strings.CutPrefix(key, flagLayer+"."); ok {
		return field(reflect.ValueOf(&c.flags).Elem(), name)
	}
	for _, s := range c.settings() {
		if s.key == key {
			return s.field
		}
	}
	panic("config: a flag for no setting: " + key)
}

// A flagValue is a flag's value: a pflag.Value.
type flagValue struct {
	flag  flagSpec
	flags *Flags
	field reflect.Value // of the type of the setting
}

// Set checks and keeps a value of the command line.
func (v *flagValue) Set(text string) error {
	var err error
	if v.flag.items {
		err = setList(v.field, append(v.field.Convert(reflect.TypeFor[[]string]()).Interface().([]string), text))
	} else {
		err = setText(v.field, text)
	}
	if err != nil {
		return err
	}
	if v.flags.given == nil {
		v.flags.given = map[string]*flagValue{}
	}
	v.flags.given[v.flag.name] = v
	return nil
}

// String returns "": the default stands in the flag's usage.
func (v *flagValue) String() string { return "" }

// Type returns what the usage calls the value.
func (v *flagValue) Type() string {
	if t, ok := v.field.Addr().Interface().(value); ok {
		return t.Type()
	}
	if v.field.Kind() == reflect.Bool {
		return "bool"
	}
	return "text"
}

// FlagSet reports whether a flag said the named setting of contexts: "memory" or "turn".
func (c *Config) FlagSet(name string) bool {
	_, ok := c.origins[join(flagLayer, name)]
	return ok
}

// Apply puts what the flags say over c.
func (c *Config) Apply(f Flags) {
	for _, name := range slices.Sorted(maps.Keys(f.given)) {
		v := f.given[name]
		c.flagField(v.flag.key).Set(v.field)
		c.origins[v.flag.key] = "--" + name
	}
}

// configFile returns the settings file that the command line names, or else a
// variable; "" for the app's own.
func (f Flags) configFile(variables map[string]string) string {
	if f.file != "" {
		return f.file
	}
	return variables[fileVariable]
}
