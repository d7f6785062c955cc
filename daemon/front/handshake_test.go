package front

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// hijacked is a response whose connection can be taken over.
type hijacked struct {
	header http.Header
	status int
	conn   net.Conn
}

func (h *hijacked) Header() http.Header         { return h.header }
func (h *hijacked) WriteHeader(status int)      { h.status = status }
func (h *hijacked) Write(p []byte) (int, error) { return len(p), nil }
func (h *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(bufio.NewReader(h.conn), bufio.NewWriter(h.conn)), nil
}

// FuzzHandshake answers whatever the HTTP server lets through as a handshake. It is refused with a status, or upgraded with an answer that has
// no line that is not the server's.
func FuzzHandshake(f *testing.F) {
	const good = "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	f.Add("GET", good)
	f.Add("GET", good+"Origin: https://x:81\r\nSec-WebSocket-Protocol: a, phoenix\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=9, x;y=\"z\"\r\n")
	f.Add("POST", strings.Replace(good, "Upgrade: websocket", "Upgrade: h2c, WebSocket", 1))
	f.Add("GET", good+"Origin: null\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=\r\n")
	f.Fuzz(func(t *testing.T, method, header string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(method + " / HTTP/1.1\r\n" + header + "\r\n")))
		if err != nil {
			return
		}
		server, peer := net.Pipe()
		answer := make(chan string, 1)
		go func() {
			b, _ := io.ReadAll(peer)
			answer <- string(b)
		}()
		w := &hijacked{header: http.Header{}, conn: server}
		c, err := Upgrade(w, r, UpgradeOptions{Protocols: []string{"phoenix"}, Options: Options{PerMessageDeflate: true}})
		if err == nil {
			c.Terminate()
		}
		server.Close()
		got := <-answer
		switch {
		case err == nil && (!strings.HasPrefix(got, "HTTP/1.1 101 ") || !strings.HasSuffix(got, "\r\n\r\n")):
			t.Errorf("upgraded with %q", got)
		case err != nil && w.status < 400 && !strings.HasPrefix(got, "HTTP/1.1 4"):
			t.Errorf("refused with status %d and %q: %v", w.status, got, err)
		}
		for line := range strings.SplitSeq(got, "\r\n") {
			name, _, _ := strings.Cut(line, ":")
			switch name {
			case "Upgrade", "Connection", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "", "HTTP/1.1 101 Switching Protocols":
			default:
				if err == nil {
					t.Errorf("the answer has the line %q", line)
				}
			}
		}
	})
}
