package config

import (
	"testing"
	"time"
)

func TestBytes(t *testing.T) {
	tests := []struct {
		text string
		want Bytes // 0: an error
		back string
	}{
		{"512000", 512000, "500KB"},
		{"1", 1, "1"},
		{"1000", 1000, "1000"},
		{"512KB", 512 << 10, "512KB"},
		{"32MB", 32 << 20, "32MB"},
		{"32 MB", 32 << 20, "32MB"},
		{"1024MB", 1 << 30, "1GB"},
		{"64KiB", 64 << 10, "64KB"},
		{"16MiB", 16 << 20, "16MB"},
		{"1GiB", 1 << 30, "1GB"},
		{"8589934591GB", 8589934591 << 30, "8589934591GB"},
		{text: "8589934592GB"},
		{text: "9223372036854775808"},
		{text: ""},
		{text: "MB"},
		{text: "0"},
		{text: "0MB"},
		{text: "-1MB"},
		{text: "+1MB"},
		{text: "1.5GB"},
		{text: "32mb"},
		{text: "32M"},
		{text: "32TB"},
		{text: "32  MB"},
		{text: "1e3"},
		{text: "0x10"},
	}
	for _, test := range tests {
		var b Bytes
		err := b.Set(test.text)
		if b != test.want || (err == nil) != (test.want != 0) {
			t.Errorf("Set(%q) = %d, %v; want %d", test.text, b, err, test.want)
		}
		if err == nil && b.String() != test.back {
			t.Errorf("Set(%q), String = %q; want %q", test.text, b, test.back)
		}
	}
}

func TestDuration(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration // 0: an error
	}{
		{"50ms", 50 * time.Millisecond},
		{"1.5s", 1500 * time.Millisecond},
		{"2m30s", 150 * time.Second},
		{"500us", 500 * time.Microsecond},
		{"50", 0},
		{"", 0},
		{"0s", 0},
		{"-1s", 0},
		{"1d", 0},
		{"9999999h", 0},
	}
	for _, test := range tests {
		var d Duration
		err := d.Set(test.text)
		if time.Duration(d) != test.want || (err == nil) != (test.want != 0) {
			t.Errorf("Set(%q) = %v, %v; want %v", test.text, d, err, test.want)
		}
	}
}

func FuzzValues(f *testing.F) {
	for _, text := range []string{"512000", "32MB", "1 GiB", "50ms", "1h2m3.5s", "-0", "18446744073709551616KB"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var b, b2 Bytes
		if b.Set(text) == nil {
			if err := b2.Set(b.String()); err != nil || b2 != b || b <= 0 {
				t.Errorf("size %q is %d, written %q, read %d, %v", text, int64(b), b, int64(b2), err)
			}
		}
		var d, d2 Duration
		if d.Set(text) == nil {
			if err := d2.Set(d.String()); err != nil || d2 != d || d <= 0 {
				t.Errorf("duration %q is %d, written %q, read %d, %v", text, int64(d), d, int64(d2), err)
			}
		}
	})
}
