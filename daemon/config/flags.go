package config

import (
	"cmp"
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"rowan/jsapi/netguard"
)

// Flags are the settings that a command line can say. The zero value says
// nothing. Register them, parse, then give them to [Config.Apply].
type Flags struct {
	listen  Address
	workers Count
	admin   *OptionalAddress
	hosts   []string
	context ContextConfig
	fs      string
	data    string
	env     []string
}

// AddServer registers --listen, --workers, --admin, --data and --allow-hosts.
func (f *Flags) AddServer(set *pflag.FlagSet) {
	set.Var(&f.listen, "listen", "address of the server (default 127.0.0.1:4000)")
	set.Var(&f.workers, "workers", "threads that run JavaScript (default one for each core)")
	set.Func("admin", "`address` of the admin side, whose token is in its URL; empty for none (default 127.0.0.1:4001, or a free port where that is taken)", func(text string) error {
		f.admin = new(OptionalAddress)
		return f.admin.Set(text)
	})
	set.StringVar(&f.data, "data", "", "`folder` of the database that scripts keep things in (default none: everything is in memory)")
	set.Func("allow-hosts", "hosts that scripts may reach, as a `list` such as public,db.internal:8080,10.1.0.0/16 (default public)", func(text string) error {
		hosts := strings.Split(text, ",")
		if text == "none" {
			hosts = []string{}
		}
		if _, err := netguard.Parse(hosts); err != nil {
			return err
		}
		f.hosts = hosts
		return nil
	})
}

// AddContext registers --apis, --memory, --turn, --fs and --env, which hold for
// all kinds of contexts.
func (f *Flags) AddContext(set *pflag.FlagSet) {
	set.Func("apis", "API groups as a `list` such as rowan,timers, or all, none, all,-fetch, all,node (default all, which is without node)", func(text string) error {
		if text == "" {
			return errors.New(`must not be empty; write "none" for no group`)
		}
		f.context.APIs = text
		return nil
	})
	set.Var(&f.context.Memory, "memory", "heap of a context above the image (default "+contextDefault.Memory.String()+")")
	set.Var(&f.context.Turn, "turn", "thread time of one turn of a context (default "+contextDefault.Turn.String()+")")
	set.StringVar(&f.fs, "fs", "", "`folder` whose files scripts may use by node:fs (default none)")
	set.StringArrayVar(&f.env, "env", nil, "environment `variable` that scripts may read, NAME or NAME=VALUE; may be repeated")
}

// FlagSet reports whether a flag said the named setting of contexts: "memory" or "turn".
func (c *Config) FlagSet(name string) bool {
	switch name {
	case "memory":
		return c.flags.context.Memory != 0
	case "turn":
		return c.flags.context.Turn != 0
	}
	panic("config: no such flag: " + name)
}

// Apply puts what the flags say over c, and notes what c says then, for
// [Config.Reload].
func (c *Config) Apply(f Flags) {
	c.Listen = cmp.Or(f.listen, c.Listen)
	c.Workers = cmp.Or(f.workers, c.Workers)
	if f.admin != nil {
		c.Admin.Listen = *f.admin
	}
	if f.hosts != nil {
		c.Fetch.Hosts = f.hosts
	}
	c.FS = cmp.Or(f.fs, c.FS)
	c.Data = cmp.Or(f.data, c.Data)
	if f.env != nil {
		c.Env = f.env
	}
	c.flags = f
	said := *c
	c.began = &said
}
