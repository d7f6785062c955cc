package config

import (
	"fmt"
	"strings"
	"testing"
)

var known = strings.Fields("console timers events encoding url blob fetch streams crypto compression buffer storage locks " +
	"channel websocket eventsource worker performance intl navigator node rowan")

func TestParseAPIs(t *testing.T) {
	tests := []struct{ spec, want string }{
		{"none", "none"},
		{"rowan", "rowan"},
		{"timers, rowan,console", "console,rowan,timers"},
		{"rowan,rowan", "rowan"},
		{"rowan,timers,-timers", "rowan"},
		{"rowan,-rowan", "none"},
		{"all,-fetch,fetch", "blob,buffer,channel,compression,console,crypto,encoding,events,eventsource,fetch,intl,locks,navigator,performance,rowan,storage,streams,timers,url,websocket,worker"},
		{"node", "node"},
		{"console,all,node,-console", "blob,buffer,channel,compression,crypto,encoding,events,eventsource,fetch,intl,locks,navigator,node,performance,rowan,storage,streams,timers,url,websocket,worker"},
		{"all,-fetch", "blob,buffer,channel,compression,console,crypto,encoding,events,eventsource,intl,locks,navigator,performance,rowan,storage,streams,timers,url,websocket,worker"},
	}
	for _, test := range tests {
		got, err := ParseAPIs(test.spec, known)
		if err != nil || got.String() != test.want {
			t.Errorf("ParseAPIs(%q) = %v, %v; want %s", test.spec, got, err, test.want)
		}
	}
	all, err := ParseAPIs("all", known)
	if err != nil || len(all) != len(known)-1 || all.Has("node") {
		t.Errorf("all = %v, %v; want all %d groups but node", all, err, len(known))
	}
}

func TestParseAPIsErrors(t *testing.T) {
	small := []string{"console", "timers", "rowan"}
	tests := []struct{ spec, want string }{
		{"timer", `unknown API group "timer"; did you mean "timers"?`},
		{"all,-consol", `unknown API group "consol"; did you mean "console"?`},
		{"filesystem", `unknown API group "filesystem"; there are console, timers, rowan`},
		{"Rowan", `unknown API group "Rowan"; did you mean "rowan"?`},
		{"", `API groups "": an empty name; write "none" for no group`},
		{"rowan,", `API groups "rowan,": an empty name; write "none" for no group`},
		{"all,-", `API groups "all,-": an empty name; write "none" for no group`},
		{"none,rowan", `API groups "none,rowan": "none" stands alone`},
		{"-rowan", `API groups "-rowan" take away from nothing; begin with "all"`},
		{"-all", `unknown API group "all"; there are console, timers, rowan`},
	}
	for _, test := range tests {
		if set, err := ParseAPIs(test.spec, small); err == nil || err.Error() != test.want {
			t.Errorf("ParseAPIs(%q) = %v, %v\nwant %s", test.spec, set, err, test.want)
		}
	}
}

func ExampleParseAPIs() {
	set, err := ParseAPIs("all,-fetch", []string{"console", "fetch", "rowan"})
	fmt.Println(set, set.Has("rowan"), set.Has("fetch"), err)
	// Output: console,rowan true false <nil>
}
