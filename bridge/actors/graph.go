package actors

import (
	"slices"
	"sync"
	"time"

	"rowan/engine"
	"rowan/engine/value"
)

// graph is what contexts know of each other: names, monitors and links. Its mutex guards those parts of all processes.
type graph struct {
	mu    sync.RWMutex
	names map[string]*process
}

// bonds is a process's part of the graph.
type bonds struct {
	names    []string
	watchers map[watcher]struct{} // that monitor it
	watching map[int]*process     // that it monitors, by its own numbers
	links    map[*process]struct{}
}

// watcher is a monitor seen from the process that is monitored.
type watcher struct {
	p   *process
	ref int // p's own number
}

// bond returns the process's part for changing.
func (p *process) bond() *bonds {
	if p.bonds == nil {
		p.bonds = new(bonds)
	}
	return p.bonds
}

// put adds to a map that may not have been made yet.
func put[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[k] = v
}

// register gives p a name; it is false if the name is taken.
func (g *graph) register(p *process, name string, most int) (bool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, taken := g.names[name]; taken || p.ended.Load() {
		return false, nil
	}
	b := p.bond()
	if len(b.names) >= most {
		return false, value.OverLimit("this context has %d names already", most)
	}
	b.names = append(b.names, name)
	g.names[name] = p
	return true, nil
}

// whereis returns the process of that name, or nil.
func (g *graph) whereis(name string) *process {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.names[name]
}

// monitor has p told when q ends, under p's number ref. It is false if q has ended.
func (g *graph) monitor(p, q *process, ref, most int) (bool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.ended.Load() || q.ended.Load() {
		return false, nil
	}
	if err := p.bond().room(most); err != nil {
		return false, err
	}
	put(&p.bonds.watching, ref, q)
	put(&q.bond().watchers, watcher{p, ref}, struct{}{})
	return true, nil
}

// demonitor ends a monitor; it is false if there is none.
func (g *graph) demonitor(p *process, ref int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.bonds == nil {
		return false
	}
	q, ok := p.bonds.watching[ref]
	if ok {
		delete(p.bonds.watching, ref)
		delete(q.bonds.watchers, watcher{p, ref})
	}
	return ok
}

// link joins p and q in their ends. It is false if q has ended.
func (g *graph) link(p, q *process, most int) (bool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p == q || p.ended.Load() {
		return true, nil
	}
	if q.ended.Load() {
		return false, nil
	}
	if _, linked := p.bond().links[q]; linked {
		return true, nil
	}
	if err := p.bonds.room(most); err != nil {
		return false, err
	}
	put(&p.bonds.links, q, struct{}{})
	put(&q.bond().links, p, struct{}{})
	return true, nil
}

// unlink ends a link, if there is one.
func (g *graph) unlink(p, q *process) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.bonds != nil && q.bonds != nil {
		delete(p.bonds.links, q)
		delete(q.bonds.links, p)
	}
}

// room fails if there are as many monitors and links as there may be.
func (b *bonds) room(most int) error {
	if len(b.watching)+len(b.links) >= most {
		return value.OverLimit("this context has %d monitors and links already", most)
	}
	return nil
}

// remove takes p out of the graph: its names are free, its address leads nowhere. It returns who monitors it and who is
// linked with it; ok is false if it had been removed before.
func (g *graph) remove(p *process) (watchers []watcher, linked []*process, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.ended.Load() {
		return nil, nil, false
	}
	p.ended.Store(true)
	if a := p.known.Load(); a != nil {
		p.sys.addresses.take(*a)
	}
	b := p.bonds
	if b == nil {
		return nil, nil, true
	}
	p.bonds = nil
	for _, name := range b.names {
		delete(g.names, name)
	}
	for ref, q := range b.watching {
		if q != p {
			delete(q.bonds.watchers, watcher{p, ref})
		}
	}
	for q := range b.links {
		delete(q.bonds.links, p)
		linked = append(linked, q)
	}
	for w := range b.watchers {
		if w.p != p {
			delete(w.p.bonds.watching, w.ref)
			watchers = append(watchers, w)
		}
	}
	// One process's monitors are told in the order in which it made them.
	slices.SortFunc(watchers, func(a, b watcher) int { return a.ref - b.ref })
	return watchers, linked, true
}

// tell tells the watcher that what it monitors has ended.
func (w watcher) tell(reason string) {
	d := &downTask{p: w.p, args: value.AppendString(value.AppendInt(nil, int64(w.ref)), reason)}
	d.alarm.ring = func(int64) { d.post() }
	d.post()
}

// downTask is the turn in which a script is told that a context has ended.
type downTask struct {
	p     *process
	args  []byte // the script's number of the monitor, and the reason
	wait  time.Duration
	alarm alarm
}

const downArgs = 2

// Bounds of the pause between two attempts to post.
const (
	downWaitMin = 5 * time.Millisecond
	downWaitMax = time.Second
)

// post queues the task, now or when there is room: a monitor that is never told would leave its script waiting for ever.
func (d *downTask) post() {
	err := d.p.ctx.Post(d)
	if err == nil || isClosed(err) {
		return
	}
	d.wait = min(max(2*d.wait, downWaitMin), downWaitMax)
	alarms := d.p.sys.alarms
	alarms.set(&d.alarm, alarms.now()+int64(d.wait))
}

// Run tells the script.
func (d *downTask) Run(t *engine.Turn) error {
	f, err := export(t, "rowan.down")
	if err != nil || d.p.ended.Load() {
		return err
	}
	return t.DoEncoded(f, d.args, downArgs)
}

// Done reports a turn that failed.
func (d *downTask) Done(err error) { d.p.uncaught(err) }
