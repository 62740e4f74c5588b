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
	// Handler is the generated adapter.
	Handler Handler
	// Use is the middleware of the controller and the handler, the first outermost. The engine puts it around the handler when
	// the unit starts.
	Use []Middleware
	// Triggers lists what calls it; empty means that it is callable only by invoke.
	Triggers []Trigger
	// Timeout limits one invocation; zero leaves the platform's deadline alone.
	Timeout time.Duration
	// Concurrency limits the invocations of this function that run at once in one process; zero is unlimited.
	Concurrency int
	// Overload is what becomes of an invocation over Concurrency.
	Overload Overload
	// Needs is what the function depends on.
	Needs

	unusable  error    // what its calls fail with
	settings  []string // for its triggers
	layerList string   // the layers of f.yml that the settings list
	listed    bool     // the settings list them; else those count that are not off
	named     []string // the layers of f.yml that it has
	hooks     hooks    // around its invocations, nil for none
}

// Overload is what becomes of an invocation over the concurrency limit of its function.
type Overload int8

const (
	// OverloadDefault follows from how the event is delivered: a request, and messages that are delivered again, fail as with
	// OverloadFail, as their senders know what to do then; everything else waits as with OverloadWait.
	OverloadDefault Overload = iota
	// OverloadWait lets it wait for its turn until its deadline; what comes too late is a 503.
	OverloadWait
	// OverloadFail ends it at once, with a 429.
	OverloadFail
)

// Needs is what a function depends on in the application. Each field may be nil. Generated code fills it.
type Needs struct {
	// Check reports every mistake in the configuration that the function reads. What is already known, of other functions or nil,
	// is part of its error.
	Check func(known error) error
	// Warm builds the singletons that the function needs; with lazy, only the eager ones.
	Warm func(ctx context.Context, lazy bool) error
	// Stop destroys the instances that were built, in reverse order, and joins the errors. The functions of one application
	// share it.
	Stop func(ctx context.Context) error
	// Components are the configurations, of the application and of its components, that have methods for start, stop and health.
	Components []*Component
	// Named are the layers of f.yml that it is linked with: [NamedLayers], nil for none.
	Named namedSource
}

// Component is one configuration of a unit, with its hooks and layers. Two with the same name are the same. Generated code
// fills it.
type Component struct {
	// Name is that of the configuration: sqldb.Configuration.
	Name string
	// Order sorts the components: those that it imports come before it.
	Order int
	// Ready is called at the end of the start, Health for each health check. Either may be nil. In a unit that is lazy, Ready of
	// a component that only some functions have is called before the first call of one of these, and Health after it, unless
	// one that all functions have comes after it and has a Ready, too.
	Ready, Health func(context.Context) error
	// Layers are the layers that it adds: [ComponentLayers], nil for none.
	Layers layerSource
}

// Layers are layers that exist before the unit starts.
type Layers []Layer

// ComponentLayers are layers that a component adds: one of Make and Build of each is set. Generated code fills it.
type ComponentLayers []componentLayer

type componentLayer struct {
	// Name is its name in errors before it exists.
	Name string
	// Order sorts the layers of all components, the first outermost.
	Order int
	// Make returns a layer without dependencies. It is called first when the unit starts.
	Make func() (Layer, error)
	// Build returns a layer with dependencies, when these can be built: hooks of earlier phases cannot be called.
	Build func(context.Context) (Layer, error)
}

// App is one unit, ready to be run by an [Engine]. Generated code makes it without running any user code: that begins
// with Start, in the FunctionStart phase.
type App struct {
	// Unit is the deployment unit's name.
	Unit string
	// Selected says that the unit has only some of the functions of the binary.
	Selected bool
	// Functions lists the unit's functions in the order of their names.
	Functions []*Function
	// Middleware wraps every function, the first outermost.
	Middleware []Middleware
	// Layers adds hooks and middleware, in order, outside of those of components and inside of those of f.yml: [Layers], nil for none.
	Layers layerSource
	// InitTimeout limits RuntimeStart and FunctionStart together; zero is unlimited.
	InitTimeout time.Duration
	// Lazy says that singletons are built when a function first needs them. Otherwise those of a unit with one function are
	// built when it starts.
	Lazy bool
	// Start is called in the FunctionStart phase, before what functions need is built. It may be nil.
	Start func(ctx context.Context) error
	// Stop is called in the Close phase, after what functions needed was destroyed. It may be nil.
	Stop func(ctx context.Context) error
	// Health reports why the unit cannot do its work. Nil means that only its components are checked.
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

// Closes reports whether there is anything to do in the Close phase.
func (a *App) Closes() bool {
	return a.stops() || a.layered() != nil
}
