package framework

import (
	"context"
	"time"
)

// Trigger is what calls a function, as a typed value such as web.Route or timer.Schedule. Platforms match payloads
// against the triggers of a unit's functions by type assertion.
type Trigger interface {
	// Kind is the trigger's word in directives and f.yml: http, timer, os, ...
	Kind() string
}

// Function is one named handler of a unit.
type Function struct {
	// Name is the function's name as f.yml and the logs show it.
	Name string
	// Handler is the generated adapter, already wrapped in the middleware of its controller and handler.
	Handler Handler
	// Use are its guards and middleware, the first outermost. They are put around the handler when the unit starts.
	Use []Middleware
	// Config checks the configuration that the function needs, without building anything. Nil is nothing.
	Config func() error
	// Warm builds what the function needs. Nil is nothing.
	Warm func(context.Context) error
	// Components are those it uses.
	Components []*Component
	// Triggers lists what calls it; empty means that it is callable only by invoke.
	Triggers []Trigger
	// Timeout limits one invocation; zero leaves the platform's deadline alone.
	Timeout time.Duration
	// Concurrency limits the invocations of this function that run at once in one process; zero is unlimited.
	Concurrency int
}

// App is one unit, ready to be run by an [Engine]. Generated code makes it without running any user code: that begins
// with Start, in the FunctionStart phase.
type App struct {
	// Unit is the deployment unit's name.
	Unit string
	// Selected says that the unit has some of the functions that the binary has.
	Selected bool
	// Functions lists the unit's functions in the order of their names.
	Functions []*Function
	// Middleware wraps every function, the first outermost.
	Middleware []Middleware
	// Layers adds hooks and middleware, in order.
	Layers []Layer
	// InitTimeout limits RuntimeStart and FunctionStart together; zero is unlimited.
	InitTimeout time.Duration
	// Start loads configuration and builds what is eager. Nil is nothing to do.
	Start func(ctx context.Context) error
	// Stop destroys what was built, in reverse order of creation, and joins the errors. Nil is nothing to do.
	Stop func(ctx context.Context) error
	// Health reports what keeps the unit from its work. Nil is a unit that has nothing to say.
	Health func(ctx context.Context) error
}

// Function returns the function of that name, or nil.
func (a *App) Function(name string) *Function {
	for _, f := range a.Functions {
		if f.Name == name {
			return f
		}
	}
	return nil
}
