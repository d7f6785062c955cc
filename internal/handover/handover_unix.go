//go:build unix

package handover

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

const (
	firstDescriptor = 3 // SD_LISTEN_FDS_START
	readyName       = "ready"
)

// known are the names that a server asks for.
var known = []string{Main, Redirect, Admin}

// variables are what the protocol has in the environment.
var variables = []string{"LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID", "LISTEN_PPID"}

// Inherit takes what the process was started with, and takes it out of the environment. It is called once, before other files are
// opened.
func Inherit() (*Inherited, error) {
	value := map[string]string{}
	for _, name := range variables {
		value[name] = os.Getenv(name)
		os.Unsetenv(name)
	}
	in := &Inherited{listeners: map[string]net.Listener{}}
	if value["LISTEN_FDS"] == "" || value["LISTEN_PID"] != strconv.Itoa(os.Getpid()) && value["LISTEN_PPID"] != strconv.Itoa(os.Getppid()) {
		return in, nil // for another process
	}
	n, err := strconv.Atoi(value["LISTEN_FDS"])
	if err != nil || n < 0 || n > 100 {
		return nil, fmt.Errorf("LISTEN_FDS=%s is no number of sockets", value["LISTEN_FDS"])
	}
	names := strings.Split(value["LISTEN_FDNAMES"], ":")
	for i := range n {
		fd := firstDescriptor + i
		syscall.CloseOnExec(fd)
		name := Main
		if i < len(names) {
			name = names[i]
		}
		file := os.NewFile(uintptr(fd), name)
		if name == readyName && value["LISTEN_PPID"] != "" {
			in.ready = file
			continue
		}
		l, err := net.FileListener(file)
		file.Close()
		if err != nil {
			return nil, fmt.Errorf("descriptor %d that was passed as %q is no listening socket: %w", fd, name, err)
		}
		if i == 0 && !slices.Contains(known, name) {
			name = Main // systemd calls it as its unit is called, unless that says otherwise
		}
		in.listeners[name] = l
	}
	return in, nil
}

// Start starts a successor: the program of that path with these arguments, its name first, and this process's folder, environment
// and standard files. It returns the successor's process number when that has called Ready. If it ends before, or ctx does, it is
// gone, and all is as before.
func Start(ctx context.Context, path string, args []string, listeners map[string]net.Listener) (pid int, err error) {
	files := []uintptr{0, 1, 2}
	var names []string
	var opened []int
	defer func() {
		for _, fd := range opened {
			syscall.Close(fd)
		}
	}()
	for _, name := range inOrder(listeners) {
		fd, err := descriptor(listeners[name])
		if err != nil {
			return 0, fmt.Errorf("cannot hand over the listener %s: %w", name, err)
		}
		opened, files, names = append(opened, fd), append(files, uintptr(fd)), append(names, name)
	}
	read, write, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer read.Close()
	files, names = append(files, write.Fd()), append(names, readyName)
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(variables, name)
	})
	env = append(env, "LISTEN_FDS="+strconv.Itoa(len(names)), "LISTEN_FDNAMES="+strings.Join(names, ":"), "LISTEN_PPID="+strconv.Itoa(os.Getpid()))
	// Not by package os, which would have the sockets block, for both processes.
	pid, err = syscall.ForkExec(path, args, &syscall.ProcAttr{Env: env, Files: files})
	write.Close()
	if err != nil {
		return 0, fmt.Errorf("cannot start %s: %w", path, err)
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return 0, err
	}
	go process.Wait() // so that it does not stay a zombie, should it end before this process
	stop := context.AfterFunc(ctx, func() { read.Close() })
	defer stop()
	var answer [1]byte
	if n, _ := read.Read(answer[:]); n == 1 && answer[0] == ready {
		return pid, nil
	}
	process.Kill()
	if ctx.Err() != nil {
		return 0, fmt.Errorf("process %d does not serve in time", pid)
	}
	return 0, errors.New("the new process has ended before it served: its log says why")
}

// inOrder are the names of listeners, the main one first.
func inOrder(listeners map[string]net.Listener) []string {
	names := []string{Main}
	for name := range listeners {
		if name != Main {
			names = append(names, name)
		}
	}
	slices.Sort(names[1:])
	return names
}

// descriptor duplicates a listener's descriptor.
func descriptor(l net.Listener) (fd int, err error) {
	c, ok := l.(syscall.Conn)
	if !ok {
		return 0, fmt.Errorf("%T has no descriptor", l)
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	failed := raw.Control(func(own uintptr) {
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		if fd, err = syscall.Dup(int(own)); err == nil {
			syscall.CloseOnExec(fd)
		}
	})
	return fd, errors.Join(failed, err)
}
