package swarm

import (
	"fmt"
	"net/netip"
	"strings"
)

// perAddress is how many clients come from one address at most, where addresses can be chosen: Linux has 28,232 ports for them, of which
// others use some.
const perAddress = 20_000

// LoopbackFrom are as many addresses of 127.0.0.0/8 as n clients of a loopback address need: none when one will do.
func LoopbackFrom(n int) []netip.Addr {
	if n <= perAddress {
		return nil
	}
	from := []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	for len(from)*perAddress < n {
		from = append(from, from[len(from)-1].Next())
	}
	return from
}

// maxFrom bounds a range of addresses.
const maxFrom = 1 << 16

// ParseFrom reads addresses and ranges of them, as in "127.0.0.1-127.0.0.8,127.0.1.1".
func ParseFrom(text string) ([]netip.Addr, error) {
	var from []netip.Addr
	for item := range strings.SplitSeq(text, ",") {
		low, high, isRange := strings.Cut(item, "-")
		if !isRange {
			high = low
		}
		a, err := netip.ParseAddr(strings.TrimSpace(low))
		if err != nil {
			return nil, err
		}
		b, err := netip.ParseAddr(strings.TrimSpace(high))
		if err != nil {
			return nil, err
		}
		if a.BitLen() != b.BitLen() || b.Less(a) {
			return nil, fmt.Errorf("%q is no range of addresses", item)
		}
		for ; a.IsValid() && !b.Less(a); a = a.Next() {
			if len(from) == maxFrom {
				return nil, fmt.Errorf("more than %d addresses", maxFrom)
			}
			from = append(from, a)
		}
	}
	return from, nil
}
