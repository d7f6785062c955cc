package charset

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// encodings are the standard's encodings, by their names in lower case.
var encodings = func() map[string]*Encoding {
	all := map[string]*Encoding{
		"utf-8":          {unicode: true, next: nextUTF8},
		"utf-16le":       {unicode: true, next: nextUTF16LE},
		"utf-16be":       {unicode: true, next: nextUTF16BE},
		"gbk":            {next: nextGB18030},
		"gb18030":        {next: nextGB18030},
		"big5":           {next: nextBig5},
		"euc-jp":         {next: nextEUCJP},
		"iso-2022-jp":    {next: nextISO2022JP},
		"shift_jis":      {next: nextShiftJIS},
		"euc-kr":         {next: nextEUCKR},
		"x-user-defined": {next: nextUserDefined},
	}
	for name, table := range map[string]*charmap.Charmap{
		"ibm866":         charmap.CodePage866,
		"iso-8859-2":     charmap.ISO8859_2,
		"iso-8859-3":     charmap.ISO8859_3,
		"iso-8859-4":     charmap.ISO8859_4,
		"iso-8859-5":     charmap.ISO8859_5,
		"iso-8859-6":     charmap.ISO8859_6,
		"iso-8859-7":     charmap.ISO8859_7,
		"iso-8859-8":     charmap.ISO8859_8,
		"iso-8859-8-i":   charmap.ISO8859_8,
		"iso-8859-10":    charmap.ISO8859_10,
		"iso-8859-13":    charmap.ISO8859_13,
		"iso-8859-14":    charmap.ISO8859_14,
		"iso-8859-15":    charmap.ISO8859_15,
		"iso-8859-16":    charmap.ISO8859_16,
		"koi8-r":         charmap.KOI8R,
		"koi8-u":         charmap.KOI8U,
		"macintosh":      charmap.Macintosh,
		"windows-874":    charmap.Windows874,
		"windows-1250":   charmap.Windows1250,
		"windows-1251":   charmap.Windows1251,
		"windows-1252":   charmap.Windows1252,
		"windows-1253":   charmap.Windows1253,
		"windows-1254":   charmap.Windows1254,
		"windows-1255":   charmap.Windows1255,
		"windows-1256":   charmap.Windows1256,
		"windows-1257":   charmap.Windows1257,
		"windows-1258":   charmap.Windows1258,
		"x-mac-cyrillic": charmap.MacintoshCyrillic,
	} {
		all[name] = &Encoding{next: func(_ *Decoder, src []byte) (rune, int) {
			c := table.DecodeByte(src[0])
			switch {
			case c != utf8.RuneError:
				return c, 1
			case src[0] < 0xA0: // a control character, which x/text leaves out of some tables
				return rune(src[0]), 1
			}
			return invalid, 1
		}}
	}
	for name, e := range all {
		e.Name = name
	}
	return all
}()

func nextUserDefined(_ *Decoder, src []byte) (rune, int) {
	if src[0] < 0x80 {
		return rune(src[0]), 1
	}
	return 0xF780 + rune(src[0]) - 0x80, 1
}

// The standard's indexes (https://encoding.spec.whatwg.org/#indexes), with 0 where they have nothing, made at first use.
var (
	gb18030 = sync.OnceValue(func() *[126 * 190]rune {
		index := new([126 * 190]rune)
		fill(index[:], simplifiedchinese.GB18030, func(i int) []byte { return []byte{byte(0x81 + i/190), cell(i%190, 0x40)} })
		for _, run := range gb18030Missing {
			for pointer := run.first; pointer <= run.last; pointer++ {
				index[pointer] = run.char + rune(pointer-run.first)
			}
		}
		return index
	})
	big5 = sync.OnceValue(func() *[126 * 157]rune {
		index := new([126 * 157]rune)
		fill(index[:], traditionalchinese.Big5, func(i int) []byte {
			trail := i%157 + 0x40
			if trail > 0x7E {
				trail += 0xA1 - 0x7F
			}
			return []byte{byte(0x81 + i/157), byte(trail)}
		})
		return index
	})
	eucKR = sync.OnceValue(func() *[126 * 190]rune {
		index := new([126 * 190]rune)
		fill(index[:], korean.EUCKR, func(i int) []byte { return []byte{byte(0x81 + i/190), byte(0x41 + i%190)} })
		return index
	})
	jis0208 = sync.OnceValue(func() *[60 * 188]rune {
		index := new([60 * 188]rune)
		fill(index[:], japanese.ShiftJIS, func(i int) []byte {
			lead := 0x81 + i/188
			if lead > 0x9F {
				lead += 0xE0 - 0xA0
			}
			return []byte{byte(lead), cell(i%188, 0x40)}
		})
		return index
	})
	jis0212 = sync.OnceValue(func() *[94 * 94]rune {
		index := new([94 * 94]rune)
		fill(index[:], japanese.EUCJP, func(i int) []byte { return []byte{0x8F, byte(0xA1 + i/94), byte(0xA1 + i%94)} })
		return index
	})
)

// cell is a trail byte, of which there is none at 0x7F.
func cell(i, first int) byte {
	if i += first; i >= 0x7F {
		i++
	}
	return byte(i)
}

// fill makes an index of an encoding: bytesOf gives the bytes of a pointer.
func fill(index []rune, e encoding.Encoding, bytesOf func(pointer int) []byte) {
	decoder := e.NewDecoder()
	for i := range index {
		text, err := decoder.Bytes(bytesOf(i))
		if c, n := utf8.DecodeRune(text); err == nil && c != utf8.RuneError && n == len(text) {
			index[i] = c
		}
	}
}

// gb18030Range is the character of four bytes (https://encoding.spec.whatwg.org/#index-gb18030-ranges-code-point), or -1.
func gb18030Range(pointer int) rune {
	switch {
	case pointer > 39419 && pointer < 189000, pointer > 1237575:
		return -1
	case pointer == 7457:
		return 0xE7C7
	case pointer >= 189000:
		return 0x10000 + rune(pointer-189000)
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes([]byte{
		byte(0x81 + pointer/12600), byte('0' + pointer/1260%10), byte(0x81 + pointer/10%126), byte('0' + pointer%10),
	})
	c, _ := utf8.DecodeRune(text)
	if err != nil || c == utf8.RuneError {
		return -1
	}
	return c
}
