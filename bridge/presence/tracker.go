package presence

import (
	"cmp"
	"time"
)

// Owner is who a presence belongs to: any comparable value, such as a pointer to a channel. nil is none.
type Owner any

// Tracker keeps presences.
type Tracker interface {
	// Track adds a presence of the owner's under a key. The meta is the text of a JSON object, whose phx_ref and phx_ref_prev, if
	// it has any, are replaced. own is the diff of this change alone, {"joins":{…},"leaves":{…}}, for the owner.
	//
	// # Errors
	//
	// A *value.Error: already_tracked if the owner has a presence under that key of the topic; limit, a RangeError, where a bound
	// of [Options] is reached; a TypeError for a meta that is no object; stopped after the end.
	Track(topic, key string, owner Owner, meta []byte) (own []byte, err error)

	// Update replaces the meta of such a presence. Its errors are Track's, and not_tracked if there is none.
	Update(topic, key string, owner Owner, meta []byte) (own []byte, err error)

	// Untrack takes such a presence away. own is nil if there was none.
	Untrack(topic, key string, owner Owner) (own []byte)

	// Leave takes away all that the owner tracks, which is not told about it: it has ended. Call it after the owner's last Track;
	// one that comes later begins anew.
	Leave(owner Owner)

	// LeaveTopic is Leave for one topic: the owner is no longer a member of it.
	LeaveTopic(topic string, owner Owner)

	// List is who is present: {"key":{"metas":[{…},…]},…}, keys and metas in the order in which they came. The bytes are shared and
	// must not be changed.
	List(topic string) []byte
}

// Options configures a Local. Zero values mean defaults.
type Options struct {
	// Publish hands a diff to a topic's members: to each what Diff.Rest says. The diffs of a topic come one after the other, and
	// must reach a member in that order. It must not call Close. Default: nobody gets diffs.
	Publish func(topic string, d *Diff)

	// Window is for how long changes of a topic are gathered. Default 50 ms.
	Window time.Duration
	// Most is how many joins and leaves one diff has. Default 256.
	Most int
	// MostBytes is how large the metas of one diff are together, unless it has only one change. Default 64 KB.
	MostBytes int

	// Presences is how many an owner may have. Default 1000.
	Presences int
	// OwnerBytes is how large their keys and metas may be together. Default 1 MB.
	OwnerBytes int
	// KeyBytes is how long a key, and a topic's name, may be. Default 1024.
	KeyBytes int
	// MetaBytes is how large one meta may be. Default 64 KB.
	MetaBytes int
}

func (o Options) withDefaults() Options {
	if o.Publish == nil {
		o.Publish = func(string, *Diff) {}
	}
	o.Window = cmp.Or(o.Window, 50*time.Millisecond)
	o.Most = cmp.Or(o.Most, 256)
	o.MostBytes = cmp.Or(o.MostBytes, 64<<10)
	o.Presences = cmp.Or(o.Presences, 1000)
	o.OwnerBytes = cmp.Or(o.OwnerBytes, 1<<20)
	o.KeyBytes = cmp.Or(o.KeyBytes, 1024)
	o.MetaBytes = cmp.Or(o.MetaBytes, 64<<10)
	return o
}
