package charset

import (
	"errors"
	"testing"
)

func TestLookup(t *testing.T) {
	for label, want := range map[string]string{
		"UTF8": "utf-8", "\tlatin1\n": "windows-1252", "ms_kanji": "shift_jis", "logical": "iso-8859-8-i", "unicodefffe": "utf-16be",
		"": "", "\vutf-8": "", "utf-7": "", "replacement": "", "\u212Aoi8-r": "",
	} {
		e, ok := Lookup(label)
		if ok != (want != "") || ok && e.Name != want {
			t.Errorf("%q is %+v, want %q", label, e, want)
		}
	}
}

// TestDecode decodes each text as a whole, and byte by byte by decoders that hand on their state.
func TestDecode(t *testing.T) {
	for _, test := range []struct{ label, src, want string }{
		{"utf-8", "\xEF\xBB\xBFa\xC3\xA4", "aä"},
		{"utf-8", "\xE2\x82\xFF\xF0\x9F\xED\xA0\x80\xC0", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"},
		{"utf-16le", "\xFF\xFEa\x00\x3D\xD8\x00\xDE\x00\xDC\x00", "a😀\uFFFD\uFFFD"},
		{"utf-16be", "\xD8\x3D\x00a\xD8", "\uFFFDa\uFFFD"},
		{"windows-1252", "\x80\x81", "€\u0081"},
		{"iso-8859-3", "\x80\xA5", "\u0080\uFFFD"},
		{"x-user-defined", "a\x80", "a\uF780"},
		{"gbk", "\x80\xA6\xD9\xFE\xFE", "€\uFE10\uE4C5"},
		{"gb18030", "\x81\x35\xF4\x37\x90\x30\x81\x30\x81\x30a\x81", "\uE7C7\U00010000\uFFFD0a\uFFFD"},
		{"big5", "\x88\x62\xA4\x40\x81a", "\u00CA\u0304一\uFFFDa"},
		{"euc-kr", "\xB0\xA1\xFFa", "가\uFFFDa"},
		{"euc-jp", "\x8E\xB1\x8F\xB0\xA1\xA4\xA2\x8F\xB0a", "\uFF71\u4E02あ\uFFFDa"},
		{"shift_jis", "\x82\xA0\xB1\xF0\x40\x81\x20", "あ\uFF71\uE000\uFFFD "},
		{"iso-2022-jp", "\x1B$B$\"\x1B(J\\\x1B(Ia\x1B(Ba", "あ¥\uFFFDa"},
		{"iso-2022-jp", "\x1B$B\x1B(B\x1B$", "\uFFFD\uFFFD$"},
	} {
		e, ok := Lookup(test.label)
		if !ok {
			t.Fatalf("no %s", test.label)
		}
		whole := Decoder{Encoding: e}
		if got, err := whole.Decode([]byte(test.src), true); got != test.want || err != nil {
			t.Errorf("%s %x is %+q, %v, want %+q", test.label, test.src, got, err, test.want)
		}
		var text string
		var state []byte
		for i := range len(test.src) + 1 {
			d := Decoder{Encoding: e}
			d.SetState(state)
			part, err := d.Decode([]byte(test.src[i:min(i+1, len(test.src))]), i == len(test.src))
			if err != nil {
				t.Fatal(err)
			}
			text += part
			state = d.State()
		}
		if text != test.want {
			t.Errorf("%s %x in parts is %+q, want %+q", test.label, test.src, text, test.want)
		}
	}
}

func TestFatal(t *testing.T) {
	e, _ := Lookup("utf-8")
	d := Decoder{Encoding: e, Fatal: true}
	if text, err := d.Decode([]byte("a\xE2\x82"), false); text != "a" || err != nil {
		t.Error(text, err)
	}
	if _, err := d.Decode(nil, true); !errors.Is(err, ErrInvalid) {
		t.Error("the end in the midst of a character is no error:", err)
	}
	if text, err := d.Decode([]byte("b"), true); text != "b" || err != nil {
		t.Error("after an error:", text, err)
	}
}
