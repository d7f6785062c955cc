package fetch

import (
	"testing"
)

func TestDataURL(t *testing.T) {
	for url, want := range map[string][2]string{
		"data:,X":                       {"text/plain;charset=US-ASCII", "X"},
		"data:text/html,<p>":            {"text/html", "<p>"},
		"data:;charset=x,X":             {"text/plain;charset=x", "X"},
		"data:;charset=x; base64,WA":    {"text/plain;charset=x", "X"},
		"data:text/plain;BASE64,WA==":   {"text/plain", "X"},
		"data:;base64;,WA":              {"text/plain", "WA"},
		"data:base64,WA":                {"text/plain;charset=US-ASCII", "WA"},
		"data:;base64,%20W%20A%20":      {"text/plain;charset=US-ASCII", "X"},
		"data: text/plain , a%2Cb%zz%4": {"text/plain", " a,b%zz%4"},
		"data:unknown,%00":              {"text/plain;charset=US-ASCII", "\x00"},
	} {
		mime, body, err := DataURL(url)
		if err != nil || mime != want[0] || string(body) != want[1] {
			t.Errorf("DataURL(%q) = %q, %q, %v; want %q", url, mime, body, err, want)
		}
	}
	for _, url := range []string{"data:", "data:text/html", "data:;base64,W", "data:;base64,WA=", "data:;base64,W===", "data:;base64,*"} {
		if mime, body, err := DataURL(url); err == nil {
			t.Errorf("DataURL(%q) = %q, %q; want an error", url, mime, body)
		}
	}
}
