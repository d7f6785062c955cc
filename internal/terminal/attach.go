package terminal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"rowan/daemon/admin/client"
	"rowan/daemon/inspect"
)

// Attach is a prompt into one context of a server, with the lines of its console.
type Attach struct {
	Client *client.Client
	Target string // the context's number, with its kind before it or not ("12", "session#12"), or an actor's kind and id ("room/lobby")
	Code   string // to run, instead of what is typed; "" for none
	In     *os.File
	Out    *os.File
	Err    io.Writer // for what code that is not typed throws
}

// ErrThrown says that code threw, which has been printed.
var ErrThrown = errors.New("the code has thrown")

// Run runs the code: what was given, what a file or a pipe has, or what a person types until the context or the input ends.
func (a *Attach) Run(ctx context.Context) error {
	id, err := a.find(ctx)
	if err != nil {
		return err
	}
	switch {
	case a.Code != "":
		return a.run(ctx, id, a.Code)
	case !term.IsTerminal(int(a.In.Fd())) || !term.IsTerminal(int(a.Out.Fd())):
		code, err := io.ReadAll(a.In)
		if err != nil {
			return err
		}
		return a.run(ctx, id, string(code))
	}
	return a.interact(ctx, id)
}

// find returns the number of the context.
func (a *Attach) find(ctx context.Context) (uint64, error) {
	kind, name, isActor := strings.Cut(a.Target, "/")
	if !isActor {
		id, err := strconv.ParseUint(a.Target[strings.LastIndexByte(a.Target, '#')+1:], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%q is neither the number of a context, such as 12 or session#12, nor an actor, such as room/lobby: rowan top lists them", a.Target)
		}
		var o inspect.Opened
		return id, a.Client.Get(ctx, contextPath(id, ""), &o)
	}
	const limit = 500
	q := url.Values{"kind": {kind}, "search": {name}, "sort": {"name"}, "limit": {strconv.Itoa(limit)}}
	for offset := 0; ; offset += limit {
		q.Set("offset", strconv.Itoa(offset))
		var l inspect.ActorList
		if err := a.Client.Get(ctx, "api/actors?"+q.Encode(), &l); err != nil {
			return 0, err
		}
		for _, r := range l.Rows {
			if r.ID == name && !r.Spawned {
				if r.Context == 0 {
					return 0, fmt.Errorf("actor %s is %s: it has no context now", a.Target, r.State)
				}
				return r.Context, nil
			}
		}
		if len(l.Rows) < limit {
			return 0, fmt.Errorf("there is no actor %s: it starts at the first call of it", a.Target)
		}
	}
}

func contextPath(id uint64, what string) string {
	return "api/contexts/" + strconv.FormatUint(id, 10) + what
}

// evaluate runs code in the context.
func (a *Attach) evaluate(ctx context.Context, id uint64, code string) (e inspect.Evaluated, err error) {
	err = a.Client.PostText(ctx, contextPath(id, "/eval"), code, &e)
	return e, err
}

// run runs code that is not typed, and prints its value.
func (a *Attach) run(ctx context.Context, id uint64, code string) error {
	e, err := a.evaluate(ctx, id, code)
	switch {
	case err != nil:
		return err
	case e.Error != "":
		fmt.Fprintln(a.Err, inspect.Clean(e.Error))
		return ErrThrown
	case e.Text != "undefined":
		fmt.Fprintln(a.Out, inspect.Clean(e.Text))
	}
	return nil
}

// watchEvery is how often it is looked whether the context is still there.
const watchEvery = 2 * time.Second

// interact is the prompt. It ends with the context, by Ctrl-D, or by ".exit".
func (a *Attach) interact(ctx context.Context, id uint64) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var o inspect.Opened
	if err := a.Client.Get(ctx, contextPath(id, ""), &o); err != nil {
		return err
	}
	before, err := term.MakeRaw(int(a.In.Fd()))
	if err != nil {
		return err
	}
	defer term.Restore(int(a.In.Fd()), before)
	keys := newTyped(a.In)
	t := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{keys, a.Out}, firstPrompt)
	p := &prompt{a: a, id: id, t: t, keys: keys, color: os.Getenv("NO_COLOR") == ""}
	t.AutoCompleteCallback = p.interrupt
	p.resize()
	p.say("", fmt.Sprintf("%s#%d %s: what is typed runs in this context; Ctrl-D leaves it.", o.Kind, id, o.Name))
	ended := make(chan error, 4)
	go func() { ended <- p.followLog(ctx) }()
	go func() { ended <- p.watch(ctx) }()
	p.leave = func() { ended <- nil }
	go func() { ended <- p.read(ctx) }() // ends with the input, or the process
	return <-ended
}

// prompt is a prompt on a terminal.
type prompt struct {
	a     *Attach
	id    uint64
	t     *term.Terminal
	keys  *typed
	code  string // lines of what is not complete yet
	leave func()
	color bool
}

// What stands before what is typed, and before its further lines.
const (
	firstPrompt = "> "
	morePrompt  = "… "
)

// resize takes the terminal's size, which may change.
func (p *prompt) resize() {
	if width, height, err := term.GetSize(int(p.a.Out.Fd())); err == nil && width > 0 {
		p.t.SetSize(width, height)
	}
}

// Colours of what is said.
const (
	red    = "31"
	yellow = "33"
	gray   = "90"
)

// say writes lines above what is being typed.
func (p *prompt) say(color, text string) {
	text = inspect.Clean(text)
	if p.color && color != "" {
		text = "\x1b[" + color + "m" + text + "\x1b[0m"
	}
	fmt.Fprintln(p.t, text)
}

// interrupt is told of each key, and of Ctrl-C takes back what is typed; where that is nothing, it leaves.
func (p *prompt) interrupt(line string, _ int, key rune) (string, int, bool) {
	if key != keyInterrupt {
		return "", 0, false
	}
	if line == "" && p.code == "" {
		p.leave()
	}
	p.code = ""
	p.t.SetPrompt(firstPrompt)
	fmt.Fprintln(p.t, "^C") // draws the prompt anew
	return "", 0, true
}

// read runs what is typed.
func (p *prompt) read(ctx context.Context) error {
	for {
		line, err := p.t.ReadLine()
		if errors.Is(err, io.EOF) {
			fmt.Fprintln(p.t)
			return nil
		}
		if err != nil && !errors.Is(err, term.ErrPasteIndicator) {
			return err
		}
		p.code += line
		switch {
		case strings.TrimSpace(p.code) == "":
			p.code = ""
			continue
		case strings.TrimSpace(p.code) == ".exit":
			return nil
		case incomplete(p.code):
			p.code += "\n"
			p.t.SetPrompt(morePrompt)
			continue
		}
		p.run(ctx)
		p.code = ""
		p.t.SetPrompt(firstPrompt)
	}
}

// run runs what has been typed, and says what came of it, unless Ctrl-C comes before.
func (p *prompt) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p.keys.onInterrupt(cancel)
	defer p.keys.onInterrupt(nil)
	e, err := p.a.evaluate(ctx, p.id, p.code)
	switch {
	case errors.Is(err, context.Canceled):
		p.say(yellow, "Not waited for any more: it may still run.")
	case err != nil:
		p.say(red, err.Error())
	case e.Error != "":
		p.say(red, e.Error)
	default:
		p.say("", e.Text)
	}
}

// pastLines is how many lines of the context's console are shown at the beginning.
const pastLines = 20

// followLog writes the last lines of the context's console, and then those that come.
func (p *prompt) followLog(ctx context.Context) error {
	path := "api/log?context=" + strconv.FormatUint(p.id, 10)
	var past inspect.Log
	if err := p.a.Client.Get(ctx, path, &past); err != nil {
		return err
	}
	for _, line := range past.Lines[max(len(past.Lines)-pastLines, 0):] {
		p.show(line)
	}
	path += "&follow=1&after=" + strconv.FormatUint(past.Last, 10)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.a.Client.URL+path, nil)
	if err != nil {
		return err
	}
	r.Header = p.a.Client.Header()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 4<<10))
		return errors.New(string(bytes.TrimSpace(text)))
	}
	for d := json.NewDecoder(res.Body); ; {
		var line inspect.Line
		if err := d.Decode(&line); err != nil {
			return fmt.Errorf("the server has ended, or cannot be reached any more: %w", err)
		}
		p.show(line)
	}
}

// show writes a line of the context's console.
func (p *prompt) show(line inspect.Line) {
	text := line.Text
	if line.Place != "" {
		text += "  " + line.Place
	}
	p.say(map[string]string{"error": red, "warn": yellow, "debug": gray}[line.Level], line.Time.Local().Format(time.TimeOnly)+" "+text)
}

// watch waits for the context's end.
func (p *prompt) watch(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(watchEvery):
		}
		p.resize()
		var o inspect.Opened
		err := p.a.Client.Get(ctx, contextPath(p.id, ""), &o)
		var status *client.StatusError
		if errors.As(err, &status) && status.Status == http.StatusNotFound {
			p.say(yellow, "The context has ended.")
			return nil
		}
	}
}
