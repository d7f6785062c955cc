package inspect

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"rowan/pool"
)

// Routes registers what answers for the admin page, by patterns of http.ServeMux:
//
//	GET  /                           the page
//	GET  /live                       what it follows, over a WebSocket: see live.go
//	GET  /api/overview               Overview
//	GET  /api/kinds                  []KindRow
//	GET  /api/samples?since=MS       []Sample, those after a time
//	GET  /api/contexts?sort=memory   ContextList; see Query: sort, search, kind, offset, limit
//	GET  /api/topics, /api/actors    TopicList, ActorList, likewise
//	GET  /api/contexts/ID            Opened
//	GET  /api/log?context=ID&after=N Log; with &follow=1 one Line after the other, as they come
//	POST /api/contexts/ID/eval       Evaluated; the body is the code
//	POST /api/contexts/ID/heap       Evaluated, without code
//	POST /api/contexts/ID/stop       ends it
//	POST /api/contexts/ID/restart    gives whom it serves a fresh one
//
// Errors are texts with a status. Who may call it is for others to decide.
func (in *Inspector) Routes(handle func(pattern string, h http.HandlerFunc)) {
	handle("GET /{$}", servePage)
	handle("GET /live", in.serveLive)
	handle("GET /api/", in.serveGet)
	handle("POST /api/contexts/{id}/{what}", in.servePost)
}

// statusError is an error with the status of its answer.
type statusError struct {
	status int
	error
}

func notFound(format string, args ...any) error {
	return &statusError{http.StatusNotFound, fmt.Errorf(format, args...)}
}

func fail(w http.ResponseWriter, err error) {
	status := http.StatusBadRequest
	if s, ok := errors.AsType[*statusError](err); ok {
		status = s.status
	}
	http.Error(w, err.Error(), status)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	encode(w, v)
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func (in *Inspector) serveGet(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/api/log" && r.URL.Query().Get("follow") != "" {
		in.followLog(w, r)
		return
	}
	v, err := in.get(r.URL)
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, v)
}

// Log is some lines of the log.
type Log struct {
	Lines []Line `json:"lines"`
	Last  uint64 `json:"last"` // to go on from
}

// logMost is how many lines are told at once.
const logMost = 500

// get is the answer to a GET request below /api/.
func (in *Inspector) get(u *url.URL) (any, error) {
	what := strings.TrimPrefix(u.Path, "/api/")
	values := u.Query()
	switch what {
	case "overview":
		return in.Overview(), nil
	case "kinds":
		return in.server.Kinds(), nil
	case "samples":
		since, err := number(values, "since", 0)
		return in.samples.since(int64(since)), err
	case "log":
		context, err := number(values, "context", 0)
		after, err2 := number(values, "after", 0)
		if err := errors.Join(err, err2); err != nil {
			return nil, err
		}
		var log Log
		log.Lines, log.Last = in.lines.After(uint64(after), uint64(context), logMost)
		return log, nil
	case "contexts", "topics", "actors":
		q, err := queryOf(values)
		switch {
		case err != nil:
			return nil, err
		case what == "contexts":
			return in.Contexts(q)
		case what == "topics":
			return in.Topics(q)
		}
		return in.Actors(q)
	}
	if id, ok := strings.CutPrefix(what, "contexts/"); ok {
		c, err := in.byID(id)
		if err != nil {
			return nil, err
		}
		return in.open(c), nil
	}
	return nil, notFound("there is no %s", u.Path)
}

// number reads a parameter that is a natural number.
func number(values url.Values, name string, otherwise int) (int, error) {
	text := values.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s must be a number, not %q", name, text)
	}
	return n, nil
}

// offsetMax bounds the pages that can be asked for.
const offsetMax = 1_000_000

func queryOf(values url.Values) (q Query, err error) {
	q = Query{Sort: values.Get("sort"), Search: values.Get("search"), Kind: values.Get("kind")}
	var err2 error
	q.Offset, err = number(values, "offset", 0)
	q.Limit, err2 = number(values, "limit", 50)
	if err := errors.Join(err, err2); err != nil {
		return q, err
	}
	if q.Limit > limitMax || q.Offset > offsetMax {
		return q, fmt.Errorf("limit is at most %d, offset %d", limitMax, offsetMax)
	}
	return q, nil
}

// byID finds the context that a number names, with its kind before it or not: "12", "session#12".
func (in *Inspector) byID(text string) (*pool.Context, error) {
	n, err := strconv.ParseUint(text[strings.LastIndexByte(text, '#')+1:], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%q is no number of a context", text)
	}
	c := in.find(n)
	if c == nil {
		return nil, notFound("there is no context %d: it may have ended", n)
	}
	return c, nil
}

// codeMax is the size of code that is typed.
const codeMax = 1 << 20

func (in *Inspector) servePost(w http.ResponseWriter, r *http.Request) {
	c, err := in.byID(r.PathValue("id"))
	if err != nil {
		fail(w, err)
		return
	}
	var v any
	switch what := r.PathValue("what"); what {
	case "eval":
		var code []byte
		if code, err = io.ReadAll(http.MaxBytesReader(w, r.Body, codeMax)); err == nil {
			v, err = in.Evaluate(r.Context(), c, string(code))
		}
	case "heap":
		var e Evaluated
		e.Heap, err = in.Heap(r.Context(), c)
		v = e
	case "stop":
		v, err = struct{}{}, in.server.Stop(c)
	case "restart":
		v, err = struct{}{}, in.server.Restart(c)
	default:
		err = notFound("a context can be asked to eval, heap, stop and restart, not to %s", what)
	}
	if err != nil {
		fail(w, err)
		return
	}
	answer(w, v)
}

// followLog writes the lines of the log, one JSON text after the other, as they come, until the client goes. It begins after the line
// that is named, or with what comes from now on.
func (in *Inspector) followLog(w http.ResponseWriter, r *http.Request) {
	values := r.URL.Query()
	context, err := number(values, "context", 0)
	_, now := in.lines.After(0, 0, 0)
	after, err2 := number(values, "after", int(now))
	if err := errors.Join(err, err2); err != nil {
		fail(w, err)
		return
	}
	wake := make(chan struct{}, 1)
	defer in.lines.Follow(uint64(context), wake)()
	w.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	rc := http.NewResponseController(w)
	rc.SetReadDeadline(time.Time{}) // the one for the request would end what follows it
	for seq := uint64(after); ; {
		var lines []Line
		lines, seq = in.lines.After(seq, uint64(context), logMost)
		for _, line := range lines {
			if encode(w, line) != nil {
				return
			}
		}
		if rc.Flush() != nil {
			return
		}
		select {
		case <-wake:
		case <-r.Context().Done():
			return
		case <-in.stop:
			return
		}
	}
}
