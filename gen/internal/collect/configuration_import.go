package collect

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// component is a package that a configuration imports.
type component struct {
	*load.Component
	namespace string
	// declared is its configuration, nil when it is not a component.
	declared *declaration
	// at is where it is imported first; direct says that the application does.
	at     importing
	direct bool
	// busy says that it has handlers, which was reported.
	busy bool
}

// importing is one item of import=.
type importing struct {
	path   string
	pos    token.Pos
	length int
}

// imports lists what a configuration imports.
func (c *configurationDirective) imports(d *declaration) []importing {
	directive, mark := find[annotations.Configuration](d.markers)
	if mark.Bad {
		return nil
	}
	var list []importing
	for i, path := range directive.Import {
		pos, length := c.itemPlace(mark, "import", path, slices.Index(directive.Import, path) != i)
		list = append(list, importing{path, pos, length})
	}
	return list
}

// findComponents reads the directives of what the configurations import, and gives the components their namespaces. What is
// no component is left alone.
func (c *collector) findComponents(loaded []*load.Component, registry *annotations.Registry) {
	own := c.declared
	others := map[string][]*declaration{}
	for _, l := range loaded {
		found := &component{Component: l}
		c.components[l.Path] = found
		if l.Package == nil {
			continue
		}
		c.declared = nil
		c.declarations(l.Package, registry)
		for _, d := range c.declared {
			directive, _ := find[annotations.Configuration](d.markers)
			if directive == nil || found.declared != nil {
				continue
			}
			found.declared, found.namespace = d, directive.Name
			if found.namespace == "" {
				found.namespace = l.Package.Name
			}
		}
		if found.declared != nil {
			own = append(own, c.declared...)
		} else {
			others[l.Path] = c.declared
		}
	}
	c.declared = append(own, c.layerPackages(others)...)
}

// ofComponent returns the component that a package is, nil if it is part of the application.
func (c *collector) ofComponent(path string) *component {
	if found := c.components[path]; found != nil && found.declared != nil {
		return found
	}
	return nil
}

// qualified puts the namespace of a package in front of a name that is known outside of it.
func (c *collector) qualified(path, name string) string {
	if found := c.ofComponent(path); found != nil {
		return found.namespace + ":" + name
	}
	return name
}

// importAll follows the imports of a configuration, and returns those of components, each before those that import it. above is the
// way to it, outermost first.
func (c *configurationDirective) importAll(d *declaration, above []*declaration, done map[*declaration]bool) []*component {
	var order []*component
	list := c.imports(d)
	for _, item := range list {
		if found := c.components[item.path]; found != nil && found.at.path == "" {
			found.at, found.direct = item, len(above) == 0
		}
	}
	for _, item := range list {
		found := c.components[item.path]
		if !c.isComponent(found, item) || done[found.declared] {
			continue
		}
		if i := slices.Index(above, found.declared); i >= 0 || found.declared == d {
			c.importCycle(append(slices.Clone(above), d, found.declared), found.declared, item)
			continue
		}
		order = append(order, c.importAll(found.declared, append(slices.Clone(above), d), done)...)
		done[found.declared] = true
		order = append(order, found)
	}
	return order
}

// isComponent reports what is imported and is none.
func (c *configurationDirective) isComponent(found *component, item importing) bool {
	switch {
	case found == nil:
		if c.part(item.path) {
			e := c.errorf(item.pos, item.length, codeComponent, "package %s is part of the application", item.path)
			e.Hint = "what it provides is there already: leave the import out"
			if slices.ContainsFunc(c.declared, func(d *declaration) bool {
				directive, _ := find[annotations.Configuration](d.markers)
				itself := d.file.FileStart <= item.pos && item.pos < d.file.FileEnd
				return directive != nil && d.pkg.Path == item.path && !itself
			}) {
				e.Hint = "a component lies outside of the application: move it there, or leave the import out and mark its configuration //faas:provide"
			}
		}
		return false
	case found.declared != nil:
		return true
	case found.Missing != "":
		e := c.errorf(item.pos, item.length, codeComponent, "%s", found.Missing)
		if e.Hint = found.Hint; !found.direct && found.Hint != "" {
			e.Hint = "run: go get " + item.path
		}
	case found.Package != nil && (slices.Contains(found.Package.Broken, true) || c.isLost("configuration")):
	default:
		c.errorf(item.pos, item.length, codeComponent, "package %s is not a component: it has no //faas:configuration", item.path).
			Hint = "name it in scan of f.yml to make it part of the application, or mark a struct of it with //faas:configuration"
	}
	c.app.Incomplete, c.app.Unread = true, true // what it would have brought is not missing
	return false
}

// part reports whether a package belongs to the application itself.
func (c *collector) part(path string) bool {
	return slices.ContainsFunc(c.load.Packages, func(p *load.Package) bool { return p.Path == path })
}

// importCycle reports components that import each other.
func (c *configurationDirective) importCycle(way []*declaration, again *declaration, item importing) {
	var names []string
	for _, d := range way[slices.Index(way, again):] {
		names = append(names, d.pkg.Path)
	}
	c.errorf(item.pos, item.length, codeComponent, "components import each other: %s", strings.Join(names, " -> ")).
		Hint = "move what both need to a component of its own"
}

// clashes reports two components of one namespace.
func (c *configurationDirective) clashes(order []*component) {
	first := map[string]*component{}
	for _, found := range order {
		other := first[found.namespace]
		if other == nil {
			first[found.namespace] = found
			continue
		}
		e := c.errorf(found.at.pos, found.at.length, codeComponent, "two components have the namespace %s", found.namespace)
		c.also(e, c.position(other.declared.name.Pos()), "one is "+other.Path)
		c.also(e, c.position(found.declared.name.Pos()), "the other is "+found.Path)
		e.Hint = "give one of them another: //faas:configuration NAME"
	}
}

// functionless reports a component with handlers.
func (c *configurationDirective) functionless(found *component) {
	for _, d := range c.declared {
		handler, mark := find[annotations.Handler](d.markers)
		if handler == nil || d.pkg.Path != found.Path {
			continue
		}
		e := c.errorf(mark.Directive.Pos(), int(mark.Directive.NameEnd()-mark.Directive.Pos()), codeComponent,
			"component %s has a handler, but a component cannot have functions", found.namespace)
		c.also(e, c.position(found.at.pos), "imported here")
		found.busy = true
		e.Hint = "name its package in scan of f.yml instead of importing it, which makes it part of the application"
		return
	}
}

// qualifyNames notes for everything which component it belongs to, and qualifies the ids of dependencies within one.
func (c *configurationDirective) qualifyNames() {
	for _, m := range c.app.Middleware {
		if found := c.ofComponent(m.Object.Pkg().Path()); found != nil {
			m.Namespace = found.namespace
		}
	}
	providers := slices.Clone(c.app.Providers)
	for _, g := range c.app.Generics {
		providers = append(providers, g.Declared)
	}
	for _, p := range providers {
		found := c.ofComponent(p.Object.Pkg().Path())
		if found == nil {
			c.foreign(p)
			continue
		}
		p.Namespace = found.namespace
		if strings.Contains(p.ID, ":") {
			pos, length := c.idPlace(p)
			c.errorf(pos, length, codeComponent, "the id %q has a namespace, but component %s is %s", p.ID, found.Path, found.namespace).
				Hint = "leave the namespace out: others put it in front"
		} else if p.ID != "" {
			p.ID = c.qualified(found.Path, p.ID)
		}
		for _, dep := range p.Deps {
			if dep.ID != "" && !strings.Contains(dep.ID, ":") {
				dep.ID = c.qualified(found.Path, dep.ID)
			}
		}
	}
}

// foreign refuses an id of the application in a namespace that there is not. In one that there is, it replaces what the
// component provides.
func (c *configurationDirective) foreign(p *model.Provider) {
	namespace, _, of := strings.Cut(p.ID, ":")
	if !of {
		return
	}
	var known []string
	for _, found := range c.components {
		if found.declared != nil {
			known = append(known, found.namespace)
		}
	}
	if slices.Contains(known, namespace) || c.app.Unread || c.isLost("configuration") {
		return
	}
	slices.Sort(known)
	pos, length := c.idPlace(p)
	e := c.errorf(pos, length, codeComponent, "the id %q is in the namespace %s, which no imported component has", p.ID, namespace)
	e.Hint = "leave it out: what the application provides has no namespace"
	if s := annotations.Suggest(namespace, known); s != "" {
		e.Hint = fmt.Sprintf("did you mean %q?", s+p.ID[len(namespace):])
	}
}

// idPlace is where the id of a provider stands.
func (c *configurationDirective) idPlace(p *model.Provider) (token.Pos, int) {
	for _, d := range c.declared {
		if _, mark := find[annotations.Provide](d.markers); mark != nil && d.object == p.Object {
			pos, end := mark.Range("id")
			return pos, int(end - pos)
		}
	}
	return p.Object.Pos(), len(p.Object.Name())
}
