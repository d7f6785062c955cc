//go:build unix

package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"rowan/internal/wstest"
)

// notified is what a service has told systemd, in the place of which a test listens.
type notified struct {
	t    *testing.T
	conn *net.UnixConn
}

func listenNotify(t *testing.T) (*notified, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &notified{t, conn}, path
}

// expect waits for a message that begins so.
func (n *notified) expect(beginning string) string {
	n.t.Helper()
	n.conn.SetReadDeadline(time.Now().Add(wstest.Patience))
	buf := make([]byte, 1000)
	k, err := n.conn.Read(buf)
	if err != nil || !strings.HasPrefix(string(buf[:k]), beginning) {
		n.t.Fatalf("systemd is told %q, %v; want %q", buf[:k], err, beginning)
	}
	return string(buf[:k])
}

// TestUnderSystemd starts the server as systemd does, with a socket on which a client waits already, and which stays open from one
// start to the next: nobody is refused, and systemd hears of everything.
func TestUnderSystemd(t *testing.T) {
	app := filepath.Join(t.TempDir(), "app.ts")
	if err := os.WriteFile(app, []byte(`export default {
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("hello")),
  websocket: { message(ws, m) { ws.send(m); } },
};`), 0o666); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	url := "http://" + l.Addr().String() + "/"
	events, path := listenNotify(t)
	serve := func() *process {
		t.Helper()
		// The shell becomes the server, whose number is the shell's.
		cmd := exec.Command("sh", "-c", `LISTEN_PID=$$ exec rowan serve "$0" --listen 127.0.0.1:1`, app)
		cmd.Env = append(os.Environ(), "LISTEN_FDS=1", "LISTEN_FDNAMES=rowan.socket", "NOTIFY_SOCKET="+path, "XDG_RUNTIME_DIR="+t.TempDir())
		cmd.ExtraFiles = []*os.File{socket}
		return start(t, cmd)
	}
	early := make(chan error, 1)
	go func() {
		_, err := get(url)
		early <- err
	}()
	p := serve()
	events.expect("READY=1")
	if p.url != url {
		t.Errorf("it serves %s, want %s", p.url, url)
	}
	if err := <-early; err != nil {
		t.Errorf("a client that connected before the start: %v", err)
	}
	c := wstest.Dial(t, p.url)
	p.cmd.Process.Signal(syscall.SIGHUP)
	if got := events.expect("RELOADING=1\nMONOTONIC_USEC="); strings.HasSuffix(got, "=") {
		t.Errorf("no time in %q", got)
	}
	events.expect("READY=1")
	p.cmd.Process.Signal(syscall.SIGTERM)
	events.expect("STOPPING=1")
	c.ExpectClose(1001)

	between := make(chan error, 1) // waits in the socket's queue
	go func() {
		time.Sleep(50 * time.Millisecond)
		_, err := get(url)
		between <- err
	}()
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	p = serve()
	events.expect("READY=1")
	if err := <-between; err != nil {
		t.Errorf("a client that connected between two starts: %v", err)
	}

	// A successor is the service's main process then.
	p.cmd.Process.Signal(syscall.SIGUSR1)
	var pid int
	for got := ""; pid == 0; {
		if got = events.expect(""); got != "READY=1" { // of the successor, which may be heard before
			if _, err := fmt.Sscanf(got, "MAINPID=%d", &pid); err != nil {
				t.Fatalf("systemd is told %q", got)
			}
		}
	}
	defer syscall.Kill(pid, syscall.SIGKILL)
	p.cmd.Wait()
	if got, err := get(url); got != "hello" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	syscall.Kill(pid, syscall.SIGTERM)
}

// TestReloadCommand has a server reload by the command, and tells by its exit code that a version is broken.
func TestReloadCommand(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	app := filepath.Join(t.TempDir(), "app.ts")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(filepath.Dir(app), name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("app.ts", `export default { fetch: () => new Response("one") };`)
	cmd := exec.Command("rowan", "serve", app, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
	cmd.Env = os.Environ()
	p := start(t, cmd)
	reload := func() string {
		out, err := exec.Command("rowan", "reload").CombinedOutput()
		if err != nil {
			out = append(out, err.Error()...)
		}
		return string(out)
	}
	write("app.ts", `export default { fetch: () => new Response("two") };`)
	write("rowan.toml", "workers = 77\n")
	if out := reload(); !strings.HasPrefix(out, "loaded the new version") || !strings.Contains(out, "from the next start on: workers") {
		t.Errorf("rowan reload: %s", out)
	}
	if got, _ := get(p.url); got != "two" {
		t.Errorf("it answers %q", got)
	}
	write("app.ts", `export default { fetch() {`)
	if out := reload(); !strings.Contains(out, "app.ts:1:") || !strings.HasSuffix(out, "exit status 1") {
		t.Errorf("rowan reload of a broken version: %s", out)
	}
	if got, _ := get(p.url); got != "two" {
		t.Errorf("it answers %q", got)
	}
}
