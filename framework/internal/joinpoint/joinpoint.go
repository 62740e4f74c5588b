// Package joinpoint has what framework.JoinPoint is made of, so that package adapter can make one and users cannot. What can be
// done with one is in package framework.
package joinpoint

// Call is the underlying type of framework.JoinPoint.
type Call struct{ parts Parts }

// Parts are what generated code knows of a call.
type Parts struct {
	// Names says what is called. It is a function so that an aspect that lets the names escape, into a log, does not let the
	// variables escape with them.
	Names func() (target, method string)
	// Args and Results are how many there are of each.
	Args, Results int
	// Get and Set reach one variable: an argument below Args, or one of the results after them.
	Get func(i int) any
	Set func(i int, v any) error
}

// New returns the call of these parts.
func New(p Parts) Call { return Call{p} }

// Parts returns what the call was made of.
func (c *Call) Parts() *Parts { return &c.parts }
