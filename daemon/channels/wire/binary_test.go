package wire_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"rowan/daemon/channels/wire"
)

func TestDecodeBinary(t *testing.T) {
	long := strings.Repeat("x", 255)
	tests := []struct {
		frame string
		want  message
	}{
		{"\x00\x02\x02\x06\x04" + "10" + "15" + "room:a" + "echo" + "\x01\x02", message{`"10"`, `"15"`, `"room:a"`, "room:a", "echo", "\x01\x02"}},
		{"\x00\x00\x00\x00\x00", message{`""`, `""`, `""`, "", "", ""}},
		{"\x00\x01\x01\x02\x02" + "\"" + "\\" + "é" + "\r\n" + "\xff", message{`"\""`, `"\\"`, `"é"`, "é", "\r\n", "\xff"}},
		{"\x00\xff\xff\xff\xff" + long + long + long + long, message{`"` + long + `"`, `"` + long + `"`, `"` + long + `"`, long, long, ""}},
	}
	for _, test := range tests {
		m, err := wire.DecodeBinary([]byte(test.frame))
		if got := messageOf(m); err != nil || got != test.want || !m.Binary {
			t.Errorf("%q: %v, %v, want %v", test.frame, got, err, test.want)
		}
	}
}

func TestDecodeBinaryRefuses(t *testing.T) {
	for frame, want := range map[string]string{
		"":                                "0 bytes",
		"\x00":                            "1 bytes",
		"\x00\x01\x01\x01":                "4 bytes",
		"\x01\x00\x00\x00\x00":            "kind 1",
		"\x02\x00\x00\x00\x00":            "kind 2",
		"\x09\x00\x00\x00\x00":            "kind 9",
		"\x00\x01\x01\x01\x01abc":         "ends within",
		"\x00\xff\x00\x00\x00abc":         "ends within",
		"\x00\x00\x00\x02\x01" + "\xc3(e": "not UTF-8",
		"\x00\x01\x00\x01\x01" + "\xff(e": "not UTF-8",
	} {
		if m, err := wire.DecodeBinary([]byte(frame)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v, want an error with %q", frame, messageOf(m), err, want)
		}
	}
}

func TestAppendBinary(t *testing.T) {
	long := strings.Repeat("x", 256)
	frame := func(frame []byte, err error) string {
		if err != nil {
			return string(frame) + " " + err.Error()
		}
		return string(frame)
	}
	dst := []byte("> ")
	for _, test := range []struct{ got, want string }{
		{frame(wire.AppendBinaryPush(dst, raw(`"10"`), "room:a", "bin", []byte{0, 1})), "> \x00\x02\x06\x03" + "10" + "room:a" + "bin" + "\x00\x01"},
		{frame(wire.AppendBinaryReply(dst, raw(`"10"`), raw(`"15"`), "room:a", "ok", []byte{1, 2, 3, 4})),
			"> \x01\x02\x02\x06\x02" + "10" + "15" + "room:a" + "ok" + "\x01\x02\x03\x04"},
		{frame(wire.AppendBinaryBroadcast(dst, "room:a", "bmsg", []byte{9, 8})), "> \x02\x06\x04" + "room:a" + "bmsg" + "\x09\x08"},
		{frame(wire.AppendBinaryReply(dst, raw(`12`), raw(`null`), "é", "error", nil)), "> \x01\x02\x00\x02\x05" + "12" + "é" + "error"},
		{frame(wire.AppendBinaryReply(dst, nil, raw(`"\"\u00e9"`), "", "", nil)), "> \x01\x00\x03\x00\x00" + `"é`},

		{frame(wire.AppendBinaryPush(dst, raw(`"`+long+`"`), "", "", nil)), ">  the join_ref of a binary frame has 256 bytes, the most is 255"},
		{frame(wire.AppendBinaryReply(dst, nil, raw(`"`+long+`"`), "", "", nil)), ">  the ref of a binary frame has 256 bytes, the most is 255"},
		{frame(wire.AppendBinaryReply(dst, nil, nil, "", long, nil)), ">  the status of a binary frame has 256 bytes, the most is 255"},
		{frame(wire.AppendBinaryPush(dst, nil, long, "", nil)), ">  the topic of a binary frame has 256 bytes, the most is 255"},
		{frame(wire.AppendBinaryBroadcast(dst, "", long, nil)), ">  the event of a binary frame has 256 bytes, the most is 255"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
}

// FuzzDecodeBinary makes a push's frame again from what was decoded of it.
func FuzzDecodeBinary(f *testing.F) {
	f.Add([]byte("\x00\x02\x02\x06\x04" + "10" + "15" + "room:a" + "echo" + "\x01\x02"))
	f.Add([]byte("\x00\x01\x01\x02\x02" + "\"" + "\\" + "é" + "\r\n" + "\xff"))
	f.Add([]byte("\x03" + supabase + "\x10\x01" + "12realtime:acursor" + `{"persist":true}` + `{}`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		m, err := wire.DecodeBinary(frame)
		if err != nil || frame[0] != 0 {
			return
		}
		text := func(raw []byte) (s string) {
			if err := json.Unmarshal(raw, &s); err != nil {
				t.Fatalf("%q: %v", raw, err)
			}
			return s
		}
		joinRef, ref := text(m.JoinRef), text(m.Ref)
		if text(m.RawTopic) != string(m.Topic) {
			t.Fatalf("the topic %q is %s in JSON", m.Topic, m.RawTopic)
		}
		again := []byte{0, byte(len(joinRef)), byte(len(ref)), byte(len(m.Topic)), byte(len(m.Event))}
		again = append(again, joinRef+ref+string(m.Topic)+string(m.Event)+string(m.Payload)...)
		if !bytes.Equal(again, frame) {
			t.Fatalf("after the round trip %q, was %q", again, frame)
		}
		// A reply has the same fields as a push, but for its kind and the status.
		reply, err := wire.AppendBinaryReply(nil, m.JoinRef, m.Ref, string(m.Topic), string(m.Event), m.Payload)
		if err != nil || !bytes.Equal(reply[1:], frame[1:]) {
			t.Fatalf("the reply is %q, %v", reply, err)
		}
	})
}

func BenchmarkDecodeBinary(b *testing.B) {
	frame := []byte("\x00\x02\x02\x06\x04" + "10" + "15" + "room:a" + "echo" + strings.Repeat("\x01", 64))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.DecodeBinary(frame); err != nil {
			b.Fatal(err)
		}
	}
}
