package charset

// The modes of ISO-2022-JP, which the standard calls decoder output states.
const (
	modeASCII = iota
	modeRoman
	modeKatakana
	modeTwoBytes
)

// nextISO2022JP is the ISO-2022-JP decoder (https://encoding.spec.whatwg.org/#iso-2022-jp-decoder).
func nextISO2022JP(d *Decoder, src []byte) (rune, int) {
	b := src[0]
	if b == 0x1B {
		return nextEscape(d, src)
	}
	if d.mode == modeTwoBytes && len(src) < 2 && isKanjiByte(b) {
		return 0, 0
	}
	d.escaped = false
	switch d.mode {
	case modeKatakana:
		if b >= 0x21 && b <= 0x5F {
			return 0xFF61 + rune(b) - 0x21, 1
		}
		return invalid, 1
	case modeTwoBytes:
		switch {
		case !isKanjiByte(b), src[1] == 0x1B:
			return invalid, 1
		case isKanjiByte(src[1]):
			if c := jis0208()[(int(b)-0x21)*94+int(src[1])-0x21]; c != 0 {
				return c, 2
			}
		}
		return invalid, 2
	}
	switch {
	case b >= 0x80 || b == 0x0E || b == 0x0F:
		return invalid, 1
	case d.mode == modeRoman && b == '\\':
		return '¥', 1
	case d.mode == modeRoman && b == '~':
		return '\u203E', 1
	}
	return rune(b), 1
}

func isKanjiByte(b byte) bool { return b >= 0x21 && b <= 0x7E }

// nextEscape reads an escape sequence. Two in a row are an error.
func nextEscape(d *Decoder, src []byte) (rune, int) {
	if len(src) == 1 || len(src) == 2 && (src[1] == '$' || src[1] == '(') {
		return 0, 0
	}
	if len(src) >= 3 {
		modes := map[string]byte{"(B": modeASCII, "(J": modeRoman, "(I": modeKatakana, "$@": modeTwoBytes, "$B": modeTwoBytes}
		if mode, ok := modes[string(src[1:3])]; ok {
			again := d.escaped
			d.mode, d.escaped = mode, true
			if again {
				return invalid, 3
			}
			return nothing, 3
		}
	}
	d.escaped = false
	return invalid, 1
}
