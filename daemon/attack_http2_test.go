package daemon_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"rowan/internal/daemontest"
	"rowan/internal/wstest"
)

// TestAttackByHTTP2 floods a server with the frames that cost a client nothing. It must end the connection, or go on, but with nothing left of what
// was begun, while a neighbour notices nothing.
func TestAttackByHTTP2(t *testing.T) {
	skipShort(t)
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, f := range [][2]string{{":method", "GET"}, {":scheme", "http"}, {":authority", "x"}, {":path", "/slow"}} {
		encoder.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]})
	}
	header := block.Bytes()
	for name, flood := range map[string]func(f *http2.Framer, i int) error{
		"rapid reset": func(f *http2.Framer, i int) error {
			id := uint32(2*i + 1)
			if err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: header, EndStream: true, EndHeaders: true}); err != nil {
				return err
			}
			return f.WriteRSTStream(id, http2.ErrCodeCancel)
		},
		"streams that stay open": func(f *http2.Framer, i int) error {
			return f.WriteHeaders(http2.HeadersFrameParam{StreamID: uint32(2*i + 1), BlockFragment: header, EndHeaders: true})
		},
		"continuations": func(f *http2.Framer, i int) error {
			if i == 0 {
				return f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: header})
			}
			var more bytes.Buffer
			hpack.NewEncoder(&more).WriteField(hpack.HeaderField{Name: "x", Value: "0123456789", Sensitive: true})
			return f.WriteContinuation(1, false, more.Bytes())
		},
		"pings":    func(f *http2.Framer, _ int) error { return f.WritePing(false, [8]byte{}) },
		"settings": func(f *http2.Framer, _ int) error { return f.WriteSettings() },
	} {
		t.Run(name, func(t *testing.T) {
			s := daemontest.Serve(t, `
-- app.ts --
export default {
	async fetch(request, server) {
		if (new URL(request.url).pathname === "/session" && server.upgrade(request)) return;
		await new Promise((done) => setTimeout(done, 50));
		return new Response("done");
	},
	websocket: { message(ws, m) { ws.send(m); } },
};
`)
			n := startNeighbourAt(t, s, "/session")
			c, err := net.Dial("tcp", s.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			io.WriteString(c, http2.ClientPreface)
			ended := make(chan struct{})
			go func() { // answers are read, and nobody minds them
				defer close(ended)
				io.Copy(io.Discard, c)
			}()
			f := http2.NewFramer(c, nil)
			f.WriteSettings()
			c.SetWriteDeadline(time.Now().Add(3 * time.Second))
			for i := 0; i < 50_000 && err == nil; i++ {
				err = flood(f, i)
			}
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Log("the server takes no more")
			} else {
				t.Logf("the end: %v", err)
			}
			c.Close()
			<-ended
			n.check(t, 2*time.Second)
			deadline := time.Now().Add(wstest.Patience)
			for s.Stats().Contexts > 1 && time.Now().Before(deadline) {
				time.Sleep(10 * time.Millisecond)
			}
			if left := s.Stats().Contexts; left > 1 { // the neighbour's
				t.Errorf("%d contexts are left", left)
			}
		})
	}
}
