package aws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
)

// sandbox is one execution environment. Its process may be started more than once: after it was killed or has exited,
// the next invocation starts it again.
type sandbox struct {
	o       Options
	a       sim.Artifact
	ingress ingress
	turns   chan struct{} // holds one token for each invocation that is under way
	starts  sync.Mutex    // held while a process is started in place of one that is gone

	mu         sync.Mutex // guards what follows, and the fields of process
	current    *process
	running    int // invocations that have their turn
	violations []string
	stopped    bool
	stopErr    error
}

// process is one run of the artefact.
type process struct {
	child   *sim.Child
	api     string // host:port
	server  *http.Server
	ready   chan struct{} // closed when the start is over
	refused chan struct{} // closed when the process has reported an init error
	pending chan *invocation

	started   bool // ready is closed
	polled    bool
	waiting   int // polls that rest
	handed    map[string]*invocation
	answered  map[string]bool
	initError *sim.InitError

	extension      string // identifier, "" if none is registered
	extensionPolls bool
}

// invocation is one event on its way.
type invocation struct {
	id, trace string
	payload   []byte
	deadline  time.Time
	done      chan *sim.Result // buffered
	flow      *flow            // of a response that may be streamed, else nil
}

// violate records a rule that the process broke.
func (s *sandbox) violate(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violateLocked(format, args...)
}

func (s *sandbox) violateLocked(format string, args ...any) {
	if rule := fmt.Sprintf(format, args...); !slices.Contains(s.violations, rule) {
		s.violations = append(s.violations, rule)
	}
}

// launch starts the process and waits until it is ready.
func (s *sandbox) launch(ctx context.Context) (*process, error) {
	p := &process{
		ready: make(chan struct{}), refused: make(chan struct{}), pending: make(chan *invocation),
		handed: map[string]*invocation{}, answered: map[string]bool{},
	}
	s.mu.Lock()
	s.current = p
	s.mu.Unlock()
	err := s.serve(p)
	var child *sim.Child
	if err == nil {
		if child, err = sim.Launch(s.a, s.environment(p.api)); err != nil {
			p.server.Close()
		}
	}
	if err != nil {
		s.mu.Lock()
		s.current = nil
		s.mu.Unlock()
		return nil, err
	}
	go func() {
		<-child.Exited()
		ctx, cancel := context.WithTimeout(context.Background(), exitAfterInitError) // for what it has sent
		defer cancel()
		p.server.Shutdown(ctx)
		p.server.Close()
	}()
	s.mu.Lock()
	p.child = child
	s.mu.Unlock()

	limit := time.NewTimer(s.a.InitTimeout)
	defer limit.Stop()
	refused := p.refused
	for {
		select {
		case <-p.ready:
			s.mu.Lock()
			defer s.mu.Unlock()
			s.rest(p) // the poll may have come before child was set
			return p, nil
		case <-refused: // it must exit now
			refused = nil
			limit.Reset(exitAfterInitError)
		case <-child.Exited():
			return nil, s.initFailed(p)
		case <-ctx.Done():
			child.Kill()
			return nil, fmt.Errorf("start of unit %s: %w", s.a.Unit, context.Cause(ctx))
		case <-limit.C:
			child.Kill()
			if refused == nil {
				s.violate("the process did not exit after it had reported an init error")
				return nil, s.initFailed(p)
			}
			return nil, &sim.InitError{Type: "Sandbox.Timedout", Message: fmt.Sprintf("init did not finish within %s", s.a.InitTimeout), ExitCode: -1}
		}
	}
}

func (s *sandbox) initFailed(p *process) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := p.initError
	if e == nil {
		e = &sim.InitError{Type: "Runtime.ExitError", Message: exitMessage(p.child)}
	} else if p.child.ExitCode() == 0 {
		s.violateLocked("the process exited with code 0 after it had reported an init error")
	}
	e.ExitCode = p.child.ExitCode()
	return e
}

func exitMessage(c *sim.Child) string {
	if c.ExitCode() < 0 {
		return "Error: Runtime exited with error: signal: killed"
	}
	if c.ExitCode() == 0 {
		return "Error: Runtime exited without providing a reason"
	}
	return "Error: Runtime exited with error: exit status " + strconv.Itoa(c.ExitCode())
}

// live returns the process, which it starts if there is none.
func (s *sandbox) live(ctx context.Context) (*process, error) {
	s.starts.Lock()
	defer s.starts.Unlock()
	s.mu.Lock()
	p, stopped := s.current, s.stopped
	s.mu.Unlock()
	if stopped {
		return nil, errors.New("the function was stopped")
	}
	if p != nil && p.child != nil {
		select {
		case <-p.child.Exited():
		default:
			return p, nil
		}
	}
	return s.launch(ctx)
}

// Invoke delivers a payload in its turn.
func (s *sandbox) Invoke(ctx context.Context, payload []byte) (*sim.Result, error) {
	if len(payload) > maxRequest {
		return failure("", "RequestTooLargeException", fmt.Sprintf("%d byte payload is too large for the RequestResponse invocation type (limit %d bytes)", len(payload), maxRequest)), nil
	}
	if !json.Valid(payload) {
		return failure("", "InvalidRequestContentException", "Could not parse request body into json"), nil
	}
	return s.invoke(ctx, newID(), payload, nil)
}

func (s *sandbox) invoke(ctx context.Context, id string, payload []byte, f *flow) (*sim.Result, error) {
	select {
	case s.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	// A caller that goes away does not end the invocation.
	type outcome struct {
		result *sim.Result
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		defer func() { <-s.turns }()
		p, err := s.live(context.WithoutCancel(ctx))
		if ie := (*sim.InitError)(nil); errors.As(err, &ie) {
			done <- outcome{failure(id, ie.Type, ie.Message), nil}
			return
		}
		if err != nil {
			done <- outcome{nil, err}
			return
		}
		done <- outcome{s.deliver(p, id, payload, f), nil}
	}()
	select {
	case o := <-done:
		return o.result, o.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// deliver hands the event to the process and waits for the response, the end of the process or that of its time.
func (s *sandbox) deliver(p *process, id string, payload []byte, f *flow) *sim.Result {
	now := time.Now()
	inv := &invocation{id: id, trace: newTrace(now), payload: payload, deadline: now.Add(s.a.Timeout), done: make(chan *sim.Result, 1), flow: f}
	s.mu.Lock()
	s.running++
	p.child.Thaw()
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.running--
		s.rest(p)
	}()
	limit := time.NewTimer(s.a.Timeout)
	defer limit.Stop()
	pending := p.pending
	for {
		select {
		case pending <- inv:
			pending = nil
		case r := <-inv.done:
			return r
		case <-p.child.Exited():
			select {
			case r := <-inv.done:
				return r
			default:
			}
			return failure(id, "Runtime.ExitError", "RequestId: "+id+" "+exitMessage(p.child))
		case <-limit.C:
			s.end(p)
			return failure(id, "Sandbox.Timedout", fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", id, s.a.Timeout.Seconds()))
		}
	}
}

// rest freezes the process when nothing of it runs. The caller holds mu.
func (s *sandbox) rest(p *process) {
	if s.running == 0 && p.waiting > 0 && s.o.Concurrency == 1 && p.started && !s.stopped && p.child != nil {
		p.child.Freeze()
	}
}

// failure is the error document that Lambda makes itself.
func failure(id, kind, message string) *sim.Result {
	body, err := json.Marshal(map[string]string{"errorType": kind, "errorMessage": message})
	if err != nil {
		body = []byte("{}") // strings always marshal
	}
	return &sim.Result{Body: body, Error: &sim.FunctionError{Type: kind, Message: message}}
}

// end ends a process: with SIGTERM and a grace period if an extension is registered, else without warning. So Lambda does at the
// time limit of an invocation, too. The error is that of a process that had to be killed although it was warned.
func (s *sandbox) end(p *process) error {
	s.mu.Lock()
	registered := p.extension != ""
	s.mu.Unlock()
	if !registered {
		p.child.Kill()
		return nil
	}
	return p.child.Stop(s.o.Grace)
}

// Stop ends the sandbox: with SIGTERM and a grace period if an extension is registered, else without warning.
func (s *sandbox) Stop(ctx context.Context) error {
	s.mu.Lock()
	p := s.current
	if s.stopped {
		defer s.mu.Unlock()
		return s.stopErr
	}
	s.stopped = true
	s.mu.Unlock()
	if p != nil && p.child != nil {
		if err := s.end(p); err != nil {
			s.violate("the process did not exit within %s of SIGTERM", s.o.Grace)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.violations) > 0 {
		s.stopErr = &sim.ViolationError{Rules: slices.Clone(s.violations)}
	}
	return s.stopErr
}
