package wiring

import (
	"slices"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// Linked returns the configurations that are part of a unit of the given functions, each before who imports it: that of
// the application is part of every unit.
func (g *Graph) Linked([]*model.Function) []*model.Configuration { return g.App.Configurations }

// configures reports whether a provider is a configuration.
func (s *solver) configures(p *model.Provider) bool {
	return slices.ContainsFunc(s.app.Configurations, func(c *model.Configuration) bool { return c.Provider == p })
}
