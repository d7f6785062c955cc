package inspect

import (
	"runtime/metrics"
	"sync"
	"time"
)

// Samples are taken each second and kept for ten minutes.
const (
	sampleEvery = time.Second
	samplesMax  = 600
)

// Sample is the server at one moment. Rates are those since the sample before.
type Sample struct {
	Time     int64     `json:"time"` // Unix, in milliseconds
	Load     []float64 `json:"load"` // of each worker: 0 to 1, the share of the time for which its threads computed; null where nobody tells
	RSS      int64     `json:"rss"`  // bytes of the process
	GoHeap   int64     `json:"goHeap"`
	Contexts int       `json:"contexts"`
	Queued   int       `json:"queued"` // tasks that wait
	Turns    float64   `json:"turns"`  // a second
	In       float64   `json:"in"`     // messages of sockets a second
	Out      float64   `json:"out"`
	Errors   int64     `json:"errors"` // lines of the log at that level, since the sample before
}

// samples are those that were taken last.
type samples struct {
	server Server

	mu   sync.Mutex
	list []Sample // oldest first

	// The taker's own.
	at      time.Time
	cpu     []time.Duration
	turns   uint64
	in, out int64
	errors  int64
}

// take takes a sample.
func (h *samples) take(now time.Time) {
	workers, totals := h.server.Workers(), h.server.Totals()
	s := Sample{Time: now.UnixMilli(), RSS: processMemory(), GoHeap: goHeap()}
	passed := now.Sub(h.at).Seconds()
	first := h.at.IsZero()
	var turns uint64
	cpu := make([]time.Duration, len(workers))
	for i, w := range workers {
		stats := w.Stats()
		s.Contexts += stats.Contexts
		s.Queued += stats.Queued
		turns += stats.Turns
		var ok bool
		if cpu[i], ok = w.CPU(); ok && !first {
			s.Load = append(s.Load, max(0, (cpu[i]-h.cpu[i]).Seconds()/passed))
		}
	}
	if !first {
		s.Turns = float64(turns-h.turns) / passed
		s.Errors = totals.Errors - h.errors
		s.In, s.Out = float64(totals.MessagesIn-h.in)/passed, float64(totals.MessagesOut-h.out)/passed
	}
	h.at, h.cpu, h.turns, h.in, h.out, h.errors = now, cpu, turns, totals.MessagesIn, totals.MessagesOut, totals.Errors
	if first {
		return // nothing to compare with
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.list) == samplesMax {
		copy(h.list, h.list[1:])
		h.list = h.list[:samplesMax-1]
	}
	h.list = append(h.list, s)
}

// since are the samples after a time in milliseconds.
func (h *samples) since(ms int64) []Sample {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := []Sample{}
	for _, s := range h.list {
		if s.Time > ms {
			list = append(list, s)
		}
	}
	return list
}

// latest is the last sample; zero before there is one.
func (h *samples) latest() Sample {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.list) == 0 {
		return Sample{}
	}
	return h.list[len(h.list)-1]
}

// goHeap is what lives in Go's heap, in bytes, garbage included.
func goHeap() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64())
}
