package wire_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"rowan/daemon/channels/wire"
)

// message is a wire.Message whose fields are strings; a topic or event that is no string is "-".
type message struct{ joinRef, ref, rawTopic, topic, event, payload string }

func messageOf(m wire.Message) message {
	text := func(b []byte) string {
		if b == nil {
			return "-"
		}
		return string(b)
	}
	return message{string(m.JoinRef), string(m.Ref), string(m.RawTopic), text(m.Topic), text(m.Event), string(m.Payload)}
}

func TestDecodeText(t *testing.T) {
	deep := strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000)
	tests := []struct {
		name  string
		v     wire.Version
		frame string
		want  message
	}{
		{"join", wire.V2, `["6","6","room:1","phx_join",{"user":"u"}]`, message{`"6"`, `"6"`, `"room:1"`, "room:1", "phx_join", `{"user":"u"}`}},
		{"heartbeat", wire.V2, `[null,"10","phoenix","heartbeat",{}]`, message{"null", `"10"`, `"phoenix"`, "phoenix", "heartbeat", "{}"}},
		{"white space", wire.V2, " [ null ,\n\"1\"\t,\r\"a\" , \"b\" , { \"c\" : [ 1 , 2 ] } ] ",
			message{"null", `"1"`, `"a"`, "a", "b", `{ "c" : [ 1 , 2 ] }`}},
		{"more elements", wire.V2, `[null,null,"a","b",1,"more",[]]`, message{"null", "null", `"a"`, "a", "b", "1"}},
		{"every type", wire.V2, `[true,-1.5e3,{"a":"]}"},[[],"[",{}],false]`, message{"true", "-1.5e3", `{"a":"]}"}`, "-", "-", "false"}},
		{"arrays", wire.V2, `[[],[],[],[],[]]`, message{"[]", "[]", "[]", "-", "-", "[]"}},
		{"null payload", wire.V2, `[null,null,"a","b",null]`, message{"null", "null", `"a"`, "a", "b", "null"}},
		{"escapes", wire.V2, `["\"\\","\\","a\u0041\n\"","\uD83E\uDD80",{"\\\"":"\"}]"}]`,
			message{`"\"\\"`, `"\\"`, `"aA\n\""`, "aA\n\"", "🦀", `{"\\\"":"\"}]"}`}},
		{"half a pair", wire.V2, `[null,null,"\uD83E","b",{}]`, message{"null", "null", "\"\uFFFD\"", "\uFFFD", "b", "{}"}},
		{"empty strings", wire.V2, `["","","","",""]`, message{`""`, `""`, `""`, "", "", `""`}},
		{"deep", wire.V2, `[1,2,"a","b",` + deep + `]`, message{"1", "2", `"a"`, "a", "b", deep}},

		{"V1", wire.V1, `{"topic":"room:1","event":"phx_join","payload":{"a":"}"},"ref":"1"}`, message{"null", `"1"`, `"room:1"`, "room:1", "phx_join", `{"a":"}"}`}},
		{"V1 with join_ref", wire.V1, `{"join_ref":"1","topic":"a","event":"b","payload":1,"ref":2}`, message{`"1"`, "2", `"a"`, "a", "b", "1"}},
		{"V1 with white space and other keys", wire.V1, " { \"x\" : {\"topic\":1} , \"topic\" : \"a\" , \"event\":\"b\",\"payload\" : null , \"ref\":null } ",
			message{"null", "null", `"a"`, "a", "b", "null"}},
		{"V1 with equal keys", wire.V1, `{"topic":"x","event":"b","payload":{},"ref":"1","t\u006fpic":"y"}`, message{"null", `"1"`, `"y"`, "y", "b", "{}"}},
	}
	for _, test := range tests {
		m, err := test.v.DecodeText([]byte(test.frame))
		if got := messageOf(m); err != nil || got != test.want || m.Binary {
			t.Errorf("%s: %.500v, %v\nwant %.500v", test.name, got, err, test.want)
		}
	}
}

func TestDecodeTextRefuses(t *testing.T) {
	tests := []struct {
		v           wire.Version
		frame, want string
	}{
		{wire.V2, ``, "not JSON"},
		{wire.V2, ` `, "not JSON"},
		{wire.V2, `not JSON`, "not JSON"},
		{wire.V2, `["1","1","a","b",{}`, "not JSON"},
		{wire.V2, `["1","1","a","b",{}]x`, "not JSON"},
		{wire.V2, `["1","1","a","b",{},]`, "not JSON"},
		{wire.V2, "[\"1\",\"1\",\"a\n\",\"b\",{}]", "not JSON"},
		{wire.V2, "[\"1\",\"1\",\"\xff\",\"b\",{}]", "not UTF-8"},
		{wire.V2, `[1,2,"a","b",` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `]`, "not JSON"},
		{wire.V2, `""`, `begins with '"'`},
		{wire.V2, `{}`, `begins with '{'`},
		{wire.V2, `{"topic":"a","event":"b","payload":{},"ref":"1"}`, `begins with '{'`},
		{wire.V2, `12`, `begins with '1'`},
		{wire.V2, `null`, `begins with 'n'`},
		{wire.V2, `[]`, "0 elements"},
		{wire.V2, `[ ]`, "0 elements"},
		{wire.V2, `["1"]`, "1 elements"},
		{wire.V2, `["1","1","a","b" ]`, "4 elements"},

		{wire.V1, `not JSON`, "not JSON"},
		{wire.V1, `["1","1","a","b",{}]`, "begins with '['"},
		{wire.V1, `{}`, "lacks"},
		{wire.V1, `{ }`, "lacks"},
		{wire.V1, `{"event":"b","payload":{},"ref":"1"}`, "lacks"},
		{wire.V1, `{"topic":"a","payload":{},"ref":"1"}`, "lacks"},
		{wire.V1, `{"topic":"a","event":"b","ref":"1"}`, "lacks"},
		{wire.V1, `{"topic":"a","event":"b","payload":{}}`, "lacks"},
	}
	for _, test := range tests {
		if m, err := test.v.DecodeText([]byte(test.frame)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("V%d, %.50q: %v, %v; want an error with %q", test.v, test.frame, messageOf(m), err, test.want)
		}
	}
}

// FuzzDecodeText holds the decoder to encoding/json, and what is made of a message to the message.
func FuzzDecodeText(f *testing.F) {
	f.Add([]byte(`["6","6","room:1","phx_join",{"user":"u"}]`), true)
	f.Add([]byte(` [ null ,"\"\\", "a\u0041" , [ "]" , {}] ,{"\\\"":"\"}]"} , 1 ] `), true)
	f.Add([]byte(`{"topic":"a","event":"b","payload":{"x":[1,"}"]},"ref":null, "join_ref" : 1}`), false)
	f.Fuzz(func(t *testing.T, frame []byte, array bool) {
		v := wire.V1
		if array {
			v = wire.V2
		}
		m, err := v.DecodeText(frame)
		want, ok := reference(frame, array)
		if ok != (err == nil) {
			t.Fatalf("%v, encoding/json: %v", err, ok)
		}
		if !ok {
			return
		}
		if got := messageOf(m); got != want {
			t.Fatalf("%v\nencoding/json: %v", got, want)
		}
		if m.Topic == nil || m.Event == nil {
			return
		}
		again, err := v.DecodeText(v.AppendPush(nil, m.JoinRef, m.Ref, string(m.Topic), string(m.Event), m.Payload))
		if err != nil {
			t.Fatal(err)
		}
		if !array {
			m.JoinRef = []byte("null")
		}
		if got, want := messageOf(again), messageOf(m); got != want {
			t.Fatalf("%v\nafter the round trip: %v", want, got)
		}
		if reply := v.AppendReply(nil, m.JoinRef, m.Ref, m.RawTopic, "ok", m.Payload); !json.Valid(reply) {
			t.Fatalf("the reply is not JSON: %q", reply)
		}
	})
}

// reference decodes a frame by encoding/json.
func reference(frame []byte, array bool) (m message, ok bool) {
	if !bytes.Equal(frame, bytes.ToValidUTF8(frame, nil)) {
		return message{}, false
	}
	if array {
		var elements []json.RawMessage
		if err := json.Unmarshal(frame, &elements); err != nil || len(elements) < 5 {
			return message{}, false
		}
		return referenceMessage(elements), true
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(frame, &object); err != nil {
		return message{}, false
	}
	elements := []json.RawMessage{object["join_ref"], object["ref"], object["topic"], object["event"], object["payload"]}
	for i, e := range elements {
		if e == nil && i > 0 {
			return message{}, false
		}
	}
	if elements[0] == nil {
		elements[0] = json.RawMessage("null")
	}
	return referenceMessage(elements), true
}

func referenceMessage(elements []json.RawMessage) message {
	text := func(raw json.RawMessage) string {
		var s any
		json.Unmarshal(raw, &s)
		if s, ok := s.(string); ok {
			return s
		}
		return "-"
	}
	e := elements
	if topic := text(e[2]); e[2][0] == '"' {
		e[2] = wire.V2.AppendPush(nil, nil, nil, topic, "", nil)
		e[2] = e[2][len("[null,null,") : len(e[2])-len(`,"",{}]`)]
	}
	return message{string(e[0]), string(e[1]), string(e[2]), text(e[2]), text(e[3]), string(e[4])}
}

// A message's slices must not let an append overwrite the frame.
func TestMessageIsClipped(t *testing.T) {
	frame := []byte(`["1","2","topic","event",{}]`)
	want := bytes.Clone(frame)
	m, err := wire.V2.DecodeText(frame)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{m.JoinRef, m.Ref, m.RawTopic, m.Topic, m.Event, m.Payload} {
		_ = append(b, "overwritten"...)
	}
	if !reflect.DeepEqual(frame, want) {
		t.Errorf("the frame has become %q", frame)
	}
}

func BenchmarkDecodeText(b *testing.B) {
	for _, size := range []int{64, 1024, 64 << 10} {
		frame := fmt.Appendf(nil, `["10","15","room:a","echo",{"text":"`)
		frame = append(append(frame, bytes.Repeat([]byte("x"), size-len(frame)-3)...), `"}]`...)
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(frame)))
			for b.Loop() {
				if _, err := wire.V2.DecodeText(frame); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
