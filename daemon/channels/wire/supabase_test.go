package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"rowan/daemon/channels/wire"
)

// supabase is the header of a frame of @supabase/realtime-js: join_ref "1", ref "2", topic "realtime:a", event "cursor".
const supabase = "\x01\x01\x0a\x06"

func TestDecodeSupabase(t *testing.T) {
	const fields = "12realtime:acursor"
	tests := []struct {
		frame, payload string
		binary         bool
	}{
		{"\x03" + supabase + "\x00\x01" + fields + `{"x":1}`, `{"type":"broadcast","event":"cursor","payload":{"x":1}}`, false},
		{"\x03" + supabase + "\x00\x01" + fields + ` [1, "é"] `, `{"type":"broadcast","event":"cursor","payload": [1, "é"] }`, false},
		{"\x03" + supabase + "\x10\x01" + fields + `{"persist":true}` + `{}`, `{"type":"broadcast","event":"cursor","payload":{},"persist":true}`, false},
		{"\x03" + supabase + "\x04\x01" + fields + ` { }` + `{}`, `{"type":"broadcast","event":"cursor","payload":{}}`, false},
		{"\x03" + supabase + "\x00\x00" + fields + "\x01\xff", "\x01\xff", true},
	}
	for _, test := range tests {
		m, err := wire.DecodeBinary([]byte(test.frame))
		want := message{`"1"`, `"2"`, `"realtime:a"`, "realtime:a", "broadcast", test.payload}
		if got := messageOf(m); err != nil || got != want || m.Binary != test.binary {
			t.Errorf("%q: %v, %v, want %v", test.frame, got, err, want)
		}
		if !test.binary && !json.Valid(m.Payload) {
			t.Errorf("%q: %s is not JSON", test.frame, m.Payload)
		}
	}
}

func TestDecodeSupabaseRefuses(t *testing.T) {
	const fields = "12realtime:acursor"
	for frame, want := range map[string]string{
		"\x03": "1 bytes",
		"\x03" + supabase + "\x00\x01" + "12realtime:":         "ends within",
		"\x03" + supabase + "\x00\x02" + fields + `{}`:         "encoding 2",
		"\x03" + supabase + "\x00\x01" + fields:                "not JSON",
		"\x03" + supabase + "\x00\x01" + fields + `{}}`:        "not JSON",
		"\x03" + supabase + "\x00\x01" + fields + "\"\xff\"":   "not JSON",
		"\x03" + supabase + "\x02\x01" + fields + `[]` + `{}`:  "metadata",
		"\x03" + supabase + "\x03\x01" + fields + `{}}` + `{}`: "metadata",
	} {
		if m, err := wire.DecodeBinary([]byte(frame)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v, want an error with %q", frame, messageOf(m), err, want)
		}
	}
}
