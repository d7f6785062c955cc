// Package presence keeps who is present on a topic, in the form of Phoenix's Presence: presence_state and presence_diff, of
// which the clients' Presence class makes a list (https://hexdocs.pm/phoenix/Phoenix.Presence.html and the npm package
// phoenix, presence.js).
//
// A presence is a meta, a JSON object, under a key of a topic. It belongs to an [Owner], such as a channel, and goes when that
// ends. A key has one meta for each of its presences: a user with two devices has two. Each meta has a phx_ref, which names it,
// and is the same wherever it is seen. An update is a new meta that names the one before as phx_ref_prev, and stands last among
// those of its key.
//
// # Diffs
//
// An owner gets each change of its own at once, as what the call returns. Everyone else gets it within [Options.Window], merged
// with other changes of the topic: what came and went meanwhile is in no diff. A client applies the joins of a diff, then its
// leaves, each by its phx_ref, so that an update is a leave and a join of one diff. Of several updates only the last one is
// told; what it names as the one before, the others may not have seen.
//
// What a list has shown cannot be kept secret any more: such a presence is among the leaves even if no diff has announced it, or
// those who got the list would keep it for ever. A client that got the list first and the diff of the same join later knows it
// by its phx_ref.
//
// # Clusters
//
// [Tracker] is what others use, [Local] the presences of this process. A cluster's Tracker would replicate them: a presence is
// known by its owner, topic and key, and its phx_ref is unique in a cluster for all that matters.
//
// # Goroutines
//
// All methods may be called from any goroutine, and none blocks. Publish is called without a lock held, on goroutines that end
// with [Local.Close].
package presence
