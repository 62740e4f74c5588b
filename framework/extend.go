package framework

import "log/slog"

// SetLogger replaces what [Context.Logger] returns for the rest of the invocation. It is for layers, such as one that has the debug
// records of some invocations written; it should be made of the one that was there, which knows the invocation.
func (c *Context) SetLogger(l *slog.Logger) { c.root().logger.Store(l) }

// Redelivered says that the event is delivered again when the invocation fails, as queues and streams do it. A layer that turns an
// invocation down knows by it that nothing is lost.
func (c *Context) Redelivered() bool { return c.invocation.Redelivered }
