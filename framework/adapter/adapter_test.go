package adapter_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
	"github.com/faasgen/faasgen/framework/ioc"
)

// invoke runs a handler as a function called f, and returns its result and what was logged.
func invoke(t *testing.T, event any, h framework.Handler) (result any, log string, err error) {
	t.Helper()
	var b strings.Builder
	f := &framework.Function{Name: "f", Handler: h}
	e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.NewTextHandler(&b, nil))}, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	result, err = e.Invoke(t.Context(), framework.Invocation{Function: f, Event: event})
	return result, b.String(), err
}

func TestEvent(t *testing.T) {
	_, _, err := invoke(t, "text", func(ctx *framework.Context) error {
		s, err := adapter.Event[string](ctx)
		if s != "text" || err != nil {
			t.Error(s, err)
		}
		if n := testing.AllocsPerRun(100, func() { _, _ = adapter.Event[string](ctx) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
		n, err := adapter.Event[int](ctx)
		if n != 0 {
			t.Error(n)
		}
		return err
	})
	var e *framework.Error
	if !errors.As(err, &e) || e.Status != 400 || e.Code != "unexpected_event" || !strings.Contains(e.Message, "function f does not take this event") {
		t.Errorf("error = %v", err)
	}
}

func TestReturn(t *testing.T) {
	bad := errors.New("bad")
	text := "x"
	for name, tt := range map[string]struct {
		handler framework.Handler
		want    any
		err     error
	}{
		"pointer":            {func(c *framework.Context) error { return adapter.ReturnPointer(c, &text, false, nil) }, &text, nil},
		"nil pointer":        {func(c *framework.Context) error { return adapter.ReturnPointer(c, (*string)(nil), true, nil) }, nil, nil},
		"pointer and error":  {func(c *framework.Context) error { return adapter.ReturnPointer(c, &text, false, bad) }, nil, bad},
		"value":              {func(c *framework.Context) error { return adapter.Return(c, 7, nil) }, 7, nil},
		"zero":               {func(c *framework.Context) error { return adapter.Return(c, 0, nil) }, 0, nil},
		"value and error":    {func(c *framework.Context) error { return adapter.Return(c, 7, bad) }, nil, bad},
		"interface":          {func(c *framework.Context) error { return adapter.Return(c, any(text), nil) }, text, nil},
		"nil interface":      {func(c *framework.Context) error { return adapter.Return(c, nil, nil) }, nil, nil},
		"interface or error": {func(c *framework.Context) error { return adapter.Return(c, any(text), bad) }, nil, bad},
	} {
		if got, _, err := invoke(t, nil, tt.handler); got != tt.want || err != tt.err {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	slice := []int(nil)
	if got, _, err := invoke(t, nil, func(c *framework.Context) error { return adapter.Return(c, slice, nil) }); err != nil || got.([]int) != nil {
		t.Errorf("a nil slice is a result: %v, %v", got, err)
	}
	_, _, _ = invoke(t, nil, func(c *framework.Context) error {
		if n := testing.AllocsPerRun(100, func() { _ = adapter.ReturnPointer(c, &text, false, nil) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
		return nil
	})
}

// unitOfWork lives for one call.
type unitOfWork struct {
	order         *[]string
	fail, destroy error
}

func (u *unitOfWork) Init(ctx context.Context) error {
	if _, ok := ctx.(*framework.Context); !ok {
		*u.order = append(*u.order, "another context")
	}
	*u.order = append(*u.order, "init")
	if u.fail != nil && u.fail.Error() == "panics" {
		panic(u.fail)
	}
	return u.fail
}

func (u *unitOfWork) Destroy(ctx context.Context) error {
	*u.order = append(*u.order, fmt.Sprint("destroy ", ctx.Err()))
	if u.destroy != nil && u.destroy.Error() == "panics" {
		panic(u.destroy)
	}
	return u.destroy
}

// plain has nothing to begin or end.
type plain struct{}

func TestOpenedAndBegin(t *testing.T) {
	bad, panics := errors.New("bad"), errors.New("panics")
	for _, tt := range []struct {
		name                       string
		constructor, init, destroy error
		clean                      error
		want                       string
		err                        string
		log                        string
	}{
		{name: "good", want: "init, handler, destroy <nil>, clean"},
		{name: "constructor fails", constructor: bad, want: "", err: "bad"},
		{name: "Init fails", init: bad, want: "init, clean", err: "adapter_test.unitOfWork.Init: bad"},
		{name: "Init panics", init: panics, want: "init, clean", err: "panic: panics"},
		{name: "Destroy fails", destroy: bad, want: "init, handler, destroy <nil>, clean", log: `msg="destroy adapter_test.unitOfWork"`},
		{name: "Destroy panics", destroy: panics, want: "init, handler, destroy <nil>, clean", log: `msg="panic in destroy adapter_test.unitOfWork" request_id="" function=f unit=u panic=panics stack=`},
		{name: "the clean-up function panics", clean: panics, want: "init, handler, destroy <nil>, clean", log: `msg="panic in destroy adapter_test.unitOfWork" request_id="" function=f unit=u panic=panics stack=`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var order []string
			_, log, err := invoke(t, nil, func(ctx *framework.Context) error {
				clean := func() {
					if order = append(order, "clean"); tt.clean != nil {
						panic(tt.clean)
					}
				}
				v, cleanup, err := adapter.Opened[*unitOfWork](ctx)(&unitOfWork{&order, tt.init, tt.destroy}, clean, tt.constructor)
				if err != nil {
					return err
				}
				defer cleanup()
				order = append(order, "handler")
				if v.order != &order {
					t.Error("another value")
				}
				return nil
			})
			if got := strings.Join(order, ", "); got != tt.want {
				t.Errorf("got %s", got)
			}
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || err.Error() != tt.err) {
				t.Errorf("error = %v", err)
			}
			if tt.log == "" && strings.Contains(log, "destroy ") || tt.log != "" && (!strings.Contains(log, tt.log) || tt.destroy == bad && !strings.Contains(log, "error=bad")) {
				t.Errorf("logged %s", log)
			}
		})
	}
	var order []string
	_, log, err := invoke(t, nil, func(ctx *framework.Context) error {
		_, cleanup, err := adapter.Begin(ctx, &unitOfWork{order: &order})
		if err != nil {
			return err
		}
		cleanup()
		if _, cleanup, err = adapter.Begin(ctx, plain{}); err != nil {
			return err
		}
		cleanup()
		if _, cleanup, err = adapter.Opened[plain](ctx)(plain{}, nil, nil); err != nil {
			return err
		}
		cleanup()
		_, _, err = adapter.Begin(ctx, &unitOfWork{&order, bad, nil})
		return err
	})
	if err == nil || err.Error() != "adapter_test.unitOfWork.Init: bad" || log != "" || !slices.Equal(order, []string{"init", "destroy <nil>", "init"}) {
		t.Errorf("%v, %v, logged %s", order, err, log)
	}
}

// What ends with a call ends also when the caller has gone, with time of its own.
func TestDestroyAfterTheCallerHasGone(t *testing.T) {
	var order []string
	f := &framework.Function{Name: "f"}
	ctx, cancel := context.WithCancel(t.Context())
	f.Handler = func(c *framework.Context) error {
		_, cleanup, err := adapter.Begin(c, &unitOfWork{order: &order})
		if err != nil {
			return err
		}
		cancel()
		if c.Err() == nil {
			t.Error("the call goes on")
		}
		cleanup()
		return nil
	}
	e := framework.NewEngine(&framework.Runtime{Logger: slog.New(slog.DiscardHandler)}, &framework.App{Unit: "u", Functions: []*framework.Function{f}})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Invoke(ctx, framework.Invocation{Function: f}); err != nil {
		t.Error(err)
	}
	if !slices.Equal(order, []string{"init", "destroy <nil>"}) {
		t.Errorf("got %v", order)
	}
}

// limiter is an instance with a middleware and a guard.
type limiter struct{ composed, called atomic.Int32 }

func (l *limiter) Use(next framework.Handler) framework.Handler {
	l.composed.Add(1)
	for range 100 { // give others the chance to do the same
		runtime.Gosched()
	}
	return func(ctx *framework.Context) error {
		l.called.Add(1)
		return next(ctx)
	}
}

func (l *limiter) Guard(ctx *framework.Context) error {
	if l.called.Add(1) > 1 {
		return framework.Errorf(429, "busy", "later")
	}
	return nil
}

// container is as it is generated.
type container struct {
	ioc.Container
	limiter ioc.Cell[*container, *limiter]
	made    ioc.Cell[*container, framework.Middleware]
	builds  atomic.Int32
	fails   int32 // so many builds fail
}

func getLimiter(c *container, b *ioc.Build) (*limiter, error) {
	return c.limiter.Get(c, b, func(c *container, _ *ioc.Build) (*limiter, error) {
		if n := c.builds.Add(1); n <= c.fails {
			return nil, fmt.Errorf("attempt %d", n)
		}
		return &limiter{}, nil
	})
}

func (c *container) use() framework.Middleware {
	return adapter.Use(c, &c.limiter, getLimiter, (*limiter).Use)
}

func nothing(*framework.Context) error { return nil }

func TestUseOfWhatIsThere(t *testing.T) {
	c := &container{}
	l, err := getLimiter(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := c.use()(nothing)
	if l.composed.Load() != 1 {
		t.Error("not composed with the chain")
	}
	for range 2 {
		if err := h(nil); err != nil {
			t.Error(err)
		}
	}
	if l.composed.Load() != 1 || l.called.Load() != 2 {
		t.Errorf("composed %d times, called %d times", l.composed.Load(), l.called.Load())
	}
	if n := testing.AllocsPerRun(100, func() { _ = h(nil) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestUseIsComposedByTheFirstCall(t *testing.T) {
	for range 20 {
		c := &container{fails: 3}
		h := c.use()(nothing)
		if c.builds.Load() > 0 {
			t.Fatal("built before it is called")
		}
		for i := range 3 {
			if err := h(nil); err == nil || err.Error() != fmt.Sprintf("build adapter_test.limiter: attempt %d", i+1) {
				t.Errorf("error = %v", err)
			}
		}
		start := make(chan struct{})
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				<-start
				if err := h(nil); err != nil {
					t.Error(err)
				}
			})
		}
		close(start)
		wg.Wait()
		l, _ := ioc.Peek(&c.limiter)
		if l.composed.Load() != 1 || l.called.Load() != 64 || c.builds.Load() != 4 {
			t.Fatalf("composed %d times, called %d times, built %d times", l.composed.Load(), l.called.Load(), c.builds.Load())
		}
		if n := testing.AllocsPerRun(10, func() { _ = h(nil) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
}

// A middleware that panics when it is composed leaves the next call free to try again.
func TestUseThatPanicsWhenItIsComposed(t *testing.T) {
	c, tries := &container{}, 0
	h := adapter.Use(c, &c.limiter, getLimiter, func(l *limiter, next framework.Handler) framework.Handler {
		if tries++; tries == 1 {
			panic("not yet")
		}
		return l.Use(next)
	})(nothing)
	func() {
		defer func() {
			if p := recover(); p != "not yet" {
				t.Error(p)
			}
		}()
		_ = h(nil)
	}()
	for range 2 {
		if err := h(nil); err != nil {
			t.Error(err)
		}
	}
	if tries != 2 {
		t.Errorf("composed %d times", tries)
	}
}

func TestMade(t *testing.T) {
	c, called := &container{}, 0
	get := func(c *container, b *ioc.Build) (framework.Middleware, error) {
		return c.made.Get(c, b, func(*container, *ioc.Build) (framework.Middleware, error) {
			return func(next framework.Handler) framework.Handler {
				return func(ctx *framework.Context) error { called++; return next(ctx) }
			}, nil
		})
	}
	if err := adapter.Made(c, &c.made, get)(nothing)(nil); err != nil || called != 1 {
		t.Error(err, called)
	}
}

func TestGuard(t *testing.T) {
	c := &container{fails: 1}
	g := adapter.Guard(c, getLimiter, (*limiter).Guard)
	if err := g(nil); err == nil || err.Error() != "build adapter_test.limiter: attempt 1" {
		t.Errorf("error = %v", err)
	}
	if err := g(nil); err != nil {
		t.Error(err)
	}
	var e *framework.Error
	if err := g(nil); !errors.As(err, &e) || e.Status != 429 {
		t.Errorf("error = %v", err)
	}
	allow := adapter.Guard(c, getLimiter, func(*limiter, *framework.Context) error { return nil })
	if n := testing.AllocsPerRun(100, func() { _ = allow(nil) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// call is what one invocation makes, as it is generated.
type call struct {
	ioc.Call
	limiter ioc.Scoped[*call, *limiter]
	fails   error
}

func (c *call) get() (*limiter, error) {
	return c.limiter.Get(c, func(c *call) (*limiter, error) { return &limiter{}, c.fails })
}

func TestUseOfAndGuardOfAnInstanceOfTheCall(t *testing.T) {
	use := adapter.UseOf((*call).get, (*limiter).Use)
	guard := adapter.GuardOf((*call).get, (*limiter).Guard)
	var seen []*call
	h := use(guard.Middleware(func(ctx *framework.Context) error {
		seen = append(seen, adapter.Scope(ctx).(*call))
		return nil
	}))
	scoped := func(fails error) framework.Handler {
		return func(ctx *framework.Context) error {
			s := &call{fails: fails}
			adapter.SetScope(ctx, s)
			defer s.End()
			return h(ctx)
		}
	}
	for range 2 {
		_, _, err := invoke(t, nil, scoped(nil))
		var e *framework.Error
		if !errors.As(err, &e) || e.Status != 429 { // the middleware has called the same instance
			t.Errorf("error = %v", err)
		}
	}
	bad := errors.New("bad")
	if _, _, err := invoke(t, nil, scoped(bad)); err != bad {
		t.Errorf("error = %v", err)
	}
	h = guard.Middleware(nothing)
	if _, _, err := invoke(t, nil, scoped(bad)); err != bad {
		t.Errorf("error = %v", err)
	}
	if _, _, err := invoke(t, nil, scoped(nil)); err != nil || len(seen) != 0 {
		t.Error(err, seen)
	}
}

// TestScopeOfADerivedContext: what is kept for an invocation is the same for every Context of it.
func TestScopeOfADerivedContext(t *testing.T) {
	_, _, err := invoke(t, nil, func(ctx *framework.Context) error {
		if got := adapter.Scope(ctx); got != nil {
			t.Errorf("scope %v before it is set", got)
		}
		derived := ctx.WithContext(context.WithoutCancel(ctx))
		adapter.SetScope(derived, 1)
		if adapter.Scope(ctx) != 1 || adapter.Scope(derived) != 1 {
			t.Errorf("scopes %v and %v", adapter.Scope(ctx), adapter.Scope(derived))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

type audit struct{}

func (*audit) Name() string { return "audit" }

func TestLayer(t *testing.T) {
	c := &container{}
	var cell ioc.Cell[*container, *audit]
	tries := 0
	build := adapter.Layer(c, func(c *container, b *ioc.Build) (*audit, error) {
		return cell.Get(c, b, func(_ *container, b *ioc.Build) (*audit, error) {
			if b.Context() != t.Context() {
				t.Error("another context")
			}
			if tries++; tries == 1 {
				return nil, errors.New("no")
			}
			return &audit{}, nil
		})
	})
	if l, err := build(t.Context()); l != nil || err == nil || err.Error() != "build adapter_test.audit: no" {
		t.Error(l, err)
	}
	if l, err := build(t.Context()); l == nil || l.Name() != "audit" || err != nil {
		t.Error(l, err)
	}
}

func TestOr(t *testing.T) {
	response := func(name string) framework.Middleware {
		return func(framework.Handler) framework.Handler {
			return func(*framework.Context) error { return errors.New(name) }
		}
	}
	guard := func(name string) framework.Guard {
		return func(*framework.Context) error { return errors.New(name) }
	}
	for want, m := range map[string]framework.Middleware{
		"real":          adapter.Or(nil, response("real")),
		"replaced":      adapter.Or(response("replaced"), response("real")),
		"real guard":    adapter.OrGuard(nil, guard("real guard")),
		"another guard": adapter.OrGuard(guard("another guard"), guard("real guard")),
	} {
		if err := m(nothing)(nil); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	pass := framework.Guard(func(*framework.Context) error { return nil })
	if err := adapter.OrGuard(nil, pass)(response("handler")(nil))(nil); err == nil || err.Error() != "handler" {
		t.Errorf("got %v", err)
	}
}
