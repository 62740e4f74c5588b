package call

import (
	"slices"
	"sync"

	"github.com/faasgen/faasgen/framework"
)

// Once makes the client of a unit when it is first needed. Generated containers have one. The zero value is ready; it must not be
// copied after first use.
type Once struct {
	once   sync.Once
	client *Client
}

// Client returns the client, which [New] makes once. It runs no user code.
func (o *Once) Client(rt *framework.Runtime) *Client {
	o.once.Do(func() { o.client = New(rt) })
	return o.client
}

// Needed is a function that a unit calls, for [Checks].
type Needed struct {
	function string
	replaced []func() bool
}

// To is a call of a function, unless all of replaced say that a test has something in its place.
func To(function string, replaced ...func() bool) Needed { return Needed{function, replaced} }

// called reports whether something that calls the function is not replaced.
func (n Needed) called() bool {
	return slices.ContainsFunc(n.replaced, func(replaced func() bool) bool { return !replaced() })
}

// Checks returns what reports, at the start of a unit, what keeps it from calling functions, together with what is already known to
// be wrong and with what other reports, which may be nil. Functions that need the same are reported once. Generated code calls it.
func Checks(rt *framework.Runtime, o *Once, other func(known error) error, needed ...Needed) func(known error) error {
	return func(known error) error {
		if other != nil {
			known = other(known)
		}
		engine := rt.Engine()
		if engine == nil {
			return known
		}
		var functions []string
		for _, n := range needed {
			if n.called() {
				functions = append(functions, n.function)
			}
		}
		if functions == nil {
			return known
		}
		return with(known, o.Client(rt).Check(engine.App(), functions...))
	}
}

// several are errors of one start, each a line.
type several []error

func (s several) Error() string {
	text := ""
	for i, err := range s {
		if i > 0 {
			text += "\n"
		}
		text += err.Error()
	}
	return text
}

func (s several) Unwrap() []error { return s }

// with adds an error to those that are known, unless it is one of them.
func with(known, err error) error {
	if err == nil {
		return known
	}
	var list several
	if parts, ok := known.(interface{ Unwrap() []error }); ok {
		list = slices.Clone(parts.Unwrap())
	} else if known != nil {
		list = several{known}
	}
	if slices.ContainsFunc(list, func(other error) bool { return other.Error() == err.Error() }) {
		return known
	}
	return append(list, err)
}
