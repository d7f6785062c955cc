package handover

import (
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

// What systemd is told, see sd_notify(3).
const (
	StateReady    = "READY=1"
	StateStopping = "STOPPING=1"
)

// Reloading is what systemd is told when a reload begins; StateReady ends it. The time is that of the monotonic clock.
func Reloading() string {
	return fmt.Sprintf("RELOADING=1\nMONOTONIC_USEC=%d", monotonic()/int64(time.Microsecond))
}

// MainPID tells systemd that another process is the service's from now on.
func MainPID(pid int) string { return fmt.Sprintf("MAINPID=%d", pid) }

// Notify tells systemd something, if it has started the service and wants to know: NOTIFY_SOCKET is set.
func Notify(state string) error {
	name := os.Getenv("NOTIFY_SOCKET")
	if name == "" {
		return nil
	}
	if strings.HasPrefix(name, "@") { // Linux's abstract names
		name = "\x00" + name[1:]
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Write([]byte(state))
	return err
}
