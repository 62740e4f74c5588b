package platformtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// slow calls a function that takes long, in any way that the platform has.
func (s *suite) slow(ctx context.Context, p *process, d time.Duration) error {
	if s.HTTP {
		r, err := p.HTTP(ctx, &sim.Request{Method: "GET", Target: fmt.Sprint("/slow?ms=", d.Milliseconds()), Host: "shop.example.com"})
		if err != nil {
			return err
		}
		if r.Status != 200 || !strings.Contains(string(r.Body), "most") {
			return fmt.Errorf("status %d, body %.300q", r.Status, r.Body)
		}
		return nil
	}
	r, err := p.Invoke(ctx, fmt.Appendf(nil, `{"do":"slow","wait":%d}`, d.Milliseconds()))
	if err != nil {
		return err
	}
	if r.Error != nil {
		return r.Error
	}
	return nil
}

// concurrency checks that calls at the same time are all answered: at once where the vendor allows it, else in turn.
func (s *suite) concurrency(t *testing.T, p *process) {
	const calls = 4
	errs := make([]error, calls)
	var wg sync.WaitGroup
	for i := range calls {
		wg.Go(func() { errs[i] = s.slow(within(t), p, 50*time.Millisecond) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if !s.HTTP {
		return
	}
	most := decode[struct{ Most int }](t, p.call(t, get("/slow?ms=0")).Body).Most
	if s.Concurrent && most < 2 {
		t.Errorf("at most %d calls ran at once, want several", most)
	}
	if !s.Concurrent && most != 1 {
		t.Errorf("%d calls ran at once, want one at a time", most)
	}
}

// stop checks that an idle process closes its unit and breaks no rule while it goes.
func (s *suite) stop(t *testing.T, p *process) {
	if err := p.Stop(within(t)); err != nil {
		t.Error(err)
	}
	if n := strings.Count(p.out.String(), fixture.Closed); n != 1 {
		t.Errorf("Close ran %d times, want once", n)
	}
}

// stopWhileRunning checks that SIGTERM lets an invocation finish before the unit is closed.
func (s *suite) stopWhileRunning(t *testing.T) {
	p := s.start(t, sim.Artifact{}, "")
	answered := make(chan error, 1)
	go func() { answered <- s.slow(context.Background(), p, 100*time.Millisecond) }()
	p.out.wait(t, fixture.Started)
	if err := p.Stop(within(t)); err != nil {
		t.Error(err)
	}
	select {
	case err := <-answered:
		if err != nil {
			t.Errorf("the running invocation: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("the running invocation was never answered")
	}
	out := p.out.String()
	finished, closed := strings.Index(out, fixture.Finished), strings.Index(out, fixture.Closed)
	if finished < 0 || closed < finished {
		t.Errorf("want the invocation finished and then the unit closed")
	}
}

// startFails starts an artefact whose init does what how says, and returns the error that it must end with.
func (s *suite) startFails(t *testing.T, how string, limit time.Duration) (*sim.InitError, string) {
	t.Helper()
	return s.startFailsIn(t, sim.Artifact{InitTimeout: limit, Environment: map[string]string{fixture.InitVariable: how}})
}

// startFailsIn is startFails for an artefact that knows how.
func (s *suite) startFailsIn(t *testing.T, a sim.Artifact) (*sim.InitError, string) {
	t.Helper()
	out := newOutput()
	p, err := s.Runtime.Start(within(t), s.artifact(t, a, out))
	if err == nil {
		p.Stop(context.Background())
		t.Fatal("the artefact became ready")
	}
	var ie *sim.InitError
	if !errors.As(err, &ie) {
		t.Fatalf("the error is %T %v, want a *sim.InitError", err, err)
	}
	return ie, out.String()
}

// initErrors checks that a failed start ends the process, with the reason in the log and, safely, with the vendor.
func (s *suite) initErrors(t *testing.T) {
	for _, tt := range []struct{ how, reported string }{
		{"fail", "the database is not there"},
		{"panic", "the function failed"},
	} {
		ie, out := s.startFails(t, tt.how, 0)
		if ie.ExitCode <= 0 {
			t.Errorf("%s: exit code %d, want a failure", tt.how, ie.ExitCode)
		}
		if s.InitReport && !strings.Contains(ie.Message, tt.reported) {
			t.Errorf("%s: the vendor was told %q, want %q", tt.how, ie.Message, tt.reported)
		}
		if strings.Contains(ie.Error(), fixture.Secret) {
			t.Errorf("%s: the text of an error reached the vendor: %v", tt.how, ie)
		}
		if !strings.Contains(out, fixture.Secret) {
			t.Errorf("%s: the log does not have the reason", tt.how)
		}
	}
	if ie, _ := s.startFails(t, "exit", 0); ie.ExitCode != 3 {
		t.Errorf("exit code %d, want 3", ie.ExitCode)
	}
}

// initHangs checks that the runtime's limit for the start ends a process that never becomes ready.
func (s *suite) initHangs(t *testing.T) {
	began := time.Now()
	s.startFails(t, "hang", 200*time.Millisecond)
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("the start was given up after %s, want soon after 200ms", took)
	}
}
