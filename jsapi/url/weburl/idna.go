package weburl

import (
	"sort"
	"strings"

	"golang.org/x/net/idna"
)

// profile is UTS 46 processing with the flags of the URL Standard (https://url.spec.whatwg.org/#idna), not strict.
var profile = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.StrictDomainName(false),
	idna.CheckHyphens(false),
	idna.CheckJoiners(true),
	idna.BidiRule(),
	idna.VerifyDNSLength(false),
)

// domainMax bounds a domain that Punycode has to do with, in bytes: the time that takes grows with its square.
const domainMax = 4096

// toASCII is domain to ASCII (https://url.spec.whatwg.org/#concept-domain-to-ascii). Normalization is that of golang.org/x/text: of a
// few scripts that are newer, it does not compose what was given as more than one character.
func toASCII(domain string) (string, error) {
	if isASCII(domain) && !hasPunycode(domain) {
		return strings.ToLower(domain), nil
	}
	if len(domain) > domainMax {
		return "", ErrInvalid
	}
	domain = strings.Map(remap, domain)
	ascii, err := profile.ToASCII(domain)
	if err != nil && !allowedSince(domain, ascii) {
		return "", ErrInvalid
	}
	if strings.Contains(ascii, "xn--xn--") && doublyEncoded(ascii) {
		return "", ErrInvalid
	}
	return ascii, nil
}

// allowedSince reports whether all that profile has against a domain is characters that it does not know yet: once those are
// replaced by some that are like them, nothing is left.
func allowedSince(domain, ascii string) bool {
	unicode, _ := profile.ToUnicode(domain)
	replaced := strings.Map(like, unicode)
	if replaced == unicode {
		return false
	}
	if again, _ := profile.ToASCII(unicode); again != ascii {
		return false // Punycode of what is not in normal form
	}
	_, err := profile.ToASCII(replaced)
	return err == nil
}

// doublyEncoded reports whether a label is Punycode of what looks like Punycode, which the validity criteria forbid and profile
// lets pass.
func doublyEncoded(ascii string) bool {
	unicode, _ := profile.ToUnicode(ascii)
	for label := range strings.SplitSeq(unicode, ".") {
		if !isASCII(label) && strings.HasPrefix(label, "xn--") {
			return true
		}
	}
	return false
}

func remap(r rune) rune {
	i := sort.Search(len(remapped), func(i int) bool { return r <= remapped[i].last })
	if i == len(remapped) || r < remapped[i].first {
		return r
	}
	if m := remapped[i]; m.to != ignored {
		return m.to + r - m.first
	}
	return ignored
}

// like is a character with the properties of r, if that became valid after profile's tables were made.
func like(r rune) rune {
	if r < 0x80 {
		return r
	}
	for _, kind := range allowed {
		i := sort.Search(len(kind.ranges), func(i int) bool { return r <= kind.ranges[i] })
		if i < len(kind.ranges) && (i%2 == 1 || r == kind.ranges[i]) {
			return kind.like
		}
	}
	return r
}

// hasPunycode reports whether a label begins with "xn--".
func hasPunycode(domain string) bool {
	for label := range strings.SplitSeq(domain, ".") {
		if len(label) >= 4 && strings.EqualFold(label[:4], "xn--") {
			return true
		}
	}
	return false
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
