package tencent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// delivery is one event on its way.
type delivery struct {
	id   string
	body []byte
	done chan outcome
}

// instance is one process and the runtime API that it polls.
type instance struct {
	p      *customProcess
	child  *sim.Child
	server *http.Server
	ready  chan struct{}
	events chan *delivery
	// launched is closed when child is set: the process may call before Launch has returned.
	launched chan struct{}

	mu       sync.Mutex
	stopping bool // SIGTERM is on its way: a frozen process would not hear it
	isReady  bool
	current  *delivery // handed out and not answered
	answered bool      // the last one was
	dead     bool      // we killed it
}

// launch starts a process and waits until it is ready.
func (p *customProcess) launch(ctx context.Context) (*instance, error) {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("runtime API: %w", err)
	}
	in := &instance{p: p, ready: make(chan struct{}), launched: make(chan struct{}), events: make(chan *delivery)}
	in.server = &http.Server{Handler: p.artifact.Front(in.api())}
	go in.server.Serve(ln)
	port := ln.Addr().(*net.TCPAddr).Port
	in.child, err = sim.Launch(p.artifact, append(environment(p.artifact),
		"SCF_RUNTIME_API=127.0.0.1", "SCF_RUNTIME_API_PORT="+strconv.Itoa(port), "_HANDLER=main"))
	if err != nil {
		in.server.Close()
		return nil, &sim.InitError{Type: "exited", Message: err.Error(), ExitCode: -1}
	}
	close(in.launched)
	limit := time.NewTimer(p.initTimeout)
	defer limit.Stop()
	select {
	case <-in.ready:
		return in, nil
	case <-in.child.Exited():
		err = initError(sim.EarlyExit(in.child))
	case <-limit.C:
		err = &sim.InitError{Type: "init timeout", Message: fmt.Sprintf("the process was not ready within %s", p.initTimeout), ExitCode: -1}
	case <-ctx.Done():
		err = ctx.Err()
	}
	in.close()
	return nil, err
}

// close kills what still runs.
func (in *instance) close() {
	in.mu.Lock()
	select {
	case <-in.child.Exited():
	default:
		in.dead = true
	}
	in.mu.Unlock()
	in.child.Kill()
	in.server.Close()
}

func (in *instance) killed() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.dead
}

// api is the runtime API of the custom runtime.
func (in *instance) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /runtime/init/ready", in.initReady)
	mux.HandleFunc("GET /runtime/invocation/next", in.next)
	mux.HandleFunc("POST /runtime/invocation/response", func(w http.ResponseWriter, r *http.Request) { in.respond(w, r, false) })
	mux.HandleFunc("POST /runtime/invocation/error", func(w http.ResponseWriter, r *http.Request) { in.respond(w, r, true) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		in.refuse(w, http.StatusNotFound, fmt.Sprintf("%s %s is not a call of the runtime API", r.Method, r.URL.Path))
	})
	return mux
}

// refuse records the broken rule and answers with it.
func (in *instance) refuse(w http.ResponseWriter, status int, rule string) {
	in.p.violations.Add("%s", rule)
	http.Error(w, rule, status)
}

func (in *instance) initReady(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 2))
	if err != nil {
		return
	}
	in.mu.Lock()
	again := in.isReady
	in.isReady = true
	in.mu.Unlock()
	if again {
		in.refuse(w, http.StatusBadRequest, "init/ready was called twice")
		return
	}
	if string(body) != " " {
		in.p.violations.Add("the body of init/ready is not one space")
	}
	close(in.ready)
}

// next hands out the event that was not answered, else the next one. While there is none, the process is frozen.
func (in *instance) next(w http.ResponseWriter, r *http.Request) {
	in.mu.Lock()
	isReady, e := in.isReady, in.current
	in.mu.Unlock()
	if !isReady {
		in.refuse(w, http.StatusBadRequest, "invocation/next was called before init/ready")
		return
	}
	if e != nil {
		in.p.violations.Add("invocation/next was called before the last event was answered")
		in.deliver(w, e)
		return
	}
	<-in.launched
	in.mu.Lock()
	if !in.stopping {
		in.child.Freeze() // a process that is gone cannot be frozen, and need not be
	}
	in.mu.Unlock()
	select {
	case e = <-in.events:
	case <-r.Context().Done():
		return
	}
	in.mu.Lock()
	in.current, in.answered = e, false
	in.mu.Unlock()
	in.child.Thaw()
	in.deliver(w, e)
}

func (in *instance) deliver(w http.ResponseWriter, e *delivery) {
	memory := in.p.artifact.Memory
	if memory == 0 {
		memory = 128
	}
	h := w.Header()
	h["request_id"] = []string{e.id}
	h["memory_limit_in_mb"] = []string{strconv.Itoa(memory)}
	h["time_limit_in_ms"] = []string{strconv.FormatInt(in.p.timeout.Milliseconds(), 10)}
	h.Set("Content-Type", "application/json")
	w.Write(e.body)
}

// respond takes the first response or error of an event.
func (in *instance) respond(w http.ResponseWriter, r *http.Request, isError bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); err != nil && !tooLarge {
		return // the process died in the middle
	}
	in.mu.Lock()
	e, answered := in.current, in.answered
	if e != nil {
		in.current, in.answered = nil, true
	}
	in.mu.Unlock()
	switch {
	case e == nil && answered:
		in.refuse(w, http.StatusBadRequest, "an event was answered twice")
	case e == nil:
		in.refuse(w, http.StatusBadRequest, "a response came without an event")
	case err != nil:
		e.done <- outcome{failure: new(responseTooLarge())}
		in.refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("a response is larger than %d bytes", maxPayload))
	default:
		e.done <- outcome{body: body, isError: isError}
	}
}
