package aws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// routes are the Runtime API and the Extensions API. Any other call is a violation.
func (s *sandbox) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", s.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) { s.respond(w, r, false) })
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) { s.respond(w, r, true) })
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", s.initFailure)
	mux.HandleFunc("POST /2020-01-01/extension/register", s.register)
	mux.HandleFunc("GET /2020-01-01/extension/event/next", s.extensionNext)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.violate("%s %s is not a call of the API", r.Method, r.URL.Path)
		http.NotFound(w, r)
	})
	return mux
}

// processKey is that of the process in the context of its calls.
type processKey struct{}

// caller returns the process that calls. Each has an address of its own: the last calls of one that has just died must not be
// taken for those of the next.
func caller(r *http.Request) *process { return r.Context().Value(processKey{}).(*process) }

// serve opens the API for a process.
func (s *sandbox) serve(p *process) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for the runtime api: %w", err)
	}
	p.api = ln.Addr().String()
	p.server = &http.Server{
		Handler: s.a.Front(s.routes()), ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return context.WithValue(context.Background(), processKey{}, p) },
	}
	go p.server.Serve(ln)
	return nil
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

// refuse answers with an error document and records the rule.
func (s *sandbox) refuse(w http.ResponseWriter, status int, kind, rule string) {
	s.violate("%s", rule)
	reply(w, status, map[string]string{"errorType": kind, "errorMessage": rule})
}

// next is the poll. It ends the start and, when the last invocation was answered, lets the process be frozen.
func (s *sandbox) next(w http.ResponseWriter, r *http.Request) {
	p := caller(r)
	s.mu.Lock()
	if len(p.handed)+p.waiting >= s.o.Concurrency {
		s.mu.Unlock()
		s.refuse(w, http.StatusForbidden, "InvalidStateTransition", "the next event was polled for before the last one was answered")
		return
	}
	p.waiting++
	p.polled = true
	s.becomeReady(p)
	s.rest(p)
	s.mu.Unlock()
	var inv *invocation
	select {
	case inv = <-p.pending:
	case <-r.Context().Done():
	}
	s.mu.Lock()
	p.waiting--
	if inv != nil {
		p.handed[inv.id] = inv
	}
	s.mu.Unlock()
	if inv == nil {
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(inv.payload)))
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", s.arn())
	h.Set("Lambda-Runtime-Trace-Id", inv.trace)
	if s.o.ClientContext != "" {
		h.Set("Lambda-Runtime-Client-Context", s.o.ClientContext)
	}
	if s.o.CognitoIdentity != "" {
		h.Set("Lambda-Runtime-Cognito-Identity", s.o.CognitoIdentity)
	}
	w.Write(inv.payload)
}

// becomeReady ends the start once runtime and extension have polled. The caller holds mu.
func (s *sandbox) becomeReady(p *process) {
	if !p.started && p.polled && (p.extension == "" || p.extensionPolls) {
		p.started = true
		close(p.ready)
	}
}

// errorTypes are those that Lambda takes over from the runtime.
var errorTypes = regexp.MustCompile(`^(Runtime|Function)\.[A-Z][a-zA-Z]+$`)

func errorType(header string) string {
	if errorTypes.MatchString(header) {
		return header
	}
	if strings.HasPrefix(header, "Runtime.") {
		return "Runtime.Unknown"
	}
	return "Function.Unknown"
}

// errorMessage is the message in an error document.
func errorMessage(body []byte) string {
	var doc struct {
		ErrorMessage string `json:"errorMessage"`
	}
	if json.Unmarshal(body, &doc) != nil {
		return string(body)
	}
	return doc.ErrorMessage
}

// respond takes the response to an event, or its error.
func (s *sandbox) respond(w http.ResponseWriter, r *http.Request, failed bool) {
	p := caller(r)
	id := r.PathValue("id")
	s.mu.Lock()
	inv, again := p.handed[id], p.answered[id]
	s.mu.Unlock()
	if inv == nil {
		io.Copy(io.Discard, r.Body)
		if again {
			s.refuse(w, http.StatusForbidden, "InvalidStateTransition", "an event was answered twice")
		} else {
			s.refuse(w, http.StatusBadRequest, "InvalidRequestID", "a response has a request id that no event had")
		}
		return
	}
	if mode := r.Header.Get("Lambda-Runtime-Function-Response-Mode"); mode != "" && mode != "streaming" {
		io.Copy(io.Discard, r.Body)
		s.refuse(w, http.StatusBadRequest, "InvalidFunctionResponseMode", fmt.Sprintf("the response mode %q is unknown", mode))
		return
	}
	if inv.flow != nil && !failed && r.Header.Get("Lambda-Runtime-Function-Response-Mode") != "" {
		s.streamed(w, r, p, inv)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxResponse))
	if err != nil {
		tooLarge := (*http.MaxBytesError)(nil)
		if !errors.As(err, &tooLarge) {
			return // the process died while it wrote
		}
		io.Copy(io.Discard, r.Body)
		const message = "Response payload size exceeded maximum allowed payload size (6291556 bytes)."
		s.finish(p, inv, failure(id, "Function.ResponseSizeTooLarge", message))
		reply(w, http.StatusRequestEntityTooLarge, map[string]string{"errorType": "RequestEntityTooLarge", "errorMessage": message})
		return
	}
	result := &sim.Result{Body: body}
	if failed {
		result.Error = &sim.FunctionError{Type: errorType(r.Header.Get("Lambda-Runtime-Function-Error-Type")), Message: errorMessage(body)}
	}
	s.finish(p, inv, result)
	reply(w, http.StatusAccepted, map[string]string{"status": "OK"})
}

func (s *sandbox) finish(p *process, inv *invocation, result *sim.Result) {
	s.mu.Lock()
	delete(p.handed, inv.id)
	p.answered[inv.id] = true
	s.mu.Unlock()
	inv.done <- result
}

// initFailure takes the report of a start that failed.
func (s *sandbox) initFailure(w http.ResponseWriter, r *http.Request) {
	p := caller(r)
	body, err := io.ReadAll(io.LimitReader(r.Body, maxResponse))
	if err != nil {
		return
	}
	s.mu.Lock()
	late := p.polled || p.initError != nil
	if !late {
		p.initError = &sim.InitError{Type: errorType(r.Header.Get("Lambda-Runtime-Function-Error-Type")), Message: errorMessage(body)}
		close(p.refused)
	}
	s.mu.Unlock()
	if late {
		s.refuse(w, http.StatusForbidden, "InvalidStateTransition", "an init error was reported after the start was over")
		return
	}
	reply(w, http.StatusAccepted, map[string]string{"status": "OK"})
}

// register registers an internal extension. It registers before the first poll and gets no shutdown event.
func (s *sandbox) register(w http.ResponseWriter, r *http.Request) {
	p := caller(r)
	var body struct{ Events []string }
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&body); err != nil {
		s.refuse(w, http.StatusBadRequest, "InvalidRequestFormat", "an extension was registered without a list of events")
		return
	}
	if r.Header.Get("Lambda-Extension-Name") == "" {
		s.refuse(w, http.StatusBadRequest, "Extension.InvalidExtensionName", "an extension was registered without a name")
		return
	}
	if slices.Contains(body.Events, "SHUTDOWN") {
		s.refuse(w, http.StatusForbidden, "ShutdownEventNotSupportedForInternalExtension", "an internal extension registered for the shutdown event")
		return
	}
	s.mu.Lock()
	late := p.polled || p.extension != ""
	if !late {
		p.extension = newID()
	}
	id := p.extension
	s.mu.Unlock()
	if late {
		s.refuse(w, http.StatusForbidden, "Extension.InvalidExtensionState", "an extension was registered after the first poll, or twice")
		return
	}
	w.Header().Set("Lambda-Extension-Identifier", id)
	reply(w, http.StatusOK, map[string]string{"functionName": s.a.Unit, "functionVersion": "$LATEST", "handler": s.a.Command})
}

// extensionNext rests for ever: the extension has no events.
func (s *sandbox) extensionNext(w http.ResponseWriter, r *http.Request) {
	p := caller(r)
	s.mu.Lock()
	known := p.extension != "" && r.Header.Get("Lambda-Extension-Identifier") == p.extension
	if known {
		p.extensionPolls = true
		s.becomeReady(p)
		s.rest(p)
	}
	s.mu.Unlock()
	if !known {
		s.refuse(w, http.StatusForbidden, "Extension.UnknownExtensionIdentifier", "an extension polled with an unknown identifier")
		return
	}
	<-r.Context().Done()
}
