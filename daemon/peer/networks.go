package peer

import (
	"fmt"
	"net/netip"
	"strings"
)

// ParseNetworks parses networks such as "10.0.0.0/8", and addresses, each of which is a network of its own.
func ParseNetworks(list []string) ([]netip.Prefix, error) {
	var networks []netip.Prefix
	for _, text := range list {
		n, err := netip.ParsePrefix(text)
		if a, e := netip.ParseAddr(text); e == nil && !strings.Contains(text, "%") {
			n, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil || n.Addr().Is4In6() {
			return nil, fmt.Errorf("%q is no address, and no network such as 10.0.0.0/8", text)
		}
		networks = append(networks, n.Masked())
	}
	return networks, nil
}
