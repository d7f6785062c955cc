package inspect

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"rowan/pool"
)

// Row is a context in a list.
type Row struct {
	ID     uint64 `json:"id"`
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Worker int    `json:"worker"`
	Memory int    `json:"memory"` // bytes of its own, about
	Time   int64  `json:"time"`   // nanoseconds that its turns have taken, waiting for a processor and coming into its window included
	Turns  uint32 `json:"turns"`  // messages, calls and timers that it has handled
	Queued int    `json:"queued"` // tasks that wait for it
	// Busy is the share of one core that it took between the last two looks at it; only in lists that are sorted by it.
	Busy float64 `json:"busy,omitempty"`
}

// ContextList is a page of contexts.
type ContextList struct {
	Total    int   `json:"total"`    // of all
	Matching int   `json:"matching"` // that were asked for
	Memory   int64 `json:"memory"`   // bytes of those
	Rows     []Row `json:"rows"`
}

// Query says which contexts, or topics, or actors are asked for, and in which order.
type Query struct {
	Sort   string // the name of a column; the largest come first, unless it is a name
	Search string // what their id, kind or name has in it; "" for all
	Kind   string // exactly; "" for all
	Offset int
	Limit  int // at most 500
}

const limitMax = 500

// entry is a context while a list is made.
type entry struct {
	c   *pool.Context
	key float64
}

// sortKeys are what contexts can be sorted by, but for busy.
var sortKeys = map[string]func(c *pool.Context) float64{
	"memory": func(c *pool.Context) float64 { return float64(c.OwnBytes()) },
	"time":   func(c *pool.Context) float64 { return float64(c.CPU()) },
	"turns":  func(c *pool.Context) float64 { return float64(c.Turns()) },
	"queued": func(c *pool.Context) float64 { return float64(c.Queued()) },
	"id":     func(c *pool.Context) float64 { return -float64(c.ID()) },
	"newest": func(c *pool.Context) float64 { return float64(c.ID()) },
}

// Contexts lists contexts.
func (in *Inspector) Contexts(q Query) (ContextList, error) {
	key := sortKeys[cmp.Or(q.Sort, "memory")]
	var busy *look
	if q.Sort == "busy" {
		busy = in.busy.look(in.server, time.Now())
		key = busy.share
	}
	if key == nil {
		return ContextList{}, fmt.Errorf("contexts cannot be sorted by %q: there are memory, time, turns, queued, busy, id and newest", q.Sort)
	}
	list := ContextList{Rows: []Row{}}
	first := top[entry]{most: q.Offset + q.Limit, compare: func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.key, a.key), cmp.Compare(a.c.ID(), b.c.ID()))
	}}
	for c := range in.server.Contexts() {
		list.Total++
		if !in.matches(c, q) {
			continue
		}
		list.Matching++
		list.Memory += int64(c.OwnBytes())
		first.add(entry{c, key(c)})
	}
	for _, e := range first.from(q.Offset) {
		row := in.row(e.c)
		if busy != nil {
			row.Busy = e.key
		}
		list.Rows = append(list.Rows, row)
	}
	return list, nil
}

func (in *Inspector) matches(c *pool.Context, q Query) bool {
	if q.Kind == "" && q.Search == "" {
		return true
	}
	kind := in.server.Kind(c)
	if q.Kind != "" && kind != q.Kind {
		return false
	}
	return q.Search == "" || strings.Contains(strconv.FormatUint(c.ID(), 10), q.Search) || containsFold(kind, q.Search) || containsFold(in.server.Name(c), q.Search)
}

// containsFold is strings.Contains without regard to the case of ASCII letters.
func containsFold(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

func (in *Inspector) row(c *pool.Context) Row {
	return Row{
		ID: c.ID(), Kind: in.server.Kind(c), Name: in.server.Name(c), Worker: c.Shard(),
		Memory: c.OwnBytes(), Time: c.CPU(), Turns: c.Turns(), Queued: c.Queued(),
	}
}

// find returns the context with an id, or nil.
func (in *Inspector) find(id uint64) *pool.Context {
	for c := range in.server.Contexts() {
		if c.ID() == id {
			return c
		}
	}
	return nil
}

// Opened is one context, opened.
type Opened struct {
	Row
	Details
	Timers []float64 `json:"timers"` // milliseconds until the next ones are due, soonest first
	Kept   int       `json:"kept"`   // timers in all
}

// timersShown is how many timers of a context are told.
const timersShown = 50

// open tells all of a context.
func (in *Inspector) open(c *pool.Context) Opened {
	o := Opened{Row: in.row(c), Details: in.server.Details(c), Timers: []float64{}}
	due := c.Due()
	slices.Sort(due)
	o.Kept = len(due)
	for _, d := range due[:min(len(due), timersShown)] {
		o.Timers = append(o.Timers, float64(d.Round(time.Millisecond))/float64(time.Millisecond))
	}
	return o
}

// busyLooks tells which contexts take the time of a worker now: it keeps what they had taken when somebody looked before.
type busyLooks struct {
	mu   sync.Mutex
	last *look
}

// busyEvery is the least time between two looks.
const busyEvery = time.Second

// busyMax is how old a look may be to be compared with.
const busyMax = 15 * time.Second

// look is what all contexts had taken at one moment, and at the moment before that, if it is not too long ago. It is never changed.
type look struct {
	at, before       time.Time
	took, tookBefore map[uint64]int64 // nanoseconds, by id
}

// look returns the latest look, a new one if it is time for that.
func (b *busyLooks) look(s Server, now time.Time) *look {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.last != nil && now.Sub(b.last.at) < busyEvery {
		return b.last
	}
	l := &look{at: now, took: map[uint64]int64{}}
	for c := range s.Contexts() {
		if took := c.CPU(); took > 0 {
			l.took[c.ID()] = took
		}
	}
	if b.last != nil && now.Sub(b.last.at) < busyMax {
		l.before, l.tookBefore = b.last.at, b.last.took
	}
	b.last = l
	return l
}

// share is the part of one core that a context took between the two looks.
func (l *look) share(c *pool.Context) float64 {
	if l.tookBefore == nil {
		return 0
	}
	return float64(l.took[c.ID()]-l.tookBefore[c.ID()]) / float64(l.at.Sub(l.before))
}
