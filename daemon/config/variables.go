package config

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"rowan/internal/nearest"
)

// variablePrefix is what the variables of settings begin with.
const variablePrefix = "ROWAN_"

// fileVariable names the settings file, as --config does. It is no setting.
const fileVariable = variablePrefix + "CONFIG"

// orchestrated are the variables that Kubernetes sets in every container beside a
// service called "rowan", and Docker with a link of that name. They are no settings.
var orchestrated = regexp.MustCompile(`^ROWAN_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|NAME|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

// Variable returns the name of the variable that a setting can be set by:
// ROWAN_SESSION_MEMORY for "session.memory".
func Variable(key string) string { return variablePrefix + variablePart(key) }

// variablePart returns a key as it is part of a variable's name: in capitals, with
// an underscore for all that is neither a letter nor a digit.
func variablePart(key string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, key)
}

// parseEnviron returns the variables ROWAN_… of a process's environment.
func parseEnviron(environ []string) map[string]string {
	v := map[string]string{}
	for _, item := range environ {
		if name, text, ok := strings.Cut(item, "="); ok && strings.HasPrefix(name, variablePrefix) {
			v[name] = text
		}
	}
	return v
}

// applyVariables puts what variables say over c.
func (c *Config) applyVariables(v map[string]string) error {
	c.declareKinds(v)
	known := map[string][]setting{} // two kinds of actor may have the same variable
	for _, s := range c.settings() {
		known[Variable(s.key)] = append(known[Variable(s.key)], s)
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if name == fileVariable || known[name] == nil && orchestrated.MatchString(name) {
			continue
		}
		if known[name] == nil {
			return fmt.Errorf("unknown variable %s%s", name, variableHint(name, known))
		}
		for _, s := range known[name] {
			if err := setText(s.field, v[name]); err != nil {
				table, key := split(s.key)
				return fmt.Errorf("%s: %w", name, about(inTable(key, table), err))
			}
			c.origins[s.key] = name
		}
	}
	return nil
}

// declareKinds makes room for the kinds of actors that only variables speak of. A
// variable does not tell how the kind is written: ROWAN_ACTOR_ROOM_2_TURN is of
// "room_2" as of "room-2", so that any such one gets it.
func (c *Config) declareKinds(v map[string]string) {
	prefix := Variable("actor") + "_"
	said := map[string]bool{}
	for kind := range c.Actor.Kinds {
		said[variablePart(kind)] = true
	}
	for _, name := range names(reflect.ValueOf(&c.Actor.ContextConfig).Elem(), isSetting) {
		suffix := "_" + variablePart(name)
		for variable := range v {
			kind, ok := strings.CutPrefix(variable, prefix)
			if !ok {
				continue
			}
			if kind, ok = strings.CutSuffix(kind, suffix); !ok || kind == "" || said[kind] {
				continue
			}
			said[kind] = true
			if c.Actor.Kinds == nil {
				c.Actor.Kinds = map[string]*ContextConfig{}
			}
			if c.Actor.byVariable == nil {
				c.Actor.byVariable = map[string]string{}
			}
			c.Actor.byVariable[kind] = strings.ToLower(kind)
			c.Actor.Kinds[strings.ToLower(kind)] = &ContextConfig{}
		}
	}
}

// variableHint says which variables an unknown one may stand for: those nearest to
// it, or those that end alike.
func variableHint(name string, known map[string][]setting) string {
	name = strings.TrimPrefix(name, variablePrefix)
	var all, alike []string
	for _, k := range append(slices.Sorted(maps.Keys(known)), fileVariable) {
		all = append(all, strings.TrimPrefix(k, variablePrefix))
		if strings.HasSuffix(k, "_"+name) {
			alike = append(alike, k)
		}
	}
	if kind, _ := split(strings.ReplaceAll(name, "_", ".")); strings.HasPrefix(kind, "ACTOR.") {
		for _, setting := range names(reflect.ValueOf(ContextConfig{}), isSetting) {
			all = append(all, variablePart(join(kind, setting)))
		}
	}
	if hint := nearest.Hint(name, all, variablePrefix+"%s"); hint != "" {
		return hint
	}
	if len(alike) == 0 {
		return ""
	}
	return "; there are " + strings.Join(alike, ", ")
}
