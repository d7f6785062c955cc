package inspect

import (
	"cmp"
	"fmt"
	"strings"

	"rowan/bridge/actors"
	"rowan/pool"
)

// TopicList is a page of topics.
type TopicList struct {
	Total         int     `json:"total"`
	Matching      int     `json:"matching"`
	Subscriptions int     `json:"subscriptions"` // of those
	Rows          []Topic `json:"rows"`
}

// Topics lists topics, by the number of their subscribers or by name.
func (in *Inspector) Topics(q Query) (TopicList, error) {
	byName := func(a, b Topic) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Space, b.Space))
	}
	first := top[Topic]{most: q.Offset + q.Limit, compare: byName}
	switch q.Sort {
	case "", "subscribers":
		first.compare = func(a, b Topic) int { return cmp.Or(b.Subscribers-a.Subscribers, byName(a, b)) }
	case "name":
	default:
		return TopicList{}, fmt.Errorf("topics cannot be sorted by %q: there are subscribers and name", q.Sort)
	}
	list := TopicList{Rows: []Topic{}}
	for t := range in.server.Topics() {
		list.Total++
		if q.Kind != "" && t.Space != q.Kind || q.Search != "" && !containsFold(t.Name, q.Search) {
			continue
		}
		list.Matching++
		list.Subscriptions += t.Subscribers
		first.add(t)
	}
	list.Rows = append(list.Rows, first.from(q.Offset)...)
	return list, nil
}

// ActorRow is an actor in a list.
type ActorRow struct {
	Kind    string  `json:"kind"`
	ID      string  `json:"id"`
	Spawned bool    `json:"spawned"`
	State   string  `json:"state"`
	Queued  int     `json:"queued"`  // calls that wait
	Crashes int     `json:"crashes"` // in a row
	Last    string  `json:"last"`    // why it ended last
	Up      float64 `json:"up"`      // seconds since its context was opened
	Context uint64  `json:"context"` // 0 while it has none
	Memory  int     `json:"memory"`
	Time    int64   `json:"time"` // nanoseconds that its turns have taken
	Turns   uint32  `json:"turns"`
}

// ActorList is a page of actors.
type ActorList struct {
	Total    int        `json:"total"`
	Matching int        `json:"matching"`
	Rows     []ActorRow `json:"rows"`
}

// actorKeys are what actors can be sorted by, but for their names.
var actorKeys = map[string]func(a ActorRow) float64{
	"queued":  func(a ActorRow) float64 { return float64(a.Queued) },
	"memory":  func(a ActorRow) float64 { return float64(a.Memory) },
	"time":    func(a ActorRow) float64 { return float64(a.Time) },
	"turns":   func(a ActorRow) float64 { return float64(a.Turns) },
	"crashes": func(a ActorRow) float64 { return float64(a.Crashes) },
	"up":      func(a ActorRow) float64 { return a.Up },
	"name":    func(ActorRow) float64 { return 0 },
}

// Actors lists actors.
func (in *Inspector) Actors(q Query) (ActorList, error) {
	key := actorKeys[cmp.Or(q.Sort, "memory")]
	if key == nil {
		return ActorList{}, fmt.Errorf("actors cannot be sorted by %q: there are memory, time, turns, queued, crashes, up and name", q.Sort)
	}
	first := top[ActorRow]{most: q.Offset + q.Limit, compare: func(a, b ActorRow) int {
		return cmp.Or(cmp.Compare(key(b), key(a)), strings.Compare(a.Kind, b.Kind), strings.Compare(a.ID, b.ID))
	}}
	list := ActorList{Rows: []ActorRow{}}
	for i := range in.server.Actors() {
		list.Total++
		if q.Kind != "" && i.Kind != q.Kind || q.Search != "" && !containsFold(i.Kind, q.Search) && !containsFold(i.ID, q.Search) {
			continue
		}
		list.Matching++
		first.add(actorRow(i))
	}
	list.Rows = append(list.Rows, first.from(q.Offset)...)
	return list, nil
}

func actorRow(i actors.Info) ActorRow {
	row := ActorRow{
		Kind: i.Kind, ID: i.ID, Spawned: i.Spawned, State: i.State, Queued: i.Queued, Crashes: i.Crashes, Last: i.Last, Up: i.Since.Seconds(),
	}
	if c, ok := i.Context.(*pool.Context); ok {
		row.Context, row.Memory, row.Time, row.Turns = c.ID(), c.OwnBytes(), c.CPU(), c.Turns()
	}
	return row
}
