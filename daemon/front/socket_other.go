//go:build !unix

package front

import "net"

// newSocket returns the best socket for conn.
func newSocket(conn net.Conn) socket { return streamSocket{conn} }
