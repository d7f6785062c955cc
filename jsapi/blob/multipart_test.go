package blob

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseMultipart(t *testing.T) {
	text := func(name, value string) Entry {
		return Entry{Name: []byte(name), Content: []byte(value), Type: "text/plain"}
	}
	tests := []struct {
		body string
		want []Entry // nil: an error
	}{
		{"--b--\r\n", []Entry{}},
		{"--b--", []Entry{}},
		{"\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n", []Entry{text("a", "1")}},
		{"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n", []Entry{text("a", "1")}},
		{"--b\r\nCONTENT-DISPOSITION:form-data;name=\"a%22%0D%0A\"\r\n\r\n\r\n--b--", []Entry{text("a\"\r\n", "")}},
		{"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n2\r\n--b--", []Entry{text("a", "1"), text("a", "2")}},
		{
			"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x;y.txt\"\r\nContent-Type: text/html\r\n\r\n--b\r\n\r\n--b--",
			[]Entry{{Name: []byte("f"), HasFile: true, FileName: []byte("x;y.txt"), Type: "text/html", Content: []byte("--b\r\n")}},
		},
		{"--b\r\nContent-Disposition: form-data; name=\"\"; filename=\"\"\r\n\r\n\r\n--b--", []Entry{{Name: []byte{}, HasFile: true, FileName: []byte{}, Type: "text/plain", Content: []byte{}}}},
		{"", nil},
		{"--b", nil},
		{"--b\r\n", nil},
		{"--c--\r\n", nil},
		{"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1", nil},
		{"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n1\r\n--b--", nil},
		{"--b\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--b--", nil},
		{"--b\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\n1\r\n--b--", nil},
		{"--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--b--", nil},
		{"--b\r\n\r\n1\r\n--b--", nil},
		{"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--x", nil},
	}
	for _, test := range tests {
		got, err := ParseMultipart([]byte(test.body), "b")
		if test.want == nil {
			if err == nil {
				t.Errorf("ParseMultipart(%q) = %v, want an error", test.body, got)
			}
			continue
		}
		if err != nil || len(got) != len(test.want) || len(got) > 0 && !reflect.DeepEqual(got, test.want) {
			t.Errorf("ParseMultipart(%q) = %+v, %v; want %+v", test.body, got, err, test.want)
		}
	}
}

func FuzzParseMultipart(f *testing.F) {
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=\"a\"; filename=b\r\nx: y\r\n\r\n1\r\n--b--\r\n"), "b")
	f.Fuzz(func(t *testing.T, body []byte, boundary string) {
		entries, err := ParseMultipart(body, boundary)
		if err == nil && boundary != "" && len(entries) > strings.Count(string(body), boundary) {
			t.Errorf("%d entries", len(entries))
		}
	})
}
