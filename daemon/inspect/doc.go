// Package inspect shows what goes on inside of a server: its workers and their load, its contexts, topics and actors, one context
// opened, the lines of its log. It has the data, an HTTP API for them, and the admin page.
//
// An Inspector reads what is counted anyway. It has one goroutine of its own, which takes a sample each second, and one for each viewer
// that follows something live. What it lists it gathers when somebody asks.
package inspect

import (
	"iter"
	"time"

	"rowan/bridge/actors"
	"rowan/pool"
)

// Server is what the Inspector looks at. Its methods may be called from any goroutine, workers' aside.
type Server interface {
	// About says what is served.
	About() About
	// Workers are the pool's.
	Workers() []*pool.Worker
	// Ready is nil, or says why no connections should come, as /readyz does.
	Ready() error
	// Totals counts.
	Totals() Totals
	// Kinds counts the contexts by their kinds, the most numerous first.
	Kinds() []KindRow
	// Contexts goes through all contexts that somebody owns. Those that come or go meanwhile may be left out.
	Contexts() iter.Seq[*pool.Context]
	// Kind is what sort of context it is: "session", "channels", "request", "worker", or "actor" and the kind of actor.
	Kind(c *pool.Context) string
	// Name tells a context from others of its kind, as people know them: the client's address, the actor's id. It is "" for none.
	Name(c *pool.Context) string
	// Details are what else is known of a context.
	Details(c *pool.Context) Details
	// Topics goes through the topics that have subscribers.
	Topics() iter.Seq[Topic]
	// Actors goes through the actors.
	Actors() iter.Seq[actors.Info]
	// Stop ends a context as its owner would: a session's socket closes with 1001.
	Stop(c *pool.Context) error
	// Explain is an error as people read it, with the script's stack.
	Explain(err error) string
	// Restart gives whom the context serves a fresh one.
	Restart(c *pool.Context) error
}

// About says what is served.
type About struct {
	App     string    `json:"app"`
	Version string    `json:"version"`
	URL     string    `json:"url"`
	Started time.Time `json:"started"`
	Dev     bool      `json:"dev"`
}

// Totals are the server in numbers. Those that count since the start say so.
type Totals struct {
	Sessions    int   `json:"sessions"` // plain WebSockets
	Sockets     int   `json:"sockets"`  // of channels
	Channels    int   `json:"channels"`
	Requests    int   `json:"requests"` // that have a context
	Actors      int   `json:"actors"`
	Topics      int   `json:"topics"`
	MessagesIn  int64 `json:"messagesIn"` // of sockets, since the start
	MessagesOut int64 `json:"messagesOut"`
	BytesIn     int64 `json:"bytesIn"`
	BytesOut    int64 `json:"bytesOut"`
	Errors      int64 `json:"errors"`    // lines of the log at that level, since the start
	Dropped     int64 `json:"dropped"`   // messages that a socket's queue had no room for, since the start
	Published   int64 `json:"published"` // messages of topics and channels, since the start
	Delivered   int64 `json:"delivered"` // the same, once for each subscriber
}

// KindRow is the contexts of one kind. What counts since the start says so.
type KindRow struct {
	Kind     string  `json:"kind"`
	Contexts int     `json:"contexts"`
	Resident int     `json:"resident"` // whose memory is in a window now
	Windows  int     `json:"windows"`
	Images   int     `json:"images"`   // bytes of all windows' images together
	Deltas   int     `json:"deltas"`   // bytes by which parked contexts differ from them
	Heaps    int     `json:"heaps"`    // bytes of resident contexts above them
	Turns    uint64  `json:"turns"`    // since the start
	TurnTime float64 `json:"turnTime"` // seconds, of those
	Forks    uint64  `json:"forks"`    // since the start
	Errors   uint64  `json:"errors"`   // that no caller got, since the start
	Limits   uint64  `json:"limits"`   // turns that a limit ended, and contexts that were lost, since the start
}

// Topic is a topic that has subscribers.
type Topic struct {
	Space       string `json:"space"` // "topics" or "broadcasts"
	Name        string `json:"name"`
	Subscribers int    `json:"subscribers"`
}

// Details are what is known of one context beyond its row.
type Details struct {
	MemoryLimit   int            `json:"memoryLimit"` // bytes of heap above the image
	TurnLimit     time.Duration  `json:"turnLimit"`   // nanoseconds
	MailboxLimit  int            `json:"mailboxLimit"`
	APIs          []string       `json:"apis"`     // groups that it has
	Handlers      []string       `json:"handlers"` // host functions that it may call; null for all
	Subscriptions []Subscription `json:"subscriptions"`
	Facts         []Fact         `json:"facts"`
	// Stop and Restart say what these do to it; "" if it cannot be done.
	Stop    string `json:"stop"`
	Restart string `json:"restart"`
}

// Subscription is a topic that a context, or its socket, has subscribed to.
type Subscription struct {
	Space string `json:"space"`
	Name  string `json:"name"`
}

// Fact is something else about a context, in words.
type Fact struct {
	Name string `json:"name"`
	Text string `json:"text"`
}
