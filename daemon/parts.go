package daemon

import (
	"fmt"
	"slices"
	"strings"

	"rowan/engine/value"
	"rowan/internal/nearest"
)

// part is something in an app: the names that lead to it from the default export, and its JavaScript type.
type part struct {
	path []string
	kind string
}

// member is a name that means something in an app, and the type of what has it.
type member struct{ name, kind string }

var (
	appMembers = []member{{"fetch", "function"}, {"websocket", "object"}, {"connect", "function"}, {"channels", "object"}, {"actors", "object"}, {"suspend", "function"}, {"resume", "function"}}
	// Its settings are looked at by frontOptions.
	websocketMembers = []member{{"open", "function"}, {"message", "function"}, {"close", "function"}, {"drain", "function"}}
	channelMembers   = []member{{"join", "function"}, {"on", "object"}, {"out", "object"}, {"info", "function"}, {"leave", "function"}}
)

// known returns the members that there may be where a part is; or where names are the app's to choose, the type of all.
func (p part) known() (members []member, kind string) {
	switch {
	case len(p.path) == 1:
		return appMembers, ""
	case p.path[0] == "websocket":
		if p.kind == "function" {
			return websocketMembers, ""
		}
		return nil, ""
	case len(p.path) == 2:
		return nil, "object" // a channel
	case len(p.path) == 3:
		return channelMembers, ""
	case p.path[2] == "on" || p.path[2] == "out":
		return nil, "function"
	}
	return nil, ""
}

func (p part) name() string { return p.path[len(p.path)-1] }

func (p part) is(m member) bool { return m.name == p.name() }

// String is the part as its author finds it: channels["room:*"].on.say.
func (p part) String() string {
	var b strings.Builder
	for i, name := range p.path {
		switch {
		case i == 1 && p.path[0] == "channels":
			fmt.Fprintf(&b, "[%q]", name)
		case i > 0:
			b.WriteString("." + name)
		default:
			b.WriteString(name)
		}
	}
	return b.String()
}

// partsOf reads the parts from what an app is described by.
func partsOf(description value.Object) (parts []part) {
	v, _ := description.Get("parts")
	list, _ := v.([]any)
	for _, e := range list {
		if pair, _ := e.([]any); len(pair) == 2 {
			var p part
			p.kind, _ = pair[1].(string)
			names, _ := pair[0].([]any)
			for _, n := range names {
				name, _ := n.(string)
				p.path = append(p.path, name)
			}
			parts = append(parts, p)
		}
	}
	return parts
}

// checkTypes says which part of an app is not of the type that it must be.
func checkTypes(parts []part) error {
	for _, p := range parts {
		members, want := p.known()
		if i := slices.IndexFunc(members, p.is); i >= 0 {
			want = members[i].kind
		}
		if want != "" && p.kind != want {
			return fmt.Errorf("%v must be %s, and is %s", p, withArticle(want), withArticle(p.kind))
		}
	}
	return nil
}

func withArticle(kind string) string {
	if kind == "object" {
		return "an object"
	}
	return "a " + kind
}

// unknownNames says of each part that nothing will look at which name was perhaps meant.
func unknownNames(parts []part) (warnings []string) {
	for _, p := range parts {
		members, _ := p.known()
		if len(members) == 0 || slices.ContainsFunc(members, p.is) {
			continue
		}
		var names []string
		for _, m := range members {
			names = append(names, m.name)
		}
		warnings = append(warnings, fmt.Sprintf("nothing looks at the app's %v: known are %s%s", p, strings.Join(names, ", "), nearest.Hint(p.name(), names, "%q")))
	}
	return warnings
}
