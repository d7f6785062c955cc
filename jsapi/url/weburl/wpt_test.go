package weburl

import (
	"encoding/json"
	"strings"
	"testing"

	"rowan/internal/wptdata"
)

func TestURLs(t *testing.T) {
	type row struct {
		Input                                                                                    string
		Base                                                                                     *string
		Failure                                                                                  bool
		Href, Origin, Protocol, Username, Password, Host, Hostname, Port, Pathname, Search, Hash *string
	}
	for _, test := range wptdata.Rows[row](t, "url/resources/urltestdata.json") {
		u, err := parseWith(test.Input, test.Base)
		if test.Failure != (err != nil) {
			t.Errorf("%q on %q: error %v, want failure: %v", test.Input, deref(test.Base), err, test.Failure)
		}
		if err != nil {
			continue
		}
		for _, part := range []struct {
			name string
			want *string
		}{
			{"href", test.Href}, {"origin", test.Origin}, {"protocol", test.Protocol}, {"username", test.Username},
			{"password", test.Password}, {"host", test.Host}, {"hostname", test.Hostname}, {"port", test.Port},
			{"pathname", test.Pathname}, {"search", test.Search}, {"hash", test.Hash},
		} {
			if got := get(u, part.name); part.want != nil && got != *part.want {
				t.Errorf("%q on %q: %s is %q, want %q", test.Input, deref(test.Base), part.name, got, *part.want)
			}
		}
		checkStable(t, u)
	}
}

// checkStable checks that a serialized URL parses to itself, which the script's half relies on.
func checkStable(t *testing.T, u *URL) {
	t.Helper()
	again, err := Parse(u.String(), nil)
	if err != nil || *again != *u {
		t.Errorf("%q parses to %+v, %v, not to %+v", u, again, err, u)
	}
}

func TestSetters(t *testing.T) {
	type row struct {
		Href     string
		NewValue string `json:"new_value"`
		Expected map[string]string
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(wptdata.Read(t, "url/resources/setters_tests.json"), &all); err != nil {
		t.Fatal(err)
	}
	for name, raw := range all {
		var rows []row
		if json.Unmarshal(raw, &rows) != nil {
			continue // a comment
		}
		for _, test := range rows {
			u, err := Parse(test.Href, nil)
			if err != nil {
				t.Errorf("%q: %v", test.Href, err)
				continue
			}
			change(u, name, test.NewValue)
			for part, want := range test.Expected {
				if got := get(u, part); got != want {
					t.Errorf("%s = %q of %q: %s is %q, want %q", name, test.NewValue, test.Href, part, got, want)
				}
			}
			checkStable(t, u)
		}
	}
}

func TestDomains(t *testing.T) {
	type row struct {
		Input  string
		Output *string
	}
	for _, name := range []string{"IdnaTestV2.json", "toascii.json"} {
		for _, test := range wptdata.Rows[row](t, "url/resources/"+name) {
			if test.Input == "" {
				continue
			}
			u, err := Parse("https://"+test.Input+"/x", nil)
			switch {
			case test.Output == nil && err == nil:
				t.Errorf("%s: %+q is %q, want none", name, test.Input, u.Host)
			case test.Output != nil && err != nil:
				t.Errorf("%s: %+q: %v, want %q", name, test.Input, err, *test.Output)
			case err == nil && u.Host != *test.Output:
				t.Errorf("%s: %+q is %q, want %q", name, test.Input, u.Host, *test.Output)
			}
		}
	}
}

func parseWith(input string, base *string) (*URL, error) {
	if base == nil {
		return Parse(input, nil)
	}
	b, err := Parse(*base, nil)
	if err != nil {
		return nil, err
	}
	return Parse(input, b)
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// get reads a part as the URL class has it, out of the serialized URL.
func get(u *URL, part string) string {
	href, o := u.Serialize()
	optional := func(s string) string {
		if len(s) == 1 {
			return "" // "?" or "#" alone
		}
		return s
	}
	switch part {
	case "href":
		return href
	case "origin":
		return u.Origin()
	case "protocol":
		return href[:o.Scheme]
	case "username":
		return strings.TrimPrefix(href[o.Scheme:o.Username], "//")
	case "password":
		return strings.TrimPrefix(href[o.Username:o.Userinfo], ":")
	case "host":
		if !u.HasHost {
			return ""
		}
		return href[o.Host:o.Path]
	case "hostname":
		return href[o.Host:o.Port]
	case "port":
		return u.Port
	case "pathname":
		return href[o.Path:o.Query]
	case "search":
		return optional(href[o.Query:o.Fragment])
	case "hash":
		return optional(href[o.Fragment:])
	}
	panic(part)
}

func change(u *URL, part, value string) {
	map[string]func(string){
		"protocol": u.SetProtocol, "username": u.SetUsername, "password": u.SetPassword, "host": u.SetHost, "hostname": u.SetHostname,
		"port": u.SetPort, "pathname": u.SetPathname, "search": u.SetSearch, "hash": u.SetHash,
		"href": func(s string) {
			if v, err := Parse(s, nil); err == nil {
				*u = *v
			}
		},
	}[part](value)
}
