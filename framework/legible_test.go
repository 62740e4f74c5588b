package framework_test

import (
	"context"
	"errors"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

// none is an error type of a user, a nil pointer of which is returned as an error.
type none struct{ text string }

func (n *none) Error() string { return n.text }

type noneLayer struct{ at string }

func (noneLayer) Name() string { return "none" }

func (l noneLayer) hook(at string) error {
	if l.at != at {
		return nil
	}
	var e *none
	return e
}

func (l noneLayer) BeforeRuntimeStart(context.Context, *framework.Runtime) error {
	return l.hook("BeforeRuntimeStart")
}

func (l noneLayer) BeforeInvoke(*framework.Context) error { return l.hook("BeforeInvoke") }

func (l noneLayer) AfterInvoke(*framework.Context, error) error { return l.hook("AfterInvoke") }

func (l noneLayer) AfterClose(context.Context, *framework.App, error) error {
	return l.hook("AfterClose")
}

// An error whose text cannot be had is a panic where it comes from: the loops log texts where nothing catches one.
func TestErrorWithoutText(t *testing.T) {
	for _, at := range []string{"BeforeRuntimeStart", "BeforeInvoke", "Handler", "AfterInvoke", "AfterClose"} {
		t.Run(at, func(t *testing.T) {
			layer := noneLayer{at}
			f := function("f", func(*framework.Context) error { return layer.hook("Handler") })
			e := framework.NewEngine(quiet(), &framework.App{Unit: "u", Layers: framework.Layers{layer}, Functions: []*framework.Function{f}})
			err := e.Start(t.Context())
			if err == nil {
				_, err = e.Invoke(t.Context(), framework.Invocation{Function: f})
			}
			if end := e.Close(t.Context()); err == nil {
				err = end
			}
			if _, ok := errors.AsType[*framework.PanicError](err); !ok {
				t.Fatalf("the error is a %T, want a *framework.PanicError", err)
			}
			_ = err.Error()
		})
	}
}
