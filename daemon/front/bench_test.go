package front

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

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

// BenchmarkDeflate is a round trip of a JSON text over a loop, plain and compressed both ways.
func BenchmarkDeflate(b *testing.B) {
	for _, size := range []int{64, 256, 1 << 10, 16 << 10} {
		for _, offer := range []string{"", deflateOffer} {
			name, first, payload := "plain", byte(text), sample(size)
			var lines []string
			if offer != "" {
				name, lines = "deflate", []string{"Sec-WebSocket-Extensions: " + offer}
				if size >= deflateMin {
					first, payload = text|compressed, compress(payload)
				}
			}
			b.Run(fmt.Sprintf("%s/size=%d", name, size), func(b *testing.B) {
				s := newServer(b, serverConfig{loop: true, upgrade: UpgradeOptions{Options: Options{PerMessageDeflate: true}}})
				cl := dialRaw(b, s.addr)
				cl.deflate = true
				cl.upgrade(s.addr, lines...)
				begin(s.accept(b), echoes{})
				request := frames(first, payload)
				var back int64
				b.ReportAllocs()
				for b.Loop() {
					cl.write(request)
					h, _ := cl.rawFrame()
					back = h.Length
				}
				b.ReportMetric(float64(len(request)), "wire-B/in")
				b.ReportMetric(float64(frameSize(int(back))), "wire-B/out")
				cl.Close()
			})
		}
	}
}

// BenchmarkDeflateShared is what one more member of a topic costs: the frame is compressed by the first.
func BenchmarkDeflateShared(b *testing.B) {
	for _, size := range []int{256, 1 << 10, 16 << 10} {
		data := []byte(sample(size))
		for _, window := range []uint8{0, windowBitsMax} {
			name := "plain"
			if window != 0 {
				name = "deflate"
			}
			b.Run(fmt.Sprintf("first/%s/size=%d", name, size), func(b *testing.B) {
				b.ReportAllocs()
				var wire []byte
				for b.Loop() {
					wire = NewFrame(data, true).wireFor(window)
				}
				b.ReportMetric(float64(len(wire)), "wire-B")
			})
			b.Run(fmt.Sprintf("next/%s/size=%d", name, size), func(b *testing.B) {
				f := NewFrame(data, true)
				b.ReportAllocs()
				for b.Loop() {
					f.wireFor(window)
				}
			})
		}
	}
}

// BenchmarkInflate is a message that has come, from compressed bytes to text.
func BenchmarkInflate(b *testing.B) {
	for _, size := range []int{256, 1 << 10, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			data := []byte(compress(sample(size)))
			d := decoder{limit: 1 << 21, deflate: true}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				m := newInflation(&d, event{op: ws.OpText, data: data, compressed: true})
				if err := m.finish(func() bool { return false }); err != nil {
					b.Fatal(err)
				}
				m.free()
			}
		})
	}
}

// BenchmarkInflateNeighbour is an echo of 64 bytes while four others on its loop send what becomes 1 MiB, as fast as it is taken.
func BenchmarkInflateNeighbour(b *testing.B) {
	for name, flood := range map[string][]byte{
		"quiet":   nil,
		"bombs":   bytes.Repeat(frames(bin|compressed, compress(string(make([]byte, 1<<20)))), 20),
		"nothing": frames(bin|compressed, string(bytes.Repeat([]byte("\x02\x00\x00\x00\xff\xff"), 20_000))), // blocks without a byte
	} {
		b.Run(name, func(b *testing.B) {
			s := newServer(b, serverConfig{loop: true, upgrade: UpgradeOptions{Options: Options{PerMessageDeflate: true}}})
			var clients []*client
			for range 5 {
				cl := dialRaw(b, s.addr)
				cl.upgrade(s.addr, "Sec-WebSocket-Extensions: "+deflateOffer)
				begin(s.accept(b), flooded{})
				clients = append(clients, cl)
			}
			var flooding sync.WaitGroup
			for _, cl := range clients[1:] {
				flooding.Go(func() {
					for flood != nil {
						if _, err := cl.Write(flood); err != nil {
							return
						}
					}
				})
			}
			request := frames(text, sample(64))
			var took []time.Duration
			for b.Loop() {
				begin := time.Now()
				clients[0].write(request)
				clients[0].frame()
				took = append(took, time.Since(begin))
			}
			for _, cl := range clients {
				cl.Close()
			}
			flooding.Wait()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
		})
	}
}

// flooded echoes what is short and drops the rest.
type flooded struct{ echoes }

func (flooded) Message(c *Conn, data []byte, text bool) bool {
	if len(data) <= 64 {
		c.Send(data, text)
	}
	return true
}
