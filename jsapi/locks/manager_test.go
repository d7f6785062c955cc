package locks

import (
	"fmt"
	"slices"
	"testing"
)

// logged makes a client that notes what it is told.
func logged(name string, log *[]string) *Client {
	return &Client{
		Name:    name,
		Granted: func(id int, held bool) { *log = append(*log, fmt.Sprintf("%s%d%v", name, id, held)) },
		Stolen:  func(id int) { *log = append(*log, fmt.Sprintf("%s%dstolen", name, id)) },
	}
}

func TestManager(t *testing.T) {
	var log []string
	want := func(entries ...string) {
		t.Helper()
		if !slices.Equal(log, entries) {
			t.Errorf("log %q, want %q", log, entries)
		}
		log = nil
	}
	var m Manager
	a, b := logged("a", &log), logged("b", &log)
	m.Request(&Lock{Name: "n", Client: a, ID: 1}, Wait)
	m.Request(&Lock{Name: "n", Shared: true, Client: b, ID: 1}, Wait)
	m.Request(&Lock{Name: "n", Shared: true, Client: a, ID: 2}, Wait)
	m.Request(&Lock{Name: "n", Client: b, ID: 2}, Wait)
	m.Request(&Lock{Name: "n", Shared: true, Client: b, ID: 3}, IfAvailable)
	want("a1true", "b3false")
	if m.End(a, 1) {
		t.Error("a lock that was held is said to have waited")
	}
	want("b1true", "a2true")
	m.Request(&Lock{Name: "n", Shared: true, Client: a, ID: 3}, IfAvailable)
	want("a3false") // an exclusive request is before it
	m.Request(&Lock{Name: "n", Client: a, ID: 4}, Steal)
	want("b1stolen", "a2stolen", "a4true")
	if !m.End(b, 2) {
		t.Error("a request that waited is said to have been held")
	}
	m.Request(&Lock{Name: "n", Client: b, ID: 5}, Wait)
	m.Request(&Lock{Name: "n", Client: a, ID: 6}, Wait)
	m.EndAll(a)
	want("b5true")
	held, waiting := m.Snapshot()
	if len(held) != 1 || held[0].Client != b || len(waiting) != 0 {
		t.Errorf("held %v, waiting %v", held, waiting)
	}
	m.EndAll(b)
	if len(m.names) != 0 || len(a.locks)+len(b.locks) != 0 {
		t.Errorf("left over: %v, %v, %v", m.names, a.locks, b.locks)
	}
}

func TestManagerBound(t *testing.T) {
	var log []string
	var m Manager
	c := logged("c", &log)
	for i := range LocksMax {
		if !m.Request(&Lock{Name: "n", Client: c, ID: i}, Wait) {
			t.Fatalf("request %d was refused", i)
		}
	}
	if m.Request(&Lock{Name: "n", Client: c, ID: LocksMax}, Wait) {
		t.Error("one request too many was taken")
	}
}
