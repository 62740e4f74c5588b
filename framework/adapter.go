package framework

// Event is the event of an invocation, or the error that says that the function takes none of this type.
func Event[T any](ctx *Context) (T, error) {
	e, ok := ctx.Event().(T)
	if !ok {
		return e, unexpected(ctx)
	}
	return e, nil
}

//go:noinline
func unexpected(ctx *Context) error {
	return Errorf(400, "unexpected_event", "function %s does not take this event", ctx.FunctionName())
}

// Return hands on what a handler returned. A nil pointer is no result.
func Return[T any](ctx *Context, out *T, err error) error {
	if err == nil && out != nil {
		ctx.SetResult(out)
	}
	return err
}

// ReturnValue is [Return] for what is no pointer.
func ReturnValue[T any](ctx *Context, out T, err error) error {
	if err == nil {
		ctx.SetResult(out)
	}
	return err
}
