package main

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// contained has a large table sorted, for which SQLite may want a temporary file, and reads a time zone.
const contained = `
export default {
  fetch() {
    Rowan.storage.set("visits", (Rowan.storage.get("visits") ?? 0) + 1);
    const [{ last }] = Rowan.sql(` + "`" + `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      SELECT text AS last FROM (SELECT hex(randomblob(50)) || i AS text FROM n ORDER BY text) LIMIT 1` + "`" + `);
    const hour = new Intl.DateTimeFormat("en", { timeZone: "Asia/Tokyo", hour: "numeric" }).format(0);
    return new Response([Rowan.storage.get("visits"), last.length > 100, hour].join());
  },
};`

// TestImageServes runs the image's command in a root folder with what the image has, as its user.
func TestImageServes(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can change its root folder")
	}
	if testing.Short() {
		t.Skip("links the binary")
	}
	i := readImage(t)
	entry, command := i.words(t, "ENTRYPOINT"), i.words(t, "CMD")
	user, group, _ := strings.Cut(i.get(t, "USER"), ":")
	uid, err := strconv.Atoi(user)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.Atoi(group)
	if err != nil {
		t.Fatal(err)
	}

	root := t.TempDir()
	for dir := root; len(dir) > len(os.TempDir()); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil { // the test's folders are for root alone
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-o", filepath.Join(root, entry[0]), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, dir := range []string{"/app", "/data", "/tmp"} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
		if dir != "/app" {
			if err := os.Chown(filepath.Join(root, dir), uid, gid); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(root, "app/app.ts"), []byte(contained), 0o644); err != nil {
		t.Fatal(err)
	}

	run := func(args ...string) *exec.Cmd {
		return &exec.Cmd{
			Path: entry[0], Args: slices.Concat(entry, args), Dir: i.get(t, "WORKDIR"), Env: strings.Fields(i.get(t, "ENV")),
			SysProcAttr: &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}},
		}
	}
	p := start(t, run(append(command, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--turn", "10s")...))
	for _, want := range []string{"1,true,9 AM", "2,true,9 AM"} {
		response, err := http.Get(p.url)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || string(body) != want {
			t.Errorf("%s, %q, %v; want %q", response.Status, body, err, want)
		}
	}
	if out, err := run("top", "--once").CombinedOutput(); err != nil || !strings.Contains(string(out), "app.ts") {
		t.Errorf("rowan top: %v, %s", err, out)
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	if code := p.end(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if entries, _ := os.ReadDir(filepath.Join(root, "data")); len(entries) == 0 {
		t.Error("nothing lies in /data")
	}
}
