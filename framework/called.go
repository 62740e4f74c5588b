package framework

// Call is what a function that calls another passes with its call; see package call.
type Call struct {
	// Async says that nobody waits for the result.
	Async bool
	// IdempotencyKey is the same whenever the same call comes again, which an asynchronous one does. Empty if the caller has none.
	IdempotencyKey string
	// Traceparent and Tracestate are the caller's W3C trace context, empty if it has none.
	Traceparent, Tracestate string
}

// Call is what the caller passes with its call, nil if it is no function.
func (c *Context) Call() *Call { return c.invocation.Call }

// Engine is the engine that runs the unit, nil before there is one. Calls between functions of one unit go through it.
func (rt *Runtime) Engine() *Engine { return rt.engine }
