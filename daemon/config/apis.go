package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"rowan/internal/nearest"
)

// A Set is a selection of API groups, sorted.
type Set []string

// Has reports whether a group is in the set.
func (s Set) Has(group string) bool {
	_, ok := slices.BinarySearch(s, group)
	return ok
}

// String returns the set in the form that ParseAPIs reads: "fetch,timers", or
// "none" for the empty set.
func (s Set) String() string {
	if len(s) == 0 {
		return "none"
	}
	return strings.Join(s, ",")
}

// optIn are the groups that "all" leaves out. Node's modules are for packages that were written for Node: they are large, and
// reach for what no other group gives, such as files.
var optIn = []string{"node"}

// ParseAPIs returns the set of groups that spec selects among the known ones:
// "all", "none", or a list from left to right of groups to add, "all", and
// groups with a "-" before them to take away, such as "rowan,timers" or
// "all,-fetch". The group "node" is not among all: "all,node" adds it.
//
// # Errors
//
// A name that is no known group; an empty name; "none" beside anything else; a
// list that begins by taking away. Each names what is wrong, and for an unknown
// group the nearest, or all.
func ParseAPIs(spec string, known []string) (Set, error) {
	chosen := make(map[string]struct{})
	items := strings.Split(spec, ",")
	for i, item := range items {
		item = strings.TrimSpace(item)
		group, takeAway := strings.CutPrefix(item, "-")
		switch {
		case item == "none" && len(items) == 1:
		case item == "none":
			return nil, fmt.Errorf(`API groups %q: "none" stands alone`, spec)
		case item == "all":
			for _, k := range known {
				if !slices.Contains(optIn, k) {
					chosen[k] = struct{}{}
				}
			}
		case group == "":
			return nil, fmt.Errorf(`API groups %q: an empty name; write "none" for no group`, spec)
		case !slices.Contains(known, group):
			hint := nearest.Hint(group, known, "%q")
			if hint == "" {
				hint = "; there are " + strings.Join(known, ", ")
			}
			return nil, fmt.Errorf("unknown API group %q%s", group, hint)
		case takeAway && i == 0:
			return nil, fmt.Errorf(`API groups %q take away from nothing; begin with "all"`, spec)
		case takeAway:
			delete(chosen, group)
		default:
			chosen[group] = struct{}{}
		}
	}
	groups := slices.AppendSeq(Set{}, maps.Keys(chosen)) // not nil: a list of grants without groups is none of them
	slices.Sort(groups)
	return groups, nil
}
