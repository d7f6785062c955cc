package front

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync"
	"testing"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// A peer serves connections in one way, to compare.
var benchServers = []struct {
	name  string
	serve func(w http.ResponseWriter, r *http.Request, h *hub)
}{
	{"front", serveFront},
	{"gobwas", serveGobwas},
}

// hub knows the sending side of every connection.
type hub struct {
	mu    sync.Mutex
	conns []func(f *Frame)
	ended sync.WaitGroup
}

func (h *hub) add(send func(f *Frame)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conns = append(h.conns, send)
}

func (h *hub) len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.conns)
}

type echo struct{ h *hub }

func (echo) Message(c *Conn, data []byte, text bool) bool { c.Send(data, text); return true }
func (echo) Drain(*Conn)                                  {}
func (e echo) Close(*Conn, int, string)                   { e.h.ended.Done() }

func serveFront(w http.ResponseWriter, r *http.Request, h *hub) {
	c, err := Upgrade(w, r, UpgradeOptions{})
	if err != nil {
		return
	}
	h.ended.Add(1)
	h.add(func(f *Frame) { c.SendFrame(f) })
	c.Start(echo{h})
}

// serveGobwas is what the documentation of gobwas/ws shows: a goroutine for
// each connection, reading and writing with wsutil.
func serveGobwas(w http.ResponseWriter, r *http.Request, h *hub) {
	conn, _, _, err := ws.UpgradeHTTP(r, w)
	if err != nil {
		return
	}
	h.ended.Add(1)
	h.add(func(f *Frame) { conn.Write(f.wire) })
	go func() {
		defer h.ended.Done()
		defer conn.Close()
		for {
			data, op, err := wsutil.ReadClientData(conn)
			if err != nil {
				return
			}
			if err := wsutil.WriteServerMessage(conn, op, data); err != nil {
				return
			}
		}
	}()
}

// connect opens n connections to a server of the kind.
func connect(b *testing.B, serve func(http.ResponseWriter, *http.Request, *hub), n int) (*hub, []net.Conn) {
	b.Helper()
	h := new(hub)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(w, r, h) })}
	served := make(chan struct{})
	go func() {
		defer close(served)
		server.Serve(listener)
	}()
	conns := make([]net.Conn, n)
	for i := range conns {
		cl := dial(b, listener.Addr().String())
		conns[i] = cl.Conn
	}
	eventually(b, "all connected", func() bool { return h.len() == n })
	b.Cleanup(func() {
		for _, c := range conns {
			c.Close()
		}
		server.Close()
		<-served
		h.ended.Wait()
	})
	return h, conns
}

// BenchmarkEcho is a round trip of 64 bytes; with several connections they
// wait for their answers at the same time.
func BenchmarkEcho(b *testing.B) {
	payload := string(bytes.Repeat([]byte("x"), 64))
	request := frames(bin, payload)
	for _, n := range []int{1, 100, 1000} {
		for _, s := range benchServers {
			b.Run(fmt.Sprintf("conns=%d/%s", n, s.name), func(b *testing.B) {
				_, conns := connect(b, s.serve, n)
				b.ReportAllocs()
				b.ResetTimer()
				var wg sync.WaitGroup
				for i, c := range conns {
					rounds := b.N / n
					if i < b.N%n {
						rounds++
					}
					wg.Go(func() {
						answer := make([]byte, frameSize(len(payload)))
						for range rounds {
							if _, err := c.Write(request); err != nil {
								b.Error(err)
								return
							}
							if _, err := io.ReadFull(c, answer); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
			})
		}
	}
}

// BenchmarkEchoBurst is 16 messages of 64 bytes sent together and answered.
func BenchmarkEchoBurst(b *testing.B) {
	const burst = 16
	payload := string(bytes.Repeat([]byte("x"), 64))
	request := bytes.Repeat(frames(bin, payload), burst)
	for _, s := range benchServers {
		b.Run(s.name, func(b *testing.B) {
			_, conns := connect(b, s.serve, 1)
			answer := make([]byte, burst*frameSize(len(payload)))
			b.ReportAllocs()
			for b.Loop() {
				conns[0].Write(request)
				if _, err := io.ReadFull(conns[0], answer); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFanOut is one frame of 64 bytes to 1,000 connections, from the
// first send to the last arrival.
func BenchmarkFanOut(b *testing.B) {
	const n = 1000
	frame := NewFrame(bytes.Repeat([]byte("x"), 64), true)
	for _, s := range benchServers {
		b.Run(s.name, func(b *testing.B) {
			h, conns := connect(b, s.serve, n)
			var arrivals, readers sync.WaitGroup
			for _, c := range conns {
				readers.Go(func() {
					for p := make([]byte, len(frame.wire)); ; arrivals.Done() {
						if _, err := io.ReadFull(c, p); err != nil {
							return
						}
					}
				})
			}
			b.ReportAllocs()
			for b.Loop() {
				arrivals.Add(n)
				for _, send := range h.conns {
					send(frame)
				}
				arrivals.Wait()
			}
			b.StopTimer()
			for _, c := range conns {
				c.Close()
			}
			readers.Wait()
		})
	}
}

// BenchmarkIdle reports what a connection that has spoken once costs, heap and
// stack, beyond the TCP connection at both ends.
func BenchmarkIdle(b *testing.B) {
	const n = 1000
	request := frames(bin, "hello")
	used := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	for _, s := range benchServers {
		b.Run(s.name, func(b *testing.B) {
			for b.Loop() {
				bare := used()
				var kept []net.Conn
				listener, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					b.Fatal(err)
				}
				for range n {
					there, err := net.Dial("tcp", listener.Addr().String())
					if err != nil {
						b.Fatal(err)
					}
					here, err := listener.Accept()
					if err != nil {
						b.Fatal(err)
					}
					kept = append(kept, there, here)
				}
				tcp := used() - bare
				for _, c := range kept {
					c.Close()
				}
				listener.Close()
				kept = nil

				before := used()
				h, conns := connect(b, s.serve, n)
				answer := make([]byte, frameSize(len("hello")))
				for _, c := range conns {
					c.Write(request)
					if _, err := io.ReadFull(c, answer); err != nil {
						b.Fatal(err)
					}
				}
				total := used() - before
				if h.len() != n {
					b.Fatalf("%d connections, want %d", h.len(), n)
				}
				b.ReportMetric((float64(total)-float64(tcp))/n, "B/conn")
			}
		})
	}
}
