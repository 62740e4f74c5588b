package framework

import (
	"errors"
	"fmt"

	"github.com/faasgen/faasgen/framework/internal/joinpoint"
)

// JoinPoint is one call that aspects wrap: of a function, or of a method of what is injected as an interface. An
// aspect is a struct marked //faas:aspect with any of these methods:
//
//	Around(ctx context.Context, j *framework.JoinPoint, next func(context.Context) error) error
//	Before(ctx context.Context, j *framework.JoinPoint) error
//	AfterReturn(ctx context.Context, j *framework.JoinPoint) error
//	AfterThrow(ctx context.Context, j *framework.JoinPoint, err error) error
//	After(ctx context.Context, j *framework.JoinPoint, err error)
//
// They run in this order: Around up to where it calls next; Before; the call; AfterReturn or AfterThrow; the rest of
// Around; After. The call is the next aspect, and the user's code in the innermost.
//
//   - Around may call next not at all, or several times, each of which begins with Before. The context that it passes on
//     reaches Before, the call, AfterReturn and AfterThrow. What it returns is the outcome.
//   - An error of Before skips the call and is what next returns; AfterThrow does not see it.
//   - AfterReturn follows a call without an error. It may replace the result; its error is the outcome.
//   - AfterThrow follows a call with an error and returns the error to go on with. Nil recovers: the result is then what
//     came with the error, usually nothing, unless SetResult has set one.
//   - After always runs, once and last, also when next was not called. Its error is the outcome, or [ErrPanic] while a
//     panic passes through, which no aspect stops. Its context is that of Around.
//
// A JoinPoint holds until After has returned. It and next are for the goroutine of the call only. Arguments and results are read
// where they are: as long as an aspect reads none of them, and keeps neither the JoinPoint nor next, a call through
// it allocates nothing.
type JoinPoint joinpoint.Call

func (j *JoinPoint) parts() *joinpoint.Parts { return (*joinpoint.Call)(j).Parts() }

// ErrPanic is the error that the After method of an aspect gets while a panic passes through.
var ErrPanic = errors.New("the call panicked")

// Target is the name of the function, such as order-create, or the interface with its package: order.Store.
func (j *JoinPoint) Target() string {
	target, _ := j.parts().Names()
	return target
}

// Method is the name of the method or Go function that is called.
func (j *JoinPoint) Method() string {
	_, method := j.parts().Names()
	return method
}

// Args are the arguments: the input of a function, or all that a method takes but its context. Those of a variadic
// parameter are one slice. It makes a new slice each time.
func (j *JoinPoint) Args() []any {
	args := make([]any, j.parts().Args)
	for i := range args {
		args[i] = j.parts().Get(i)
	}
	return args
}

// Arg is one argument, nil if there are not so many.
func (j *JoinPoint) Arg(i int) any {
	if i < 0 || i >= j.parts().Args {
		return nil
	}
	return j.parts().Get(i)
}

// SetArg replaces one argument of the call, before it. v must have the argument's type; nil is that type's zero value.
func (j *JoinPoint) SetArg(i int, v any) error {
	if i < 0 || i >= j.parts().Args {
		return fmt.Errorf("argument %d of %s of %s: it takes %d", i, j.Method(), j.Target(), j.parts().Args)
	}
	if err := j.parts().Set(i, v); err != nil {
		return fmt.Errorf("argument %d of %s of %s: %w", i, j.Method(), j.Target(), err)
	}
	return nil
}

// Result is what the call returned besides its error: one value, nil for nothing, or a []any for several.
func (j *JoinPoint) Result() any {
	switch j.parts().Results {
	case 0:
		return nil
	case 1:
		return j.parts().Get(j.parts().Args)
	}
	list := make([]any, j.parts().Results)
	for i := range list {
		list[i] = j.parts().Get(j.parts().Args + i)
	}
	return list
}

// SetResult replaces what the call returns. v must have the result's type, or be a []any of as many values as there are
// results; nil is the zero value.
func (j *JoinPoint) SetResult(v any) error {
	if err := j.setResult(v); err != nil {
		return fmt.Errorf("result of %s of %s: %w", j.Method(), j.Target(), err)
	}
	return nil
}

func (j *JoinPoint) setResult(v any) error {
	switch j.parts().Results {
	case 0:
		return errors.New("it returns nothing")
	case 1:
		return j.parts().Set(j.parts().Args, v)
	}
	list, ok := v.([]any)
	if v == nil {
		list, ok = make([]any, j.parts().Results), true
	}
	if !ok || len(list) != j.parts().Results {
		return fmt.Errorf("found %T, expected a []any of %d values", v, j.parts().Results)
	}
	for i, v := range list {
		if err := j.parts().Set(j.parts().Args+i, v); err != nil {
			return err
		}
	}
	return nil
}
