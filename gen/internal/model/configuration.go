package model

// Configuration is the struct of the application that hears when a unit is ready and when it stops.
type Configuration struct {
	// Provider makes it.
	Provider *Provider
	// Ready and Stop say that it has OnReady(context.Context) error, OnStop(context.Context) error.
	Ready, Stop bool
}

// Listens reports whether a unit builds it at cold start, and not only when something else needs it.
func (c *Configuration) Listens() bool {
	return c.Ready || c.Stop || c.Provider.Init || c.Provider.Destroy
}
