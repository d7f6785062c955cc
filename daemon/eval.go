package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"regexp"
	"sync"
	"time"

	"go.uber.org/zap"

	"rowan/bridge/storage"
	"rowan/daemon/bundle"
	"rowan/daemon/config"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi"
	"rowan/jsapi/channel"
	"rowan/jsapi/console"
	"rowan/jsapi/node"
	"rowan/jsapi/url"
	"rowan/jsapi/url/weburl"
	"rowan/pool"
)

// Script is something for Eval to run.
type Script struct {
	Name string // for messages and stacks
	Code string // TypeScript or JavaScript
	Path string // of the file that Code is from, so that a module's imports are found; "" for none
	// Location is the base of relative URLs, and the global location; "" for none.
	Location string
	// Print prints a classic script's value, unless that is undefined.
	Print bool
	// Out takes console.log, info and debug; Err takes warnings and errors.
	Out, Err io.Writer
	// Version is what Rowan.version says.
	Version string
}

// ScriptError is an error that the script did not catch, as people read it: message and stack.
type ScriptError struct{ text string }

func (e *ScriptError) Error() string { return e.text }

// Limits of a script that is run by hand: no budget but patience, and what fits in the largest window.
const (
	evalTurn   = 24 * time.Hour
	evalWindow = 128 << 20
	evalHeap   = 96 << 20
)

// evalPoll is how often Eval looks whether anything is still pending.
const evalPoll = 2 * time.Millisecond

// Eval runs a script in a context of its own until nothing is pending: its evaluation, its timers and its calls. It
// returns a *ScriptError when the script throws and nobody catches it, a *ScriptExit when it ends itself, and any other error when it cannot be run.
func Eval(script Script, c *config.Config) error {
	apis, err := c.Context("session").APIs.Groups()
	if err != nil {
		return fmt.Errorf("--apis: %w", err)
	}
	b, err := script.bundle(builtins(apis))
	if err != nil {
		return err
	}
	r := &scriptRun{script: script, done: make(chan error, 1)}
	own := *c
	own.Fetch.MaxBody = value.MaxSize // as much as a value can hold
	c = &own
	root, err := openRoot(c.FS)
	if err != nil {
		return err
	}
	store, err := storage.Open(storage.Options{}) // in memory
	if err != nil {
		return err
	}
	s := newServer(Options{Config: c, Log: zap.NewNop(), Version: script.Version, root: root, storage: store}, pool.Options{Workers: 1, Windows: 1})
	defer s.closeContexts(context.Background())
	if script.Location != "" {
		if _, err := weburl.Parse(script.Location, nil); err != nil {
			return fmt.Errorf("--location %s: %w", script.Location, err)
		}
	}
	reach, err := s.newReach([][]string{{"public", "private"}}, c.Context("session").Env)
	if err != nil {
		return err
	}
	r.rights = &rights{reach: reach}
	reach.hosts["url"] = url.Hosts(s.async, script.Location)
	reach.hosts["console"] = console.Hosts(r.print)
	reach.hosts["channel"] = append(reach.hosts["channel"], channel.Origin(script.Location))
	s.workers.console = r.print
	options := s.nodeOptions(reach.env.Environment())
	options.Write, options.Exit = r.write, r.exit
	reach.hosts["node"] = node.Hosts(s.async, options)
	if s.workers.base, err = filepath.Abs(filepath.Dir(cmp.Or(script.Path, script.Name))); err != nil {
		return err
	}
	k, err := r.kind(s, b, apis)
	if err != nil {
		return err
	}
	ctx := s.pool.Open(k, nil, r)
	if err := ctx.Post(r); err != nil {
		return err
	}
	r.uncaught(<-r.done)
	for r.first() == nil && !s.quiet(ctx) {
		time.Sleep(evalPoll)
	}
	if err := r.first(); err != nil {
		var exit *ScriptExit
		if errors.As(err, &exit) {
			return exit
		}
		text, _ := describe(err)
		return &ScriptError{text}
	}
	return nil
}

// quiet reports whether neither a script nor its workers have anything under way or to come.
func (s *Server) quiet(ctx *pool.Context) bool {
	turns := s.pool.Stats().Turns
	return s.idle(ctx) && s.workers.idle() && s.locks.Settled() && s.idle(ctx) && s.pool.Stats().Turns == turns // else a message was passed on meanwhile
}

// idle reports whether nothing is under way in a context or to come. A call is counted out after its outcome is in the
// mailbox: what was counted out when there were no calls has run when the context is idle, and if no call began until
// then, there is none.
func (s *Server) idle(ctx *pool.Context) bool {
	begun := s.bridge.Begun(ctx)
	return s.bridge.Calls(ctx) == 0 && ctx.Idle() && s.bridge.Begun(ctx) == begun
}

// bundle makes JavaScript of the script, which may import these modules of Node.js.
func (s Script) bundle(builtins []string) (*bundle.Bundle, error) {
	opts := bundle.Options{Name: evalName, Builtins: builtins}
	isCommonJS := len(builtins) > 0 && requireCall.MatchString(s.Code)
	switch {
	case !isCommonJS && !bundle.IsModule(s.Code):
		if isJavaScript(s.Name) {
			// As it is: its positions stay right, and so does "new (new C())()", which the bundler would print as
			// "new new C()()" and QuickJS takes for a call.
			if _, err := engine.Compile(s.Code, s.Name, false); err == nil {
				return &bundle.Bundle{Name: s.Name, Code: []byte(s.Code)}, nil
			}
		}
		return bundle.Transform(s.Code, s.Name)
	case s.Path != "":
		opts.Root = "."
		return bundle.Build(s.Path, opts)
	}
	return bundle.BuildScript(s.Code, s.Name, opts)
}

// isJavaScript reports whether a script's name says that it is JavaScript and nothing more.
func isJavaScript(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".js" || ext == ".cjs"
}

// requireCall is in a script that is a CommonJS module: it has imports, though no import declarations.
var requireCall = regexp.MustCompile(`\brequire\s*\(`)

// evalName is what the engine calls a bundled script; no file can be called so.
const evalName = "eval:bundle"

// scriptRun is the Task of running a script, and what has become of it.
type scriptRun struct {
	script  Script
	rights  *rights
	program *engine.Program
	done    chan error

	mu  sync.Mutex
	err error // the first that nobody caught
}

func (r *scriptRun) kind(s *Server, b *bundle.Bundle, apis config.Set) (*pool.Kind, error) {
	c := s.opts.Config
	settings := c.Context("session")
	groups, err := jsapi.Groups(apis.Has, "", r.rights.hosts)
	if err != nil {
		return nil, err
	}
	if r.program, err = engine.Compile(string(b.Code), b.Name, b.Name == evalName); err != nil {
		return nil, compileFailed(r.script.Name, b, err)
	}
	limits := engine.Limits{HeapBytes: evalHeap, Turn: evalTurn, Jobs: 1 << 40, ValueBytes: value.MaxSize}
	if c.FlagSet("memory") {
		limits.HeapBytes = int(settings.Memory)
	}
	if c.FlagSet("turn") {
		limits.Turn = time.Duration(settings.Turn)
	}
	return s.pool.NewKind(engine.Spec{
		Name: "eval", Groups: groups, Meta: jsapi.Meta, Reporter: jsapi.Reporter, Limits: limits, WindowBytes: evalWindow, MapStack: b.Map.RewriteStack,
	}), nil
}

// Run evaluates the script.
func (r *scriptRun) Run(t *engine.Turn) error {
	v, err := t.LoadEncoded(r.program)
	if errors.Is(err, engine.ErrReported) {
		return nil
	}
	if err == nil && r.script.Print && value.Kind(v) != value.TagUndefined && r.program.Name() != evalName {
		fmt.Fprintln(r.script.Out, shown(v))
	}
	return err
}

// shown is a value as people read it.
func shown(v []byte) string {
	if value.Kind(v).IsString() {
		if s, err := value.MakeArgs(v, 1).String(0); err == nil {
			return s
		}
	}
	return value.Describe(v)
}

// Done tells Eval that the evaluation is over.
func (r *scriptRun) Done(err error) { r.done <- err }

// write writes what the script does by process.stdout or process.stderr.
func (r *scriptRun) write(_ *engine.Turn, isError bool, text string) {
	w := r.script.Out
	if isError {
		w = r.script.Err
	}
	io.WriteString(w, text)
}

// exit ends the script by process.exit.
func (r *scriptRun) exit(t *engine.Turn, code int) error {
	r.uncaught(&ScriptExit{code})
	t.End()
	return nil
}

// ScriptExit says that the script ended itself, by process.exit.
type ScriptExit struct{ Code int }

func (e *ScriptExit) Error() string { return fmt.Sprintf("the script ended with exit code %d", e.Code) }

// print writes a line of the script's console.
func (r *scriptRun) print(t *engine.Turn, level, text, stack string) {
	w := r.script.Out
	if level == "warn" || level == "error" {
		w = r.script.Err
	}
	if stack != "" {
		text += "\n" + appStack(stack)
	}
	fmt.Fprintln(w, t.Context().Template().MapStack(text))
}

// uncaught keeps the first error that nobody caught.
func (r *scriptRun) uncaught(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
}

func (r *scriptRun) first() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}
