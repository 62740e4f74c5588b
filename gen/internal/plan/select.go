package plan

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// Diagnostic codes of groups.
const (
	codeGroup   = "group"         // a group with the wrong functions, or name
	codeSetting = "group-setting" // settings of its functions that do not fit together
)

// wildcards are parts of paths such as :id, which triggers take for {id}.
var wildcards = regexp.MustCompile(`/:([A-Za-z_][A-Za-z0-9_]*)`)

// Group is one group with the functions that it takes.
type Group struct {
	*spec.Group
	Name string
	// Place is the group's key in f.yml.
	Place spec.Place
	// Members are the functions, sorted by name.
	Members []*target.Function
	// Guests are the names of those whose events and gateway routes another group has.
	Guests map[string]bool

	how map[string]spec.Place // the selector that took a function, by its name
}

// Select finds the functions of each group. The groups are sorted by name; one with a mistake is there, too, with what it has
// without it.
func Select(s *spec.Spec, functions []*target.Function) ([]*Group, annotations.Diagnostics) {
	c := &selection{spec: s, functions: functions}
	for _, name := range slices.Sorted(maps.Keys(s.Aggregation)) {
		g := &Group{Group: s.Aggregation[name], Name: name, Place: s.Places["aggregation."+name], Guests: map[string]bool{}, how: map[string]spec.Place{}}
		if c.absent(g) {
			continue
		}
		c.fill(g)
		c.groups = append(c.groups, g)
	}
	c.names()
	c.overlaps()
	for _, g := range c.groups {
		c.confused(g)
	}
	return c.groups, c.diags
}

// selection collects the groups of one application.
type selection struct {
	spec      *spec.Spec
	functions []*target.Function
	groups    []*Group
	diags     annotations.Diagnostics
}

func (c *selection) report(at spec.Place, format string, args ...any) *annotations.Diagnostic {
	c.diags = append(c.diags, at.Errorf(codeGroup, format, args...))
	return &c.diags[len(c.diags)-1]
}

// absent reports whether a target dissolves the group: each list that f.yml has for it, in the end, is an empty one that was
// written for the target.
func (c *selection) absent(g *Group) bool {
	if len(g.Functions)+len(g.FunctionsPattern)+len(g.Routes) > 0 {
		return false
	}
	for _, key := range []string{"functions", "functionsPattern", "routes"} {
		if _, written := c.spec.Overlaid["aggregation."+g.Name+"."+key]; written {
			return true
		}
	}
	return false
}

// fill takes what the group's lists name.
func (c *selection) fill(g *Group) {
	at := "aggregation." + g.Name
	before := len(c.diags)
	place := func(list string, i int) spec.Place {
		return c.spec.Places[fmt.Sprintf("%s.%s.%d", at, list, i)].Or(c.spec.Places[at+"."+list]).Or(g.Place)
	}
	taken := map[string]bool{}
	take := func(f *target.Function, by spec.Place) {
		if !taken[f.Name] {
			taken[f.Name] = true
			g.Members = append(g.Members, f)
			g.how[f.Name] = by
		}
	}
	for i, name := range g.Functions {
		f := c.function(name)
		switch {
		case f == nil:
			c.unknown(place("functions", i), name)
		case f.Task:
			c.task(place("functions", i), g, f)
		case slices.Contains(g.Functions[:i], name):
			c.report(place("functions", i), "found %s a second time in functions of group %s", name, g.Name)
		default:
			take(f, place("functions", i))
		}
	}
	for i, pattern := range g.FunctionsPattern {
		body, not := strings.CutPrefix(pattern, "!")
		if body == "" || strings.Trim(body, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-*") != "" {
			c.report(place("functionsPattern", i), "found %q, expected a pattern of function names such as order-* or !order-import", pattern)
			continue
		}
		found, only := false, (*target.Function)(nil)
		for _, f := range c.functions {
			if !Matches(body, f.Name) {
				continue
			}
			if f.Task {
				only = f
				continue
			}
			found = true
			if !not && !slices.ContainsFunc(g.FunctionsPattern, func(p string) bool {
				other, no := strings.CutPrefix(p, "!")
				return no && Matches(other, f.Name)
			}) {
				take(f, place("functionsPattern", i))
			}
		}
		switch {
		case found:
		case only != nil && !not:
			c.task(place("functionsPattern", i), g, only)
		case only == nil:
			d := c.report(place("functionsPattern", i), "pattern %q of group %s matches no function", pattern, g.Name)
			d.Hint = c.known(body)
		}
	}
	for i, route := range g.Routes {
		method, path, ok := strings.Cut(route, " ")
		if !ok {
			method, path = "", route
		}
		if !strings.HasPrefix(path, "/") || strings.Contains(strings.TrimSuffix(path, "*"), "*") {
			c.report(place("routes", i), "found %q, expected a path such as /orders/{id} or /admin/*, with a method before it if only that one is meant", route)
			continue
		}
		path = wildcards.ReplaceAllString(path, "/{$1}")
		found := false
		for _, f := range c.functions {
			if hasRoute(f, method, path) {
				found = true
				take(f, place("routes", i))
			}
		}
		if !found {
			c.report(place("routes", i), "no http trigger has the route %q of group %s", route, g.Name)
		}
	}
	slices.SortFunc(g.Members, func(a, b *target.Function) int { return cmp.Compare(a.Name, b.Name) })
	if len(g.Members) == 0 && len(c.diags) == before {
		c.report(g.Place, "group %s has no functions", g.Name).Hint = "name them in functions, functionsPattern or routes"
	}
	if place, ok := c.spec.Places[at+".eventTrigger"]; ok {
		c.diags = append(c.diags, place.Notef(codeGroup, "eventTrigger means nothing: a group always has the event triggers of its functions"))
	}
}

// task reports a task that a group names, or has nothing but.
func (c *selection) task(at spec.Place, g *Group, f *target.Function) {
	d := c.report(at, "function %s is a task, which is a unit of its own: group %s cannot have it", f.Name, g.Name)
	d.Chain = []annotations.Link{{Pos: f.Pos, Message: "task " + f.Name}}
	d.Hint = "leave it out"
}

// unknown reports a function that no code has.
func (c *selection) unknown(at spec.Place, name string) {
	d := c.report(at, "no handler is called %q", name)
	if strings.Contains(name, "*") {
		d.Hint = "patterns belong into functionsPattern"
		return
	}
	d.Hint = c.known(name)
}

// known is the hint for a name that no function has.
func (c *selection) known(name string) string {
	var names []string
	for _, f := range c.functions {
		names = append(names, f.Name)
	}
	if near := annotations.Suggest(name, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(names) > 10 {
		return fmt.Sprintf("known: %s and %d more", strings.Join(names[:10], ", "), len(names)-10)
	}
	return "known: " + strings.Join(names, ", ")
}

func (c *selection) function(name string) *target.Function {
	for _, f := range c.functions {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// names reports groups that are called like something else. A group may have the name of a function that it takes, unless that
// one is also deployed by itself.
func (c *selection) names() {
	for _, g := range c.groups {
		key := c.spec.KeyPlace("aggregation." + g.Name).Or(g.Place)
		if !annotations.ValidName(g.Name) {
			c.report(key, "%q is not the name of a unit that every cloud takes", g.Name).
				Hint = "write letters, digits and hyphens, a letter first and no hyphen last, 2 to 60 characters"
			continue
		}
		f := c.function(g.Name)
		if f == nil || g.takes(f.Name) && !g.origin() {
			continue
		}
		d := c.report(key, "group %s is called like a function that is deployed by itself", g.Name)
		d.Chain = []annotations.Link{{Pos: f.Pos, Message: "function " + f.Name}}
	}
}

func (g *Group) takes(name string) bool {
	return slices.ContainsFunc(g.Members, func(f *target.Function) bool { return f.Name == name })
}

func (g *Group) origin() bool { return g.DeployOrigin != nil && *g.DeployOrigin }

// overlaps finds functions of several groups. The group that does not allow overlapping has the events of a function; of several
// that do, the first in f.yml.
func (c *selection) overlaps() {
	groups := slices.Clone(c.groups)
	slices.SortStableFunc(groups, func(a, b *Group) int {
		return cmp.Or(cmp.Compare(allows(a), allows(b)), cmp.Compare(a.Place.Pos.Line, b.Place.Pos.Line))
	})
	owner := map[string]*Group{}
	for _, g := range groups {
		for _, f := range g.Members {
			first := owner[f.Name]
			switch {
			case first == nil:
				owner[f.Name] = g
			case allows(g) == 1:
				g.Guests[f.Name] = true
			default:
				d := c.report(g.how[f.Name], "function %s is in two groups, %s and %s", f.Name, first.Name, g.Name)
				d.Chain = []annotations.Link{{Pos: first.how[f.Name].Pos, Message: "group " + first.Name + " takes it here"}}
				d.Hint = "take it out of one of them; with overlap: true a group shares the function, and the other one has its events"
			}
		}
	}
}

// allows is 1 for a group that allows functions of others.
func allows(g *Group) int {
	if g.Overlap != nil && *g.Overlap {
		return 1
	}
	return 0
}

// Matches reports whether a pattern, in which * stands for any text, matches a name.
func Matches(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	if !strings.HasPrefix(name, parts[0]) {
		return false
	}
	name = name[len(parts[0]):]
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name = name[i+len(part):]
	}
	return strings.HasSuffix(name, last)
}

// hasRoute reports whether a function has an http trigger of the path, or below it where the path ends in *.
func hasRoute(f *target.Function, method, path string) bool {
	prefix, below := strings.CutSuffix(path, "*")
	return slices.ContainsFunc(f.Triggers, func(t target.Trigger) bool {
		m := annotations.HTTPOf(t.Marker)
		if m == nil || method != "" && !slices.ContainsFunc(m.Method, func(has string) bool { return strings.EqualFold(has, method) || has == "ANY" }) {
			return false
		}
		return m.Path == path || below && (strings.HasPrefix(m.Path, prefix) || m.Path == strings.TrimSuffix(prefix, "/"))
	})
}
