package inspect

import (
	"sync"
	"time"
)

// Inspector shows what goes on inside of a server. Its methods may be called from any goroutine.
type Inspector struct {
	server  Server
	lines   *Lines
	samples samples
	busy    busyLooks

	viewers viewers
	stop    chan struct{}
	stopped sync.Once
	running sync.WaitGroup
}

// New begins to take samples of a server, until Close. The lines are those of its log.
func New(s Server, lines *Lines) *Inspector {
	in := &Inspector{server: s, lines: lines, samples: samples{server: s}, stop: make(chan struct{})}
	in.samples.take(time.Now())
	in.running.Go(func() {
		tick := time.NewTicker(sampleEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				in.samples.take(time.Now()) // a tick may have waited
			case <-in.stop:
				return
			}
		}
	})
	return in
}

// Close ends the Inspector and whoever follows something. A second call does nothing.
func (in *Inspector) Close() {
	in.stopped.Do(func() {
		close(in.stop)
		in.viewers.close()
	})
	in.running.Wait()
}

// Overview is the server as a whole.
type Overview struct {
	About  About   `json:"about"`
	Uptime float64 `json:"uptime"` // seconds
	// NotReady is why no connections should come, as /readyz says; "" while they should.
	NotReady string      `json:"notReady"`
	Totals   Totals      `json:"totals"`
	Now      Sample      `json:"now"`
	Workers  []WorkerRow `json:"workers"`
}

// WorkerRow is one worker.
type WorkerRow struct {
	Load     *float64 `json:"load"` // see Sample.Load
	Contexts int      `json:"contexts"`
	Queued   int      `json:"queued"`
	Timers   int      `json:"timers"`
	Windows  int      `json:"windows"`
	Turns    uint64   `json:"turns"`  // since the start
	Slices   uint64   `json:"slices"` // times a long turn made room for others
	Stalls   uint64   `json:"stalls"` // turns that held their window for long without polling
	Long     int      `json:"long"`   // turns that wait for their next slice, now
}

// Overview tells how the server does.
func (in *Inspector) Overview() Overview {
	o := Overview{About: in.server.About(), Totals: in.server.Totals(), Now: in.samples.latest()}
	o.Uptime = time.Since(o.About.Started).Seconds()
	if err := in.server.Ready(); err != nil {
		o.NotReady = err.Error()
	}
	for i, w := range in.server.Workers() {
		s := w.Stats()
		waiting, stalled := w.Long()
		row := WorkerRow{
			Contexts: s.Contexts, Queued: s.Queued, Timers: s.Timers, Windows: s.Windows, Turns: s.Turns, Slices: s.Slices, Stalls: s.Stalls, Long: waiting + stalled,
		}
		if i < len(o.Now.Load) {
			row.Load = &o.Now.Load[i]
		}
		o.Workers = append(o.Workers, row)
	}
	return o
}
