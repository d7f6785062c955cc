package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"
)

// load writes a rowan.toml into a fresh working directory and loads it.
func load(t *testing.T, text string) (*Config, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile(FileName, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return Load(".")
}

func TestLoad(t *testing.T) {
	c, err := load(t, `
listen = ":8080"
acceptors = 3
workers = 2
reload.existing = "move"
shutdown = { timeout = "1m", batch = 5, interval = "1s" }
call = { timeout = "1.5s" }

[log]
level = "debug"
format = "json"
slow_turn = "5ms"
bytes_per_second = "2KB"

[admin]
listen = ":9000"
token = "0123456789abcdef"
token_file = "token"
hosts = ["admin.internal"]

[tracing]
endpoint = "http://collector:4318"
authorization = "Bearer 0123456789"
service = "chat"
one_in = 10

[actor.room]
memory = "8MB"
handlers = []

[session]
apis = "rowan"
memory = 500_000
turn = "5ms"
stack = 500
mailbox = 16
handlers = ["publish", 'subscribers']
hosts = ["public", "db.internal"]
env = ["HOME", "A=b"]

[request]
turn = "1s"
max_body = "1MB"
timeout = "2s"
concurrent = 3

[actor]
memory = "4MB"
lobby.turn = "2ms"

[channels]
mounts = ["/live"]
max_channels = 7
max_payload = "3MB"
idle_timeout = "1m30s"
backpressure_limit = "2KB"
per_message_deflate = true
longpoll_window = "1s"
origins = ["//example.com"]

[fetch]
timeout = "3s"
max_body = "2MB"
concurrent = 4

[websocket]
idle_timeout = "10s"
send_pings = false
max_payload = "64KiB"
backpressure_limit = 1024
close_on_backpressure_limit = true
per_message_deflate = true
publish_to_self = true
origins = ["https://example.com"]

[limits]
messages_per_second = 7
bytes_per_second = "1MB"
burst = "2s"
connections_per_address = 8
connects_per_second = 9
exempt = ["10.0.0.0/8"]

[proxy]
trusted = ["192.168.0.0/16"]
header = "forwarded"
protocol = true

[http]
header_timeout = "1s"
body_timeout = "2s"
idle_timeout = "3s"
max_header = "8KB"
hosts = ["example.com"]

[tls]
cert = "/c.pem"
key = "/k.pem"
redirect = ":80"

[static]
headers = ["A: b"]

[jwt]
secret = "thirty-two bytes of a good secret"
key_file = "keys/jwt.pem"
jwks = "https://id.example.com/jwks"
algorithms = ["HS256"]
issuer = "id"
audience = ["chat", "news"]
leeway = "1s"
require_expiry = false
required = true
cookie = "c"
query = "q"
refresh = "1m"

[storage]
synchronous = "full"
max_size = "2GB"
wait = "1s"
`)
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Listen:    ":8080",
		Acceptors: 3,
		Workers:   2,
		Admin:     Admin{Listen: ":9000", Token: "0123456789abcdef", TokenFile: "token", Hosts: []string{"admin.internal"}},
		Reload:    Reload{Existing: "move"},
		Tracing:   Tracing{Endpoint: "http://collector:4318", Authorization: "Bearer 0123456789", Service: "chat", OneIn: 10},
		Shutdown:  Shutdown{Timeout: Duration(time.Minute), Batch: 5, Interval: Duration(time.Second)},
		Channels: Channels{
			Mounts: []string{"/live"}, MaxChannels: 7, MaxPayload: 3 << 20, IdleTimeout: Duration(90 * time.Second), BackpressureLimit: 2 << 10,
			LongPollWindow: Duration(time.Second), Origins: []string{"//example.com"}, PerMessageDeflate: true,
		},
		Call: Call{Timeout: Duration(1500 * time.Millisecond)},
		Fetch: Fetch{
			Timeout: Duration(3 * time.Second), MaxBody: 2 << 20, Concurrent: 4,
		},
		Storage: Storage{Synchronous: "full", MaxSize: 2 << 30, Wait: Duration(time.Second)},
		Log:     Log{Level: "debug", Format: "json", SlowTurn: Duration(5 * time.Millisecond), BytesPerSecond: 2 << 10},
		Session: ContextConfig{APIs: "rowan", Memory: 500_000, Turn: Duration(5 * time.Millisecond),
			Stack: 500, Mailbox: 16, Handlers: []string{"publish", "subscribers"}, Hosts: []string{"public", "db.internal"}, Env: []string{"HOME", "A=b"}},
		Request: Requests{
			ContextConfig: ContextConfig{Turn: Duration(time.Second)},
			MaxBody:       1 << 20, Timeout: Duration(2 * time.Second), Concurrent: 3,
		},
		Actor: Actors{
			ContextConfig: ContextConfig{Memory: 4 << 20},
			Kinds: map[string]*ContextConfig{
				"room":  {Memory: 8 << 20, Handlers: []string{}},
				"lobby": {Turn: Duration(2 * time.Millisecond)},
			},
		},
		WebSocket: WebSocket{IdleTimeout: Duration(10 * time.Second), MaxPayload: 64 << 10, BackpressureLimit: 1024,
			CloseOnBackpressureLimit: true, PerMessageDeflate: true, PublishToSelf: true, Origins: []string{"https://example.com"}},
		Limits: Limits{MessagesPerSecond: 7, BytesPerSecond: 1 << 20, Burst: Duration(2 * time.Second),
			ConnectionsPerAddress: 8, ConnectsPerSecond: 9, Exempt: Networks{"10.0.0.0/8"}},
		TLS:    TLS{Cert: "/c.pem", Key: "/k.pem", Redirect: ":80"},
		Static: Static{Headers: Headers{"A: b"}},
		Proxy:  Proxy{Trusted: Networks{"192.168.0.0/16"}, Header: "forwarded", Protocol: true},
		HTTP:   HTTP{HeaderTimeout: Duration(time.Second), BodyTimeout: Duration(2 * time.Second), IdleTimeout: Duration(3 * time.Second), MaxHeader: 8 << 10, Hosts: Names{"example.com"}},
		JWT: JWT{
			Secret: "thirty-two bytes of a good secret", KeyFile: "keys/jwt.pem", JWKS: "https://id.example.com/jwks", Algorithms: []string{"HS256"},
			Issuer: "id", Audience: []string{"chat", "news"}, Leeway: Duration(time.Second), Required: true, Cookie: "c", Query: "q", Refresh: Duration(time.Minute),
		},
	}
	c.origins = nil
	if !reflect.DeepEqual(c, want) {
		t.Errorf("Load:\n%+v\nwant:\n%+v", c, want)
	}
}

func TestLoadNothing(t *testing.T) {
	c, err := Load(t.TempDir())
	if err != nil || !reflect.DeepEqual(c, Default()) {
		t.Errorf("Load = %+v, %v; want the defaults", c, err)
	}
}

func TestLoadUnreadable(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, FileName), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, FileName)) {
		t.Errorf("Load: %v, want an error that names the file", err)
	}
}

func TestContext(t *testing.T) {
	c, err := load(t, `
[session]
apis = "rowan,timers"
memory = "1MB"
handlers = ["publish"]
[request]
memory = "2MB"
[actor]
memory = "3MB"
turn = "7ms"
[actor.room]
memory = "4MB"
handlers = []
`)
	if err != nil {
		t.Fatal(err)
	}
	base := ContextConfig{APIs: "rowan,timers", Turn: Duration(50 * time.Millisecond), Stack: 1000, Mailbox: 1024, Handlers: []string{"publish"}, Hosts: []string{"public"}, Env: []string{}}
	with := func(memory Bytes, turn time.Duration, handlers []string) ContextConfig {
		s := base
		s.Memory, s.Turn, s.Handlers = memory, Duration(turn), handlers
		return s
	}
	publish := []string{"publish"}
	tests := []struct {
		kind string
		want ContextConfig
	}{
		{"session", with(1<<20, 50*time.Millisecond, publish)},
		{"request", with(2<<20, 50*time.Millisecond, publish)},
		{"actor:lobby", with(3<<20, 7*time.Millisecond, publish)},
		{"actor:room", with(4<<20, 7*time.Millisecond, []string{})},
	}
	for _, test := range tests {
		if got := c.Context(test.kind); !reflect.DeepEqual(got, test.want) {
			t.Errorf("Context(%q) = %+v\nwant %+v", test.kind, got, test.want)
		}
	}
	if got := Default().Context("request"); !reflect.DeepEqual(got, contextDefault) {
		t.Errorf("by default, Context = %+v, want %+v", got, contextDefault)
	}
}

func TestContextOfNoKind(t *testing.T) {
	defer func() {
		if got := recover(); got != "config: no such kind of context: room" {
			t.Errorf("Context panicked with %v", got)
		}
	}()
	Default().Context("room")
}

func TestLoadErrors(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{
			"unknown key",
			"listen = ':4000'\n\n[log]\nlevel = 'info'\n\n[session]\nmemry = '32MB'\n",
			`rowan.toml:7:1: unknown key "memry" in [session]; did you mean "memory"?`,
		},
		{"unknown key above the tables", "lisen = ':1'\n", `rowan.toml:1:1: unknown key "lisen"; did you mean "listen"?`},
		{"unlike any key", "colour = 'red'\n", `rowan.toml:1:1: unknown key "colour"; there are listen, workers, acceptors, fs, data`},
		{"unknown key of actors", "[actor]\nmemory = '1MB'\n  turns = '1ms'\n", `rowan.toml:3:3: unknown key "turns" in [actor]; did you mean "turn"?`},
		{"unknown key of one kind", "actor.room.stak = 3\n", `rowan.toml:1:12: unknown key "stak" in [actor.room]; did you mean "stack"?`},
		{"unknown key between braces", "call = { timout = '1s' }\n", `rowan.toml:1:10: unknown key "timout" in [call]; did you mean "timeout"?`},
		{"empty key", "\"\" = 1\n", `rowan.toml:1:1: unknown key ""; there are listen, workers, acceptors, fs, data`},
		{"unknown table", "[sesion]\n", `rowan.toml:1:2: unknown table [sesion]; did you mean [session]?`},
		{"unknown table between braces", "sockets = {}\n", `rowan.toml:1:1: unknown table [sockets]`},
		{"table too deep", "[actor.room.storage]\n", `rowan.toml:1:13: unknown table [actor.room.storage]`},
		{"kind named like a setting", "[actor.memory]\n", `rowan.toml:1:8: memory in [actor] is a setting, not a table`},
		{"table as a value", "session = 'all'\n", `rowan.toml:1:1: [session] is a table, not a setting`},
		{"list of tables", "[[actor.room]]\n", `rowan.toml:1:3: double brackets make a list of tables; write single ones`},

		{"size with a wrong unit", "[session]\nmemory = \"32 megs\"\n", `rowan.toml:2:10: memory in [session] must be a size such as 512000, "512KB" or "32MB", not "32 megs"`},
		{"size below 1", "[session]\nmemory = 0\n", `rowan.toml:2:10: memory in [session] must be a size such as 512000, "512KB" or "32MB", not "0"`},
		{"size that is no whole number", "[session]\nmemory = 1.5\n", `rowan.toml:2:10: memory in [session] must be a size such as 512000, "512KB" or "32MB", not 1.5`},
		{"duration without a unit", "[session]\nturn = 50\n", `rowan.toml:2:8: turn in [session] must be a duration above 0 such as "50ms" or "30s", not 50`},
		{"duration of nothing", "[session]\nturn = \"0s\"\n", `rowan.toml:2:8: turn in [session] must be a duration above 0 such as "50ms" or "30s", not "0s"`},
		{"number in quotes", "workers = \"2\"\n", `rowan.toml:1:11: workers must be a whole number above 0, not "2"`},
		{"number below 1", "workers = -1\n", `rowan.toml:1:11: workers must be a whole number above 0, not "-1"`},
		{"text without quotes that is a number", "[session]\napis = 1\n", `rowan.toml:2:8: apis in [session] must be a text such as "all", "none" or "all,-fetch", not 1`},
		{"empty text", "[session]\napis = ''\n", `rowan.toml:2:8: apis in [session]: API groups "": an empty name; write "none" for no group`},
		{"list for a text", "[session]\napis = ['rowan']\n", `rowan.toml:2:1: apis in [session] must be a text such as "all", "none" or "all,-fetch", not a list`},
		{"text for a list", "[session]\nhandlers = 'all'\n", `rowan.toml:2:12: handlers in [session] must be a list of texts: ["…", "…"]`},
		{"unknown group", "[session]\napis = 'all,-fetsh'\n", `rowan.toml:2:8: apis in [session]: unknown API group "fetsh"; did you mean "fetch"?`},
		{"no host", "[request]\nhosts = ['a b']\n", `rowan.toml:2:1: hosts in [request]: "a b" is no host; give "public", "private", a name, an address or a network`},
		{"no variable", "[actor.room]\nenv = ['=x']\n", `rowan.toml:2:1: env in [actor.room]: "=x" names no variable; write NAME, or NAME=VALUE`},
		{"no path", "[channels]\nmounts = ['live']\n", `rowan.toml:2:1: mounts in [channels]: the path "live" must begin with a slash`},
		{"no algorithm", "[jwt]\nalgorithms = ['none']\n", `rowan.toml:2:1: algorithms in [jwt]: "none" is none of HS256, RS256, ES256, EdDSA`},
		{"list of numbers", "[session]\nhandlers = ['a', 1]\n", `rowan.toml:2:1: handlers in [session] must be a list of texts: ["…", "…"]`},
		{"yes for true", "[websocket]\nsend_pings = 'yes'\n", `rowan.toml:2:14: send_pings in [websocket] must be true or false, not 'yes'`},
		{"unknown level", "[log]\nlevel = 'verbose'\n", `rowan.toml:2:9: level in [log] must be "debug", "info", "warn" or "error", not "verbose"`},
		{"unknown format", "[log]\nformat = 'xml'\n", `rowan.toml:2:10: format in [log] must be "console", "json" or "auto", not "xml"`},
		{"unknown synchronous", "[storage]\nsynchronous = 'off'\n", `rowan.toml:2:15: synchronous in [storage] must be "normal" or "full", not "off"`},
		{"address without a port", "listen = 'localhost'\n", `rowan.toml:1:10: listen must be a host and a port such as "127.0.0.1:4000", not "localhost"`},

		{"no TOML", "listen = \n", "rowan.toml:1:10: unexpected character U+000A at start of value"},
		{"a key twice", "workers = 1\nworkers = 2\n", "rowan.toml:2:1: key workers is already defined"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(t, test.text)
			if err == nil || err.Error() != test.want {
				t.Errorf("Load: %v\nwant: %s", err, test.want)
			}
		})
	}
}

// The documented file names every setting and shows its default.
func TestExample(t *testing.T) {
	c, err := load(t, Example)
	if err != nil {
		t.Fatal(err)
	}
	c.origins = origins{}
	want := Default()
	want.Session = contextDefault
	if !reflect.DeepEqual(c, want) {
		t.Errorf("the example says\n%+v\nwhere the defaults are\n%+v", c, want)
	}

	// With what is commented out, it is valid too, and says everything.
	all := uncomment(Example)
	if c, err = load(t, all); err != nil {
		t.Fatal(err)
	}
	if len(c.Actor.Kinds) == 0 || c.Session.Handlers == nil || c.Request.Memory == 0 || c.Request.MaxBody == 0 {
		t.Errorf("uncommented, the example lacks a setting: %+v", c)
	}
	var tables map[string]any
	if err := toml.Unmarshal([]byte(all), &tables); err != nil {
		t.Fatal(err)
	}
	root := reflect.ValueOf(c).Elem()
	for _, key := range names(root, isSetting) {
		if tables[key] == nil {
			t.Errorf("the example lacks %s", key)
		}
	}
	for _, name := range names(root, isTable) {
		if name == "request" || name == "actor" {
			continue // as session
		}
		table := tables[name].(map[string]any)
		for _, key := range names(field(root, name), isSetting) {
			if table[key] == nil {
				t.Errorf("the example lacks %s in [%s]", key, name)
			}
		}
	}
}

// uncomment removes the comment signs before settings and tables.
func uncomment(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		rest, ok := strings.CutPrefix(line, "# ")
		key, _, isSetting := strings.Cut(rest, " = ")
		if ok && (isSetting && !strings.Contains(key, " ") || strings.HasPrefix(rest, "[actor.")) {
			lines[i] = rest
		}
	}
	return strings.Join(lines, "\n")
}

// parse returns the flags of a command line.
func parse(t *testing.T, args ...string) (f Flags) {
	t.Helper()
	set := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	f.AddFile(set)
	f.AddServer(set)
	f.AddContext(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFlags(t *testing.T) {
	c, err := load(t, "workers = 3\n[session]\nmemory = '1MB'\nturn = '1ms'\n[actor.room]\nmemory = '2MB'\n")
	if err != nil {
		t.Fatal(err)
	}
	c.Apply(parse(t, "--listen", ":0", "--memory=3MB", "--apis", "rowan", "--env", "A=1,2", "--env=B", "--allow-hosts", "none"))
	if c.Listen != ":0" || c.Workers != 3 {
		t.Errorf("Listen = %s, Workers = %d; want :0 of the flag and 3 of the file", c.Listen, c.Workers)
	}
	want := ContextConfig{APIs: "rowan", Memory: 3 << 20, Turn: Duration(time.Millisecond), Stack: 1000, Mailbox: 1024, Hosts: Hosts{}, Env: Variables{"A=1,2", "B"}}
	for _, kind := range []string{"session", "request", "actor:room"} {
		if got := c.Context(kind); !reflect.DeepEqual(got, want) {
			t.Errorf("Context(%q) = %+v\nwant %+v", kind, got, want)
		}
	}
	if !c.FlagSet("memory") || c.FlagSet("turn") {
		t.Error("FlagSet: want memory, and not turn")
	}
}

func TestFlagErrors(t *testing.T) {
	tests := []struct{ arg, want string }{
		{"--memory=32", ""},
		{"--memory=32mb", `invalid argument "32mb" for "--memory" flag: must be a size such as 512000, "512KB" or "32MB", not "32mb"`},
		{"--turn=50", `invalid argument "50" for "--turn" flag: must be a duration above 0 such as "50ms" or "30s", not "50"`},
		{"--workers=0", `invalid argument "0" for "--workers" flag: must be a whole number above 0, not "0"`},
		{"--listen=4000", `invalid argument "4000" for "--listen" flag: must be a host and a port such as "127.0.0.1:4000", not "4000"`},
		{"--apis=", `invalid argument "" for "--apis" flag: API groups "": an empty name; write "none" for no group`},
	}
	for _, test := range tests {
		var f Flags
		set := pflag.NewFlagSet("serve", pflag.ContinueOnError)
		f.AddServer(set)
		f.AddContext(set)
		got := ""
		if err := set.Parse([]string{test.arg}); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: %s\nwant: %s", test.arg, got, test.want)
		}
	}
}

func TestFlagUsage(t *testing.T) {
	var f Flags
	set := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	f.AddServer(set)
	f.AddContext(set)
	usage := set.FlagUsages()
	for _, want := range []string{
		"      --allow-hosts list    hosts that scripts may reach, as a list such as public,db.internal:8080,10.1.0.0/16 (default public)\n",
		"      --apis list           API groups as a list such as rowan,timers, or all, none, all,-fetch, all,node (default all, which is without node)\n",
		"      --env variable        environment variable that scripts may read, NAME or NAME=VALUE; may be repeated\n",
		"      --listen address      address of the server (default 127.0.0.1:4000)\n",
		"      --log-level level     least level that is logged: debug, info, warn or error (default info)\n",
		"      --memory size         heap of a context above the image (default 32MB)\n",
	} {
		if !strings.Contains(usage, want) {
			t.Errorf("usage lacks\n%s\n%s", want, usage)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(Example)
	f.Add("[actor]\nroom = { memory = '1MB', handlers = ['a'] }\n\"\".x = 1")
	f.Add("[[a.b]]\n[actor.'*']\nstack = 1_0")
	f.Fuzz(func(t *testing.T, text string) {
		c := Default()
		err := decode(c, FileName, []byte(text))
		if err != nil && !strings.HasPrefix(err.Error(), FileName+":") {
			t.Errorf("error without a place: %v", err)
		}
		if err == nil && (c.Context("session").Memory <= 0 || c.Workers <= 0) {
			t.Errorf("no limit: %+v", c)
		}
	})
}
