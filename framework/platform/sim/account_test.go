package sim

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// scripted is a runtime whose processes answer by the payload.
type scripted struct {
	mu      sync.Mutex
	starts  int
	calls   []string
	stopped int
	entered chan struct{}
	leave   chan struct{}
}

func (s *scripted) Name() string { return "scripted" }

func (s *scripted) Start(_ context.Context, a Artifact) (Process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.starts++
	if a.Unit == "broken" {
		return nil, &InitError{Type: "exited", Message: "no database"}
	}
	return &scriptedProcess{s: s, a: a}, nil
}

type scriptedProcess struct {
	s *scripted
	a Artifact
}

func (p *scriptedProcess) HTTP(context.Context, *Request) (*Response, error) { return nil, nil }
func (p *scriptedProcess) Timer(context.Context, Timer) (*Result, error)     { return nil, nil }

func (p *scriptedProcess) Invoke(_ context.Context, payload []byte) (*Result, error) {
	p.s.mu.Lock()
	p.s.calls = append(p.s.calls, string(payload))
	seen := 0
	for _, c := range p.s.calls {
		if c == string(payload) {
			seen++
		}
	}
	p.s.mu.Unlock()
	switch string(payload) {
	case "fail":
		return &Result{Error: &FunctionError{"t", "m"}}, nil
	case "fail twice":
		if seen <= 2 {
			return &Result{Error: &FunctionError{"t", "m"}}, nil
		}
	case "hold":
		p.s.entered <- struct{}{}
		<-p.s.leave
	}
	return &Result{Body: []byte(p.a.Environment["ENDPOINT"] + p.a.Environment["OWN"])}, nil
}

func (p *scriptedProcess) Stop(context.Context) error {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.stopped++
	return &ViolationError{Rules: []string{"rule of " + p.a.Unit}}
}

func newScripted(t *testing.T) (*Account, *scripted) {
	t.Helper()
	s := &scripted{entered: make(chan struct{}), leave: make(chan struct{})}
	a, err := NewAccount(CallsAPI{
		Handler:     func(*Account) http.Handler { return http.NotFoundHandler() },
		Environment: func(url string) map[string]string { return map[string]string{"ENDPOINT": url} }, Retries: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []Deployment{
		{Artifact: Artifact{Unit: "f", Environment: map[string]string{"OWN": " own"}}, Qualifiers: []string{"live"}},
		{Artifact: Artifact{Unit: "one"}, Limit: 1}, {Artifact: Artifact{Unit: "never"}, Retries: -1}, {Artifact: Artifact{Unit: "broken"}},
	} {
		d.Runtime = s
		if err := a.Deploy(d); err != nil {
			t.Fatal(err)
		}
	}
	return a, s
}

func TestAccountCalls(t *testing.T) {
	a, s := newScripted(t)
	if err := a.Deploy(Deployment{Artifact: Artifact{Unit: "f"}}); err == nil {
		t.Error("a function was deployed twice")
	}
	if s.starts != 0 {
		t.Error("a function was started before it was called")
	}
	for _, qualifier := range []string{"", "live", "$LATEST"} {
		if r, err := a.Call(t.Context(), "f", qualifier, nil); err != nil || string(r.Body) != a.URL()+" own" {
			t.Errorf("%q: %v, %v", qualifier, r, err)
		}
	}
	used := errors.New("used")
	if err := a.Use(t.Context(), "f", func(p Process) error { return used }); err != used || s.starts != 1 {
		t.Errorf("%v, %d starts", err, s.starts)
	}
	if err := a.Use(t.Context(), "g", func(p Process) error { return nil }); !errors.Is(err, ErrNoFunction) {
		t.Error(err)
	}
	for _, at := range [][2]string{{"f", "old"}, {"g", ""}} {
		if _, err := a.Call(t.Context(), at[0], at[1], nil); !errors.Is(err, ErrNoFunction) {
			t.Error(at, err)
		}
		if err := a.Send(at[0], at[1], nil); !errors.Is(err, ErrNoFunction) {
			t.Error(at, err)
		}
	}
	if r, err := a.Call(t.Context(), "broken", "", nil); err != nil || r.Error == nil || r.Error.Message != "no database" {
		t.Error(r, err)
	}
	held := make(chan error)
	go func() {
		_, err := a.Call(context.Background(), "one", "", []byte("hold"))
		held <- err
	}()
	<-s.entered
	if _, err := a.Call(t.Context(), "one", "", nil); !errors.Is(err, ErrThrottled) {
		t.Error(err)
	}
	s.leave <- struct{}{}
	if err := <-held; err != nil {
		t.Error(err)
	}
	resp, err := http.Get(a.URL())
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	err = a.Close(t.Context())
	if v, ok := errors.AsType[*ViolationError](err); !ok || s.stopped != 2 || len(v.Rules) != 1 {
		t.Errorf("%v, %d were stopped", err, s.stopped)
	}
}

func TestAccountSends(t *testing.T) {
	a, s := newScripted(t)
	for name, payload := range map[string]string{"f": "fail twice", "never": "fail"} {
		if err := a.Send(name, "", []byte(payload)); err != nil {
			t.Fatal(err)
		}
	}
	a.Settle()
	slices.Sort(s.calls)
	if want := []string{"fail", "fail twice", "fail twice", "fail twice"}; !slices.Equal(s.calls, want) {
		t.Errorf("%q", s.calls)
	}
	if dead := a.Dead(); len(dead) != 1 || dead[0].Function != "never" || dead[0].Tries != 1 || dead[0].Error.Error() != "t: m" {
		t.Errorf("%+v", dead)
	}
	// What is throttled uses up no try.
	go a.Call(context.Background(), "one", "", []byte("hold"))
	<-s.entered
	if err := a.Send("one", "", []byte("later")); err != nil {
		t.Fatal(err)
	}
	s.leave <- struct{}{}
	a.Settle()
	if !slices.Contains(s.calls, "later") || len(a.Dead()) != 1 {
		t.Errorf("%q, %+v", s.calls, a.Dead())
	}
	// The end gives up what waits.
	a.SetRetryWait(func(int) time.Duration { return time.Hour })
	if err := a.Send("f", "", []byte("fail")); err != nil {
		t.Fatal(err)
	}
	a.Close(t.Context())
	if dead := a.Dead(); len(dead) != 2 || string(dead[1].Payload) != "fail" || dead[1].Tries != 1 {
		t.Errorf("%+v", dead)
	}
	if a.Send("f", "", nil) == nil {
		t.Error("a call was accepted after the end")
	}
}

// TestAccountScales: a function that is called while its process has all the calls that it takes at once gets another one, and no more
// than it needs.
func TestAccountScales(t *testing.T) {
	a, s := newScripted(t)
	if err := a.Deploy(Deployment{Runtime: s, Artifact: Artifact{Unit: "alone"}, Concurrency: 1}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		err := a.Use(t.Context(), "alone", func(p Process) error {
			return a.Use(t.Context(), "alone", func(again Process) error {
				if p == again {
					t.Error("one process has two calls")
				}
				return nil
			})
		})
		if err != nil || s.starts != 2 {
			t.Errorf("%v, %d starts", err, s.starts)
		}
	}
	a.Close(t.Context())
	if s.stopped != 2 {
		t.Errorf("%d were stopped", s.stopped)
	}
}
