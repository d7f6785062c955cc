package daemon_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"rowan/daemon/config"
	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// writeCertificate writes cert.pem and key.pem, for example.com and this machine, with a number by which it can be told from others.
func writeCertificate(t *testing.T, dir string, number int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(number), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"example.com", "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		// Renamed into place, as who renews certificates does it.
		next := filepath.Join(dir, name+".next")
		if err := os.WriteFile(next, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(next, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// encryptedApp echoes in sessions and channels, and answers requests.
const encryptedApp = `
-- rowan.toml --
session.turn = "2s"
-- app.ts --
const chunk = "x".repeat(100_000);
export default {
	fetch(request, server) {
		const { pathname } = new URL(request.url);
		if (pathname === "/session" && server.upgrade(request)) return;
		if (pathname === "/body") return new Response(request.body);
		return new Response(request.url);
	},
	websocket: {
		closeOnBackpressureLimit: true,
		open(ws) { ws.subscribe("all"); },
		message(ws, m) {
			if (m === "url") return void ws.send(ws.url + " " + ws.remoteAddress);
			if (m === "flood") {
				for (let i = 0; i < 200 && ws.readyState === 1; i++) ws.send(chunk);
				return void ws.publish("all", "flooded");
			}
			if (m === "close") return void ws.close(4001, "as you like");
			if (m === "publish") return void ws.publish("all", "published");
			ws.send(m);
		},
	},
	channels: { "room:*": { join() { return {}; }, on: { echo(_, p) { return p; } } } },
};
-- public/page.html --
<!doctype html>
`

// encrypted starts a server with a certificate of the number 1.
func encrypted(t *testing.T, options ...daemontest.Option) (s *daemontest.Server, dir string) {
	t.Helper()
	dir = t.TempDir()
	writeCertificate(t, dir, 1)
	options = append(options, daemontest.Configure(func(c *config.Config) {
		c.TLS = config.TLS{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem"), Redirect: "127.0.0.1:0"}
	}))
	return daemontest.Serve(t, encryptedApp, options...), dir
}

// trusting is a client's side that takes any certificate.
var trusting = &tls.Config{InsecureSkipVerify: true}

func dialTLS(t *testing.T, s *daemontest.Server, path string) *wstest.Client {
	t.Helper()
	return wstest.DialWith(t, s.URL()+path, ws.Dialer{TLSConfig: trusting})
}

// Sockets with TLS have a goroutine each: all is as it is without.
func TestTLSSessions(t *testing.T) {
	s, _ := encrypted(t)
	if !strings.HasPrefix(s.URL(), "https://") {
		t.Fatalf("the server is at %s", s.URL())
	}
	c := dialTLS(t, s, "session")
	c.Send("url")
	c.Expect(s.URL() + "session 127.0.0.1")
	for _, size := range []int{0, 1, 125, 126, 4096, 16 << 10, 65_535, 65_536, 1 << 20} {
		data := make([]byte, size)
		rand.Read(data)
		c.SendBinary(data)
		if got := c.NextBinary(); string(got) != string(data) {
			t.Errorf("%d bytes come back as %d others", size, len(got))
		}
	}
	c.SendFrame(ws.NewFrame(ws.OpText, false, []byte("one ")))
	c.SendFrame(ws.NewPingFrame([]byte("still there?")))
	c.SendFrame(ws.NewFrame(ws.OpContinuation, true, []byte("message")))
	c.Expect("one message")
	other := dialTLS(t, s, "session")
	other.Send("publish")
	c.Expect("published")
	other.Send("close")
	if reason := other.ExpectClose(4001); reason != "as you like" {
		t.Errorf("closed with %q", reason)
	}
	c.Close(1000, "goodbye")
	s.WaitContexts(0)
}

func TestTLSManySessions(t *testing.T) {
	s, _ := encrypted(t)
	var group sync.WaitGroup
	for i := range 50 {
		c := dialTLS(t, s, "session")
		group.Go(func() {
			for n := range 50 {
				text := fmt.Sprintf("%d of %d", n, i)
				c.Send(text)
				if got, _, err := c.Read(wstest.Patience); err != nil || string(got) != text {
					t.Errorf("%q, %v; want %q", got, err, text)
					return
				}
			}
		})
	}
	group.Wait()
}

// What nobody reads ends its own socket alone.
func TestTLSSlowReader(t *testing.T) {
	s, _ := encrypted(t)
	neighbour, slow := dialTLS(t, s, "session"), dialTLS(t, s, "session")
	slow.Send("flood")
	heard, flooded := 0, false
	for range 20 {
		neighbour.Send("hello")
	}
	for heard < 20 || !flooded { // slow reads nothing meanwhile
		if neighbour.Next() == "flooded" {
			flooded = true
		} else {
			heard++
		}
	}
	slow.ExpectClose(1013)
}

func TestTLSChannels(t *testing.T) {
	s, _ := encrypted(t)
	c := dialTLS(t, s, "socket/websocket?vsn=2.0.0")
	c.Send(`["1","1","room:1","phx_join",{}]`)
	c.Expect(`["1","1","room:1","phx_reply",{"response":{},"status":"ok"}]`)
	c.Send(`["1","2","room:1","echo",{"a":1}]`)
	c.Expect(`["1","2","room:1","phx_reply",{"response":{"a":1},"status":"ok"}]`)
}

func TestTLSLimits(t *testing.T) {
	s, _ := encrypted(t, daemontest.Configure(func(c *config.Config) {
		c.Limits.ConnectionsPerAddress, c.Limits.Exempt, c.Limits.MessagesPerSecond, c.Limits.Burst = 2, nil, 5, config.Duration(time.Second)
	}))
	first := dialTLS(t, s, "session")
	dialTLS(t, s, "session")
	if _, err := wstest.TryDial(t, s.URL()+"session", ws.Dialer{TLSConfig: trusting}); err == nil {
		t.Error("a third connection is taken")
	}
	for range 6 {
		first.Send("hello")
	}
	first.ExpectClose(1008)
	dialUntil(t, func() error {
		_, err := wstest.TryDial(t, s.URL()+"session", ws.Dialer{TLSConfig: trusting})
		return err
	})
}

// dialUntil tries until it succeeds.
func dialUntil(t *testing.T, dial func() error) {
	t.Helper()
	for deadline := time.Now().Add(wstest.Patience); ; time.Sleep(5 * time.Millisecond) {
		err := dial()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

func TestTLSRequests(t *testing.T) {
	s, _ := encrypted(t)
	for _, http2 := range []bool{false, true} {
		transport := &http.Transport{TLSClientConfig: trusting.Clone(), ForceAttemptHTTP2: http2}
		defer transport.CloseIdleConnections()
		c := &http.Client{Transport: transport}
		resp, body := ask(t, c, "GET", s.URL()+"a?b", "")
		if body != s.URL()+"a?b" || (resp.ProtoMajor == 2) != http2 {
			t.Errorf("%s: %s", resp.Proto, body)
		}
		large := strings.Repeat("a body ", 100_000)
		if _, body := ask(t, c, "POST", s.URL()+"body", large); body != large {
			t.Errorf("%s: a body of %d bytes comes back with %d", resp.Proto, len(large), len(body))
		}
		if resp, _ := ask(t, c, "GET", s.URL()+"page.html", ""); resp.Header.Get("X-Frame-Options") != "SAMEORIGIN" || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("the header of a file: %v", resp.Header)
		}
	}
}

func TestTLSVersions(t *testing.T) {
	s, _ := encrypted(t)
	for version, works := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		c, err := tls.Dial("tcp", s.Addr().String(), &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version})
		if (err == nil) != works {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			c.Close()
		}
	}
	resp, _ := ask(t, client(t), "GET", "http://"+s.Addr().String()+"/", "")
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a request without TLS has status %s", resp.Status)
	}
}

func TestTLSRedirect(t *testing.T) {
	s, _ := encrypted(t)
	_, port, _ := net.SplitHostPort(s.Addr().String())
	for host, want := range map[string]string{
		"example.com":      "https://example.com:" + port + "/a%2Fb?c=d",
		"example.com:8080": "https://example.com:" + port + "/a%2Fb?c=d",
		"[::1]:80":         "https://[::1]:" + port + "/a%2Fb?c=d",
	} {
		r, _ := http.NewRequest("POST", "http://"+s.RedirectAddr().String()+"/a%2Fb?c=d", nil)
		r.Host = host
		resp, err := client(t).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Location"); got != want || resp.StatusCode != http.StatusPermanentRedirect {
			t.Errorf("%s: %s to %s", host, resp.Status, got)
		}
	}
}

// Who says nothing, a little, or has a body that never comes is cut off: by TLS, by HTTP/2 within it, and where clients are sent to https://.
func TestAttackBySlowTLS(t *testing.T) {
	s, _ := encrypted(t, daemontest.Configure(func(c *config.Config) {
		c.HTTP.HeaderTimeout, c.HTTP.IdleTimeout = config.Duration(300*time.Millisecond), config.Duration(500*time.Millisecond)
	}))
	h2 := &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}
	for _, test := range []struct {
		name string
		to   net.Addr
		with *tls.Config // nil for none
		send string
	}{
		{"no hello", s.Addr(), nil, ""},
		{"half a hello", s.Addr(), nil, "\x16\x03\x01\x02\x00\x01"},
		{"no request", s.Addr(), trusting, ""},
		{"half a request", s.Addr(), trusting, "GET / HTTP/1.1\r\nHost: x\r\n"},
		{"no frame", s.Addr(), h2, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"},
		{"half a frame", s.Addr(), h2, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x40"},
		{"half a header by HTTP/2", s.Addr(), h2, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x01\x01\x01\x00\x00\x00\x01\x82"},
		{"half a request to be redirected", s.RedirectAddr(), nil, "GET / HTTP/1.1\r\nHost: x\r\n"},
		{"a body to be redirected", s.RedirectAddr(), nil, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := net.Dial("tcp", test.to.String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if test.with != nil {
				c = tls.Client(c, test.with)
			}
			io.WriteString(c, test.send)
			c.SetReadDeadline(time.Now().Add(10 * time.Second))
			if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("it stays open")
			}
		})
	}
}

// serial is the number of the certificate that a client gets now.
func serial(t *testing.T, s *daemontest.Server) int64 {
	t.Helper()
	c, err := tls.Dial("tcp", s.Addr().String(), trusting)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

// A new certificate is there for who comes next, and a broken one does not matter.
func TestTLSReload(t *testing.T) {
	s, dir := encrypted(t)
	c := dialTLS(t, s, "session")
	if n := serial(t, s); n != 1 {
		t.Errorf("the first certificate has the number %d", n)
	}
	writeCertificate(t, dir, 2)
	if _, err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	if n := serial(t, s); n != 2 {
		t.Errorf("the second certificate has the number %d", n)
	}
	if err := os.WriteFile(filepath.Join(dir, "cert.pem"), []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Reload()
	s.WaitLog("error", "the last certificate goes on")
	if n := serial(t, s); n != 2 {
		t.Errorf("behind a broken one the certificate has the number %d", n)
	}
	writeCertificate(t, dir, 3)
	s.Reload()
	if n := serial(t, s); n != 3 {
		t.Errorf("the third certificate has the number %d", n)
	}
	c.Send("still here")
	c.Expect("still here")
}

func TestTLSShutdown(t *testing.T) {
	s, _ := encrypted(t)
	c, channels := dialTLS(t, s, "session"), dialTLS(t, s, "socket/websocket?vsn=2.0.0")
	c.Send("hello")
	c.Expect("hello")
	channels.Send(`[null,"1","phoenix","heartbeat",{}]`)
	channels.Next()
	idle, err := tls.Dial("tcp", s.Addr().String(), trusting)
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	silent, err := net.Dial("tcp", s.Addr().String()) // says nothing at all
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	done := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		done <- s.Shutdown(ctx)
	}()
	c.ExpectClose(1001)
	channels.ExpectClose(1012)
	if err := <-done; err != nil {
		t.Errorf("the end: %v", err)
	}
	if _, err := io.ReadAll(silent); err != nil {
		t.Logf("a connection that said nothing: %v", err)
	}
}
