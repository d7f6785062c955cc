// Package config holds the settings of a server: the defaults, over them the
// file rowan.toml beside the app, over that the variables ROWAN_…, over these the
// flags of the command line.
//
//	c, err := flags.Load(appDir, os.Environ()) // rowan.toml:7:1: unknown key "memry" in [session]; did you mean "memory"?
//	if err != nil {
//		return err
//	}
//	session := c.Context("session")
//
// Every setting has a key, such as "session.memory", which says where it stands in
// the file and what its variable is called, ROWAN_SESSION_MEMORY. The file's own
// documentation is [Example].
//
// A Config belongs to one goroutine while it is loaded and flags are applied.
// From then on it is only read, by any goroutine.
package config

import (
	_ "embed"
	"os"
	"reflect"
	"runtime"
	"strings"
	"time"
)

// Example is a rowan.toml that names every setting, says what it does and sets
// it to its default.
//
//go:embed rowan.toml
var Example string

// FileName is the name of the settings file in the app's folder.
const FileName = "rowan.toml"

// A Config is all settings of one server. The tags are the names in rowan.toml;
// what is "fixed" holds for as long as the server runs.
type Config struct {
	// Listen is the address of the HTTP server. Default 127.0.0.1:4000.
	Listen Address `toml:"listen" fixed:"true"`

	// Workers is the number of threads that run JavaScript. Default: as many as
	// the process may use cores.
	Workers Count `toml:"workers" fixed:"true"`

	// Acceptors is the number of goroutines that accept connections. Default: as
	// many as workers.
	Acceptors Count `toml:"acceptors" fixed:"true"`

	// FS is the folder whose files scripts may use by the group "node"; in the
	// file it is relative to the app's. Default: none.
	FS string `toml:"fs" fixed:"true"`

	// Data is the folder of the database that scripts keep things in; in the
	// file it is relative to the app's. Default: none, everything is in memory.
	Data string `toml:"data" fixed:"true"`

	Log       Log       `toml:"log" fixed:"true"`
	Admin     Admin     `toml:"admin" fixed:"true"`
	Tracing   Tracing   `toml:"tracing" fixed:"true"`
	WebSocket WebSocket `toml:"websocket"`
	Channels  Channels  `toml:"channels"`
	Limits    Limits    `toml:"limits"`
	Proxy     Proxy     `toml:"proxy"`
	HTTP      HTTP      `toml:"http" fixed:"true"`
	TLS       TLS       `toml:"tls" fixed:"true"`
	Static    Static    `toml:"static" fixed:"true"`
	JWT       JWT       `toml:"jwt" fixed:"true"`
	Call      Call      `toml:"call"`
	Fetch     Fetch     `toml:"fetch" fixed:"true"`
	Storage   Storage   `toml:"storage" fixed:"true"`
	Reload    Reload    `toml:"reload"`
	Shutdown  Shutdown  `toml:"shutdown"`

	// What the file says of each kind of context. Use [Config.Context] to know
	// what holds for one.
	Session ContextConfig `toml:"session"`
	Request Requests      `toml:"request"`
	Actor   Actors        `toml:"actor"`

	flags   ContextConfig // what the command line says of all kinds
	origins origins
	source  source
	began   *Config // what all that said at the server's start; nil for settings that a program made
}

// A ContextConfig is what contexts of one kind may do and use. A field with its
// zero value is not set.
type ContextConfig struct {
	// APIs selects the API groups. Default "all", which is all but "node".
	APIs APIs `toml:"apis"`

	// Memory limits the heap of a context, in bytes above the image it was
	// forked from. Default 32MB.
	Memory Bytes `toml:"memory"`

	// Turn limits one turn, in time of its thread: a call, a message, a timer,
	// with the microtasks that follow. Default 50ms.
	Turn Duration `toml:"turn"`

	// Stack limits the depth of calls, in slots of the engine's stack. Default
	// 1000.
	Stack Count `toml:"stack"`

	// Mailbox limits the events that wait for a context; one more is refused
	// with mailbox_full. Default 1024.
	Mailbox Count `toml:"mailbox"`

	// Handlers are the host functions that scripts may call; an empty list is
	// none of them. Default nil, which is all.
	Handlers []string `toml:"handlers"`

	// Hosts are those that scripts may reach by fetch, WebSocket and EventSource;
	// an empty list is none. Default "public".
	Hosts Hosts `toml:"hosts"`

	// Env are the environment variables that scripts may read. Default none.
	Env Variables `toml:"env"`
}

// Requests are the settings of HTTP requests.
type Requests struct {
	ContextConfig

	MaxBody    Bytes    `toml:"max_body"`   // of a request, then status 413; default 32MB
	Timeout    Duration `toml:"timeout"`    // for the response to begin, then status 503; default 30s
	Concurrent Count    `toml:"concurrent"` // requests that have a context at a time; one more gets status 503; default 10000
}

// Actors are the settings of actors.
type Actors struct {
	ContextConfig // of all kinds

	// Kinds has what differs for one kind, by its name in the app's actors. A
	// kind cannot be named like a setting.
	Kinds map[string]*ContextConfig `toml:"*"`

	// byVariable has the names under which Kinds holds those that only variables
	// speak of, by the form that a name has in one: ROOM_2 of "room-2".
	byVariable map[string]string
}

// Log says what is logged to standard error.
type Log struct {
	Level  Level     `toml:"level"`  // least level that is logged; default info
	Format LogFormat `toml:"format"` // default auto

	// SlowTurn is the time beyond which a turn is logged, with the line where the
	// script was. Default 25ms.
	SlowTurn Duration `toml:"slow_turn"`

	// BytesPerSecond is what scripts may log, by their console and by errors that
	// nobody catches; a tenth of it one context. Default 1MB.
	BytesPerSecond Bytes `toml:"bytes_per_second"`
}

// WebSocket has the settings of sessions that the app's own WebSocket handler
// leaves out; what that says wins.
type WebSocket struct {
	IdleTimeout       Duration `toml:"idle_timeout"`        // without a byte from the client, then close 1001; default 2m
	SendPings         bool     `toml:"send_pings"`          // ping idle clients, so that a living one stays; default true
	MaxPayload        Bytes    `toml:"max_payload"`         // of one message, then close 1009; default 16MB
	BackpressureLimit Bytes    `toml:"backpressure_limit"`  // queued for one socket; beyond it, messages drop; default 1MB
	PerMessageDeflate bool     `toml:"per_message_deflate"` // compress messages where the client can; default false
	PublishToSelf     bool     `toml:"publish_to_self"`     // whether ws.publish also reaches the sender; default false
	Origins           Origins  `toml:"origins"`             // whose pages may connect, besides those of the same host; default none

	// CloseOnBackpressureLimit closes a socket with 1013 where its messages
	// would drop. Default false.
	CloseOnBackpressureLimit bool `toml:"close_on_backpressure_limit"`
}

// Channels has the settings of the sockets of Phoenix Channels.
type Channels struct {
	Mounts            Paths    `toml:"mounts"`              // paths of sockets, below which are /websocket and /longpoll; default /socket
	MaxChannels       Count    `toml:"max_channels"`        // that one socket may have joined; default 100
	MaxPayload        Bytes    `toml:"max_payload"`         // of one message, then close 1009; default 10MB
	IdleTimeout       Duration `toml:"idle_timeout"`        // without a byte from the client, then close 1002; default 1m
	BackpressureLimit Bytes    `toml:"backpressure_limit"`  // queued for one socket, then close 1013; default 1MB
	PerMessageDeflate bool     `toml:"per_message_deflate"` // compress messages where the client can; default false
	LongPollWindow    Duration `toml:"longpoll_window"`     // for which a poll waits for messages; default 10s

	// Origins are those whose pages may connect, besides those of the same
	// host. Default none.
	Origins Origins `toml:"origins"`
}

// Limits has the settings that keep one client from using up what others need.
type Limits struct {
	// What one socket may send, sessions' and those of channels, then close 1008.
	// Pings and fragments count as messages.
	MessagesPerSecond Count    `toml:"messages_per_second"` // default 1000
	BytesPerSecond    Bytes    `toml:"bytes_per_second"`    // inflated ones too; default 16MB
	Burst             Duration `toml:"burst"`               // as much as this time allows may come at once; default 5s

	// What one address may have, an IPv6 address with its /64. One more connection
	// is reset; one more request by HTTP/2, or by a trusted proxy, gets status 429.
	ConnectionsPerAddress Count `toml:"connections_per_address"` // default 1000
	ConnectsPerSecond     Count `toml:"connects_per_second"`     // begun, as many as connections_per_address of them at once; default 100

	// Exempt are networks whose addresses may have any number, for
	// peer.ParseNetworks. Default those of this machine.
	Exempt Networks `toml:"exempt"`
}

// Proxy says which proxies stand before the server.
type Proxy struct {
	// Trusted are the addresses and networks of proxies that are believed what
	// they say of the client, for peer.ParseNetworks. Default none.
	Trusted Networks `toml:"trusted"`

	Header   ProxyHeader `toml:"header"`   // in which they say it; default x-forwarded
	Protocol bool        `toml:"protocol"` // whether they begin each connection with the PROXY protocol; default false
}

// HTTP has the limits of the HTTP server.
type HTTP struct {
	HeaderTimeout Duration `toml:"header_timeout"` // for a request's header, and for the TLS handshake, to come; default 10s
	BodyTimeout   Duration `toml:"body_timeout"`   // that is waited for a body, and a second more for each KB that has come; default 30s
	IdleTimeout   Duration `toml:"idle_timeout"`   // between two requests on a connection; default 2m
	MaxHeader     Bytes    `toml:"max_header"`     // of a request's first line and header, then status 431; default 64KB

	// Hosts are the names of the server, "*.example.com" those below one; requests
	// for others get status 421. Default none, which is any; with --dev, localhost
	// and addresses.
	Hosts Names `toml:"hosts"`
}

// Call has the settings of calls that a script awaits.
type Call struct {
	Timeout Duration `toml:"timeout"` // then they fail with timeout; default 30s
}

// Fetch has the settings of what scripts ask of other hosts, by fetch, WebSocket
// and EventSource. They hold for as long as the server runs.
type Fetch struct {
	Timeout    Duration `toml:"timeout"`    // for a response to begin, and between parts of its body; default 5m
	MaxBody    Bytes    `toml:"max_body"`   // of a response that is read as a whole; default 16MB
	Concurrent Count    `toml:"concurrent"` // fetches of one context at a time; others wait; default 64
}

// Storage has the settings of what scripts keep, by Rowan.storage, Rowan.sql and
// localStorage. They hold for as long as the server runs.
type Storage struct {
	Synchronous Synchronous `toml:"synchronous"` // default normal
	MaxSize     Bytes       `toml:"max_size"`    // of the database; default 1GB
	Wait        Duration    `toml:"wait"`        // for others that write; default 2s
}

// Reload has the settings of a change of the app while it is served.
type Reload struct {
	// Existing says what becomes of sessions, sockets of channels and actors
	// that live. Default stay.
	Existing Existing `toml:"existing"`
}

// Shutdown has the settings of the server's end.
type Shutdown struct {
	Timeout  Duration `toml:"timeout"`  // for sessions and requests to end, then they are cut off; default 10s
	Batch    Count    `toml:"batch"`    // sockets that are closed at a time; default 1000
	Interval Duration `toml:"interval"` // between two batches; default 200ms
}

// cores is how many cores the process may use, as it is before a pool wants more
// threads than that.
var cores = Count(runtime.GOMAXPROCS(0))

// Default returns the settings of a server without a rowan.toml and flags.
func Default() *Config {
	return &Config{
		origins:   origins{},
		Listen:    "127.0.0.1:4000",
		Workers:   cores,
		Acceptors: cores,
		Log:       Log{Level: "info", Format: "auto", SlowTurn: Duration(25 * time.Millisecond), BytesPerSecond: 1 << 20},
		Admin:     Admin{Listen: "127.0.0.1:4001", Hosts: []string{}},
		Tracing:   Tracing{Service: "rowan", OneIn: 1},
		WebSocket: WebSocket{
			IdleTimeout:       Duration(2 * time.Minute),
			SendPings:         true,
			MaxPayload:        16 << 20,
			BackpressureLimit: 1 << 20,
			Origins:           []string{},
		},
		Request: Requests{
			MaxBody:    32 << 20,
			Timeout:    Duration(30 * time.Second),
			Concurrent: 10_000,
		},
		Channels: Channels{
			Mounts:            []string{"/socket"},
			MaxChannels:       100,
			MaxPayload:        10 << 20,
			IdleTimeout:       Duration(time.Minute),
			BackpressureLimit: 1 << 20,
			LongPollWindow:    Duration(10 * time.Second),
			Origins:           []string{},
		},
		Limits: Limits{
			MessagesPerSecond: 1000,
			BytesPerSecond:    16 << 20,
			Burst:             Duration(5 * time.Second),

			ConnectionsPerAddress: 1000,
			ConnectsPerSecond:     100,
			Exempt:                Networks{"127.0.0.0/8", "::1"},
		},
		Proxy: Proxy{Trusted: Networks{}, Header: "x-forwarded"},
		HTTP: HTTP{
			HeaderTimeout: Duration(10 * time.Second),
			BodyTimeout:   Duration(30 * time.Second),
			IdleTimeout:   Duration(2 * time.Minute),
			MaxHeader:     64 << 10,
			Hosts:         Names{},
		},
		Static: Static{Headers: Headers{
			"X-Content-Type-Options: nosniff", "X-Frame-Options: SAMEORIGIN", "Referrer-Policy: strict-origin-when-cross-origin",
		}},
		JWT:  JWT{Leeway: Duration(30 * time.Second), RequireExpiry: true, Refresh: Duration(15 * time.Minute)},
		Call: Call{Timeout: Duration(30 * time.Second)},
		Fetch: Fetch{
			Timeout:    Duration(5 * time.Minute),
			MaxBody:    16 << 20,
			Concurrent: 64,
		},
		Storage:  Storage{Synchronous: "normal", MaxSize: 1 << 30, Wait: Duration(2 * time.Second)},
		Reload:   Reload{Existing: "stay"},
		Shutdown: Shutdown{Timeout: Duration(10 * time.Second), Batch: 1000, Interval: Duration(200 * time.Millisecond)},
	}
}

// contextDefault is what holds for a context of which nothing is said.
var contextDefault = ContextConfig{
	APIs:    "all",
	Memory:  32 << 20,
	Turn:    Duration(50 * time.Millisecond),
	Stack:   1000,
	Mailbox: 1024,
	Hosts:   Hosts{"public"},
	Env:     Variables{},
}

// Context returns the settings that hold for a kind of context: "session",
// "request", or "actor:" and a kind of actor. What a flag says holds for all.
// What [actor.KIND] leaves out is as in [actor]; what [actor] and [request]
// leave out is as in [session], since they serve the same clients.
func (c *Config) Context(kind string) ContextConfig {
	var s ContextConfig
	for _, l := range c.layers(kind) {
		s = s.or(l.settings)
	}
	return s
}

// A layer is settings of contexts that hold unless those of a layer before it do.
type layer struct {
	table    string // in the file: "actor.room"; [flagLayer] and "" for the defaults are none
	settings *ContextConfig
}

// flagLayer is the table, as it were, of the flags that hold for all kinds.
const flagLayer = "*"

// layers returns what is said of a kind of context, see [Config.Context].
func (c *Config) layers(kind string) []layer {
	list := []layer{{flagLayer, &c.flags}}
	actor, isActor := strings.CutPrefix(kind, "actor:")
	switch {
	case isActor:
		if name, ok := c.Actor.find(actor); ok {
			list = append(list, layer{"actor." + name, c.Actor.Kinds[name]})
		}
		list = append(list, layer{"actor", &c.Actor.ContextConfig})
	case kind == "request":
		list = append(list, layer{"request", &c.Request.ContextConfig})
	case kind != "session":
		panic("config: no such kind of context: " + kind)
	}
	return append(list, layer{"session", &c.Session}, layer{"", &contextDefault})
}

// find returns the name under which Kinds holds a kind of actor.
func (a *Actors) find(kind string) (name string, ok bool) {
	if _, ok := a.Kinds[kind]; ok {
		return kind, true
	}
	name, ok = a.byVariable[variablePart(kind)]
	return name, ok
}

// or returns c with what is not set taken from other.
func (c ContextConfig) or(other *ContextConfig) ContextConfig {
	fields, others := reflect.ValueOf(&c).Elem(), reflect.ValueOf(other).Elem()
	for i := range fields.NumField() {
		if fields.Field(i).IsZero() {
			fields.Field(i).Set(others.Field(i))
		}
	}
	return c
}

// Environment returns the variables of the process that scripts get.
func (v Variables) Environment() map[string]string {
	env := map[string]string{}
	for _, item := range v {
		name, text, given := strings.Cut(item, "=")
		if !given {
			if text, given = os.LookupEnv(name); !given {
				continue
			}
		}
		env[name] = text
	}
	return env
}
