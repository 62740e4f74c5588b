package model

import "go/token"

// Configuration is the struct of the application or of a component that is told when a unit is ready and when it stops.
type Configuration struct {
	// Namespace is that of the component, empty for the application's own.
	Namespace string
	// Path is the import path of its package.
	Path string
	// Provider makes it.
	Provider *Provider
	// Ready, Stop and Health say that it has OnReady, OnStop and OnHealthCheck, each func(context.Context) error.
	Ready, Stop, Health bool
	// Imports are the components that it imports, in the order of its directive.
	Imports []*Configuration
	// ImportedAt is where the first who imports it names it, with the length of that; Direct says that it is the application.
	ImportedAt token.Position
	Length     int
	Direct     bool
	// Defaults is the config.default.yml next to a component's code, nil if it has none.
	Defaults []byte
	// Bare says that its package has nothing else that a unit could use.
	Bare bool
}

// Listens reports whether a unit builds it at cold start, and not only when something else needs it.
func (c *Configuration) Listens() bool {
	return c.Ready || c.Stop || c.Provider.Init || c.Provider.Destroy
}

// Active reports whether a unit that it is part of has to make it at all.
func (c *Configuration) Active() bool { return c.Listens() || c.Health }

// Name is the configuration as messages call it.
func (c *Configuration) Name() string {
	if c.Namespace == "" {
		return "the application"
	}
	return "component " + c.Namespace
}
