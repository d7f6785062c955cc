package presence_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rowan/bridge/presence"
	"rowan/engine/value"
	"rowan/internal/presencetest"
)

const window = 50 * time.Millisecond

func track(t testing.TB, tr presence.Tracker, topic, key string, owner presence.Owner, meta string) string {
	t.Helper()
	own, err := tr.Track(topic, key, owner, []byte(meta))
	if err != nil {
		t.Fatalf("track %s: %v", key, err)
	}
	return string(own)
}

func update(t testing.TB, tr presence.Tracker, topic, key string, owner presence.Owner, meta string) string {
	t.Helper()
	own, err := tr.Update(topic, key, owner, []byte(meta))
	if err != nil {
		t.Fatalf("update %s: %v", key, err)
	}
	return string(own)
}

// named names the refs in texts.
func named(texts ...string) []string {
	var refs presencetest.Refs
	for i, text := range texts {
		texts[i] = refs.Name(text)
	}
	return texts
}

func expect(t testing.TB, got []string, want ...string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("lacks %s", want[i])
		case i >= len(want):
			t.Errorf("has too much: %s", got[i])
		case got[i] != want[i]:
			t.Errorf("%d is  %s\nwant %s", i, got[i], want[i])
		}
	}
}

// TestForms shows each text that there is.
func TestForms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, presence.Options{})
		joined := track(t, r.tracker, "t", "u1", 1, `{"online_at":"t"}`)
		time.Sleep(2 * window)
		updated := update(t, r.tracker, "t", "u1", 1, `{}`)
		time.Sleep(2 * window)
		listed := string(r.tracker.List("t"))
		left := string(r.tracker.Untrack("t", "u1", 1))
		time.Sleep(2 * window)
		expect(t, named(joined, updated, listed, left, string(r.tracker.List("t"))),
			`{"joins":{"u1":{"metas":[{"online_at":"t","phx_ref":"A"}]}},"leaves":{}}`,
			`{"joins":{"u1":{"metas":[{"phx_ref":"B","phx_ref_prev":"A"}]}},"leaves":{"u1":{"metas":[{"online_at":"t","phx_ref":"A"}]}}}`,
			`{"u1":{"metas":[{"phx_ref":"B","phx_ref_prev":"A"}]}}`,
			`{"joins":{},"leaves":{"u1":{"metas":[{"phx_ref":"B","phx_ref_prev":"A"}]}}}`,
			`{}`)
		expect(t, named(r.taken()...),
			`{"joins":{"u1":{"metas":[{"online_at":"t","phx_ref":"A"}]}},"leaves":{}}`,
			`{"joins":{"u1":{"metas":[{"phx_ref":"B","phx_ref_prev":"A"}]}},"leaves":{"u1":{"metas":[{"online_at":"t","phx_ref":"A"}]}}}`,
			`{"joins":{},"leaves":{"u1":{"metas":[{"phx_ref":"B","phx_ref_prev":"A"}]}}}`)
	})
}

// TestOrder: keys and metas are in the order in which they came; an update makes its meta the last of its key.
func TestOrder(t *testing.T) {
	r := newRoom(t, presence.Options{})
	for owner, key := range []string{"b", "a", "b", "a", "b"} {
		track(t, r.tracker, "t", key, owner, fmt.Sprintf(`{"n":%d}`, owner))
	}
	update(t, r.tracker, "t", "b", 0, `{"n":5}`)
	r.tracker.Leave(2)
	expect(t, named(string(r.tracker.List("t"))),
		`{"b":{"metas":[{"n":4,"phx_ref":"A"},{"n":5,"phx_ref":"B","phx_ref_prev":"C"}]},"a":{"metas":[{"n":1,"phx_ref":"D"},{"n":3,"phx_ref":"E"}]}}`)
}

// TestMerge: what happens within a window is one diff, which has what is left of it.
func TestMerge(t *testing.T) {
	join := func(key, ref string) string { return fmt.Sprintf(`"%s":{"metas":[{"phx_ref":"%s"}]}`, key, ref) }
	tests := []struct {
		name   string
		before func(t *testing.T, r *room) // in a window of its own
		do     func(t *testing.T, r *room)
		want   string // the diff; "" if there is none
	}{
		{
			name: "joins",
			do: func(t *testing.T, r *room) {
				track(t, r.tracker, "t", "a", 1, "{}")
				time.Sleep(window - time.Millisecond)
				track(t, r.tracker, "t", "b", 2, "{}")
			},
			want: `{"joins":{` + join("a", "A") + `,` + join("b", "B") + `},"leaves":{}}`,
		},
		{
			name: "two of a key",
			do: func(t *testing.T, r *room) {
				track(t, r.tracker, "t", "a", 1, "{}")
				track(t, r.tracker, "t", "b", 1, "{}")
				track(t, r.tracker, "t", "a", 2, "{}")
			},
			want: `{"joins":{"a":{"metas":[{"phx_ref":"A"},{"phx_ref":"B"}]},` + join("b", "C") + `},"leaves":{}}`,
		},
		{
			name: "came and went",
			do: func(t *testing.T, r *room) {
				track(t, r.tracker, "t", "a", 1, "{}")
				update(t, r.tracker, "t", "a", 1, "{}")
				r.tracker.Untrack("t", "a", 1)
			},
		},
		{
			name: "came and went with its owner",
			do: func(t *testing.T, r *room) {
				track(t, r.tracker, "t", "a", 1, "{}")
				r.tracker.Leave(1)
			},
		},
		{
			name: "came, was shown by a list, and went",
			do: func(t *testing.T, r *room) {
				track(t, r.tracker, "t", "a", 1, "{}")
				r.tracker.List("t")
				r.tracker.Leave(1)
			},
			want: `{"joins":{},"leaves":{` + join("a", "A") + `}}`,
		},
		{
			name: "came and was updated",
			do: func(t *testing.T, r *room) {
				track(t, r.tracker, "t", "a", 1, "{}")
				update(t, r.tracker, "t", "a", 1, `{"n":1}`)
			},
			want: `{"joins":{"a":{"metas":[{"n":1,"phx_ref":"A","phx_ref_prev":"B"}]}},"leaves":{}}`,
		},
		{
			name:   "updated twice",
			before: func(t *testing.T, r *room) { track(t, r.tracker, "t", "a", 1, "{}") },
			do: func(t *testing.T, r *room) {
				update(t, r.tracker, "t", "a", 1, `{"n":1}`)
				update(t, r.tracker, "t", "a", 1, `{"n":2}`)
			},
			want: `{"joins":{"a":{"metas":[{"n":2,"phx_ref":"A","phx_ref_prev":"B"}]}},"leaves":{` + join("a", "C") + `}}`,
		},
		{
			name:   "updated twice, the first shown by a list",
			before: func(t *testing.T, r *room) { track(t, r.tracker, "t", "a", 1, "{}") },
			do: func(t *testing.T, r *room) {
				update(t, r.tracker, "t", "a", 1, `{"n":1}`)
				r.tracker.List("t")
				update(t, r.tracker, "t", "a", 1, `{"n":2}`)
			},
			want: `{"joins":{"a":{"metas":[{"n":2,"phx_ref":"A","phx_ref_prev":"B"}]}},` +
				`"leaves":{"a":{"metas":[{"phx_ref":"C"},{"n":1,"phx_ref":"B","phx_ref_prev":"C"}]}}}`,
		},
		{
			name:   "updated and left",
			before: func(t *testing.T, r *room) { track(t, r.tracker, "t", "a", 1, "{}") },
			do: func(t *testing.T, r *room) {
				update(t, r.tracker, "t", "a", 1, `{"n":1}`)
				r.tracker.Leave(1)
			},
			want: `{"joins":{},"leaves":{` + join("a", "A") + `}}`,
		},
		{
			name:   "left and came again",
			before: func(t *testing.T, r *room) { track(t, r.tracker, "t", "a", 1, "{}") },
			do: func(t *testing.T, r *room) {
				r.tracker.Untrack("t", "a", 1)
				track(t, r.tracker, "t", "a", 1, "{}")
			},
			want: `{"joins":{` + join("a", "A") + `},"leaves":{` + join("a", "B") + `}}`,
		},
		{
			name: "left its topic",
			before: func(t *testing.T, r *room) {
				track(t, r.tracker, "t", "a", 1, "{}")
				track(t, r.tracker, "t", "b", 1, "{}")
				track(t, r.tracker, "other", "a", 1, "{}")
			},
			do:   func(t *testing.T, r *room) { r.tracker.LeaveTopic("t", 1); r.tracker.LeaveTopic("none", 1) },
			want: `{"joins":{},"leaves":{` + join("b", "A") + `,` + join("a", "B") + `}}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRoom(t, presence.Options{})
				if test.before != nil {
					test.before(t, r)
					time.Sleep(2 * window)
					r.taken()
				}
				start := time.Now()
				test.do(t, r)
				time.Sleep(time.Until(start.Add(window + 1)))
				synctest.Wait()
				var want []string
				if test.want != "" {
					want = []string{test.want}
				}
				expect(t, named(r.taken()...), want...)
			})
		})
	}
}

// TestOwn: what an owner has had it does not get again, and what is left of the diff it does.
func TestOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, presence.Options{})
		track(t, r.tracker, "t", "a", 1, "{}")
		track(t, r.tracker, "t", "b", 2, "{}")
		time.Sleep(2 * window)
		r.tracker.Untrack("t", "a", 1)
		r.tracker.Leave(2)
		time.Sleep(2 * window)
		track(t, r.tracker, "t", "a", 1, "{}")
		time.Sleep(2 * window)
		synctest.Wait()
		var rests []string
		for _, d := range r.diffs {
			for owner := range 3 {
				if text, own := d.Rest(owner); own {
					rests = append(rests, fmt.Sprint(owner, string(text)))
				} else if string(text) != string(d.Text()) {
					t.Errorf("owner %d gets %s", owner, text)
				}
			}
		}
		expect(t, named(rests...),
			`1{"joins":{"b":{"metas":[{"phx_ref":"A"}]}},"leaves":{}}`,
			`2{"joins":{"a":{"metas":[{"phx_ref":"B"}]}},"leaves":{}}`,
			`1{"joins":{},"leaves":{"b":{"metas":[{"phx_ref":"A"}]}}}`,
			`1`)
	})
}

// TestBatches: a diff has so many entries and bytes at most, and no update is cut in two.
func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, presence.Options{Most: 5, MostBytes: 500})
		for i := range 12 {
			track(t, r.tracker, "t", fmt.Sprint(i), i, "{}")
		}
		time.Sleep(2 * window)
		sizes := func() (sizes []int) {
			for _, text := range r.taken() {
				d := parse[diff](t, []byte(text))
				sizes = append(sizes, len(d.Joins)+len(d.Leaves))
			}
			return sizes
		}
		if got := fmt.Sprint(sizes()); got != "[5 5 2]" {
			t.Errorf("joins are cut into %s", got)
		}
		for i := range 5 {
			update(t, r.tracker, "t", fmt.Sprint(i), i, "{}")
		}
		time.Sleep(2 * window)
		if got := fmt.Sprint(sizes()); got != "[4 4 2]" {
			t.Errorf("updates are cut into %s", got)
		}
		long := fmt.Sprintf(`{"text":"%s"}`, strings.Repeat("x", 250))
		for i := range 3 {
			track(t, r.tracker, "u", fmt.Sprint(i), i, long)
		}
		time.Sleep(2 * window)
		if got := fmt.Sprint(sizes()); got != "[1 1 1]" {
			t.Errorf("long metas are cut into %s", got)
		}
	})
}

func TestErrors(t *testing.T) {
	opts := presence.Options{Presences: 2, OwnerBytes: 200, KeyBytes: 10, MetaBytes: 80}
	long := fmt.Sprintf(`{"text":"%s"}`, strings.Repeat("x", 60))
	tests := []struct {
		name             string
		do               func(tr presence.Tracker) error
		class, code, has string
	}{
		{"twice", func(tr presence.Tracker) error { _, err := tr.Track("t", "k", 1, []byte("{}")); return err }, "Error", presence.CodeAlreadyTracked, `"k" on topic "t"`},
		{"unknown", func(tr presence.Tracker) error { _, err := tr.Update("t", "x", 1, []byte("{}")); return err }, "Error", presence.CodeNotTracked, `"x" on topic "t"`},
		{"of another owner", func(tr presence.Tracker) error { _, err := tr.Update("t", "k", 2, []byte("{}")); return err }, "Error", presence.CodeNotTracked, ""},
		{"no topic", func(tr presence.Tracker) error { _, err := tr.Track("", "k", 1, []byte("{}")); return err }, "RangeError", presence.CodeLimit, "empty"},
		{"long topic", func(tr presence.Tracker) error { _, err := tr.Track("elevenbytes", "k", 1, []byte("{}")); return err }, "RangeError", presence.CodeLimit, "11 bytes, more than 10"},
		{"long key", func(tr presence.Tracker) error { _, err := tr.Track("t", "elevenbytes", 1, []byte("{}")); return err }, "RangeError", presence.CodeLimit, "11 bytes, more than 10"},
		{"long meta", func(tr presence.Tracker) error { _, err := tr.Track("t", "x", 1, []byte(long+long)); return err }, "RangeError", presence.CodeLimit, "more than 80"},
		{"long metas", func(tr presence.Tracker) error {
			tr.Track("t", "x", 1, []byte(long))
			_, err := tr.Update("t", "k", 1, []byte(long))
			return err
		}, "RangeError", presence.CodeLimit, "together, more than 200"},
		{"many", func(tr presence.Tracker) error {
			tr.Track("t", "x", 1, []byte("{}"))
			_, err := tr.Track("t", "y", 1, []byte("{}"))
			return err
		}, "RangeError", presence.CodeLimit, "2 presences"},
		{"array", func(tr presence.Tracker) error { _, err := tr.Track("t", "x", 1, []byte("[]")); return err }, "TypeError", "", "not an object"},
		{"no JSON", func(tr presence.Tracker) error { _, err := tr.Update("t", "k", 1, []byte(`{"a":}`)); return err }, "TypeError", "", "not an object"},
		{"no UTF-8", func(tr presence.Tracker) error {
			_, err := tr.Update("t", "k", 1, []byte("{\"a\":\"\xff\"}"))
			return err
		}, "TypeError", "", "not an object"},
		{"closed", func(tr presence.Tracker) error {
			tr.(*presence.Local).Close()
			_, err := tr.Track("t", "x", 1, []byte("{}"))
			return err
		}, "Error", presence.CodeStopped, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, opts)
			track(t, r.tracker, "t", "k", 1, "{}")
			err := test.do(r.tracker)
			var js *value.Error
			if !errors.As(err, &js) || js.Name != test.class || js.Code != test.code || !strings.Contains(js.Message, test.has) {
				t.Errorf("the error is %#v", err)
			}
		})
	}
	r := newRoom(t, opts)
	if own := r.tracker.Untrack("t", "k", 1); own != nil {
		t.Errorf("untrack of what is not there returns %s", own)
	}
	for i := range 10 { // what has gone takes no room
		track(t, r.tracker, "t", fmt.Sprint(i), 1, long)
		r.tracker.Untrack("t", fmt.Sprint(i), 1)
	}
}

// TestText: keys and metas of any text are valid JSON, and a script may hand back what a list gave it.
func TestText(t *testing.T) {
	tests := []struct{ key, meta, want string }{
		{"__proto__", `{"__proto__":{"x":1}}`, `{"__proto__":{"metas":[{"__proto__":{"x":1},"phx_ref":"A"}]}}`},
		{"", ` { } `, `{"":{"metas":[{"phx_ref":"A"}]}}`},
		{"a\"\\\n\u2028é", `{"a": 1 }`, `{"a\"\\\n` + "\u2028é" + `":{"metas":[{"a": 1,"phx_ref":"A"}]}}`},
		{"\xed\xa0\x80", `{"a":"\ud800"}`, `{"\ud800":{"metas":[{"a":"\ud800","phx_ref":"A"}]}}`},
		{"k", `{"phx_ref":"x","a":[1, {"phx_ref":2}],"phx_ref_prev":"y", "b":"\u0041"}`, `{"k":{"metas":[{"a":[1, {"phx_ref":2}],"b":"\u0041","phx_ref":"A"}]}}`},
		{"k", `{"\u0070hx_ref":"x"}`, `{"k":{"metas":[{"phx_ref":"A"}]}}`},
	}
	for _, test := range tests {
		r := newRoom(t, presence.Options{})
		track(t, r.tracker, "t", test.key, 1, test.meta)
		expect(t, named(string(r.tracker.List("t"))), test.want)
	}
}

// TestClose: nothing is published any more, and nobody is in Publish.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom(t, presence.Options{})
		track(t, r.tracker, "t", "k", 1, "{}")
		r.tracker.Close()
		r.tracker.Leave(1)
		time.Sleep(2 * window)
		expect(t, r.taken())
	})
	publishing, proceed, closed := make(chan bool), make(chan bool), make(chan bool)
	tr := presence.New(presence.Options{Window: time.Millisecond, Publish: func(string, *presence.Diff) {
		publishing <- true
		<-proceed
	}})
	track(t, tr, "t", "k", 1, "{}")
	<-publishing
	go func() { tr.Close(); close(closed) }()
	select {
	case <-closed:
		t.Error("closed while a diff is published")
	case <-time.After(20 * time.Millisecond):
	}
	close(proceed)
	<-closed
}
