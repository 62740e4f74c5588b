package framework_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/ioc"
)

func quiet() *framework.Runtime {
	return &framework.Runtime{Platform: "test", Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

func function(name string, h framework.Handler) *framework.Function {
	return &framework.Function{Name: name, Handler: h}
}

func started(t *testing.T, app *framework.App) *framework.Engine {
	t.Helper()
	e := framework.NewEngine(quiet(), app)
	if err := e.Start(t.Context()); err != nil {
		t.Fatalf("start: %v", err)
	}
	return e
}

// recorder is a layer with every hook; fail names the hooks that return an error.
type recorder struct {
	name  string
	fail  map[string]bool
	calls *[]string
}

func (r recorder) hook(name string, err error) error {
	entry := r.name + "." + name
	if err != nil {
		entry += "(" + err.Error() + ")"
	}
	*r.calls = append(*r.calls, entry)
	if r.fail[name] {
		return errors.New(name + " failed")
	}
	return nil
}

func (r recorder) Name() string { return r.name }
func (r recorder) BeforeRuntimeStart(context.Context, *framework.Runtime) error {
	return r.hook("BeforeRuntimeStart", nil)
}
func (r recorder) AfterRuntimeStart(_ context.Context, _ *framework.Runtime, err error) error {
	return r.hook("AfterRuntimeStart", err)
}
func (r recorder) BeforeFunctionStart(context.Context, *framework.App) error {
	return r.hook("BeforeFunctionStart", nil)
}
func (r recorder) AfterFunctionStart(_ context.Context, _ *framework.App, err error) error {
	return r.hook("AfterFunctionStart", err)
}
func (r recorder) BeforeInvoke(*framework.Context) error { return r.hook("BeforeInvoke", nil) }
func (r recorder) AfterInvoke(_ *framework.Context, err error) error {
	return r.hook("AfterInvoke", err)
}
func (r recorder) BeforeClose(context.Context, *framework.App) error {
	return r.hook("BeforeClose", nil)
}
func (r recorder) AfterClose(_ context.Context, _ *framework.App, err error) error {
	return r.hook("AfterClose", err)
}

func TestHooksRunInOrderAndAfterHooksInReverse(t *testing.T) {
	var calls []string
	f := function("f", func(*framework.Context) error { calls = append(calls, "handler"); return nil })
	e := started(t, &framework.App{
		Unit: "u", Functions: []*framework.Function{f},
		Layers: framework.Layers{recorder{name: "a", calls: &calls}, recorder{name: "b", calls: &calls}},
		Start:  func(context.Context) error { calls = append(calls, "start"); return nil },
		Stop:   func(context.Context) error { calls = append(calls, "stop"); return nil },
	})
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := strings.Fields(`
		a.BeforeRuntimeStart b.BeforeRuntimeStart b.AfterRuntimeStart a.AfterRuntimeStart
		a.BeforeFunctionStart b.BeforeFunctionStart start b.AfterFunctionStart a.AfterFunctionStart
		a.BeforeInvoke b.BeforeInvoke handler b.AfterInvoke a.AfterInvoke
		a.BeforeClose b.BeforeClose stop b.AfterClose a.AfterClose`)
	if !slices.Equal(calls, want) {
		t.Errorf("got  %v\nwant %v", calls, want)
	}
}

func TestFailingBeforeHookStopsItsPhase(t *testing.T) {
	tests := map[string]struct {
		hook string
		want string // the calls of the phase, in order
	}{
		"runtime start":  {"BeforeRuntimeStart", "a.BeforeRuntimeStart a.AfterRuntimeStart(layer a: BeforeRuntimeStart failed)"},
		"function start": {"BeforeFunctionStart", "a.BeforeFunctionStart a.AfterFunctionStart(layer a: BeforeFunctionStart failed)"},
		"invoke":         {"BeforeInvoke", "a.BeforeInvoke a.AfterInvoke(layer a: BeforeInvoke failed)"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var calls []string
			handled := false
			f := function("f", func(*framework.Context) error { handled = true; return nil })
			e := framework.NewEngine(quiet(), &framework.App{Functions: []*framework.Function{f}, Layers: framework.Layers{
				recorder{name: "a", calls: &calls, fail: map[string]bool{tt.hook: true}},
				recorder{name: "b", calls: &calls},
			}})
			err := e.Start(t.Context())
			if tt.hook == "BeforeInvoke" {
				if err != nil {
					t.Fatal(err)
				}
				calls = nil
				_, err = e.Invoke(t.Context(), framework.Invocation{Function: f})
			}
			if err == nil || !strings.Contains(err.Error(), "layer a: "+tt.hook+" failed") {
				t.Errorf("error = %v", err)
			}
			got := strings.Join(calls, " ")
			if !strings.HasSuffix(got, tt.want) || strings.Contains(got, "b."+tt.hook) {
				t.Errorf("calls = %s\nwant suffix %s", got, tt.want)
			}
			if handled {
				t.Error("the handler ran")
			}
		})
	}
}

func TestAfterHookSeesHandlerErrorOnceAndItsOwnIsJoined(t *testing.T) {
	var calls []string
	boom := errors.New("boom")
	f := function("f", func(*framework.Context) error { return boom })
	e := started(t, &framework.App{Functions: []*framework.Function{f}, Layers: framework.Layers{
		recorder{name: "a", calls: &calls, fail: map[string]bool{"AfterInvoke": true}},
	}})
	calls = nil
	_, err := e.Invoke(t.Context(), framework.Invocation{Function: f})
	if !errors.Is(err, boom) || !strings.Contains(err.Error(), "AfterInvoke failed") {
		t.Errorf("error = %v", err)
	}
	if want := []string{"a.BeforeInvoke", "a.AfterInvoke(boom)"}; !slices.Equal(calls, want) {
		t.Errorf("calls = %v, want %v", calls, want)
	}
}

type wrongHook struct{}

func (wrongHook) Name() string        { return "wrong" }
func (wrongHook) BeforeInvoke() error { return nil }

func TestHookWithWrongSignatureIsAnInitError(t *testing.T) {
	e := framework.NewEngine(quiet(), &framework.App{Unit: "u", Layers: framework.Layers{wrongHook{}}})
	err := e.Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "layer wrong: method BeforeInvoke has the signature") {
		t.Errorf("error = %v", err)
	}
}

func TestMiddlewareIsAnOnionAndMayReplaceResultAndError(t *testing.T) {
	var order []string
	wrap := func(name string) framework.Middleware {
		return func(next framework.Handler) framework.Handler {
			return func(c *framework.Context) error {
				order = append(order, name+">")
				err := next(c)
				order = append(order, "<"+name)
				if name == "outer" && err != nil {
					c.SetResult("recovered from " + err.Error())
					return nil
				}
				return err
			}
		}
	}
	f := function("f", func(c *framework.Context) error { order = append(order, "handler"); return errors.New("x") })
	e := started(t, &framework.App{Functions: []*framework.Function{f}, Middleware: []framework.Middleware{wrap("outer"), nil, wrap("inner")}})
	got, err := e.Invoke(t.Context(), framework.Invocation{Function: f})
	if err != nil || got != "recovered from x" {
		t.Errorf("got %v, %v", got, err)
	}
	if want := []string{"outer>", "inner>", "handler", "<inner", "<outer"}; !slices.Equal(order, want) {
		t.Errorf("order = %v, want %v", order, want)
	}
}

func TestPanicBecomesAnErrorAndTheNextInvocationWorks(t *testing.T) {
	for _, deadline := range []time.Time{{}, time.Now().Add(time.Hour)} {
		panics := true
		f := function("f", func(c *framework.Context) error {
			c.SetResult("half")
			if panics {
				panic(io.ErrUnexpectedEOF)
			}
			return nil
		})
		e := started(t, &framework.App{Functions: []*framework.Function{f}})
		got, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Deadline: deadline})
		var pe *framework.PanicError
		if !errors.As(err, &pe) || !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(string(pe.Stack), "engine_test.go") {
			t.Errorf("error = %v", err)
		}
		if got != nil {
			t.Errorf("result of the panicking call = %v, want none", got)
		}
		panics = false
		if got, err = e.Invoke(t.Context(), framework.Invocation{Function: f, Deadline: deadline}); err != nil || got != "half" {
			t.Errorf("next call: %v, %v", got, err)
		}
	}
}

// A provider that is built for a call turns a panic into an error itself, and has no log.
func TestStackOfAPanicThatTheHandlerReturnsIsLogged(t *testing.T) {
	var log strings.Builder
	f := function("f", func(*framework.Context) error {
		var k ioc.Container
		var cell ioc.Cell[*ioc.Container, int]
		_, err := cell.Get(&k, nil, func(*ioc.Container, *ioc.Build) (int, error) { panic("no driver") })
		return err
	})
	e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.NewTextHandler(&log, nil))}, &framework.App{Functions: []*framework.Function{f}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err == nil || err.Error() != "build int: panic: no driver" {
		t.Errorf("error %v", err)
	}
	if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), `panic="no driver"`) || !strings.Contains(log.String(), "engine_test.go") {
		t.Errorf("logged %s", &log)
	}
}

func TestHandlerThatIgnoresItsDeadline(t *testing.T) {
	release := make(chan struct{})
	finished := make(chan struct{})
	f := function("f", func(*framework.Context) error { <-release; close(finished); return nil })
	f.Timeout = time.Millisecond
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	_, err := e.Invoke(t.Context(), framework.Invocation{Function: f})
	var fe *framework.Error
	if !errors.As(err, &fe) || fe.Status != 504 || fe.Code != "deadline_exceeded" || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v", err)
	}
	// Close waits for the handler although its caller was answered.
	closed := make(chan error, 1)
	go func() { closed <- e.Close(context.Background()) }()
	select {
	case <-closed:
		t.Fatal("closed while the handler still ran")
	default:
	}
	close(release)
	if err := <-closed; err != nil {
		t.Error(err)
	}
	select {
	case <-finished:
	default:
		t.Error("Close returned before the handler had finished")
	}
}

// t.FailNow in a stand-in of a test ends the goroutine that it is called on.
func TestHandlerThatEndsItsGoroutine(t *testing.T) {
	f := function("f", func(ctx *framework.Context) error {
		if ctx.Event() != nil {
			runtime.Goexit()
		}
		return nil
	})
	f.Timeout, f.Concurrency = 10*time.Second, 1
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	for _, event := range []any{nil, 1, nil, 1, 1, nil} {
		began := time.Now()
		_, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Event: event})
		if (err != nil) != (event != nil) || time.Since(began) > 5*time.Second {
			t.Fatalf("event %v: %v after %s", event, err, time.Since(began))
		}
		if err != nil && err.Error() != "the handler ended its goroutine, as runtime.Goexit and t.FailNow do" {
			t.Errorf("error = %v", err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := e.Close(ctx); err != nil {
		t.Error(err)
	}
}

func TestSmallerDeadlineWins(t *testing.T) {
	const own = time.Hour
	for limit, want := range map[time.Duration]time.Duration{
		time.Second: 980 * time.Millisecond, 5 * time.Second: 4900 * time.Millisecond, time.Minute: time.Minute - 100*time.Millisecond,
		24 * time.Hour: own, 1e6 * time.Hour: own,
	} {
		synctest.Test(t, func(t *testing.T) {
			var got time.Time
			f := function("f", func(c *framework.Context) error { got, _ = c.Deadline(); return nil })
			f.Timeout = own
			e := started(t, &framework.App{Functions: []*framework.Function{f}})
			_, _ = e.Invoke(t.Context(), framework.Invocation{Function: f, Deadline: time.Now().Add(limit)})
			if left := time.Until(got); left != want {
				t.Errorf("limit %s: deadline in %s, want in %s", limit, left, want)
			}
			if err := e.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// The vendor's deadline is a reading of the wall clock, which may step while the function runs.
func TestDeadlineHoldsByTheMonotonicClock(t *testing.T) {
	var got time.Time
	f := function("f", func(c *framework.Context) error { got, _ = c.Deadline(); return nil })
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	_, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Deadline: time.UnixMilli(time.Now().Add(time.Hour).UnixMilli())})
	if err != nil || !strings.Contains(got.String(), " m=") {
		t.Errorf("%v, deadline %s has no reading of the monotonic clock", err, got)
	}
}

func TestConcurrencyLimit(t *testing.T) {
	var mu sync.Mutex
	running, most := 0, 0
	step := make(chan struct{})
	f := function("f", func(*framework.Context) error {
		mu.Lock()
		running++
		most = max(most, running)
		mu.Unlock()
		<-step
		mu.Lock()
		running--
		mu.Unlock()
		return nil
	})
	f.Concurrency = 2
	e := started(t, &framework.App{Functions: []*framework.Function{f}})
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); err != nil {
				t.Error(err)
			}
		})
	}
	for range 6 {
		step <- struct{}{}
	}
	wg.Wait()
	if most > 2 {
		t.Errorf("%d invocations ran at once, limit 2", most)
	}
}

func TestContext(t *testing.T) {
	type key struct{}
	f := function("f", func(c *framework.Context) error {
		derived, cancel := context.WithCancel(context.WithValue(c, key{}, 1))
		defer cancel()
		if framework.From(derived) != c || framework.From(c) != c {
			t.Error("From does not find the Context")
		}
		if c.RequestID() != "id" || c.FunctionName() != "f" || c.Unit() != "u" || c.Trace() != "t" ||
			c.Runtime().Platform != "test" || c.Event() != "event" || c.Vendor() != 7 {
			t.Errorf("facts are wrong: %+v", c)
		}
		return nil
	})
	var log strings.Builder
	rt := quiet()
	rt.Logger = slog.New(slog.NewTextHandler(&log, nil))
	e := framework.NewEngine(rt, &framework.App{Unit: "u", Functions: []*framework.Function{f}, Middleware: []framework.Middleware{
		func(next framework.Handler) framework.Handler {
			return func(c *framework.Context) error { c.Logger().Info("seen"); return next(c) }
		}}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f, Event: "event", RequestID: "id", Trace: "t", Vendor: 7}); err != nil {
		t.Fatal(err)
	}
	if framework.From(context.Background()) != nil {
		t.Error("From invents a Context")
	}
	if want := `msg=seen request_id=id function=f unit=u`; !strings.Contains(log.String(), want) {
		t.Errorf("log = %q, want %q in it", log.String(), want)
	}
}

func TestError(t *testing.T) {
	cause := errors.New("disk full")
	tests := []struct {
		err  *framework.Error
		want string
	}{
		{&framework.Error{Message: "no such book"}, "no such book"},
		{&framework.Error{Code: "not_found", Message: "no such book", Err: cause}, "not_found: no such book: disk full"},
		{framework.Errorf(500, "storage", "save: %w", cause), "storage: save: disk full"},
		{&framework.Error{Code: "invalid", Message: "2 fields are wrong", Fields: []framework.FieldError{{In: "query", Name: "a", Message: "x"}, {In: "body", Name: "b", Message: "y"}}},
			"invalid: 2 fields are wrong (query a: x; body b: y)"},
		{&framework.Error{Message: "the body cannot be read", Fields: []framework.FieldError{{In: "body", Message: "found ]"}, {In: "body", Name: "b", Message: "y"}}},
			"the body cannot be read (body: found ]; body b: y)"},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if !errors.Is(framework.Errorf(500, "", "save: %w", cause), cause) {
		t.Error("Errorf loses its cause")
	}
}

func ExampleMiddleware() {
	shout := func(next framework.Handler) framework.Handler {
		return func(c *framework.Context) error {
			err := next(c)
			c.SetResult(fmt.Sprint(c.Result()) + "!")
			return err
		}
	}
	f := &framework.Function{Name: "greet", Use: []framework.Middleware{shout}, Handler: func(c *framework.Context) error {
		c.SetResult("hello " + c.Event().(string))
		return nil
	}}
	e := framework.NewEngine(&framework.Runtime{}, &framework.App{Unit: "greet", Functions: []*framework.Function{f}})
	if err := e.Start(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	got, err := e.Invoke(context.Background(), framework.Invocation{Function: f, Event: "Ann"})
	fmt.Println(got, err)
	// Output: hello Ann! <nil>
}

func BenchmarkInvoke(b *testing.B) {
	f := function("f", func(c *framework.Context) error { c.SetResult(c); return nil })
	e := framework.NewEngine(quiet(), &framework.App{Functions: []*framework.Function{f}})
	if err := e.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	for name, deadline := range map[string]time.Time{"no deadline": {}, "deadline": time.Now().Add(time.Hour)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Invoke(b.Context(), framework.Invocation{Function: f, Deadline: deadline}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// panicky is a layer whose hooks around an invocation panic.
type panicky struct{}

func (panicky) Name() string { return "panicky" }
func (panicky) AfterInvoke(ctx *framework.Context, _ error) error {
	panic("after " + ctx.FunctionName())
}

func TestAPanicOfAHookIsLoggedWithItsStack(t *testing.T) {
	var log strings.Builder
	rt := &framework.Runtime{Logger: slog.New(slog.NewTextHandler(&log, nil))}
	f := function("f", func(*framework.Context) error { return nil })
	e := framework.NewEngine(rt, &framework.App{Unit: "u", Functions: []*framework.Function{f}, Layers: framework.Layers{panicky{}}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := e.Invoke(t.Context(), framework.Invocation{Function: f, RequestID: "r1"})
	if err == nil || err.Error() != "layer panicky: panic: after f" {
		t.Errorf("error = %v", err)
	}
	for _, want := range []string{"panic in hook", "engine_test.go", "r1"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in the log:\n%s", want, &log)
		}
	}
}
