package weburl

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parseHost is the host parser (https://url.spec.whatwg.org/#host-parsing), and serializes its result.
func parseHost(in string, special bool) (string, error) {
	switch {
	case strings.HasPrefix(in, "["):
		return parseIPv6(in)
	case !special:
		if strings.ContainsAny(in, forbiddenInHost) {
			return "", ErrInvalid
		}
		return encode(in, &controlSet), nil
	}
	domain := decode(in)
	if !utf8.ValidString(domain) {
		return "", ErrInvalid // it would be U+FFFD, which no domain has
	}
	host, err := toASCII(domain)
	if err != nil || host == "" || strings.ContainsFunc(host, forbiddenInDomain) {
		return "", ErrInvalid
	}
	if endsInNumber(host) {
		return parseIPv4(host)
	}
	return host, nil
}

// forbiddenInHost are the forbidden host code points (https://url.spec.whatwg.org/#forbidden-host-code-point).
const forbiddenInHost = "\x00\t\n\r #/:<>?@[\\]^|"

func forbiddenInDomain(r rune) bool {
	return r <= ' ' || r == '%' || r == 0x7F || strings.ContainsRune(forbiddenInHost, r)
}

// parseIPv6 parses an address in brackets (https://url.spec.whatwg.org/#concept-ipv6-parser) and shortens it.
func parseIPv6(in string) (string, error) {
	inner, ok := strings.CutSuffix(in[1:], "]")
	addr, err := netip.ParseAddr(inner)
	switch {
	case !ok || err != nil || !addr.Is6() || addr.Zone() != "" || strings.Contains(inner, "%"):
		return "", ErrInvalid
	case addr.Is4In6(): // which netip writes with dots
		b := addr.As16()
		return fmt.Sprintf("[::ffff:%x:%x]", int(b[12])<<8|int(b[13]), int(b[14])<<8|int(b[15])), nil
	}
	return "[" + addr.String() + "]", nil
}

// endsInNumber is the ends in a number checker (https://url.spec.whatwg.org/#ends-in-a-number-checker).
func endsInNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last != "" && isDigits(last) {
		return true
	}
	_, err := parseIPv4Number(last)
	return err == nil
}

// parseIPv4 is the IPv4 parser (https://url.spec.whatwg.org/#concept-ipv4-parser). The last number fills all bytes that are left.
func parseIPv4(host string) (string, error) {
	parts := strings.SplitN(strings.TrimSuffix(host, "."), ".", 5)
	if len(parts) > 4 {
		return "", ErrInvalid
	}
	var address uint64
	for i, part := range parts {
		n, err := parseIPv4Number(part)
		if err != nil {
			return "", ErrInvalid
		}
		last := i == len(parts)-1
		switch {
		case !last && n > 255, last && n >= 1<<(8*(5-len(parts))):
			return "", ErrInvalid
		case last:
			address |= n
		default:
			address |= n << (8 * (3 - i))
		}
	}
	return netip.AddrFrom4([4]byte{byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address)}).String(), nil
}

// parseIPv4Number reads a decimal, octal or hexadecimal number. One that is too large for any address is as good as another.
func parseIPv4Number(s string) (uint64, error) {
	digits, base := "0123456789", 10
	switch {
	case s == "":
		return 0, ErrInvalid
	case strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0X"):
		digits, base, s = "0123456789ABCDEFabcdef", 16, s[2:]
	case len(s) >= 2 && s[0] == '0':
		digits, base, s = "01234567", 8, s[1:]
	}
	if strings.Trim(s, digits) != "" {
		return 0, ErrInvalid
	}
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(s, base, 64)
	if err != nil {
		return math.MaxUint64, nil
	}
	return n, nil
}
