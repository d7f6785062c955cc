package daemon

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// Check loads an app as New does, without listening, and describes it.
func Check(opts Options) (*bytes.Buffer, error) {
	opts.Dev = false
	inMemory := *opts.Config // what the app has kept is left alone, and its migrations run as in a new database
	inMemory.Data = ""
	opts.Config, opts.checks = &inMemory, true
	s, err := New(opts)
	if err != nil {
		return nil, err
	}
	defer s.Shutdown(context.Background())
	a := s.app.Load()
	migrations, err := s.listMigrations()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: ok\n", opts.App)
	fmt.Fprintf(&b, "  members   %s\n", strings.Join(a.shape.Members, ", "))
	if a.shape.WebSocket {
		fmt.Fprintf(&b, "  websocket %s\n", strings.Join(a.shape.Handlers, ", "))
	}
	for _, c := range a.shape.Channels {
		fmt.Fprintf(&b, "  channel   %s\n", c.Topic)
	}
	for _, actor := range a.shape.Actors {
		fmt.Fprintf(&b, "  actor     %s: %s\n", actor.Kind, actor.Script)
	}
	if n := len(migrations); n > 0 {
		fmt.Fprintf(&b, "  migrations %d, the last %s\n", n, migrations[n-1].Name)
	}
	fmt.Fprintf(&b, "  image     %d KB, of which a %s keeps what it changes\n", a.kind().Template().ImageBytes()>>10, a.kind().Name())
	fmt.Fprintf(&b, "  files     %d, from %s\n", len(a.inputs), filepath.Dir(a.inputs[0]))
	if cause := a.kind().Template().Impure(); cause != "" {
		fmt.Fprintf(&b, "  note      evaluated anew for each %s, since it calls %s at its top level\n", a.kind().Name(), cause)
	}
	return &b, nil
}
