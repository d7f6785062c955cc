package presence

import "iter"

// Diff is changes of a topic that its members are told at once. It does not change; any goroutine may use it.
type Diff struct {
	joins, leaves side
	told          map[Owner]bool // who has had a part of it
	text          []byte
}

// side is one side of a diff, by key in the order in which they come.
type side struct {
	groups []group
	byName map[string]int // in groups
}

type group struct {
	name    string
	entries []entry
	text    []byte // all of it, see finish
}

type entry struct {
	meta []byte
	told Owner // who has had it as its own; nil if nobody has
}

func (s *side) add(p *presence, told Owner) {
	i, known := s.byName[p.key.name]
	if !known {
		if s.byName == nil {
			s.byName = map[string]int{}
		}
		i = len(s.groups)
		s.byName[p.key.name] = i
		s.groups = append(s.groups, group{name: p.key.name})
	}
	s.groups[i].entries = append(s.groups[i].entries, entry{p.meta, told})
}

// finish makes the texts of which the side is put together for each owner, which differ little.
func (s *side) finish() {
	for i := range s.groups {
		g := &s.groups[i]
		g.text = g.append(nil, nil)
	}
}

// append appends the side without what the owner has had, if that is not nil. some is whether there is anything.
func (s *side) append(dst []byte, except Owner) (_ []byte, some bool) {
	dst = append(dst, '{')
	for i := range s.groups {
		from := len(dst)
		if some {
			dst = append(dst, ',')
		}
		g := &s.groups[i]
		begin := len(dst)
		if except != nil && g.of(except) {
			dst = g.append(dst, except)
		} else {
			dst = append(dst, g.text...)
		}
		if len(dst) > begin {
			some = true
		} else {
			dst = dst[:from]
		}
	}
	return append(dst, '}'), some
}

// of reports whether the owner has had something of the group.
func (g *group) of(owner Owner) bool {
	for i := range g.entries {
		if g.entries[i].told == owner {
			return true
		}
	}
	return false
}

// append appends the group without what the owner has had, if that is not nil; nothing if nothing is left.
func (g *group) append(dst []byte, except Owner) []byte {
	begun := false
	for _, e := range g.entries {
		if except != nil && e.told == except {
			continue
		}
		if !begun {
			dst = appendKey(dst, g.name)
			begun = true
		}
		dst = append(dst, e.meta...)
		dst = append(dst, ',')
	}
	if !begun {
		return dst
	}
	return endKey(dst)
}

// appendKey begins a key of a list or a diff. Metas follow, each with a comma, then endKey.
func appendKey(dst []byte, name string) []byte {
	return append(appendString(dst, name), `:{"metas":[`...)
}

func endKey(dst []byte) []byte {
	dst[len(dst)-1] = ']' // in place of the last comma
	return append(dst, '}')
}

func newDiff(changes []*change) *Diff {
	d := &Diff{told: map[Owner]bool{}}
	for _, c := range changes {
		for _, p := range c.leaves {
			d.leaves.add(p, c.told)
		}
		if c.join != nil {
			d.joins.add(c.join, c.told)
		}
		if c.told != nil {
			d.told[c.told] = true
		}
	}
	d.joins.finish()
	d.leaves.finish()
	d.text = d.without(nil)
	return d
}

// Text is the diff for those who have had nothing of it, {"joins":{…},"leaves":{…}}. It must not be changed.
func (d *Diff) Text() []byte { return d.text }

// Rest is what is left of the diff for an owner that has had a part of it as its own, nil for nothing. Everyone else is to
// get all of it, and own is false.
func (d *Diff) Rest(owner Owner) (text []byte, own bool) {
	if !d.told[owner] {
		return d.text, false
	}
	return d.without(owner), true
}

// without is the text without what the owner has had, if that is not nil; nil if nothing is left.
func (d *Diff) without(except Owner) []byte {
	text, joins := d.joins.append(append(make([]byte, 0, len(d.text)), `{"joins":`...), except)
	text, leaves := d.leaves.append(append(text, `,"leaves":`...), except)
	if !joins && !leaves {
		return nil
	}
	return append(text, '}')
}

// ownDiff is the diff of one change, for its owner. join or leave is nil.
func ownDiff(join, leave *presence) []byte {
	text := append(appendOne([]byte(`{"joins":{`), join), `},"leaves":{`...)
	return append(appendOne(text, leave), "}}"...)
}

func appendOne(dst []byte, p *presence) []byte {
	if p == nil {
		return dst
	}
	dst = append(appendKey(dst, p.key.name), p.meta...)
	return endKey(append(dst, ','))
}

// batches cuts changes into what one diff may have. A change is never cut.
func batches(changes []*change, most, mostBytes int) iter.Seq[[]*change] {
	return func(yield func([]*change) bool) {
		start, entries, bytes := 0, 0, 0
		for i, c := range changes {
			n, size := c.entries(), c.bytes()
			if i > start && (entries+n > most || bytes+size > mostBytes) {
				if !yield(changes[start:i]) {
					return
				}
				start, entries, bytes = i, 0, 0
			}
			entries += n
			bytes += size
		}
		if start < len(changes) {
			yield(changes[start:])
		}
	}
}
