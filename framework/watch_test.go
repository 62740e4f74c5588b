package framework_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// here invokes f with Overdue and returns what Invoke, Reply and Overdue made of it. What did not come is nil.
func here(e *framework.Engine, f *framework.Function, deadline time.Time) (replied, overdue chan error, returned chan error) {
	replied, overdue, returned = make(chan error, 2), make(chan error, 2), make(chan error, 1)
	go func() {
		_, err := e.Invoke(context.Background(), framework.Invocation{Function: f, Deadline: deadline,
			Reply:   func(_ any, err error) { replied <- err },
			Overdue: func(err error) { overdue <- err },
		})
		returned <- err
	}()
	return replied, overdue, returned
}

func TestOverdueAnswersForAHandlerThatIgnoresItsDeadline(t *testing.T) {
	var log strings.Builder
	release := make(chan struct{})
	var seen error
	f := function("f", func(c *framework.Context) error { <-release; seen = c.Err(); return errors.New("too late") })
	rt := quiet()
	rt.Logger = slog.New(slog.NewTextHandler(&log, nil))
	e := framework.NewEngine(rt, &framework.App{Functions: []*framework.Function{f}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	replied, overdue, returned := here(e, f, time.Now().Add(time.Millisecond))
	var fe *framework.Error
	if err := <-overdue; !errors.As(err, &fe) || fe.Status != 504 || fe.Code != "deadline_exceeded" ||
		!errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, framework.ErrAbandoned) {
		t.Errorf("overdue with %v", err)
	}
	closed := make(chan error, 1)
	go func() { closed <- e.Close(context.Background()) }()
	select {
	case <-closed:
		t.Error("closed while the handler still ran")
	case err := <-returned:
		t.Errorf("Invoke returned %v while the handler still ran", err)
	default:
	}
	close(release)
	if err := <-returned; err != framework.ErrAbandoned {
		t.Errorf("Invoke returned %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if !errors.Is(seen, context.DeadlineExceeded) {
		t.Errorf("the handler's context says %v", seen)
	}
	if len(replied)+len(overdue) > 0 {
		t.Error("answered twice")
	}
	if !strings.Contains(log.String(), `after its caller was answered" request_id="" function=f unit="" error="too late"`) {
		t.Errorf("log: %s", log.String())
	}
}

func TestOverdueIsNotAskedForHandlersInTime(t *testing.T) {
	var contexts []*framework.Context
	f := function("f", func(c *framework.Context) error { contexts = append(contexts, c); return io.EOF })
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	for range 3 { // the later ones use again what the first left
		replied, overdue, returned := here(e, f, time.Now().Add(time.Hour))
		if a, b := <-replied, <-returned; a != io.EOF || b != io.EOF || len(replied)+len(overdue) > 0 {
			t.Errorf("replied %v, returned %v, and %d more", a, b, len(replied)+len(overdue))
		}
	}
	for _, c := range contexts {
		if c.Err() != context.Canceled {
			t.Errorf("after the invocation: %v", c.Err())
		}
	}
	// An error of the handler's own does not mean that the watch has answered.
	for _, own := range []error{framework.ErrAbandoned, framework.ErrClosed} {
		g := function("g", func(*framework.Context) error { return own })
		replied, overdue, returned := here(started(t, &framework.App{Functions: []*framework.Function{g}}), g, time.Now().Add(time.Hour))
		if a, b := <-replied, <-returned; a != own || b != own || len(overdue) > 0 {
			t.Errorf("replied %v, returned %v", a, b)
		}
	}
}

// A handler may end its goroutine, as testing.T.FailNow does: the loop goes on without waiting for the deadline.
func TestOverdueAnswersForAHandlerThatEndsItsGoroutine(t *testing.T) {
	f := function("f", func(*framework.Context) error { runtime.Goexit(); return nil })
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	for _, deadline := range []time.Time{time.Now().Add(time.Hour), {}} {
		replied, overdue, _ := here(e, f, deadline)
		const want = "the handler ended its goroutine, as runtime.Goexit and t.FailNow do"
		if err := <-overdue; err == nil || err.Error() != want || len(replied) > 0 {
			t.Errorf("overdue with %v", err)
		}
	}
	if err := e.Close(t.Context()); err != nil { // and nothing is left to wait for
		t.Error(err)
	}
}

// So may a result, such as by its MarshalJSON.
func TestOverdueAnswersForAReplyThatEndsItsGoroutine(t *testing.T) {
	f := function("f", func(*framework.Context) error { return nil })
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	for _, deadline := range []time.Time{time.Now().Add(time.Hour), {}} {
		overdue := make(chan error, 2)
		go func() {
			_, _ = e.Invoke(context.Background(), framework.Invocation{Function: f, Deadline: deadline,
				Reply:   func(any, error) { runtime.Goexit() },
				Overdue: func(err error) { overdue <- err },
			})
		}()
		if err := <-overdue; err == nil || !strings.Contains(err.Error(), "the handler ended its goroutine") {
			t.Errorf("overdue with %v", err)
		}
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOverdueSaysNoNegativeLimit(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	f := function("f", func(*framework.Context) error { <-release; return nil })
	_, overdue, _ := here(started(t, &framework.App{Functions: []*framework.Function{f}}), f, time.Now().Add(-time.Hour))
	if err := <-overdue; err == nil || !strings.Contains(err.Error(), "did not answer within 0s") {
		t.Errorf("overdue with %v", err)
	}
}

func TestOverdueIsNotUsedWhereTheCallerMayGoAway(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	f := function("f", func(*framework.Context) error { <-release; return nil })
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var response error
	_, err := e.Invoke(ctx, framework.Invocation{Function: f, Deadline: time.Now().Add(time.Millisecond),
		Reply:   func(_ any, err error) { response = err },
		Overdue: func(error) { t.Error("Overdue was called") },
	})
	if err == nil || err != response || !errors.Is(err, framework.ErrAbandoned) {
		t.Errorf("returned %v, replied %v", err, response)
	}
}

// A reply that outlives the deadline keeps its response; its context says that the time is over.
func TestDeadlineDuringTheReply(t *testing.T) {
	var c *framework.Context
	f := function("f", func(ctx *framework.Context) error { c = ctx; return nil })
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	for limit := 10 * time.Millisecond; ; limit *= 2 {
		_, err := e.Invoke(context.Background(), framework.Invocation{Function: f, Deadline: time.Now().Add(limit),
			Reply:   func(any, error) { <-c.Done() },
			Overdue: func(error) {},
		})
		if err == framework.ErrAbandoned && limit < time.Second {
			continue // a machine that needed the time for the handler gets more
		}
		if err != nil || c.Err() != context.DeadlineExceeded {
			t.Errorf("returned %v, context %v", err, c.Err())
		}
		return
	}
}

// Handler and deadline race to answer; one of them does, once.
func TestOneResponseWhenTheDeadlineComesAsTheHandlerEnds(t *testing.T) {
	var answers, rounds atomic.Int32
	f := function("f", func(c *framework.Context) error {
		for deadline, _ := c.Deadline(); time.Now().Before(deadline); {
		}
		return nil
	})
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	for range 200 {
		answered := make(chan struct{}, 2)
		rounds.Add(1)
		_, _ = e.Invoke(context.Background(), framework.Invocation{Function: f, Deadline: time.Now().Add(50 * time.Microsecond),
			Reply:   func(any, error) { answers.Add(1); answered <- struct{}{} },
			Overdue: func(error) { answers.Add(1); answered <- struct{}{} },
		})
		<-answered
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if answers.Load() != rounds.Load() {
		t.Errorf("%d answers to %d calls", answers.Load(), rounds.Load())
	}
}

func BenchmarkInvokeHere(b *testing.B) {
	f := function("f", func(c *framework.Context) error { c.SetResult(c); return nil })
	e := framework.NewEngine(quiet(), &framework.App{Functions: []*framework.Function{f}})
	if err := e.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	inv := framework.Invocation{Function: f, Deadline: time.Now().Add(time.Hour), Overdue: func(error) {}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Invoke(context.Background(), inv); err != nil {
			b.Fatal(err)
		}
	}
}
