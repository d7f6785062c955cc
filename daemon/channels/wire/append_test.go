package wire_test

import (
	"testing"

	"rowan/daemon/channels/wire"
)

func TestAppendPush(t *testing.T) {
	type push struct{ joinRef, ref, topic, event, payload string }
	tests := []struct {
		push       push
		want, inV1 string
	}{
		{push{`"10"`, "", "room:a", "joined", `{"status":"connected"}`},
			`["10",null,"room:a","joined",{"status":"connected"}]`,
			`{"event":"joined","payload":{"status":"connected"},"ref":null,"topic":"room:a"}`},
		{push{"", "", "room:a", "msg", `{"m":1}`},
			`[null,null,"room:a","msg",{"m":1}]`,
			`{"event":"msg","payload":{"m":1},"ref":null,"topic":"room:a"}`},
		{push{`"50"`, `"50"`, "room:c", "phx_error", `{"reason":"channel_crash"}`},
			`["50","50","room:c","phx_error",{"reason":"channel_crash"}]`,
			`{"event":"phx_error","payload":{"reason":"channel_crash"},"ref":"50","topic":"room:c"}`},
		{push{"null", "null", "room:c", "phx_close", ""},
			`[null,null,"room:c","phx_close",{}]`,
			`{"event":"phx_close","payload":{},"ref":null,"topic":"room:c"}`},
		{push{"", "", "\"\\/\x00\x1f\b\f\n\r\t\x7f<&>\u2028é🦀", "a\xffb\uFFFD", `0`},
			`[null,null,"\"\\/\u0000\u001F\b\f\n\r\t` + "\x7f<&>\u2028é🦀" + `","a�b�",0]`,
			`{"event":"a�b�","payload":0,"ref":null,"topic":"\"\\/\u0000\u001F\b\f\n\r\t` + "\x7f<&>\u2028é🦀" + `"}`},
	}
	for _, test := range tests {
		p := test.push
		if got := wire.V2.AppendPush([]byte("> "), raw(p.joinRef), raw(p.ref), p.topic, p.event, raw(p.payload)); string(got) != "> "+test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
		if got := wire.V1.AppendPush([]byte("> "), raw(p.joinRef), raw(p.ref), p.topic, p.event, raw(p.payload)); string(got) != "> "+test.inV1 {
			t.Errorf("%s, want %s", got, test.inV1)
		}
	}
}

// raw is JSON, nil for "".
func raw(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(s)
}

func TestAppendReply(t *testing.T) {
	type reply struct{ joinRef, ref, topic, status, response string }
	tests := []struct {
		reply      reply
		want, inV1 string
	}{
		{reply{`"10"`, `"10"`, `"room:a"`, "ok", `{"messages":[]}`},
			`["10","10","room:a","phx_reply",{"response":{"messages":[]},"status":"ok"}]`,
			`{"event":"phx_reply","payload":{"response":{"messages":[]},"status":"ok"},"ref":"10","topic":"room:a"}`},
		{reply{"", `"1"`, `"phoenix"`, "ok", ""},
			`[null,"1","phoenix","phx_reply",{"response":{},"status":"ok"}]`,
			`{"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"1","topic":"phoenix"}`},
		{reply{"", `[]`, `[]`, "error", `{"reason":"unmatched topic"}`},
			`[null,[],[],"phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]`,
			`{"event":"phx_reply","payload":{"response":{"reason":"unmatched topic"},"status":"error"},"ref":[],"topic":[]}`},
		{reply{`"1"`, "", `"a\u0041"`, "ok", `"text"`},
			`["1",null,"a\u0041","phx_reply",{"response":"text","status":"ok"}]`,
			`{"event":"phx_reply","payload":{"response":"text","status":"ok"},"ref":null,"topic":"a\u0041"}`},
	}
	for _, test := range tests {
		r := test.reply
		if got := wire.V2.AppendReply([]byte("> "), raw(r.joinRef), raw(r.ref), raw(r.topic), r.status, raw(r.response)); string(got) != "> "+test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
		if got := wire.V1.AppendReply([]byte("> "), raw(r.joinRef), raw(r.ref), raw(r.topic), r.status, raw(r.response)); string(got) != "> "+test.inV1 {
			t.Errorf("%s, want %s", got, test.inV1)
		}
	}
}

func TestAllocations(t *testing.T) {
	frame := []byte(`["10","15","room:a","echo",{"text":"64 bytes, more or less ..."}]`)
	inV1 := []byte(`{"topic":"room:a","event":"echo","payload":{"text":""},"ref":"1"}`)
	joinRef, ref, topic, data := []byte(`"10"`), []byte(`"15"`), []byte(`"room:a"`), []byte(`{"text":"64 bytes"}`)
	dst := make([]byte, 0, 256)
	for name, work := range map[string]func(){
		"DecodeText":            func() { wire.V2.DecodeText(frame) },
		"DecodeText of V1":      func() { wire.V1.DecodeText(inV1) },
		"AppendPush":            func() { wire.V2.AppendPush(dst, joinRef, nil, "room:a", "echo", data) },
		"AppendReply":           func() { wire.V2.AppendReply(dst, joinRef, ref, topic, "ok", data) },
		"AppendBinaryBroadcast": func() { wire.AppendBinaryBroadcast(dst, "room:a", "echo", data) },
		"AppendBinaryPush":      func() { wire.AppendBinaryPush(dst, joinRef, "room:a", "echo", data) },
		"AppendBinaryReply":     func() { wire.AppendBinaryReply(dst, joinRef, ref, "room:a", "ok", data) },
	} {
		if n := testing.AllocsPerRun(100, work); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkAppendReply(b *testing.B) {
	joinRef, ref, topic, response := []byte(`"10"`), []byte(`"15"`), []byte(`"room:a"`), []byte(`{"text":"64 bytes"}`)
	dst := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		dst = wire.V2.AppendReply(dst[:0], joinRef, ref, topic, "ok", response)
	}
}

func BenchmarkAppendPush(b *testing.B) {
	joinRef, payload := []byte(`"10"`), []byte(`{"text":"64 bytes"}`)
	dst := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		dst = wire.V2.AppendPush(dst[:0], joinRef, nil, "room:a", "echo", payload)
	}
}
