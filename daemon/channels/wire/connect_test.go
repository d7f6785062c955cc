package wire_test

import (
	"encoding/base64"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"rowan/daemon/channels/wire"
)

func TestVersionOf(t *testing.T) {
	for vsn, want := range map[string]wire.Version{
		"1.0.0": wire.V1, "1.0.17": wire.V1, "2.0.0": wire.V2, "2.0.1": wire.V2, "2.0.1-rc.1": wire.V2, "2.0.0+build.5": wire.V2,
		"2.0.10-0a.x-y+01": wire.V2,

		"": 0, "2": 0, "2.0": 0, "abc": 0, "1.1.0": 0, "2.1.0": 0, "3.0.0": 0, "2.0.0-rc.1": 0, "v2.0.0": 0, " 2.0.0": 0, "2.0.0\n": 0, "2.0.01": 0, "02.0.0": 0,
		"2.0.1-01": 0, "2.0.1-": 0, "2.0.1-a..b": 0, "2.0.0+": 0, "2.0.0.0": 0, "~> 2.0.0": 0, "-2.0.0": 0, "2.0.x": 0,
	} {
		if v, ok := wire.VersionOf(map[string]any{"vsn": vsn}); v != want || ok != (want != 0) {
			t.Errorf("VersionOf(%q) = %v, %v, want %v", vsn, v, ok, want)
		}
	}
	if v, ok := wire.VersionOf(map[string]any{"vsn": []any{"2.0.0"}}); ok {
		t.Errorf("of a list: %v", v)
	}
	if v, ok := wire.VersionOf(map[string]any{}); v != wire.V1 || !ok {
		t.Errorf("without vsn: %v, %v", v, ok)
	}
}

func TestParams(t *testing.T) {
	type m = map[string]any
	type l = []any
	tests := []struct {
		query string
		want  m
	}{
		{"", m{}},
		{"vsn=2.0.0", m{"vsn": "2.0.0"}},
		{"vsn=2.0.0&", m{"vsn": "2.0.0"}},
		{"&&a=1&&b=2", m{"a": "1", "b": "2"}},
		{"a=1&a=2", m{"a": "2"}},
		{"a", m{"a": ""}},
		{"a=", m{"a": ""}},
		{"=1", m{"": "1"}},
		{"a=b=c", m{"a": "b=c"}},
		{"a;b=1", m{"a;b": "1"}},
		{"a+b=%20+%26%3D", m{"a b": "  &="}},
		{"%C3%A9=%F0%9F%A6%80", m{"é": "🦀"}},
		{"nested%5Ba%5D=1&nested%5Bb%5D%5B0%5D=1", m{"nested": m{"a": "1", "b": m{"0": "1"}}}},
		{"a[]=1&a[]=2", m{"a": l{"1", "2"}}},
		{"a[b][]=1&a[b][]=2&a[c]=3", m{"a": m{"b": l{"1", "2"}, "c": "3"}}},
		{"a[][b]=1&a[][b]=2", m{"a": l{m{"b": "1"}, m{"b": "2"}}}},
		{"a[]", m{"a": l{""}}},
		{"[a]=1", m{"": m{"a": "1"}}},
		{"a]=1", m{"a": "1"}},
		{"a[b]c=1", m{"a[b]c": "1"}},
		{"a[b=1", m{"a[b": "1"}},
		{"a[b[c]=1", m{"a": m{"b[c": "1"}}},
		{"a=1&a[b]=2", m{"a": m{"b": "2"}}},
		{"a[b]=1&a=2", m{"a": "2"}},
		{"a[]=1&a[b]=2", m{"a": m{"b": "2"}}},
		{"a[b]=1&a[]=2", m{"a": l{"2"}}},
		{"__proto__[a]=1", m{"__proto__": m{"a": "1"}}},
		{strings.Repeat("a=1&", 1000), m{"a": "1"}},
	}
	for _, test := range tests {
		if got, err := wire.Params(test.query); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("Params(%q) = %v, %v, want %v", test.query, got, err, test.want)
		}
	}
}

func TestParamsRefuses(t *testing.T) {
	for query, want := range map[string]string{
		"a=%":                             "invalid URL escape",
		"%x=1":                            "invalid URL escape",
		"a=%FF":                           "not UTF-8",
		"a=\xff":                          "not UTF-8",
		strings.Repeat("a=1&", 1001):      "more than 1000 parameters",
		"a" + strings.Repeat("[b]", 33):   "more than 32 names",
		"a" + strings.Repeat("[]", 1_000): "more than 32 names",
	} {
		if got, err := wire.Params(query); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Params(%.30q) = %v, %v, want an error with %q", query, got, err, want)
		}
	}
	if _, err := wire.Params("a" + strings.Repeat("[b]", 32)); err != nil {
		t.Error(err)
	}
}

func TestToken(t *testing.T) {
	token := "it's me? ~~~"                                              // has both letters in which the alphabets differ
	standard := "base64url.bearer.phx.aXQncyBtZT8gfn5+"                  // as btoa makes it
	forAddresses := "base64url.bearer.phx.aXQncyBtZT8gfn5-"              // as the name promises
	unpadded := "base64url.bearer.phx." + strings.TrimRight("YQ==", "=") // "a"
	latin1 := "base64url.bearer.phx." + base64.RawStdEncoding.EncodeToString([]byte{0xE9})
	tests := []struct {
		name    string
		lines   []string
		token   string
		offered bool
		refused bool
	}{
		{"nothing", nil, "", false, false},
		{"an empty line", []string{""}, "", false, false},
		{"phoenix", []string{"phoenix"}, "", true, false},
		{"a token", []string{"phoenix, " + standard}, token, true, false},
		{"a token in the other alphabet", []string{"phoenix," + forAddresses}, token, true, false},
		{"a token first", []string{unpadded + ",phoenix"}, "a", true, false},
		{"two lines", []string{"phoenix", standard}, token, true, false},
		{"a token alone", []string{standard}, token, false, false},
		{"an empty token", []string{"phoenix, base64url.bearer.phx."}, "", true, false},
		{"one more", []string{"mqtt, phoenix"}, "", true, false},
		{"another", []string{"mqtt"}, "", false, true},
		{"another with a token", []string{"mqtt, " + standard}, "", false, true},
		{"other letters", []string{"PHOENIX"}, "", false, true},
		{"two tokens", []string{"phoenix, " + standard + ", " + standard}, "", false, true},
		{"no base64", []string{"phoenix, base64url.bearer.phx.!"}, "", false, true},
		{"padding", []string{"phoenix, base64url.bearer.phx.YQ=="}, "", false, true},
		{"no UTF-8", []string{"phoenix, " + latin1}, "", false, true},
	}
	for _, test := range tests {
		r := &http.Request{Header: http.Header{"Sec-Websocket-Protocol": test.lines}}
		token, offered, err := wire.Token(r)
		if token != test.token || offered != test.offered || test.refused != (err != nil) {
			t.Errorf("%s: %q, %v, %v", test.name, token, offered, err)
		}
	}
}
