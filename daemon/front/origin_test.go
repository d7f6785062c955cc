package front

import (
	"net/http"
	"strings"
	"testing"
)

func TestOrigins(t *testing.T) {
	lists := map[string][]string{
		"own":   nil,
		"exact": {"//example.com", "http://scheme.com", "//port.com:81", "https://both.com:8443"},
		"below": {"//*.ex.com", "https://*.foo.example.com"},
		"all":   {"*"},
	}
	tests := []struct {
		list, origin string
		want         bool
	}{
		{"own", "http://host.com", true},
		{"own", "https://HOST.com", true},
		{"own", "http://host.com:9999", true},
		{"own", "https://host.com/", true},
		{"own", "https://another.com", false},
		{"own", "https://sub.host.com", false},
		{"own", "https://host.com.evil.com", false},
		{"own", "null", false},
		{"own", "file://", false},
		{"own", "", false},
		{"own", "host.com", false},
		{"own", "http://[", false},

		{"exact", "http://host.com", true},
		{"exact", "http://example.com", true},
		{"exact", "https://example.com", true},
		{"exact", "https://example.com:1234", true},
		{"exact", "https://www.example.com", false},
		{"exact", "http://scheme.com", true},
		{"exact", "http://scheme.com:80", true},
		{"exact", "https://scheme.com", false},
		{"exact", "http://scheme.com:8080", false},
		{"exact", "http://port.com:81", true},
		{"exact", "https://port.com:81", true},
		{"exact", "http://port.com:82", false},
		{"exact", "http://port.com", false},
		{"exact", "https://both.com:8443", true},
		{"exact", "https://both.com", false},
		{"exact", "http://both.com:8443", false},
		{"exact", "http://notallowed.com", false},
		{"exact", "null", false},
		{"exact", "file://", false},
		{"exact", "", false},

		{"below", "http://org1.ex.com", true},
		{"below", "https://a.b.ex.com:81", true},
		{"below", "http://ex.com", true},
		{"below", "http://notex.com", false},
		{"below", "https://org1.foo.example.com", true},
		{"below", "http://org1.foo.example.com", false},
		{"below", "https://org1.bar.example.com", false},

		{"all", "http://another.com", true},
		{"all", "null", true},
		{"all", "file://", true},
		{"all", "", true},
	}
	for _, test := range tests {
		o, err := ParseOrigins(lists[test.list])
		if err != nil {
			t.Fatal(err)
		}
		r := &http.Request{Host: "Host.com:4000", Header: http.Header{"Origin": {test.origin}}}
		if got := o.Allow(r); got != test.want {
			t.Errorf("%s: Allow(%q) = %v", test.list, test.origin, got)
		}
	}
	if !(Origins{}).Allow(&http.Request{Host: "host.com"}) {
		t.Error("a request without Origin is refused")
	}
	for _, host := range []string{"localhost", "127.0.0.1:4000", "[::1]:4000"} {
		r := &http.Request{Host: host, Header: http.Header{"Origin": {"http://" + host}}}
		if !(Origins{}).Allow(r) {
			t.Errorf("a page of %s is refused", host)
		}
	}
}

func TestParseOriginsRefuses(t *testing.T) {
	for _, form := range []string{"", "example.com", "*.example.com", "null", "https://", "//", "http://["} {
		if _, err := ParseOrigins([]string{form}); err == nil || !strings.Contains(err.Error(), "want a form such as") {
			t.Errorf("ParseOrigins(%q): %v", form, err)
		}
	}
}
