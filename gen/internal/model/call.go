package model

import (
	"go/token"
	"go/types"
	"time"
)

// Call is what a dependency says that calls another function: a func, or an interface of one method.
type Call struct {
	// Name is that of the function. Function is nil when there is none, or when it cannot be called so, which has been reported.
	Name     string
	Function *Function
	// Async returns when the cloud has accepted the call.
	Async bool
	// Timeout limits one call, zero leaves it the caller's time. Tries is how often it is sent at most, zero is the default.
	Timeout time.Duration
	Tries   int
	// Method is the method of the interface, empty for a func.
	Method string
	// Signature is that of the func or method: func(context.Context[, in]) ([out,] error).
	Signature *types.Signature
	// Pos is the name in the directive, Length that of it.
	Pos    token.Position
	Length int
}

// In is what the function is called with, nil if nothing.
func (c *Call) In() types.Type {
	if c.Signature.Params().Len() < 2 {
		return nil
	}
	return c.Signature.Params().At(1).Type()
}

// Out is what the caller gets next to the error, nil if nothing.
func (c *Call) Out() types.Type {
	if c.Signature.Results().Len() < 2 {
		return nil
	}
	return c.Signature.Results().At(0).Type()
}

// Outgoing says that a function calls another.
type Outgoing struct {
	// Function is the name of the called one.
	Function string
	// Sync says that it waits for the result somewhere, Async that it does not somewhere else.
	Sync, Async bool
	// Pos is the name in the first directive that says so, Length that of it.
	Pos    token.Position
	Length int
}
