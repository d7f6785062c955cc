//go:build !linux

package fetch

import "net"

func quickAcked(c net.Conn) net.Conn { return c }
