package value

import (
	"bytes"
	"testing"
)

var (
	kilobyte        = bytes.Repeat([]byte("0123456789abcdef"), 64)
	encodedKilobyte = AppendString(nil, string(kilobyte))
)

func BenchmarkAppendString1KB(b *testing.B) {
	texts := []struct{ name, text string }{
		{"ascii", string(kilobyte)},
		{"latin1", string(kilobyte[:1000]) + "é"},
		{"utf16", string(kilobyte[:1000]) + "€"},
	}
	for _, tt := range texts {
		b.Run(tt.name, func(b *testing.B) {
			dst := make([]byte, 0, 4096)
			v := any(tt.text)
			b.SetBytes(int64(len(tt.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Append(dst, v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecodeString1KB(b *testing.B) {
	texts := []struct {
		name    string
		encoded []byte
	}{
		{"ascii", encodedKilobyte},
		{"latin1", AppendString(nil, string(kilobyte[:1000])+"é")},
		{"utf16", AppendString(nil, string(kilobyte[:1000])+"€")},
	}
	for _, tt := range texts {
		b.Run(tt.name, func(b *testing.B) {
			b.SetBytes(int64(len(tt.encoded)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Decode(tt.encoded); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppendObject(b *testing.B) {
	dst := make([]byte, 0, 4096)
	v := any(smallObject)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Append(dst, v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeObject(b *testing.B) {
	encoded, err := Append(nil, smallObject)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(encoded); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSkipObject(b *testing.B) {
	encoded, err := Append(nil, smallObject)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Skip(encoded); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJSONObject(b *testing.B) {
	encoded, err := Append(nil, smallObject)
	if err != nil {
		b.Fatal(err)
	}
	dst := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := JSON(dst, encoded); err != nil {
			b.Fatal(err)
		}
	}
}
