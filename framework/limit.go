package framework

// request is the event of an http call, *web.Exchange.
type request interface {
	// Overloaded is called before the call fails because the function is at its limit: the answer says when to try again.
	Overloaded()
}

// acquire takes one of the function's places, in the way that its Overload says.
func (e *Engine) acquire(c *Context) error {
	f := c.invocation.Function
	limit := e.limits[f]
	if limit == nil {
		return nil
	}
	select {
	case limit <- struct{}{}:
		return nil
	default:
	}
	refused := &Error{Status: 503, Code: "overloaded", Message: "the function is at its concurrency limit"}
	r, asked := c.invocation.Event.(request)
	if f.Overload == OverloadFail || f.Overload == OverloadDefault && (asked || c.invocation.Redelivered) {
		if refused.Status = 429; asked {
			r.Overloaded()
		}
		return refused
	}
	select {
	case limit <- struct{}{}:
		return nil
	case <-c.Done():
		refused.Err = c.Err()
		return refused
	}
}

// release gives the place back.
func (e *Engine) release(c *Context) {
	if limit := e.limits[c.invocation.Function]; limit != nil {
		<-limit
	}
}
