//go:build unix

// Command wsutil is an echo server in Go with gobwas/ws's wsutil and a goroutine for each connection, without JavaScript. With --broadcast,
// what one connection sends all the others get. SIGUSR2 collects garbage.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"sync"
	"syscall"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go collect()
	fmt.Printf("ws://%s/\n", l.Addr())
	handle := echo
	if slices.Contains(os.Args, "--broadcast") {
		handle = (&hall{all: map[net.Conn]bool{}}).serve
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer conn.Close()
			if _, err := ws.Upgrade(conn); err == nil {
				handle(conn)
			}
		}()
	}
}

func echo(conn net.Conn) {
	for {
		message, op, err := wsutil.ReadClientData(conn)
		if err != nil || wsutil.WriteServerMessage(conn, op, message) != nil {
			return
		}
	}
}

// hall is all connections.
type hall struct {
	mu  sync.Mutex
	all map[net.Conn]bool
}

func (h *hall) serve(conn net.Conn) {
	h.mu.Lock()
	h.all[conn] = true
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.all, conn)
		h.mu.Unlock()
	}()
	for {
		message, op, err := wsutil.ReadClientData(conn)
		if err != nil {
			return
		}
		frame := ws.MustCompileFrame(ws.NewFrame(op, true, message))
		h.mu.Lock()
		for other := range h.all {
			if other != conn {
				other.Write(frame)
			}
		}
		h.mu.Unlock()
	}
}

func collect() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR2)
	for range signals {
		debug.FreeOSMemory()
	}
}
