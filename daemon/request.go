package daemon

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"rowan/engine"
	"rowan/pool"
)

// request is one HTTP request with its context, from its arrival until its response has been sent and what it gave to
// Rowan.waitUntil has settled.
//
// Three kinds of goroutines meet in it. The connection's runs serve and alone touches the ResponseWriter. The worker's runs
// the script's turns, in which the host functions of requesthosts.go answer. Operations read the body, see requestBody.
type request struct {
	server *Server
	app    *app
	ctx    *pool.Context
	http   *http.Request // nil once a session has begun: those of the worker look at it before they answer
	remote string        // the client's address
	args   []byte        // of the script's fetch
	claims []byte        // of the client's token, as JSON; nil for none

	method, path string // for the log

	answered atomic.Bool
	answers  chan answer // the one answer, once answered is set
	body     requestBody
	out      outbox
	began    time.Time
	status   int         // of the response, once it has begun
	span     engine.Span // nil if it is not traced
	upgraded atomic.Bool // the script has called server.upgrade: the context is the session's to end
	session  atomic.Pointer[session]

	mu      sync.Mutex
	holds   int  // what the context is kept for: the response, and each of waitUntil's promises
	sent    bool // the response is no longer one of them
	ended   bool
	patient *time.Timer // ends a context that is kept for too long
}

// requestArgs is how many arguments the script's fetch takes: method, URL, headers and body.
const requestArgs = 4

// retryAfter is how many seconds a client is told to wait when the server has too much to do.
const retryAfter = "1"

// serveRequest has the app's fetch answer a request.
func (s *Server) serveRequest(w http.ResponseWriter, r *http.Request, a *app) {
	if s.closing.Load() {
		unavailable(w, "the server is shutting down")
		return
	}
	claims, ok := s.authorize(w, r)
	if !ok {
		return
	}
	if s.requests.Add(1) > int64(a.config.Request.Concurrent) {
		s.requests.Add(-1)
		s.monitor.responses.note(http.StatusServiceUnavailable, 0)
		unavailable(w, "too many requests at once")
		return
	}
	q := &request{
		server: s, app: a, http: r, remote: r.RemoteAddr, method: r.Method, path: r.URL.Path,
		answers: make(chan answer, 1), holds: 1, began: time.Now(), claims: claims,
	}
	q.out.wake = make(chan struct{}, 1)
	args, refused := q.arguments(w)
	if refused != 0 {
		s.requests.Add(-1)
		q.noteStatus(refused)
		http.Error(w, http.StatusText(refused), refused)
		return
	}
	q.args = args
	if s.tracer != nil {
		defer q.trace(r)()
	}
	q.ctx = s.pool.Open(a.request, a.limits, q)
	s.running.add(q)
	if err := q.ctx.Post((*firstTurn)(q)); err != nil {
		q.kill()
		q.noteStatus(http.StatusServiceUnavailable)
		unavailable(w, "too much to do")
		return
	}
	s.serving.Add(1)
	defer s.serving.Done()
	q.serve(w)
}

// noteStatus counts the response, which begins now.
func (q *request) noteStatus(status int) {
	q.status = status
	q.server.monitor.responses.note(status, time.Since(q.began))
}

// unavailable refuses a request that may be tried again.
func unavailable(w http.ResponseWriter, why string) {
	w.Header().Set("Retry-After", retryAfter)
	http.Error(w, why, http.StatusServiceUnavailable)
}

// serve waits for the script's answer and writes it. It runs on the connection's goroutine.
func (q *request) serve(w http.ResponseWriter) {
	rc := http.NewResponseController(w)
	timeout := time.NewTimer(time.Duration(q.app.config.Request.Timeout))
	defer timeout.Stop()
	var a answer
	select {
	case a = <-q.answers:
	case <-q.http.Context().Done():
		q.gone()
		q.body.leave(rc)
		if !lateBody(q.http) {
			panic(http.ErrAbortHandler) // to return would be to answer with status 200
		}
		q.noteStatus(http.StatusRequestTimeout)
		http.Error(w, http.StatusText(http.StatusRequestTimeout), http.StatusRequestTimeout)
		return
	case <-q.server.cut:
		q.abort(rc)
	case <-timeout.C:
		if !q.answered.Swap(true) {
			q.server.log.Warn(fmt.Sprintf("%s %s was not answered within %v", q.method, q.path, q.app.config.Request.Timeout), contextFields(q.ctx)...)
			q.kill()
			q.body.leave(rc)
			q.noteStatus(http.StatusServiceUnavailable)
			unavailable(w, "the app did not answer in time")
			return
		}
		a = <-q.answers // it came at the same moment
	}
	if a.upgrade {
		q.openSession(w, a)
		return
	}
	q.write(w, rc, a)
	q.body.leave(rc)
}

// abort cuts the connection off, so that the client sees that the response is not whole.
func (q *request) abort(rc *http.ResponseController) {
	q.out.close()
	q.kill()
	q.body.leave(rc)
	panic(http.ErrAbortHandler)
}

// gone tells the script that its client has gone. The context may tidy up for as long as a request may take.
func (q *request) gone() {
	if q.answered.Swap(true) && q.upgraded.Load() { // there will be no session
		q.kill()
		return
	}
	q.out.close()
	q.ctx.Post(&clientGone{q})
	q.expire()
}

// hold keeps the context until release.
func (q *request) hold() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.holds++
}

// release ends a hold. The context ends with the turn in which the last one does.
func (q *request) release() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.holds--
}

// finished ends the hold of the response: it has been handed to the connection, or there will be none.
func (q *request) finished() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.sent {
		return
	}
	q.sent = true
	q.holds--
	if q.holds > 0 {
		q.expireLocked()
	}
}

// expire gives the context as long as a request may take, and no longer.
func (q *request) expire() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expireLocked()
}

func (q *request) expireLocked() {
	if !q.ended && q.patient == nil && !q.upgraded.Load() {
		q.patient = time.AfterFunc(time.Duration(q.app.config.Request.Timeout), q.outstayed)
	}
}

// outstayed ends a context that was kept for too long.
func (q *request) outstayed() {
	if q.kill() {
		q.server.log.Warn(fmt.Sprintf("the context of %s %s was ended: it was kept for %v beyond its response", q.method, q.path, q.app.config.Request.Timeout), contextFields(q.ctx)...)
	}
}

// over is asked after each turn: whether it was the context's last.
func (q *request) over() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.holds > 0 || q.upgraded.Load() {
		return false
	}
	return q.endLocked()
}

// kill ends the context whatever keeps it, unless it has ended or become a session's.
func (q *request) kill() bool {
	q.mu.Lock()
	ends := q.session.Load() == nil && q.endLocked()
	q.mu.Unlock()
	if ends {
		q.ctx.Close(nil)
	}
	return ends
}

// endLocked does what is to be done once when the request no longer has a context.
func (q *request) endLocked() bool {
	if q.ended {
		return false
	}
	q.ended = true
	if q.patient != nil {
		q.patient.Stop()
	}
	q.server.requests.Add(-1)
	q.server.running.remove(q)
	if q.session.Load() == nil {
		q.server.forgetContext(q.ctx)
	}
	return true
}

// firstTurn calls the app's fetch.
type firstTurn request

func (f *firstTurn) Run(t *engine.Turn) error {
	fn, ok := t.Context().Template().Func("app.fetch")
	if !ok {
		return errors.New("no export app.fetch")
	}
	args := f.args
	f.args = nil
	t.SetSpan(f.span)
	err := t.DoEncoded(fn, args, requestArgs)
	recycleArgs(args)
	return err
}

func (f *firstTurn) Done(err error) {
	if err != nil {
		(*request)(f).failed(err)
	}
}

// clientGone is the event that aborts the signal of a request.
type clientGone struct{ q *request }

func (e *clientGone) Run(t *engine.Turn) error {
	fn, ok := t.Context().Template().Func("app.abort")
	if !ok {
		return errors.New("no export app.abort")
	}
	return t.Do(fn)
}

func (e *clientGone) Done(err error) { e.q.uncaught(err) }

// uncaught logs an error that no caller got. A turn that a limit ended leaves nobody to answer.
func (q *request) uncaught(err error) {
	var limit *engine.LimitError
	switch {
	case err == nil || errors.Is(err, engine.ErrClosed) || errors.Is(err, pool.ErrPoolClosed):
	case errors.As(err, &limit) && q.session.Load() == nil:
		q.failed(err)
	default:
		logUncaught(q.server.log, q.ctx, "uncaught", err)
	}
}

// failed answers a request whose fetch threw, or was ended, and logs why.
func (q *request) failed(err error) {
	switch {
	case errors.Is(err, engine.ErrClosed), errors.Is(err, pool.ErrPoolClosed): // ended from without
	case q.body.refused.Load() != 0: // by the client, who could fill the log so
		q.server.log.Debug(q.method+" "+q.path+" failed: "+err.Error(), contextFields(q.ctx)...)
	default:
		logUncaught(q.server.log, q.ctx, q.method+" "+q.path+" failed", err)
	}
	q.giveFailure(err)
	q.finished()
}

// lost answers a request whose context is gone.
func (q *request) lost(err error) {
	if n := q.session.Load(); n != nil {
		n.contextLost(err)
		return
	}
	q.failed(err)
	q.kill()
}

// giveFailure ends the response with an error: it is the answer, or the end of a body that is not whole.
func (q *request) giveFailure(err error) {
	if !q.answered.Load() {
		q.give(q.failure(err))
	}
	q.out.end(err)
}

// give hands the answer to the connection's goroutine; false if there has been one already.
func (q *request) give(a answer) bool {
	if q.answered.Swap(true) {
		return false
	}
	q.answers <- a
	return true
}

// exited answers a request whose script has called Rowan.exit, or which was stopped.
func (q *request) exited(reason string) {
	err := fmt.Errorf("the context has exited: %s", reason)
	q.giveFailure(err)
	q.kill()
}

// requestOf returns the request whose turn it is.
func requestOf(t *engine.Turn) (*request, error) {
	if c := pool.ContextOf(t); c != nil {
		if q, ok := c.Owner.(*request); ok {
			return q, nil
		}
	}
	return nil, errors.New("this context has no request")
}

// requestOver is the pool's question for the contexts of requests, see pool.Kind.
func requestOver(c *pool.Context) bool {
	q, ok := c.Owner.(*request)
	return ok && q.over()
}

// forgetContext drops what actors and bridge keep for a context.
func (s *Server) forgetContext(c *pool.Context) {
	s.actors.Ended(c, nil)
	s.bridge.Forget(c)
}
