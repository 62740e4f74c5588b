package framework

// Call is what a function that calls another passes with its call; see package call.
type Call struct {
	// Async says that the caller does not wait for the result.
	Async bool
	// IdempotencyKey is the same whenever the same call comes again, which an asynchronous one does. Empty if the caller has none.
	IdempotencyKey string
	// Traceparent and Tracestate are the caller's W3C trace context, empty if it has none.
	Traceparent, Tracestate string
	// Root is the request id of the invocation with which the chain of calls began. What the called function logs has it as
	// root_request_id where its own request id is another one, so that it finds all that belongs together. Empty if there was none.
	Root string
}

// Callee is the trigger of a function that other functions call: its payloads are those of calls, which it gets as []byte. It is here
// and not in package call, so that a unit that is only called links none of that.
type Callee struct{}

// Kind returns "call".
func (Callee) Kind() string { return "call" }

// Call is what the caller passes with its call, nil if it is no function.
func (c *Context) Call() *Call { return c.invocation.Call }

// Root is the request id of the invocation with which the chain of calls began that led to this one. It is empty where that is this
// one itself, or has the same request id, as calls within a process have.
func (c *Context) Root() string {
	if by := c.invocation.Call; by != nil && by.Root != c.invocation.RequestID {
		return by.Root
	}
	return ""
}

// Engine is the engine that runs the unit, nil before there is one. Calls between functions of one unit go through it.
func (rt *Runtime) Engine() *Engine { return rt.engine }
