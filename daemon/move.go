package daemon

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"rowan/bridge"
	"rowan/engine"
	"rowan/engine/value"
	"rowan/pool"
)

// Contexts that live when a new version of the app is loaded move to it if the settings say so, by the app's suspend and resume. The
// context becomes a fork of another template between two of its turns, see pool.Move: its socket, its channels, its subscriptions,
// its presences, its name and what waits for it stay. What its script alone has, such as callbacks, the new version's resume
// makes again.

// Contexts that are busy are tried again, after a pause that grows between these bounds while none can be moved; those that would
// lose something, so often.
const (
	movePauseMin = 50 * time.Millisecond
	movePauseMax = 2 * time.Second
	moveAttempts = 5
)

// moveFailuresLogged is how many contexts of one version the log names that could not be moved.
const moveFailuresLogged = 10

// moveLimitsHit is after how many contexts in a row that a limit has ended no more are moved: each has cost its worker a whole turn's
// budget, which those that are served wait for.
const moveLimitsHit = 20

// mover moves the contexts of older versions to one.
type mover struct {
	server *Server
	to     *app

	mu       sync.Mutex
	moved    int
	attempts map[uint64]int // of contexts that would have lost something
	stay     map[uint64]struct{}
	failed   int
	limited  int // in a row
}

// moveResidents moves contexts of older versions to this one until there are none left that can be moved, a newer version has come, or
// the server ends.
func (s *Server) moveResidents(to *app) {
	m := &mover{server: s, to: to, attempts: map[uint64]int{}, stay: map[uint64]struct{}{}}
	start, left := time.Now(), 0
	for pause, moved := movePauseMin, 0; ; pause = min(2*pause, movePauseMax) {
		left = m.pass()
		since := time.Since(start)
		if m.moved > moved {
			pause, moved = movePauseMin, m.moved
		}
		if m.over() || left == 0 && since >= retireAfter {
			break
		}
		wait := pause
		if left == 0 { // whoever was about to make a context of the version before has made it by then
			wait = retireAfter - since
		}
		select {
		case <-time.After(wait):
		case <-s.life.Done():
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.limited >= moveLimitsHit {
		s.log.Error(fmt.Sprintf("%d contexts in a row were ended by a limit as they moved to the new version: the others are not tried", m.limited))
	}
	s.log.Info(fmt.Sprintf("moved %d contexts to the new version in %v; %d stay with theirs", m.moved, time.Since(start).Round(time.Millisecond), len(m.stay)+left))
}

// over reports whether no more contexts are to be tried.
func (m *mover) over() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.server.closing.Load() || m.server.app.Load() != m.to || m.limited >= moveLimitsHit
}

// pass tries to move each context once, those of one worker one after the other, and returns how many are to be tried again.
func (m *mover) pass() (left int) {
	byWorker := make([][]resident, len(m.server.pool.Workers()))
	for r := range m.server.residents() {
		c := r.context()
		m.mu.Lock()
		_, stays := m.stay[c.ID()]
		m.mu.Unlock()
		if !stays && r.version() != m.to {
			byWorker[c.Shard()] = append(byWorker[c.Shard()], r)
			left++
		}
	}
	done := make(chan bool)
	for _, list := range byWorker {
		go func() {
			for _, r := range list {
				if m.over() {
					break
				}
				outcome := make(chan error, 1)
				m.begin(r, outcome)
				if err := <-outcome; m.settled(r, err) {
					m.mu.Lock()
					left--
					m.mu.Unlock()
				}
			}
			done <- true
		}()
	}
	for range byWorker {
		<-done
	}
	return left
}

// errStays is why a context stays of whose kind the app says nothing.
var errStays = errors.New("it has no suspend")

// settled takes the outcome of an attempt; false if there is to be another one.
func (m *mover) settled(r resident, err error) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := r.context()
	switch {
	case err == nil:
		m.moved++
		m.limited = 0
		return true
	case errors.Is(err, engine.ErrClosed):
		return true
	case errors.Is(err, pool.ErrBusy), errors.Is(err, pool.ErrQueueFull):
		return false
	case errors.Is(err, pool.ErrLeft):
		if m.attempts[c.ID()]++; m.attempts[c.ID()] < moveAttempts {
			return false
		}
	}
	m.stay[c.ID()] = struct{}{}
	if errors.Is(err, errStays) {
		return true
	}
	if endedByLimit(err) {
		m.limited++
	}
	if m.failed++; m.failed <= moveFailuresLogged {
		logUncaught(m.server.log, c, "not moved to the new version", err)
	}
	return true
}

// endedByLimit reports whether a turn was ended, or its context lost, by a limit.
func endedByLimit(err error) bool {
	_, limit := errors.AsType[*engine.LimitError](err)
	_, lost := errors.AsType[*engine.LostError](err)
	return limit || lost
}

// moving is one attempt.
type moving struct {
	server  *Server
	r       resident
	ctx     *pool.Context
	to      *app
	bridge  *bridge.Moving
	state   []byte      // what the group's suspend has returned
	into    destination // once the resident is of the new version
	objects []int       // of the host, that the script has held
}

// begin has a context moved on its worker.
func (m *mover) begin(r resident, outcome chan<- error) {
	v := &moving{server: m.server, r: r, ctx: r.context(), to: m.to}
	v.ctx.Move(&pool.Move{Suspend: v.suspend, To: v.forked, Resume: v.resume, Return: v.back, Done: func(err error) {
		if v.bridge != nil {
			v.bridge.End()
		}
		outcome <- err
	}})
}

// call calls an export of the group.
func (v *moving) call(t *engine.Turn, export string, args []byte, n int) ([]byte, error) {
	f, ok := t.Context().Template().Func(v.r.exports() + "." + export)
	if !ok {
		return nil, errStays // what runs no app
	}
	result, promise, err := t.CallEncoded(nil, f, args, n)
	if promise != 0 {
		t.Release(promise)
	}
	return result, err
}

// suspend asks the script for what it wants to keep.
func (v *moving) suspend(t *engine.Turn) error {
	if v.r.version() == v.to {
		return engine.ErrClosed // it has moved by now
	}
	v.bridge = v.server.bridge.Moving(v.ctx)
	var err error
	if v.state, err = v.call(t, "suspend", nil, 0); err != nil {
		return err
	}
	switch value.Kind(v.state) {
	case value.TagNull:
		return errStays
	case value.TagFalse:
		return pool.ErrBusy
	}
	idle, err := v.call(t, "idle", nil, 0)
	if err != nil {
		return err
	}
	if value.Kind(idle) != value.TagTrue || v.holds() {
		return errors.Join(pool.ErrLeft, v.back(t))
	}
	return nil
}

// holds reports whether the script has something of which a new one could not hear.
func (v *moving) holds() bool {
	s := v.server
	if s.bridge.Ports(v.ctx) > 0 {
		return true
	}
	scope := s.bridge.ScopeOf(v.ctx)
	if scope == nil {
		return false
	}
	v.objects = s.async.Objects(scope)
	return s.ports.Held(scope) || s.locks.Held(scope) || s.workers.held(scope)
}

// forked makes the resident one of the new version.
func (v *moving) forked() (*pool.Kind, *engine.Limits, error) {
	into, err := v.r.move(v.to)
	if err != nil {
		return nil, nil, err
	}
	v.into = into
	v.bridge.Forked()
	return into.kind, into.limits, nil
}

// resume has the new script go on.
func (v *moving) resume(t *engine.Turn) error {
	args := slices.Clone(v.state)
	for _, a := range v.into.further {
		var err error
		if args, err = value.Append(args, a); err != nil {
			return err
		}
	}
	if _, err := v.call(t, "resume", args, 1+len(v.into.further)); err != nil {
		return err
	}
	if scope := v.server.bridge.ScopeOf(v.ctx); scope != nil {
		v.server.async.DropAll(scope, v.objects)
	}
	return nil
}

// back has the script that was suspended go on after all.
func (v *moving) back(t *engine.Turn) error {
	v.bridge.Returned()
	if v.into.undo != nil {
		v.into.undo()
	}
	_, err := v.call(t, "stay", nil, 0)
	return err
}
