//go:build unix

package front

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A unix socket is as good as TCP: it waits without a buffer and writes
// without waiting.
func TestUnixSocket(t *testing.T) {
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	peer, err := net.Dial("unix", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s, ok := newSocket(conn).(*fdSocket)
	if !ok {
		t.Fatalf("a socket of type %T", newSocket(conn))
	}

	if n, full, err := s.tryWrite([]byte("abc")); n != 3 || full || err != nil {
		t.Errorf("tryWrite: %d, %v, %v", n, full, err)
	}
	piece := []byte(strings.Repeat("x", 1<<20))
	written := 3
	for full := false; !full; {
		n, f, err := s.tryWrite(piece)
		if err != nil {
			t.Fatal(err)
		}
		written += n
		full = f
	}
	s.SetWriteDeadline(time.Now().Add(20 * time.Millisecond))
	if n, err := s.write(piece); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("write to a full buffer: %d, %v", n, err)
	}
	if n, err := io.CopyN(io.Discard, peer, int64(written)); err != nil {
		t.Errorf("%d of %d bytes came: %v", n, written, err)
	}

	s.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if data, b, err := s.read(nil); data != nil || b != nil || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read of nothing: %q, %v, %v", data, b, err)
	}
	s.SetReadDeadline(time.Time{})
	peer.Write([]byte("abc"))
	into := make([]byte, 2)
	if data, b, err := s.read(into); string(data) != "ab" || b != nil || err != nil {
		t.Errorf("read: %q, %v, %v", data, b, err)
	}
	peer.Close()
	data, b, err := s.read(nil)
	if string(data) != "c" || b == nil || err != nil {
		t.Fatalf("read: %q, %v, %v", data, b, err)
	}
	b.free()
	if _, b, err := s.read(nil); b != nil || err != io.EOF {
		t.Errorf("read at the end: %v, %v", b, err)
	}
}
