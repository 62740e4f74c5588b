package custom

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/aliyun"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// maxPayload is FC's limit for the body of a request and for a synchronous event.
const maxPayload = 32 << 20

// server answers everything that FC sends.
type server struct {
	runtime    *framework.Runtime
	engine     *framework.Engine
	dispatcher *platform.Dispatcher
	http       http.Handler
	markers    io.Writer

	initErr  error // of the start, which is over when the first call comes
	notify   sync.Once
	notified chan struct{} // closed when initErr was reported to a caller, or idleTimeout has passed
}

// Handler returns what answers FC's calls in a process that [Run] runs, over an engine whose owner starts it after this:
// a test sends it the vendor's requests.
func Handler(e *framework.Engine, codecs ...platform.Codec) (http.Handler, error) {
	s, err := newServer(e, codecs, io.Discard)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// newServer binds everything that can be wrong without running user code. The engine is not started yet.
func newServer(e *framework.Engine, codecs []platform.Codec, markers io.Writer) (*server, error) {
	app, rt := e.App(), e.Runtime()
	app.Middleware = append([]framework.Middleware{notice}, app.Middleware...)
	s := &server{runtime: rt, engine: e, markers: markers, notified: make(chan struct{})}
	var err error
	if s.dispatcher, err = platform.NewDispatcher(s.engine, codecs); err != nil {
		return nil, err
	}
	s.dispatcher.Identify = aliyun.Identify
	if s.http, err = newHandler(s.engine, rt.Log()); err != nil {
		return nil, fmt.Errorf("routes: %w", err)
	}
	return s, nil
}

// ServeHTTP tells the calls apart.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch control := r.Header.Get("X-Fc-Control-Path"); control {
	case "/http-invoke", "":
		s.serveHTTP(w, r)
	case "/invoke":
		s.invoke(w, r)
	case "/initialize":
		s.hook(w, r, "Initialize", func(context.Context) error { return s.initErr })
	case "/pre-stop":
		s.hook(w, r, "PreStop", s.close)
	case "/pre-freeze":
		s.hook(w, r, "PreFreeze", func(context.Context) error { return nil })
	default:
		s.log(fmt.Errorf("found the control path %.80q, expected /invoke, /http-invoke, /initialize, /pre-stop or /pre-freeze", control), requestID(r.Header))
		s.fail(w, http.StatusNotFound, &framework.Error{Code: "unknown_control_path", Message: "the control path is not known"})
	}
}

// close ends the unit before FC's limit for the hook, of which the call says nothing, ends the process.
func (s *server) close(ctx context.Context) error {
	ctx, cancel := platform.Ending(ctx)
	defer cancel()
	return s.engine.Close(ctx)
}

// hook answers a call of the life cycle.
func (s *server) hook(w http.ResponseWriter, r *http.Request, word string, do func(context.Context) error) {
	m := s.begin(word, requestID(r.Header))
	err := do(r.Context())
	if err == nil {
		w.WriteHeader(http.StatusOK)
		m.end(nil)
		return
	}
	s.fail(w, http.StatusInternalServerError, err)
	m.end(err)
	if word != "Initialize" { // run says why the start failed
		s.log(err, m.id)
	}
}

// invoke runs the function that an event belongs to.
func (s *server) invoke(w http.ResponseWriter, r *http.Request) {
	v := read(r.Header)
	m := s.begin("Invoke", v.RequestID)
	response, err := s.event(r, v)
	if err != nil {
		if !platform.Logged(err) {
			s.log(err, v.RequestID)
		}
		s.fail(w, http.StatusNotFound, err)
		m.end(err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set(statusHeader, "200")
	_, _ = w.Write(response) // a caller that has gone needs no response
	m.end(nil)
}

func (s *server) event(r *http.Request, v *vendor) ([]byte, error) {
	if s.initErr != nil {
		return nil, s.initErr
	}
	arrived := time.Now()
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	v.Event = body
	inv := v.invocation(arrived)
	inv.Background = new(framework.Background)
	response, err := s.dispatcher.Handle(r.Context(), body, inv)
	inv.Background.Wait() // the instance is frozen when the response is complete
	return response, err
}

func readBody(r *http.Request) ([]byte, error) {
	if r.ContentLength > maxPayload {
		return nil, tooLarge()
	}
	var b bytes.Buffer
	if r.ContentLength > 0 {
		b.Grow(int(r.ContentLength) + bytes.MinRead) // what the client declares is at most maxPayload
	}
	n, err := b.ReadFrom(io.LimitReader(r.Body, maxPayload+1))
	if err != nil {
		return nil, fmt.Errorf("read the event: %w", err)
	}
	if n > maxPayload {
		return nil, tooLarge()
	}
	return b.Bytes(), nil
}

func tooLarge() error {
	return &framework.Error{Status: 413, Code: "payload_too_large", Message: fmt.Sprintf("the event is larger than %d bytes", maxPayload)}
}

// serveHTTP runs the function that a request belongs to.
func (s *server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{vendor: read(r.Header)}
	m := s.begin("Invoke", c.vendor.RequestID)
	sw := &statusWriter{ResponseWriter: w, call: c}
	if err := s.initErr; err != nil {
		x := web.NewExchange(web.Request{Method: r.Method})
		response := x.Respond(nil, err, web.ErrorInfo{RequestID: c.vendor.RequestID, Log: s.runtime.Log()})
		c.failed.Store(true)
		for name, values := range response.Header {
			w.Header()[name] = values
		}
		sw.WriteHeader(response.Status)
		_, _ = w.Write(response.Body)
		m.end(err)
		s.reported(err)
		return
	}
	finished := false
	defer func() {
		switch {
		case !finished: // the bridge cuts a connection by a panic
			m.end(http.ErrAbortHandler)
		case sw.bad:
			m.end(errFunction)
		default:
			m.end(nil)
		}
	}()
	s.http.ServeHTTP(sw, r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
	finished = true
}

// errFunction stands for an error that the bridge has answered and logged.
var errFunction = errors.New("the function failed")

// fail answers an event or a call of the life cycle: what a stranger may see of err, in the form of FC's own runtimes.
func (s *server) fail(w http.ResponseWriter, status int, err error) {
	d := platform.Describe(err, s.runtime.Dev)
	body, _ := platform.JSON(struct { // two strings
		Message string `json:"errorMessage"`
		Type    string `json:"errorType"`
	}{d.Message, d.Type})
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set(statusHeader, "404")
	w.WriteHeader(status)
	_, _ = w.Write(body)
	s.reported(err)
}

// reported notes that a caller was sent the error of the start.
func (s *server) reported(err error) {
	if s.initErr != nil && errors.Is(err, s.initErr) {
		s.endWait()
	}
}

// endWait ends the wait for a caller that initErr is reported to.
func (s *server) endWait() { s.notify.Do(func() { close(s.notified) }) }

func (s *server) log(err error, id string) {
	s.runtime.Log().Log(context.Background(), slog.LevelError, "call failed", "request_id", id, "error", err.Error())
}
