package framework

import "context"

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
//
// Before-hooks run in registration order; the first that fails stops its phase with that error. After-hooks run in
// reverse, always once, for every layer whose before-hook was reached; they see the phase's error, and what they
// return is joined to it.
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
)
