package collect

import (
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// configurations collects the struct that is the application's configuration. It is a provider like any other.
func (c *collector) configurations() {
	var first *declaration
	for _, d := range c.declared {
		directive, mark := find[annotations.Configuration](d.markers)
		if directive == nil || d.object == nil {
			continue
		}
		config, _ := find[annotations.Config](d.markers)
		p := c.structProvider(d, &annotations.Provide{}, config)
		if first != nil {
			e := c.errorf(mark.Directive.Pos(), int(mark.Directive.NameEnd()-mark.Directive.Pos()), codeConfiguration,
				"%s.%s is a second configuration of the application", d.pkg.Name, d.name.Name)
			c.also(e, c.position(first.name.Pos()), "the first is "+first.pkg.Name+"."+first.name.Name)
			e.Hint = "make one of the two, or mark this one //faas:provide"
			continue
		}
		first = d
		if p == nil {
			continue
		}
		configuration := &model.Configuration{Provider: p}
		if c.calls(d, p, []lifecycleMethod{{"OnReady", "has started a unit", &configuration.Ready}, {"OnStop", "stops a unit", &configuration.Stop}}) {
			c.app.Configurations = append(c.app.Configurations, configuration)
		}
	}
}
