package weburl

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// A few of each kind; the standard's own tables are in wpt_test.go.
func TestParse(t *testing.T) {
	base, err := Parse("http://user@host:81/a/b/?q#f", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ input, want string }{
		{"", "http://user@host:81/a/b/?q"},
		{"../x", "http://user@host:81/a/x"},
		{`\\other\y`, "http://other/y"},
		{"?", "http://user@host:81/a/b/?"},
		{"#\u00e4", "http://user@host:81/a/b/?q#%C3%A4"},
		{"HTTPS:\t//EX%41MPLE.com:443", "https://example.com/"},
		{"http://0x7f.1/", "http://127.0.0.1/"},
		{"http://[1::0:2]/", "http://[1::2]/"},
		{"http://[::ffff:1.2.3.4]/", "http://[::ffff:102:304]/"},
		{"file:///C|/a/../../b", "file:///C:/b"},
		{"data:a b ?x", "data:a b%20?x"},
		{"x:/.//y", "x:/.//y"},
		{"http://faß.de/", "http://xn--fa-hia.de/"},
		{"http://\u1e9e.de/", "http://xn--zca.de/"},
		{"http://\U000323B0/", "http://xn--031o/"}, // of Unicode 17
		{"http:// /", ""},
		{"http://a:65536/", ""},
		{"http://1.2.3.256/", ""},
		{"http://[1.2.3.4]/", ""},
		{"http://xn--a/", ""},
		{"http://\u2260\u05d0a/", ""}, // of two directions
		{"http://user@/", ""},
	} {
		u, err := Parse(test.input, base)
		switch {
		case err != nil && test.want != "":
			t.Errorf("%q: %v, want %s", test.input, err, test.want)
		case err == nil && u.String() != test.want:
			t.Errorf("%q is %s, want %q", test.input, u, test.want)
		}
	}
}

func TestForm(t *testing.T) {
	var got []string
	for name, value := range Form("a=1&&b=%ff+%E2%82%AC&=&c&d=%") {
		got = append(got, name, value)
	}
	want := []string{"a", "1", "b", "\uFFFD €", "", "", "c", "", "d", "%"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if text := SerializeForm(want); text != "a=1&b=%EF%BF%BD+%E2%82%AC&=&c=&d=%25" {
		t.Error(text)
	}
}

// What takes long holds up a worker, and no limit of the context ends it.
func TestTime(t *testing.T) {
	const n = 1 << 20
	begun := time.Now()
	for _, input := range []string{
		"http://a/" + strings.Repeat("a", n) + strings.Repeat("/b/..", n),
		"http://a/" + strings.Repeat("../", n),
		"http://" + strings.Repeat("1.", n),
		"http://" + strings.Repeat("@", n) + "a/",
		"http://" + differentCharacters(n) + "/",
		"http://xn--" + strings.Repeat("z", n) + "/",
		"file:///" + strings.Repeat("C|/", n),
	} {
		_, _ = Parse(input, nil)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func differentCharacters(n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteRune(0x4E00 + rune(b.Len()%20000))
	}
	return b.String()
}

func TestRequest(t *testing.T) {
	for input, want := range map[string]string{
		"http://host/%zz|{}?%zz'|": "/%zz|%7B%7D?%zz%27|",
		"http://host:81":           "/",
		"http://host/?":            "/?",
		"http://host:81//a?b#c":    "http://host:81//a?b",
	} {
		u, err := Parse(input, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := u.Request().RequestURI(); got != want {
			t.Errorf("%s requests %q, want %q", input, got, want)
		}
	}
	u, _ := Parse("http://%75s:p%zz@host:81/", nil)
	r := u.Request()
	if password, _ := r.User.Password(); r.Host != "host:81" || r.Hostname() != "host" || r.User.Username() != "us" || password != "p%zz" {
		t.Errorf("%+v", r)
	}
}
