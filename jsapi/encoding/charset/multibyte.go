package charset

// The decoders of the multi-byte encodings (https://encoding.spec.whatwg.org/#legacy-multi-byte-chinese-(simplified)-encodings and what
// follows). Where the standard puts a byte back to the front of the queue, fewer are taken here.

// nextGB18030 is the decoder of gb18030 and GBK.
func nextGB18030(_ *Decoder, src []byte) (rune, int) {
	switch first := src[0]; {
	case first < 0x80:
		return rune(first), 1
	case first == 0x80:
		return '€', 1
	case first == 0xFF:
		return invalid, 1
	case len(src) < 2:
		return 0, 0
	case isDigit(src[1]):
		return nextFourBytes(src)
	}
	lead, trail := int(src[0]), int(src[1])
	offset := 0x41
	if trail < 0x7F {
		offset = 0x40
	}
	if trail < 0x40 || trail == 0x7F || trail == 0xFF {
		return failed(src)
	}
	return lookup(gb18030()[:], (lead-0x81)*190+trail-offset, src)
}

// nextFourBytes reads one of gb18030's characters of four bytes.
func nextFourBytes(src []byte) (rune, int) {
	switch {
	case len(src) < 3:
		return 0, 0
	case src[2] < 0x81 || src[2] > 0xFE:
		return invalid, 1
	case len(src) < 4:
		return 0, 0
	case !isDigit(src[3]):
		return invalid, 1
	}
	pointer := ((int(src[0])-0x81)*10+int(src[1])-'0')*126*10 + (int(src[2])-0x81)*10 + int(src[3]) - '0'
	if c := gb18030Range(pointer); c >= 0 {
		return c, 4
	}
	return invalid, 4
}

func nextBig5(_ *Decoder, src []byte) (rune, int) {
	lead := int(src[0])
	switch {
	case lead < 0x80:
		return rune(lead), 1
	case lead == 0x80 || lead == 0xFF:
		return invalid, 1
	case len(src) < 2:
		return 0, 0
	}
	trail := int(src[1])
	offset := 0x62
	if trail < 0x7F {
		offset = 0x40
	}
	if trail < 0x40 || trail > 0x7E && trail < 0xA1 || trail == 0xFF {
		return failed(src)
	}
	pointer := (lead-0x81)*157 + trail - offset
	switch pointer {
	case 1133, 1135, 1164, 1166:
		return big5Pair(pointer), 2
	}
	return lookup(big5()[:], pointer, src)
}

// big5Pairs are the characters of two code points. A next function stands for them by what lies beyond Unicode.
var big5Pairs = [...]string{"\u00CA\u0304", "\u00CA\u030C", "\u00EA\u0304", "\u00EA\u030C"}

func big5Pair(pointer int) rune {
	i := map[int]rune{1133: 0, 1135: 1, 1164: 2, 1166: 3}[pointer]
	return 0x110000 + i
}

func nextEUCKR(_ *Decoder, src []byte) (rune, int) {
	lead := int(src[0])
	switch {
	case lead < 0x80:
		return rune(lead), 1
	case lead == 0x80 || lead == 0xFF:
		return invalid, 1
	case len(src) < 2:
		return 0, 0
	}
	trail := int(src[1])
	if trail < 0x41 || trail == 0xFF {
		return failed(src)
	}
	return lookup(eucKR()[:], (lead-0x81)*190+trail-0x41, src)
}

func nextEUCJP(_ *Decoder, src []byte) (rune, int) {
	lead := int(src[0])
	switch {
	case lead < 0x80:
		return rune(lead), 1
	case lead != 0x8E && lead != 0x8F && (lead < 0xA1 || lead == 0xFF):
		return invalid, 1
	case len(src) < 2:
		return 0, 0
	}
	trail := int(src[1])
	if lead == 0x8E && trail >= 0xA1 && trail <= 0xDF {
		return 0xFF61 + rune(trail) - 0xA1, 2
	}
	if lead != 0x8F || trail < 0xA1 || trail == 0xFF {
		return nextEUCPair(jis0208()[:], src)
	}
	if len(src) < 3 {
		return 0, 0
	}
	c, n := nextEUCPair(jis0212()[:], src[1:])
	return c, n + 1
}

// nextEUCPair looks up a row and a cell of 94.
func nextEUCPair(index []rune, src []byte) (rune, int) {
	row, cell := int(src[0])-0xA1, int(src[1])-0xA1
	if row < 0 || row > 93 || cell < 0 || cell > 93 {
		return failed(src)
	}
	return lookup(index, row*94+cell, src)
}

func nextShiftJIS(_ *Decoder, src []byte) (rune, int) {
	lead := int(src[0])
	switch {
	case lead <= 0x80:
		return rune(lead), 1
	case lead >= 0xA1 && lead <= 0xDF:
		return 0xFF61 + rune(lead) - 0xA1, 1
	case lead == 0xA0 || lead > 0xFC:
		return invalid, 1
	case len(src) < 2:
		return 0, 0
	}
	trail := int(src[1])
	offset, leadOffset := 0x41, 0xC1
	if trail < 0x7F {
		offset = 0x40
	}
	if lead < 0xA0 {
		leadOffset = 0x81
	}
	if trail < 0x40 || trail == 0x7F || trail > 0xFC {
		return failed(src)
	}
	pointer := (lead-leadOffset)*188 + trail - offset
	if pointer >= 8836 && pointer <= 10715 {
		return 0xE000 - 8836 + rune(pointer), 2 // the user's own characters
	}
	return lookup(jis0208()[:], pointer, src)
}

// lookup finds the character of two bytes.
func lookup(index []rune, pointer int, src []byte) (rune, int) {
	if c := index[pointer]; c != 0 {
		return c, 2
	}
	return failed(src)
}

// failed takes a lead byte, and what follows it unless that is ASCII.
func failed(src []byte) (rune, int) {
	if src[1] < 0x80 {
		return invalid, 1
	}
	return invalid, 2
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }
