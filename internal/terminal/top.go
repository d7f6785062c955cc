// Package terminal shows a server that runs on a terminal: rowan top and rowan attach.
package terminal

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"rowan/daemon/admin/client"
)

// Top shows a server's load and its contexts.
type Top struct {
	Client *client.Client
	Sort   string // as in the API: "memory", "time" …
	Search string
	Kind   string
	Rows   int // contexts that are shown where the terminal does not say how many
	Every  time.Duration
	JSON   bool // one JSON text for each look
	Once   bool
	In     *os.File // keys
	Out    *os.File
}

// Run shows it until ctx is done or the person wants no more; on something else than a terminal once, if it is not JSON.
func (t *Top) Run(ctx context.Context) error {
	switch {
	case t.JSON:
		return t.print(ctx, func(s State) error { return json.NewEncoder(t.Out).Encode(s) })
	case t.Once || !term.IsTerminal(int(t.Out.Fd())) || !term.IsTerminal(int(t.In.Fd())):
		t.Once = true
		return t.print(ctx, func(s State) error {
			_, err := io.WriteString(t.Out, strings.Join(view{sort: t.Sort, width: 120}.draw(s), "\n")+"\n")
			return err
		})
	}
	return t.interact(ctx)
}

// print takes a look, or one after the other.
func (t *Top) print(ctx context.Context, print func(State) error) error {
	if t.Sort == "busy" { // what is shown is what changes from one look to the next
		if _, err := t.look(ctx, 0, 0); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(max(t.Every, time.Second)):
		}
	}
	for {
		s, err := t.look(ctx, 0, t.Rows)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			err = print(s)
		}
		if err != nil || t.Once {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(t.Every):
		}
	}
}

// look asks the server.
func (t *Top) look(ctx context.Context, offset, limit int) (s State, err error) {
	if err := t.Client.Get(ctx, "api/overview", &s.Overview); err != nil {
		return s, err
	}
	q := url.Values{"sort": {t.Sort}, "search": {t.Search}, "kind": {t.Kind}, "offset": {strconv.Itoa(offset)}, "limit": {strconv.Itoa(limit)}}
	err = t.Client.Get(ctx, "api/contexts?"+q.Encode(), &s.Contexts)
	return s, err
}

// sortKeys are the keys that choose what contexts are sorted by.
var sortKeys = map[byte]string{'m': "memory", 't': "time", 'b': "busy", 'r': "turns", 'w': "queued", 'n': "newest"}

// interact shows it on the whole of a terminal.
func (t *Top) interact(ctx context.Context) error {
	in := int(t.In.Fd())
	before, err := term.MakeRaw(in)
	if err != nil {
		return err
	}
	defer term.Restore(in, before)
	io.WriteString(t.Out, "\x1b[?1049h\x1b[?25l")       // another screen, no cursor
	defer io.WriteString(t.Out, "\x1b[?25h\x1b[?1049l") // as it was
	keys := readKeys(t.In)
	offset := 0
	for {
		v := view{color: os.Getenv("NO_COLOR") == "", sort: t.Sort, offset: offset, keys: true}
		if v.width, v.height, err = term.GetSize(int(t.Out.Fd())); err != nil {
			return err
		}
		if v.width <= 0 || v.height <= 0 {
			v.width, v.height = 80, 24
		}
		s, err := t.look(ctx, offset, min(max(v.height-8, 1), 500))
		if ctx.Err() != nil {
			return nil
		}
		var status *client.StatusError
		if errors.As(err, &status) {
			return err
		}
		if err != nil {
			t.show([]string{v.fit(err.Error()), "", v.dim("q quit")})
		} else {
			s.Contexts.Rows = s.Contexts.Rows[:min(len(s.Contexts.Rows), max(v.height-1-headLines(s), 0))]
			t.show(v.draw(s))
		}
		page := max(v.height-1-headLines(s), 1)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(t.Every):
		case key, ok := <-keys:
			switch {
			case !ok || key == "q" || key == "\x03" || key == "\x1b":
				return nil
			case len(key) == 1 && sortKeys[key[0]] != "":
				t.Sort, offset = sortKeys[key[0]], 0
			case key == "\x1b[A":
				offset--
			case key == "\x1b[B":
				offset++
			case key == "\x1b[5~":
				offset -= page
			case key == "\x1b[6~" || key == " ":
				offset += page
			}
			offset = min(max(offset, 0), max(s.Contexts.Matching-1, 0))
		}
	}
}

// show draws lines over those before, without a flicker.
func (t *Top) show(lines []string) {
	var b strings.Builder
	b.WriteString("\x1b[H")
	for i, line := range lines {
		if i > 0 {
			b.WriteString("\r\n")
		}
		b.WriteString(line + "\x1b[K")
	}
	b.WriteString("\x1b[J")
	io.WriteString(t.Out, b.String())
}

// readKeys reads keys, each with the sequence that stands for it. The goroutine ends with the input, or the process.
func readKeys(in *os.File) <-chan string {
	keys := make(chan string)
	go func() {
		defer close(keys)
		b := make([]byte, 16)
		for {
			n, err := in.Read(b)
			if err != nil {
				return
			}
			keys <- string(b[:n])
		}
	}()
	return keys
}

// SortNames are what a list can be sorted by.
func SortNames() []string {
	return []string{"memory", "time", "busy", "turns", "queued", "id", "newest"}
}
