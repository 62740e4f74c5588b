package wiring

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
	"github.com/faasgen/faasgen/gen/spec"
)

// A function may have configuration values of its own. They must not change what any other function gets, in whatever unit both
// are. So what reads such a key, for the function or what wraps it, and all that needs it, is made once more for that
// function: a variant. Everything else stays shared. The variants are there in every grouping, also where the function is alone.

// View is the configuration that the variants of one function read.
type View struct {
	Function string
	// Values are YAML by dotted key.
	Values map[string]string
}

// addVariants gives each function with values of its own its variants. The model stays as it is: the graph has a changed copy.
func (s *solver) addVariants() {
	app := *s.app
	app.Functions, app.Middleware = slices.Clone(app.Functions), slices.Clone(app.Middleware)
	before := s.reached()
	v := newVarying(s.graph.Nodes, &app)
	for i, f := range app.Functions {
		settings := s.app.Spec.Functions[f.Name]
		if settings == nil || len(settings.Config) == 0 {
			continue
		}
		reach := s.own(f, s.ofUnit)
		if view := s.view(f, settings.Config, reach); view != nil && !s.failed() {
			s.graph.Views = append(s.graph.Views, *view)
			app.Functions[i] = s.vary(f, settings.Config, reach, v)
		}
	}
	if len(v.clones) == 0 {
		return
	}
	s.graph.App = &app
	var nodes []*Node
	for _, n := range s.graph.Nodes {
		nodes = append(append(nodes, n), v.clones[n]...)
		for _, c := range v.clones[n] {
			s.graph.byProvider[c.Provider] = c
		}
	}
	s.graph.Nodes = nodes
	// What only functions needed that have a variant of it now is left out.
	now := s.reached()
	s.graph.Nodes = slices.DeleteFunc(nodes, func(n *Node) bool { return before[n] && !now[n] })
	s.graph.number()
}

// own are the nodes that a function and what wraps it need; not those that are left out, nor what these need.
func (s *solver) own(f *model.Function, without func(*Node) bool) []*Node {
	g := *s.graph
	g.App, g.checkers, g.without = &model.App{}, nil, without
	return g.Reach([]*model.Function{f})
}

// ofUnit reports whether a node belongs to the unit: a configuration or a layer, which have hooks of it. There is one of
// each, so what these need is not for one function either.
func (s *solver) ofUnit(n *Node) bool { return s.has(n.Provider, makesConfiguration|makesLayer) }

// reading is a node that reads a key, nil if there is none.
func reading(nodes []*Node, key string) *Node {
	for _, n := range nodes {
		if slices.ContainsFunc(n.Provider.Deps, func(d *model.Dep) bool { return d.Kind == model.FromConfig && covers(d.Key, key) }) {
			return n
		}
	}
	return nil
}

func (s *solver) reached() map[*Node]bool {
	set, _ := s.graph.reach(s.graph.App.Functions)
	return set
}

// varying is what the variants of all functions have in common.
type varying struct {
	// app is the copy of the model that they change.
	app *model.App
	// clones are the variants of each node, taken the identifiers of all nodes in lower case.
	clones map[*Node][]*Node
	taken  map[string]bool
}

func newVarying(nodes []*Node, app *model.App) *varying {
	v := &varying{app: app, clones: map[*Node][]*Node{}, taken: map[string]bool{}}
	for _, n := range nodes {
		v.taken[strings.ToLower(n.Ident)] = true
	}
	return v
}

// vary copies a function with its variants.
func (s *solver) vary(f *model.Function, config spec.Values, reach []*Node, v *varying) *model.Function {
	affected := readers(config, reach)
	copies := map[*Node]*Node{}
	for _, n := range reach {
		if !affected[n] {
			continue
		}
		p := *n.Provider
		p.Variant, p.Base = f.Name, n.Provider
		c := &Node{Provider: &p, Base: n, Decoration: n.Decoration}
		base := n.Ident + camelWords(f.Name)
		c.Ident = base
		for i := 2; v.taken[strings.ToLower(c.Ident)]; i++ {
			c.Ident = fmt.Sprint(base, i)
		}
		v.taken[strings.ToLower(c.Ident)] = true
		copies[n] = c
		v.clones[n] = append(v.clones[n], c)
	}
	for n, c := range copies {
		for _, e := range n.Edges {
			if to := copies[e.To]; to != nil {
				e.To = to
			}
			c.Edges = append(c.Edges, e)
		}
	}
	provider := func(p *model.Provider) *model.Provider {
		if c := copies[s.graph.Node(p)]; c != nil && p != nil {
			return c.Provider
		}
		return p
	}
	out := *f
	out.Provider = provider(f.Provider)
	out.Middleware = slices.Clone(f.Middleware)
	for i, m := range f.Middleware {
		if p := provider(m.Provider); p != m.Provider {
			own := *m
			own.Provider, own.Base = p, m
			out.Middleware[i] = &own
			v.app.Middleware = slices.Insert(v.app.Middleware, slices.Index(v.app.Middleware, m)+1, &own)
		}
	}
	out.Aspects = slices.Clone(f.Aspects)
	for i, a := range f.Aspects {
		if p := provider(a.Provider); p != a.Provider {
			own := *a
			own.Provider = p
			out.Aspects[i] = &own
		}
	}
	if e := s.graph.Checks(f); e != nil && copies[e.To] != nil {
		if s.graph.checkers == nil {
			s.graph.checkers = map[string]*Edge{}
		}
		s.graph.checkers[f.Name] = &Edge{Dep: e.Dep, To: copies[e.To], Bound: e.Bound}
	}
	return &out
}

// readers are the nodes that read one of the values, or need one that does. Who has the whole configuration reads everything.
func readers(config spec.Values, reach []*Node) map[*Node]bool {
	affected := map[*Node]bool{}
	for _, n := range reach {
		for _, d := range n.Provider.Deps {
			affected[n] = affected[n] || d.Kind == model.FromBuiltin && d.Builtin == model.ConfigValues ||
				d.Kind == model.FromConfig && slices.ContainsFunc(config, func(v spec.Value) bool { return covers(d.Key, v.Key) })
		}
	}
	for grown := true; grown; {
		grown = false
		for _, n := range reach {
			if !affected[n] && slices.ContainsFunc(n.Edges, func(e Edge) bool { return affected[e.To] }) {
				affected[n], grown = true, true
			}
		}
	}
	return affected
}

// covers reports whether a key is another or above it.
func covers(key, other string) bool { return other == key || strings.HasPrefix(other, key+".") }

// view checks the values of a function and returns them, nil if one is wrong.
func (s *solver) view(f *model.Function, config spec.Values, reach []*Node) *View {
	v := &View{f.Name, map[string]string{}}
	for _, value := range config {
		text, err := values.Text(value.Node)
		if err == nil {
			err = s.fit(f, value, text, reach)
		}
		if err != nil {
			d := value.At.Errorf(codeConfig, "%v", err)
			if d.Line != "" && s.secret(value.Key, reach) {
				d.Line = "" // it may hold the secret
			}
			s.report(d)
			v = nil
			continue
		}
		if v != nil {
			v.Values[value.Key] = text
		}
	}
	if s.failed() {
		return nil
	}
	return v
}

// secret reports whether a value may be meant for a secret.
func (s *solver) secret(key string, reach []*Node) bool {
	for _, n := range reach {
		for _, d := range n.Provider.Deps {
			if d.Kind == model.FromConfig && d.Secret && covers(d.Key, key) {
				return true
			}
		}
	}
	return false
}

// fit reports what is wrong with one value. A key that nothing reads is reported by itself, and nil is returned.
func (s *solver) fit(f *model.Function, value spec.Value, text string, reach []*Node) error {
	found, everything := false, false
	known := map[string]bool{}
	for _, n := range reach {
		for _, d := range n.Provider.Deps {
			everything = everything || d.Kind == model.FromBuiltin && d.Builtin == model.ConfigValues
			if d.Kind != model.FromConfig {
				continue
			}
			known[d.Key] = true
			for _, m := range values.Members(d.Value(), d.Key) {
				known[m.Key] = true
			}
			if covers(value.Key, d.Key) && value.Key != d.Key {
				return fmt.Errorf("%s is a map: found a value, expected keys below it such as %s", value.Key, d.Key[len(value.Key)+1:])
			}
			if !covers(d.Key, value.Key) {
				continue
			}
			switch err := values.Check(d.Value(), d.Key, value.Key, text); {
			case errors.Is(err, values.ErrUnknown):
			case err != nil:
				return err
			default:
				found = true
			}
		}
	}
	if found || everything {
		return nil
	}
	d := value.Place.Errorf(codeConfig, "nothing that function %s needs reads the configuration key %s", f.Name, value.Key)
	others := slices.DeleteFunc(s.own(f, nil), func(n *Node) bool { return slices.Contains(reach, n) })
	if n := reading(others, value.Key); n != nil {
		d.Hint = n.Provider.Name() + " does, but that belongs to the unit, and is the same for all its functions"
	} else if near := annotations.Suggest(value.Key, slices.Sorted(maps.Keys(known))); near != "" {
		d.Hint = fmt.Sprintf("did you mean %q?", near)
	} else if other := s.otherReader(f, value.Key); other != "" {
		d.Hint = "function " + other + " does"
	}
	s.report(d)
	return nil
}

// otherReader is another function that reads a key.
func (s *solver) otherReader(f *model.Function, key string) string {
	for _, other := range s.app.Functions {
		if other == f {
			continue
		}
		if reading(s.own(other, s.ofUnit), key) != nil {
			return other.Name
		}
	}
	return ""
}
