package fetch

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// quickAcked has what comes on a connection acknowledged at once. A server that writes the head of a response and then its body, as
// many do without TCP_NODELAY, otherwise waits some 40 ms in between for an acknowledgement that is delayed (RFC 1122, 4.2.3.2).
func quickAcked(c net.Conn) net.Conn {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return c
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return c
	}
	return &quickAckConn{TCPConn: tcp, raw: raw}
}

type quickAckConn struct {
	*net.TCPConn
	raw syscall.RawConn
}

// Read asks for it anew each time, since the kernel falls back (tcp(7), TCP_QUICKACK).
func (c *quickAckConn) Read(b []byte) (int, error) {
	c.raw.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1) })
	return c.TCPConn.Read(b)
}
