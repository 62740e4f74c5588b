package framework

// Handler runs one invocation. The generated adapter reads [Context.Event], calls the user's method and stores what it
// returned with [Context.SetResult].
type Handler func(*Context) error

// Middleware wraps a handler: it may act before and after, replace the result or the error, or not call next at all.
type Middleware func(next Handler) Handler

// chain wraps h so that the first middleware is the outermost. Nil entries are skipped.
func chain(h Handler, middleware ...Middleware) Handler {
	for i := len(middleware) - 1; i >= 0; i-- {
		if middleware[i] != nil {
			h = middleware[i](h)
		}
	}
	return h
}

// Guard decides whether an invocation may go on. Its error answers the invocation, whose input is then never bound.
type Guard func(*Context) error

// Middleware runs the guard before next.
func (g Guard) Middleware(next Handler) Handler {
	return func(c *Context) error {
		if err := g(c); err != nil {
			return err
		}
		return next(c)
	}
}
