package adapter

import (
	"fmt"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/internal/joinpoint"
)

// NewJoinPoint is a call that aspects wrap. names says what is called. get and set reach one variable: an argument below args,
// or one of so many results after them. Tests of an aspect may call it, too.
//
// Names come from a function so that an aspect that lets them escape, into a log, does not let the variables escape with them.
func NewJoinPoint(names func() (target, method string), args, results int, get func(i int) any, set func(i int, v any) error) framework.JoinPoint {
	return framework.JoinPoint(joinpoint.New(joinpoint.Parts{Names: names, Args: args, Results: results, Get: get, Set: set}))
}

// Assign stores v, or the zero value for nil, and refuses another type.
func Assign[T any](to *T, v any) error {
	t, ok := v.(T)
	if !ok && v != nil {
		return fmt.Errorf("found %T, expected %s", v, fmt.Sprintf("%T", (*T)(nil))[1:])
	}
	*to = t
	return nil
}
