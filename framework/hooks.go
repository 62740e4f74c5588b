package framework

import (
	"context"
	"log/slog"
)

// Layer is a reusable bundle of hooks and middleware. Besides Name it has any of these methods, which the engine finds
// once, at start; a method of one of these names with another signature is an error:
//
//	BeforeRuntimeStart(ctx context.Context, rt *Runtime) error
//	AfterRuntimeStart(ctx context.Context, rt *Runtime, err error) error
//	BeforeFunctionStart(ctx context.Context, app *App) error
//	AfterFunctionStart(ctx context.Context, app *App, err error) error
//	BeforeInvoke(ctx *Context) error
//	AfterInvoke(ctx *Context, err error) error
//	BeforeClose(ctx context.Context, app *App) error
//	AfterClose(ctx context.Context, app *App, err error) error
//	Middleware(next Handler) Handler
//	Logger(log *slog.Logger) *slog.Logger
//	Health(ctx context.Context) error
//	Unclaimed(ctx context.Context, payload []byte) (result any, taken bool, err error)
//
// Before-hooks run in registration order; the first that fails stops its phase with that error. After-hooks run in
// reverse, always once, for every layer whose before-hook was reached; they see the phase's error, and what they
// return is joined to it.
//
// Logger returns the logger that the process has from then on, injected ones and those of invocations: the first layer's is outermost.
// It is called once, when the layer is there. Health is a part of [Engine.Health]. Unclaimed gets the events that no trigger of the
// unit matches, in the layers' order, until one takes it: the result is the answer, of which a nil one is null. It is called as functions
// are, within the platform's deadline, and a panic is an error.
type Layer interface {
	// Name identifies the layer in errors and logs.
	Name() string
}

type (
	beforeRuntimeStart interface {
		BeforeRuntimeStart(context.Context, *Runtime) error
	}
	afterRuntimeStart interface {
		AfterRuntimeStart(context.Context, *Runtime, error) error
	}
	beforeFunctionStart interface {
		BeforeFunctionStart(context.Context, *App) error
	}
	afterFunctionStart interface {
		AfterFunctionStart(context.Context, *App, error) error
	}
	beforeInvoke interface{ BeforeInvoke(*Context) error }
	afterInvoke  interface{ AfterInvoke(*Context, error) error }
	beforeClose  interface {
		BeforeClose(context.Context, *App) error
	}
	afterClose interface {
		AfterClose(context.Context, *App, error) error
	}
	layerMiddleware interface{ Middleware(Handler) Handler }
	layerLogger     interface {
		Logger(*slog.Logger) *slog.Logger
	}
	layerHealth    interface{ Health(context.Context) error }
	layerUnclaimed interface {
		Unclaimed(context.Context, []byte) (any, bool, error)
	}
)
