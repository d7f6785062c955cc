package blob

import "testing"

func TestMIME(t *testing.T) {
	for input, want := range map[string]string{
		"text/html":                       "text/html",
		"TEXT/HTML;CHARSET=GBK":           "text/html;charset=GBK",
		" text/html ; charset=gbk ":       "text/html;charset=gbk",
		`text/html;charset="gbk"`:         "text/html;charset=gbk",
		`text/html;charset="a b"`:         `text/html;charset="a b"`,
		`text/html;charset="\"\\x`:        `text/html;charset="\"\\x"`,
		`text/html;charset=""`:            `text/html;charset=""`,
		`text/html;charset="gbk"x;a=b`:    "text/html;charset=gbk;a=b",
		"text/html;charset=;a=b":          "text/html;a=b",
		"text/html;a;b=c":                 "text/html;b=c",
		"text/html;a=1;a=2":               "text/html;a=1",
		"text/html;a=\u00ff":              "text/html;a=\"\u00ff\"",
		"text/html;a=\u0100;b=c":          "text/html;b=c",
		"text/html;a=\x7f":                "text/html",
		"text/html;; ;a=b;":               "text/html;a=b",
		"text":                            "",
		"/html":                           "",
		"text/":                           "",
		"te xt/html":                      "",
		"text/html(;a=b":                  "",
		"":                                "",
		"multipart/form-data; boundary=b": "multipart/form-data;boundary=b",
	} {
		got := ""
		if m := ParseMIME(input); m != nil {
			got = m.String()
		}
		if got != want {
			t.Errorf("ParseMIME(%q) = %q, want %q", input, got, want)
		}
	}
}

func TestExtractMIME(t *testing.T) {
	for input, want := range map[string]string{
		"text/plain;charset=gbk, text/html":                         "text/html",
		"text/html;charset=gbk;a=b, text/html;x=y":                  "text/html;x=y;charset=gbk",
		"text/html;charset=gbk;a=b":                                 "text/html;charset=gbk;a=b",
		"text/html;charset=gbk, x/x, text/html;x=y":                 "text/html;x=y",
		"text/html, cannot-parse":                                   "text/html",
		"text/html, */*":                                            "text/html",
		"text/html, ":                                               "text/html",
		`text/plain;a=",",text/html;b="\","`:                        `text/html;b="\","`,
		"text/html;charset=utf-8, text/html;charset=gbk, text/html": "text/html;charset=utf-8",
		"cannot-parse":                                              "",
	} {
		got := ""
		if m := ExtractMIME(input); m != nil {
			got = m.String()
		}
		if got != want {
			t.Errorf("ExtractMIME(%q) = %q, want %q", input, got, want)
		}
	}
}
