package framework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Limits are what f.yml says of one function.
type Limits struct {
	Timeout     time.Duration
	Concurrency int
}

// Settings are what f.yml says of a cloud's functions.
type Settings struct {
	InitTimeout time.Duration
	Functions   map[string]Limits
}

// FunctionsVariable names the functions that this process serves, separated by commas. Empty is all.
const FunctionsVariable = "FAAS_FUNCTIONS"

// For returns newApp with these settings and the functions that FAAS_FUNCTIONS names. One function alone is warmed at start.
func (s Settings) For(newApp func(*Runtime) *App) func(*Runtime) *App {
	return func(rt *Runtime) *App {
		r := *rt
		r.InitTimeout = smaller(s.InitTimeout, rt.InitTimeout)
		names, _ := rt.LookupEnv(FunctionsVariable)
		a := newApp(&r)
		if names != "" {
			a = only(a, strings.Split(names, ","))
		}
		a.InitTimeout = s.InitTimeout
		for _, f := range a.Functions {
			l := s.Functions[f.Name]
			f.Timeout, f.Concurrency = l.Timeout, l.Concurrency
		}
		if len(a.Functions) == 1 {
			a.Unit = a.Functions[0].Name
		}
		if len(a.Functions) == 1 && a.Functions[0].Warm != nil {
			a.Start = inOrder(a.Start, a.Functions[0].Warm)
		}
		return a
	}
}

// Only returns newApp with the functions of these names.
func Only(newApp func(*Runtime) *App, names ...string) func(*Runtime) *App {
	return func(rt *Runtime) *App { return only(newApp(rt), names) }
}

func only(a *App, names []string) *App {
	for _, n := range names {
		if a.Function(n) == nil {
			a.Start = func(context.Context) error { return fmt.Errorf("there is no function %q to serve", n) }
		}
	}
	a.Unit, a.Selected = strings.Join(names, ","), true
	kept := a.Functions[:0]
	for _, f := range a.Functions {
		if slices.Contains(names, f.Name) {
			kept = append(kept, f)
		}
	}
	a.Functions = kept
	return a
}

func inOrder(first, second func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if first != nil {
			if err := first(ctx); err != nil {
				return err
			}
		}
		return second(ctx)
	}
}

// Component is a configuration with a life of its own.
type Component struct {
	Name string
	// Ready is called at the end of the start, Health by who asks. Nil is nothing to do.
	Ready, Health func(context.Context) error
}

// ComponentHealth asks the components of the functions that are served.
func (a *App) ComponentHealth(ctx context.Context) error {
	var errs []error
	for _, c := range a.components() {
		if c.Health != nil {
			if err := c.Health(ctx); err != nil {
				errs = append(errs, fmt.Errorf("%s.OnHealthCheck: %w", c.Name, err))
			}
		}
	}
	return errors.Join(errs...)
}

// ready tells the components of the functions that are served that all is built.
func (a *App) ready(ctx context.Context) error {
	for _, c := range a.components() {
		if c.Ready != nil {
			if err := c.Ready(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// components are those of the functions, each once.
func (a *App) components() (cs []*Component) {
	for _, f := range a.Functions {
		for _, c := range f.Components {
			if !slices.Contains(cs, c) {
				cs = append(cs, c)
			}
		}
	}
	return cs
}
