package web

import (
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/adapter"
)

// Bind returns the binder of an http invocation. It is inlined, which keeps the binder on the stack.
func Bind(ctx *framework.Context) (*Binder, error) {
	r, err := request(ctx)
	return &Binder{r: r}, err
}

//go:noinline
func request(ctx *framework.Context) (*Request, error) {
	e, err := adapter.Event[*Exchange](ctx)
	if err != nil {
		return nil, err
	}
	return &e.Request, nil
}

// Check is Err, and then what the Validate method of in says, if it has one.
func (b *Binder) Check(in any) error {
	if err := b.Err(); err != nil {
		return err
	}
	if v, ok := in.(interface{ Validate() error }); ok {
		return Check(v.Validate())
	}
	return nil
}
