//go:build unix

package handover

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// asSuccessor has the test binary be a successor, which behaves as this variable says.
const asSuccessor = "HANDOVER_SUCCESSOR"

func TestMain(m *testing.M) {
	if how := os.Getenv(asSuccessor); how != "" {
		succeed(how)
		return
	}
	os.Exit(m.Run())
}

// succeed answers one connection on each of two listeners.
func succeed(how string) {
	in, err := Inherit()
	if err != nil || how == "fail" {
		fmt.Fprintln(os.Stderr, "fails:", err)
		os.Exit(1)
	}
	if how == "hang" {
		time.Sleep(time.Minute)
	}
	var listeners []net.Listener
	for _, name := range []string{Main, "admin"} {
		l, err := in.Listen(name, "256.0.0.1:0")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		listeners = append(listeners, l)
	}
	if _, err := in.Listen(Main, "256.0.0.1:0"); err == nil || os.Getenv("LISTEN_FDS") != "" || in.ready == nil {
		os.Exit(1)
	}
	in.Ready()
	var answers sync.WaitGroup
	for _, l := range listeners {
		answers.Go(func() {
			c, err := l.Accept()
			if err == nil {
				io.WriteString(c, "from the successor")
				c.Close()
			}
		})
	}
	answers.Wait()
}

func TestStart(t *testing.T) {
	listeners := map[string]net.Listener{}
	for _, name := range []string{Main, "admin"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		listeners[name] = l
	}
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	start := func(how string, patience time.Duration) (int, error) {
		t.Setenv(asSuccessor, how)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		return Start(ctx, path, []string{"successor"}, listeners)
	}
	if _, err := start("fail", time.Minute); err == nil || !strings.Contains(err.Error(), "ended before it served") {
		t.Errorf("a successor that fails: %v", err)
	}
	if _, err := start("hang", 200*time.Millisecond); err == nil || !strings.Contains(err.Error(), "does not serve in time") {
		t.Errorf("a successor that hangs: %v", err)
	}
	pid, err := start("serve", time.Minute)
	if err != nil || pid == 0 {
		t.Fatalf("process %d, %v", pid, err)
	}
	for name, l := range listeners {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(10 * time.Second))
		if text, err := io.ReadAll(c); string(text) != "from the successor" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
		c.Close()
	}
	// What was handed over still does not block here: a deadline ends an Accept.
	l := listeners[Main].(*net.TCPListener)
	l.SetDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := l.Accept(); !os.IsTimeout(err) {
		t.Errorf("Accept: %v", err)
	}
}

// TestInheritForOthers ignores what is meant for another process, and takes it out of the environment.
func TestInheritForOthers(t *testing.T) {
	t.Setenv("LISTEN_FDS", "1")
	t.Setenv("LISTEN_PID", "1")
	in, err := Inherit()
	if err != nil || in.ready != nil || os.Getenv("LISTEN_FDS") != "" {
		t.Errorf("%+v, %v", in, err)
	}
	l, err := in.Listen(Main, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := in.Ready(); err != nil {
		t.Error(err)
	}
}

func TestNotify(t *testing.T) {
	if err := Notify(StateReady); err != nil { // nobody wants to know
		t.Error(err)
	}
	path := t.TempDir() + "/notify"
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	if err := Notify(MainPID(7)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 100)
	if n, err := conn.Read(buf); string(buf[:n]) != "MAINPID=7" {
		t.Errorf("%q, %v", buf[:n], err)
	}
	os.Remove(path)
	if err := Notify(StateReady); err == nil {
		t.Error("no error without a socket")
	}
}
