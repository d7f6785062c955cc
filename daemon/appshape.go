package daemon

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"rowan/daemon/channels"
	"rowan/engine/value"
	"rowan/pool"
)

// shape is what the app's default export holds.
type shape struct {
	Members   []string
	WebSocket bool
	Fetch     bool
	Handlers  []string // of websocket
	Settings  value.Object
	Actors    []actorScript
	Connect   bool
	Channels  []channels.Pattern
	parts     []part
}

func (s shape) has(handler string) bool { return slices.Contains(s.Handlers, handler) }

// actorScript is one kind of actor.
type actorScript struct {
	Kind, Script, APIs, Restart string
	Memory                      int
	Idle                        time.Duration // negative: never
}

// describe asks an app what it is made of, in a context of its own.
func (s *Server) describe(k *pool.Kind) (shape, error) {
	c := s.pool.Open(k, nil, nil)
	defer c.Close(nil)
	ctx, cancel := context.WithTimeout(context.Background(), buildTimeout)
	defer cancel()
	v, err := c.CallWait(ctx, "app.describe")
	if err != nil {
		return shape{}, evaluation(s.opts.App, err)
	}
	o, ok := v.(value.Object)
	if !ok {
		missing := "no default export"
		if v != "undefined" {
			missing = fmt.Sprintf("a %s as its default export, where an object with handlers is wanted", v)
		}
		return shape{}, fmt.Errorf("%s: the app has %s: end it with `export default { fetch(request) { … } } satisfies App`", filepath.Base(s.opts.App), missing)
	}
	sh := shape{parts: partsOf(o)}
	if err := checkTypes(sh.parts); err != nil {
		return shape{}, fmt.Errorf("%s: %w", filepath.Base(s.opts.App), err)
	}
	sh.Members = stringsOf(o, "members")
	sh.Handlers = stringsOf(o, "handlers")
	ws, _ := o.Get("websocket")
	sh.WebSocket, _ = ws.(bool)
	fetch, _ := o.Get("fetch")
	sh.Fetch, _ = fetch.(bool)
	connect, _ := o.Get("connect")
	sh.Connect, _ = connect.(bool)
	patterns, _ := o.Get("channels")
	entries, _ := patterns.([]any)
	for _, e := range entries {
		p, _ := e.(value.Object)
		topic, _ := p.Get("pattern")
		text, _ := topic.(string)
		sh.Channels = append(sh.Channels, channels.Pattern{Topic: text, Out: stringsOf(p, "out")})
	}
	settings, _ := o.Get("settings")
	sh.Settings, _ = settings.(value.Object)
	actors, _ := o.Get("actors")
	list, _ := actors.(value.Object)
	for _, f := range list {
		a, err := actorOf(f)
		if err != nil {
			return shape{}, fmt.Errorf("%s: actors.%s: %w", filepath.Base(s.opts.App), f.Key, err)
		}
		sh.Actors = append(sh.Actors, a)
	}
	return sh, nil
}

func stringsOf(o value.Object, key string) []string {
	v, _ := o.Get(key)
	list, _ := v.([]any)
	var out []string
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// actorOf reads an entry of the app's actors: a script's path, or ActorOptions.
func actorOf(f value.Field) (actorScript, error) {
	a := actorScript{Kind: f.Key, Restart: "transient", Idle: 5 * time.Minute}
	switch v := f.Value.(type) {
	case string:
		a.Script = v
	case value.Object:
		for _, p := range v {
			var ok bool
			switch p.Key {
			case "script":
				a.Script, ok = p.Value.(string)
			case "apis":
				a.APIs, ok = p.Value.(string)
			case "restart":
				a.Restart, ok = p.Value.(string)
				ok = ok && slices.Contains([]string{"transient", "permanent", "temporary"}, a.Restart)
			case "memory":
				a.Memory, ok = p.Value.(int)
			case "idleTimeout":
				var ms int
				if ms, ok = p.Value.(int); ms == 0 {
					a.Idle = -1
				} else {
					a.Idle = time.Duration(ms) * time.Millisecond
				}
			default:
				return a, fmt.Errorf("unknown option %q: known are script, apis, memory, idleTimeout and restart; an actor's code is a module of its own, which script names", p.Key)
			}
			if !ok {
				return a, fmt.Errorf("%s cannot be %v", p.Key, p.Value)
			}
		}
	default:
		return a, errors.New(`must be the path of the actor's module, such as "./room.ts", or { script: "./room.ts" }`)
	}
	if a.Script == "" {
		return a, errors.New("script is missing")
	}
	return a, nil
}
