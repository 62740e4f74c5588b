// Package adapter is what generated code calls: to take the event of a function, make what a call needs and keep the result, to
// wrap calls by middleware and aspects, and to state the contract that the code was generated for. User code does not call it,
// except for NewJoinPoint in tests of aspects. What is different from function to function is in the generated code.
package adapter

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/fault"
	"github.com/faasgen/faasgen/framework/internal/invocation"
	"github.com/faasgen/faasgen/framework/ioc"
)

// Event is the event of an invocation, or the error that says that the function does not accept one of this type.
func Event[T any](ctx *framework.Context) (T, error) {
	e, ok := ctx.Event().(T)
	if !ok {
		return e, Unexpected(ctx)
	}
	return e, nil
}

// Called fills in the input of a call from a function of the same unit, which needs no decoding. It reports false of any other event, and
// where something has looked at this one, and may have changed it.
func Called[T any](ctx *framework.Context, in *T) bool {
	passed := invocation.InputOf(ctx)
	if passed == nil || passed.Seen() {
		return false
	}
	switch v := passed.Value.(type) {
	case *T:
		*in = *v
		if carry, ok := passed.Carry.(func(*T) bool); ok {
			carry(in)
		}
	case **T:
		p := *v
		if carry, ok := passed.Carry.(func(**T) bool); ok {
			carry(&p)
		}
		if p != nil {
			*in = *p
		}
	default:
		return false
	}
	return true
}

// Unexpected refuses an event of a form that the function has no trigger for.
//
//go:noinline
func Unexpected(ctx *framework.Context) error {
	return framework.Errorf(400, "unexpected_event", "function %s does not take this event", ctx.FunctionName())
}

// Return sets what a handler returned as the result. An interface that is nil is not a result.
func Return(ctx *framework.Context, out any, err error) error {
	if err != nil {
		return returned(ctx, err)
	}
	if out != nil {
		ctx.SetResult(out)
	}
	return nil
}

// ReturnPointer is [Return] for a pointer, whose nil is not a result either. It is not a type parameter's, since one instance for each
// result would be a good part of what an application with many handlers takes to compile.
func ReturnPointer(ctx *framework.Context, out any, isNil bool, err error) error {
	if err != nil {
		return returned(ctx, err)
	}
	if !isNil {
		ctx.SetResult(out)
	}
	return nil
}

// returned has an error that is an answer be the result, such as that of a client which has what it asks for: layers and hooks see no failure.
//
//go:noinline
func returned(ctx *framework.Context, err error) error {
	if a, ok := err.(interface{ Answer() any }); ok {
		ctx.SetResult(a.Answer())
		return nil
	}
	return err
}

// Begin runs Init of an instance that lives for one call, and returns the function that ends it: its Destroy, whose error or panic
// is logged: what the call has answered stands by then.
func Begin[T any](ctx *framework.Context, v T) (T, func(), error) {
	return Opened[T](ctx)(v, nil, nil)
}

// Opened is [Begin] for the results of a constructor: the instance, its clean-up function, which may be nil and runs last, and
// its error. A panic of the clean-up function is logged, too.
func Opened[T any](ctx *framework.Context) func(v T, cleanup func(), err error) (T, func(), error) {
	return func(v T, cleanup func(), err error) (T, func(), error) {
		if err != nil {
			return v, nil, err
		}
		if own := cleanup; own == nil {
			cleanup = func() {}
		} else {
			cleanup = func() { end(ctx, v, func() error { own(); return nil }) }
		}
		if i, ok := any(v).(interface{ Init(context.Context) error }); ok {
			begun := false
			defer func() {
				if !begun {
					cleanup()
				}
			}()
			if err := i.Init(ctx); err != nil {
				return v, nil, fmt.Errorf("%s.Init: %w", typeName(v), err)
			}
			begun = true
		}
		d, ok := any(v).(interface{ Destroy(context.Context) error })
		if !ok {
			return v, cleanup, nil
		}
		return v, func() {
			defer cleanup()
			end(ctx, v, func() error { return d.Destroy(context.WithoutCancel(ctx)) })
		}, nil
	}
}

// end ends an instance of a call.
func end(ctx *framework.Context, v any, destroy func() error) {
	err := fault.Guard(destroy)
	if p, ok := errors.AsType[*framework.PanicError](err); ok {
		ctx.Logger().Error("panic in destroy "+typeName(v), "panic", fmt.Sprint(p.Value), "stack", string(p.Stack))
	} else if err != nil {
		ctx.Logger().Error("destroy "+typeName(v), "error", err.Error())
	}
}

// typeName is how package ioc calls what it holds: order.Trail.
func typeName(v any) string { return strings.TrimPrefix(fmt.Sprintf("%T", v), "*") }

// Use is the middleware of an instance that the container builds. It is composed with the chain if the instance has been built
// by then, and by the first call otherwise: once, unless that fails.
func Use[K ioc.Owner, T any](k K, s *ioc.Cell[K, T], get func(K, *ioc.Build) (T, error), method func(T, framework.Handler) framework.Handler) framework.Middleware {
	return func(next framework.Handler) framework.Handler {
		if v, ok := ioc.Peek(s); ok {
			return method(v, next)
		}
		var composed lazyHandler
		return func(ctx *framework.Context) error {
			if h := composed.handler.Load(); h != nil {
				return (*h)(ctx)
			}
			v, err := get(k, nil)
			if err != nil {
				return err
			}
			return composed.compose(func() framework.Handler { return method(v, next) })(ctx)
		}
	}
}

// lazyHandler is a handler that the first call composes.
type lazyHandler struct {
	handler atomic.Pointer[framework.Handler]
	mu      sync.Mutex // held while it is composed
}

func (l *lazyHandler) compose(build func() framework.Handler) framework.Handler {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h := l.handler.Load(); h != nil {
		return *h
	}
	h := build()
	l.handler.Store(&h)
	return h
}

// Made is [Use] of what is itself a middleware; nil is none.
func Made[K ioc.Owner](k K, s *ioc.Cell[K, framework.Middleware], get func(K, *ioc.Build) (framework.Middleware, error)) framework.Middleware {
	return Use(k, s, get, func(m framework.Middleware, next framework.Handler) framework.Handler {
		if m == nil {
			return next
		}
		return m(next)
	})
}

// Guard is the guard of an instance which the container builds.
func Guard[K ioc.Owner, T any](k K, get func(K, *ioc.Build) (T, error), method func(T, *framework.Context) error) framework.Guard {
	return func(ctx *framework.Context) error {
		v, err := get(k, nil)
		if err != nil {
			return err
		}
		return method(v, ctx)
	}
}

// SetScope keeps what a function shares with its middleware and guards in one invocation: the K of [UseOf] and [GuardOf].
func SetScope(ctx *framework.Context, k any) { invocation.Of(ctx).Scope = k }

// Scope is what [SetScope] kept, nil if nothing.
func Scope(ctx *framework.Context) any { return invocation.Of(ctx).Scope }

// UseOf is the middleware of an instance which each call makes.
func UseOf[K, T any](get func(K) (T, error), method func(T, framework.Handler) framework.Handler) framework.Middleware {
	return func(next framework.Handler) framework.Handler {
		return func(ctx *framework.Context) error {
			v, err := get(Scope(ctx).(K))
			if err != nil {
				return err
			}
			return method(v, next)(ctx)
		}
	}
}

// GuardOf is the guard of an instance which each call makes.
func GuardOf[K, T any](get func(K) (T, error), method func(T, *framework.Context) error) framework.Guard {
	return func(ctx *framework.Context) error {
		v, err := get(Scope(ctx).(K))
		if err != nil {
			return err
		}
		return method(v, ctx)
	}
}

// Layer is what builds a layer that needs others.
func Layer[K ioc.Owner, T framework.Layer](k K, get func(K, *ioc.Build) (T, error)) func(context.Context) (framework.Layer, error) {
	return func(ctx context.Context) (framework.Layer, error) {
		l, err := ioc.Start(ctx, k, get)
		if err != nil {
			return nil, err
		}
		return l, nil
	}
}

// Or is the middleware that a test has set, or else the real one.
func Or(replacement, real framework.Middleware) framework.Middleware {
	if replacement != nil {
		return replacement
	}
	return real
}

// OrGuard is the middleware of the guard that a test has set, or else of the real one.
func OrGuard(replacement, real framework.Guard) framework.Middleware {
	if replacement != nil {
		return replacement.Middleware
	}
	return real.Middleware
}
