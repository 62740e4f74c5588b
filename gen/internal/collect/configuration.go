package collect

import (
	"go/types"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// configurationDirective is //faas:configuration: the configuration of an application, which imports components, and of each of
// these.
type configurationDirective struct {
	*collector
	provide *provideDirective
}

func (*configurationDirective) words() []string { return []string{"configuration"} }

// check notes for everything that has been collected which component it belongs to.
func (c *configurationDirective) check() { c.qualifyNames() }

// collect adds the structs that are the configuration of the application and of the components it imports. They are providers
// like any other.
func (c *configurationDirective) collect() {
	own := c.configuration("")
	if own == nil || bad(own.markers) {
		// What a directive imports that could not be read is missing, but that is not a mistake of its own.
		c.app.Unread = c.app.Unread || own != nil || c.isLost("import=")
	}
	if own == nil {
		return
	}
	if directive, mark := find[annotations.Configuration](own.markers); directive.Name != "" && !mark.Bad {
		pos, end := mark.Range("name")
		c.errorf(pos, int(end-pos), codeConfiguration, "the application has the namespace %q, but nothing imports it", directive.Name).Hint = "leave the name out"
	}
	order := c.importAll(own, nil, map[*declaration]bool{})
	c.clashes(order)
	made := map[string]*model.Configuration{}
	for _, found := range order {
		c.functionless(found)
		c.configuration(found.Path)
		if configuration := c.configure(found.declared, made); configuration != nil {
			configuration.Namespace, configuration.Direct = found.namespace, found.direct
			configuration.ImportedAt, configuration.Length = c.position(found.at.pos), found.at.length
			configuration.Bare, configuration.Defaults = c.bare(found), c.defaults(found)
		}
	}
	c.configure(own, made)
}

// configuration finds the one of a component or, without a path, of the application, and reports a second one.
func (c *configurationDirective) configuration(path string) *declaration {
	var first *declaration
	misplaced := c.misplaced()
	for _, d := range c.declared {
		directive, mark := find[annotations.Configuration](d.markers)
		if directive == nil || d.object == nil {
			continue
		}
		if found := c.ofComponent(d.pkg.Path); (found != nil) != (path != "") || found != nil && found.Path != path {
			continue
		}
		if config, _ := find[annotations.Config](d.markers); misplaced[d] {
			c.provide.structProvider(d, &annotations.Provide{}, config)
			continue
		}
		if first == nil {
			first = d
			continue
		}
		of := "the application"
		if path != "" {
			of = "component " + path
		}
		e := c.errorf(mark.Directive.Pos(), int(mark.Directive.NameEnd()-mark.Directive.Pos()), codeConfiguration,
			"%s.%s is a second configuration of %s", d.pkg.Name, d.name.Name, of)
		c.also(e, c.position(first.name.Pos()), "the first is "+first.pkg.Name+"."+first.name.Name)
		e.Hint = "make one of the two, or mark this one //faas:provide"
		if path == "" && d.pkg != first.pkg {
			e.Hint = "make one of the two, or mark this one //faas:provide; a component is not a package of the application: import= names it, scan does not"
		}
		config, _ := find[annotations.Config](d.markers)
		c.provide.structProvider(d, &annotations.Provide{}, config)
	}
	return first
}

// misplaced are the configurations of packages of the application that others of it import, which is a mistake of those. When
// they all import each other there is none.
func (c *configurationDirective) misplaced() map[*declaration]bool {
	var own []*declaration
	imported := map[string]bool{}
	for _, d := range c.declared {
		if directive, _ := find[annotations.Configuration](d.markers); directive != nil && d.object != nil && c.ofComponent(d.pkg.Path) == nil {
			own = append(own, d)
			for _, item := range c.imports(d) {
				imported[item.path] = true
			}
		}
	}
	misplaced := map[*declaration]bool{}
	for _, d := range own {
		if imported[d.pkg.Path] {
			misplaced[d] = true
		}
	}
	if len(misplaced) == len(own) {
		return nil
	}
	return misplaced
}

// configure makes the model of one, nil if it has a mistake.
func (c *configurationDirective) configure(d *declaration, made map[string]*model.Configuration) *model.Configuration {
	config, _ := find[annotations.Config](d.markers)
	p := c.provide.structProvider(d, &annotations.Provide{}, config)
	if p == nil {
		return nil
	}
	configuration := &model.Configuration{Provider: p, Path: d.pkg.Path}
	if !c.provide.calls(d, p, []lifecycleMethod{
		{"OnReady", "has started a unit", &configuration.Ready}, {"OnStop", "stops a unit", &configuration.Stop},
		{"OnHealthCheck", "reports the health of a unit", &configuration.Health},
	}, func(d *model.Dep) bool { // other providers have no such hooks, so embedded ones are part of their owner
		for _, other := range made {
			if types.Identical(other.Provider.Out, d.Type) {
				return true
			}
		}
		return false
	}) {
		return nil
	}
	for _, item := range c.imports(d) {
		if imported := made[item.path]; imported != nil {
			configuration.Imports = append(configuration.Imports, imported)
		}
	}
	made[d.pkg.Path] = configuration
	c.app.Configurations = append(c.app.Configurations, configuration)
	return configuration
}

// bare reports whether a component has nothing but its configuration that a unit could use.
func (c *configurationDirective) bare(found *component) bool {
	return !slices.ContainsFunc(c.declared, func(d *declaration) bool {
		provide, _ := find[annotations.Provide](d.markers)
		config, _ := find[annotations.Config](d.markers)
		aspect, _ := find[annotations.Aspect](d.markers)
		return d.pkg.Path == found.Path && d != found.declared && (provide != nil || config != nil || aspect != nil || d.wraps())
	})
}
