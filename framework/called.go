package framework

// Call is what a function that calls another passes with its call; see package call.
type Call struct {
	// Async says that the caller does not wait for the result.
	Async bool
	// IdempotencyKey is the same whenever the same call comes again, which an asynchronous one does. Empty if the caller has none.
	IdempotencyKey string
	// Traceparent and Tracestate are the caller's W3C trace context, empty if it has none.
	Traceparent, Tracestate string
}

// Callee is the trigger of a function that other functions call: its payloads are those of calls, which it gets as []byte. It is here
// and not in package call, so that a unit that is only called links none of that.
type Callee struct{}

// Kind returns "call".
func (Callee) Kind() string { return "call" }

// Call is what the caller passes with its call, nil if it is no function.
func (c *Context) Call() *Call { return c.invocation.Call }

// Engine is the engine that runs the unit, nil before there is one. Calls between functions of one unit go through it.
func (rt *Runtime) Engine() *Engine { return rt.engine }
