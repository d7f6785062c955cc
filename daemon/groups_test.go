package daemon_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"rowan/daemon"
	"rowan/daemon/config"
	"rowan/jsapi"
	"rowan/jsapi/jsapitest"
)

// natives is a script whose value is what can be reached in a realm: the names of all functions that are not made of JavaScript,
// with the number of their parameters, a line each. The built-ins are such, and so are host functions.
const natives = `(() => {
	const seen = new Set(), found = [];
	const visit = (value) => {
		if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
		seen.add(value);
		if (typeof value === "function" && /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(value))) {
			found.push(String(Object.getOwnPropertyDescriptor(value, "name")?.value) + "/" + Object.getOwnPropertyDescriptor(value, "length")?.value);
		}
		for (const key of Reflect.ownKeys(value)) {
			const { value: held, get, set } = Object.getOwnPropertyDescriptor(value, key);
			visit(held);
			visit(get);
			visit(set);
		}
		visit(Object.getPrototypeOf(value));
	};
	[globalThis, function* () {}, async function () {}, async function* () {}].forEach(visit);
	return found.sort().join("\n");
})()`

// evaluate runs a script with these groups and returns the lines of its value.
func evaluate(t *testing.T, apis, code string) []string {
	t.Helper()
	c := config.Default()
	c.Session.APIs = config.APIs(apis)
	var out, errs bytes.Buffer
	err := daemon.Eval(daemon.Script{Name: "groups", Code: code, Print: true, Out: &out, Err: &errs}, c)
	if err != nil || errs.Len() > 0 {
		t.Fatalf("apis %q: %v %s", apis, err, &errs)
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}

const globals = `Reflect.ownKeys(globalThis).filter((k) => typeof k === "string").sort().join("\n")`

// beyond returns what of a list is not in another one, as often as it is not.
func beyond(list, other []string) (more []string) {
	left := map[string]int{}
	for _, s := range other {
		left[s]++
	}
	for _, s := range list {
		if left[s]--; left[s] < 0 {
			more = append(more, s)
		}
	}
	return more
}

// TestNoGroups checks that without groups there is nothing but the language: no global, and no host function anywhere.
func TestNoGroups(t *testing.T) {
	for _, code := range []string{globals, natives} {
		bare, err := jsapitest.Eval(jsapitest.Script{Name: "bare", Source: code})
		if err != nil {
			t.Fatal(err)
		}
		if more := beyond(evaluate(t, "none", code), strings.Split(bare, "\n")); len(more) > 0 {
			t.Errorf("there without a group: %q", more)
		}
	}
}

// TestGroupsThatAreOff checks for each group that it leaves no global when it alone is off, but what another one gives too, and that
// nothing can be reached then that cannot be otherwise: groups that others need are there all the same.
func TestGroupsThatAreOff(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a process's worth of templates, of which the race detector learns nothing")
	}
	every := strings.Join(jsapi.Names(), ",")
	none, all := evaluate(t, "none", globals), evaluate(t, every, globals)
	builtIns, reachable := evaluate(t, "none", natives), evaluate(t, every, natives)
	own := map[string][]string{}
	givers := map[string]int{} // how many groups give a global
	for _, group := range jsapi.Names() {
		own[group] = beyond(evaluate(t, group, globals), none)
		for _, name := range own[group] {
			givers[name]++
		}
	}
	for _, group := range jsapi.Names() {
		t.Run(group, func(t *testing.T) {
			if missing := beyond(own[group], all); len(missing) > 0 {
				t.Errorf("not there with all groups: %q", missing)
			}
			left := evaluate(t, every+",-"+group, globals)
			for _, name := range own[group] {
				if slices.Contains(left, name) != (givers[name] > 1) {
					t.Errorf("%s, which %d groups give: there though this one is off: %v", name, givers[name], slices.Contains(left, name))
				}
			}
			more := beyond(evaluate(t, every+",-"+group, natives), reachable)
			if more = beyond(more, builtIns); len(more) > 0 { // a group may put something before a built-in
				t.Errorf("can be reached only with the group off: %q", more)
			}
		})
	}
}
