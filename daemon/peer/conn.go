package peer

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pires/go-proxyproto"
)

// Conn is a TCP connection whose remote address is the client's. The bytes that go over it are those of the connection below, which
// whoever takes it over can have by Unwrap.
type Conn struct {
	*net.TCPConn
	peers *Peers
	rules *Rules // those that held when it was accepted

	// Of a trusted proxy that speaks the PROXY protocol: the header is read by whoever asks first, which is never the goroutine that
	// accepts connections.
	proxied bool
	once    sync.Once

	addr    *Addr
	rest    []byte // what came with the header
	refused bool
}

// Accept admits a connection that a listener has accepted. If its address may have no more, it is closed, and ok is false. What is no
// TCP connection comes back as it is.
func (p *Peers) Accept(c net.Conn) (admitted net.Conn, ok bool) {
	tcp, isTCP := c.(*net.TCPConn)
	if !isTCP {
		return c, true
	}
	rules := p.rules.Load()
	at := addrPort(tcp.RemoteAddr())
	conn := &Conn{TCPConn: tcp, peers: p, rules: rules}
	if rules.trusts(at.Addr()) {
		conn.addr, conn.proxied = &Addr{AddrPort: at}, rules.Protocol
		return conn, true
	}
	if conn.addr, ok = p.enter(at, rules, true); !ok {
		tcp.SetLinger(0) // a reset leaves nothing behind in the kernel
		tcp.Close()
		return nil, false
	}
	return conn, true
}

// addrPort is the address of a TCP connection, IPv4 as such.
func addrPort(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	at := tcp.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}

// RemoteAddr is an *Addr, the client's. It may wait for the header of the PROXY protocol.
func (c *Conn) RemoteAddr() net.Addr {
	c.introduce()
	return c.addr
}

// Read reads what the client sends.
func (c *Conn) Read(p []byte) (int, error) {
	if c.introduce(); c.refused {
		return 0, io.EOF // to which an HTTP server says nothing
	}
	if len(c.rest) > 0 {
		n := copy(p, c.rest)
		c.rest = c.rest[n:]
		return n, nil
	}
	return c.TCPConn.Read(p)
}

// Close closes the connection. Its address is no longer counted for it.
func (c *Conn) Close() error {
	err := c.TCPConn.Close() // ends a wait for the header
	c.introduce()
	c.addr.Leave()
	return err
}

// Unwrap gives the connection below to whoever takes it over, and what was read from it and not by Read. RemoteAddr's Leave is to be called
// at its end.
func (c *Conn) Unwrap() (below net.Conn, unread []byte) { return c.TCPConn, c.rest }

// introduce reads the header of the PROXY protocol, where there is one.
func (c *Conn) introduce() {
	if c.proxied {
		c.once.Do(c.readHeader)
	}
}

func (c *Conn) readHeader() {
	c.TCPConn.SetReadDeadline(time.Now().Add(c.rules.HeaderTimeout))
	r := bufio.NewReader(c.TCPConn)
	client, err := readHeader(r)
	c.TCPConn.SetReadDeadline(time.Time{})
	if err != nil {
		c.refused = true
		c.peers.refuse(Malformed, c.addr.Addr())
		return
	}
	c.rest, _ = r.Peek(r.Buffered())
	if !client.IsValid() { // the proxy speaks for itself, as when it looks whether anybody is there
		return
	}
	addr, ok := c.peers.enter(client, c.rules, true)
	if !ok {
		c.refused = true
		return
	}
	c.addr = addr
}

// readHeader reads the header of a connection and returns the client's address, none for one that the proxy has opened for itself.
func readHeader(r *bufio.Reader) (client netip.AddrPort, err error) {
	h, err := proxyproto.Read(r)
	if err != nil {
		return netip.AddrPort{}, err
	}
	if h.Command.IsLocal() {
		return netip.AddrPort{}, nil
	}
	if client = addrPort(h.SourceAddr); !client.IsValid() {
		return client, errors.New("peer: the header names no TCP address")
	}
	return client, nil
}
