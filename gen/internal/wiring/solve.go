package wiring

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// The codes of the diagnostics that this package makes.
const (
	codeMissing   = "di-missing"
	codeAmbiguous = "di-ambiguous"
	codeCycle     = "di-cycle"
	codeScope     = "di-scope"
	codeDuplicate = "di-duplicate"
	codeUnused    = "di-unused"
	codeGroup     = "di-group"
	codeGeneric   = "di-generic"
	codeConfig    = "config"
)

// Solve finds a provider for every dependency of every provider of app. With mistakes the graph is as complete as they
// allow and nothing may be generated from it.
//
// A dependency takes the provider of exactly its type and id. An interface that no provider returns is bound to the
// provider that names it in as=, or else to the only one that implements it, of which the members of a group count last where
// the group is injected as a slice of that interface. Where none has the type, or names the interface, generic ones may make
// an instance that does. Providers with an id are for dependencies that ask for it. All of the application counts, so that what
// a dependency means does not change with the grouping.
func Solve(app *model.App) (*Graph, annotations.Diagnostics) {
	s := &solver{app: app, graph: &Graph{App: app}, used: map[*Node]*user{}, replaced: map[*model.Provider]*model.Provider{}}
	for _, p := range app.Providers {
		s.nodes = append(s.nodes, &Node{Provider: p})
	}
	slices.SortStableFunc(s.nodes, func(a, b *Node) int { return compare(a.Provider, b.Provider) })
	s.duplicates()
	s.replace()
	s.index = newIndex(s.nodes)
	s.findGroups()
	s.generics = generics{
		nodes: map[*model.Generic][]*Node{}, by: map[*Node]asking{},
		endless: map[*model.Generic]bool{}, stopped: map[*model.Dep]bool{},
	}
	s.validator()
	s.functions()
	for i := 0; i < len(s.nodes); i++ { // to which instances of generic providers are added
		s.resolve(s.nodes[i])
	}
	s.prune()
	s.addGroups()
	s.aspects()
	s.users()
	s.unfilled()
	s.refusedInstances()
	s.forgive()
	s.complain()
	s.cycles()
	s.aspectCycles()
	s.scopes()
	s.aspectScopes()
	s.decorate()
	s.order()
	s.unused()
	name(s.graph.Nodes)
	s.variants()
	s.diagnostics.Sort()
	return s.graph, s.diagnostics
}

// compare is the order of providers: package path, name, id.
func compare(a, b *model.Provider) int {
	return cmp.Or(
		cmp.Compare(a.Object.Pkg().Path(), b.Object.Pkg().Path()),
		cmp.Compare(a.Object.Name(), b.Object.Name()),
		cmp.Compare(a.ID, b.ID),
		compareArgs(a, b),
		cmp.Compare(a.Key, b.Key),
	)
}

// compareArgs puts Repo[Book] before Repo[*Book], so that it has the plain name.
func compareArgs(a, b *model.Provider) int {
	if a.Args == nil || b.Args == nil {
		return 0
	}
	return cmp.Compare(len(a.Key), len(b.Key))
}

// solver is the state of one Solve.
type solver struct {
	app         *model.App
	graph       *Graph
	nodes       []*Node
	index       *index
	groups      groups
	generics    generics
	diagnostics annotations.Diagnostics
	// used says who needs a node first, on a shortest way from a function; nodes that no function reaches are not in it.
	used map[*Node]*user
	// replaced are the providers of components whose place one of the application takes.
	replaced map[*model.Provider]*model.Provider
	// missing are the dependencies that nothing provides, or too many do.
	missing []unresolved
	// around holds a *Decoration for each interface that something is injected as.
	around *typeutil.Map
}

// user is who needs a node: another node through a dependency, or a function, maybe through what it uses. Without any of
// these it is a configuration or a layer.
type user struct {
	node     *Node
	dep      *model.Dep
	function *model.Function
	through  *model.Middleware // of function, nil for its own provider
	aspect   *model.Aspect     // what the node is: around function, or around what is injected as an interface
	as       types.Type        // that interface
}

// unresolved is one dependency without a provider.
type unresolved struct {
	node       *Node
	dep        *model.Dep
	candidates []*Node // more than one, or none
}

// functions marks what the functions themselves need, in the order of their names.
func (s *solver) functions() {
	sorted := slices.SortedFunc(slices.Values(s.app.Functions), func(a, b *model.Function) int { return cmp.Compare(a.Name, b.Name) })
	for _, f := range sorted {
		if n := s.nodeOf(f.Provider); n != nil && s.used[n] == nil {
			s.used[n] = &user{function: f}
		}
	}
	for _, f := range sorted {
		for _, m := range f.Middleware {
			if n := s.nodeOf(m.Provider); n != nil && s.used[n] == nil {
				s.used[n] = &user{function: f, through: m}
			}
		}
		for _, a := range f.Aspects {
			if n := s.nodeOf(a.Provider); n != nil && s.used[n] == nil {
				s.used[n] = &user{function: f, aspect: a}
			}
		}
	}
	for _, f := range sorted {
		if e := s.graph.Checks(f); e != nil && s.used[e.To] == nil {
			s.used[e.To] = &user{function: f}
		}
	}
	for _, c := range s.app.Configurations {
		if n := s.nodeOf(c.Provider); n != nil && s.used[n] == nil {
			s.used[n] = &user{}
		}
	}
	for _, l := range s.app.Layers {
		if n := s.nodeOf(l.Provider); n != nil && s.used[n] == nil {
			s.used[n] = &user{}
		}
	}
}

func (s *solver) nodeOf(p *model.Provider) *Node {
	if p == nil {
		return nil
	}
	i, found := slices.BinarySearchFunc(s.nodes, p, func(n *Node, p *model.Provider) int { return compare(n.Provider, p) })
	if !found || s.nodes[i].Provider != p {
		return nil
	}
	return s.nodes[i]
}

// duplicates reports providers of one type and id. The first in the source stays.
func (s *solver) duplicates() {
	bySource := slices.Clone(s.nodes)
	slices.SortStableFunc(bySource, func(a, b *Node) int { return comparePositions(a.Provider.Pos, b.Provider.Pos) })
	slices.SortStableFunc(bySource, func(a, b *Node) int { // the application's first
		return cmp.Compare(min(len(a.Provider.Namespace), 1), min(len(b.Provider.Namespace), 1))
	})
	var kept typeutil.Map
	for _, n := range bySource {
		p := n.Provider
		if !injectable(p) {
			continue
		}
		firsts := withID(kept.At(p.Out), p.ID)
		if len(firsts) == 0 {
			add(&kept, p.Out, n)
			continue
		}
		if s.clash(firsts[0].Provider, p) {
			s.nodes = slices.DeleteFunc(s.nodes, func(m *Node) bool { return m == n })
			continue
		}
		d := s.at(p.Pos, len(p.Object.Name()), codeDuplicate, "a second provider of %s", typeString(p.Out))
		if p.ID != "" {
			d.Message += fmt.Sprintf(" with id %q", p.ID)
			d.Hint = "give one of them another id"
		} else {
			d.Hint = "give one of them an id: //faas:provide id=NAME"
		}
		q := firsts[0].Provider
		d.Chain = append(d.Chain, annotations.Link{Pos: q.Pos, Message: "the first is " + q.Name()})
		s.diagnostics = append(s.diagnostics, d)
		s.nodes = slices.DeleteFunc(s.nodes, func(m *Node) bool { return m == n })
	}
}

// injectable leaves out the constructors that only make a function, and the slices of groups.
func injectable(p *model.Provider) bool {
	return p.Kind == model.Struct || p.Kind == model.Constructor && !p.Implicit
}

// resolve finds the providers of one node's dependencies.
func (s *solver) resolve(n *Node) {
	for _, dep := range n.Provider.Deps {
		e := Edge{Dep: dep}
		if dep.Group != "" {
			e.To = s.group(n, dep)
		} else if dep.Kind == model.FromProvider {
			candidates, bound := s.candidates(n, dep)
			candidates = closest(n, dep, candidates)
			switch {
			case len(candidates) == 1:
				e.To, e.Bound = candidates[0], bound
			case len(candidates) == 0 && (dep.Optional || s.generics.stopped[dep]):
			default:
				s.missing = append(s.missing, unresolved{n, dep, candidates})
			}
		}
		n.Edges = append(n.Edges, e)
	}
}

// users finds for each node who needs it, breadth first from the functions, so that chains are short.
func (s *solver) users() {
	var queue []*Node
	for _, n := range s.nodes {
		if s.used[n] != nil {
			queue = append(queue, n)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		n := queue[0]
		for _, e := range n.Edges {
			if e.To != nil && s.used[e.To] == nil {
				s.used[e.To] = &user{node: n, dep: e.Dep}
				queue = append(queue, e.To)
			}
			aspects, as := s.aspectsOf(n, e)
			for _, a := range aspects {
				if to := s.nodeOf(a.Provider); to != nil && s.used[to] == nil {
					s.used[to] = &user{node: n, dep: e.Dep, as: as, aspect: a}
					queue = append(queue, to)
				}
			}
		}
	}
}

// chain says who needs a node, up to a function.
func (s *solver) chain(n *Node) []annotations.Link {
	var links []annotations.Link
	for n != nil {
		links = append(links, annotations.Link{Pos: n.Provider.Pos, Message: "needed by " + n.Provider.Name()})
		u := s.used[n]
		if u == nil {
			return links
		}
		if u.function != nil {
			if u.through != nil {
				links = append(links, annotations.Link{Pos: u.through.Pos, Message: "which is " + u.through.Kind() + " " + u.through.Name})
			}
			if u.aspect != nil {
				return append(links, annotations.Link{Pos: u.function.Pos, Message: "which stands around function " + u.function.Name})
			}
			return append(links, annotations.Link{Pos: u.function.Pos, Message: "needed by function " + u.function.Name})
		}
		if u.aspect != nil {
			links = append(links, annotations.Link{Pos: u.dep.Pos, Message: "which stands around " + typeString(u.as)})
		}
		n = u.node
	}
	return links
}

// at begins a diagnostic with its source line.
func (s *solver) at(pos token.Position, length int, code, format string, args ...any) annotations.Diagnostic {
	return annotations.Diagnostic{Pos: pos, Length: length, Code: code, Message: fmt.Sprintf(format, args...), Line: s.app.Line(pos)}
}

// order lists the nodes so that each comes after all it needs. Lazy dependencies are no edges: they are there to break
// cycles. A node in a cycle, which has been reported, comes somewhere.
func (s *solver) order() {
	done := map[*Node]bool{}
	var visit func(n *Node)
	visit = func(n *Node) {
		if done[n] {
			return
		}
		done[n] = true
		for _, e := range n.Edges {
			if e.To != nil && !e.Dep.Lazy {
				visit(e.To)
			}
		}
		s.graph.Nodes = append(s.graph.Nodes, n)
	}
	s.graph.byProvider = make(map[*model.Provider]*Node, len(s.nodes))
	for _, n := range s.nodes {
		visit(n)
		s.graph.byProvider[n.Provider] = n
	}
}

// unused notes providers that no function needs, and middleware and guards that none uses. With other mistakes it cannot be known.
func (s *solver) unused() {
	if s.app.Incomplete || s.diagnostics.Failed() || len(s.missing) > 0 {
		return
	}
	s.unusedComponents()
	for _, m := range s.app.Middleware {
		if m.Namespace == "" && !m.Global && !slices.ContainsFunc(s.app.Functions, func(f *model.Function) bool { return slices.Contains(f.Middleware, m) }) {
			d := s.at(m.Pos, len(m.Object.Name()), codeUnused, "no function uses %s %s", m.Kind(), m.Name)
			d.Severity = annotations.SeverityNote
			s.diagnostics = append(s.diagnostics, d)
		}
	}
	s.idle()
	s.unusedGenerics()
	for _, n := range s.nodes {
		p := n.Provider
		if p.Kind == model.Group || n.Decoration != nil || p.Args != nil || p.Namespace != "" || s.apart(n) || s.used[n] != nil || s.wraps(p) {
			continue
		}
		d := s.at(p.Pos, len(p.Object.Name()), codeUnused, "no function needs %s", p.Name())
		d.Severity = annotations.SeverityNote
		s.diagnostics = append(s.diagnostics, d)
	}
}

// wraps reports whether a provider makes a middleware or guard.
func (s *solver) wraps(p *model.Provider) bool {
	return slices.ContainsFunc(s.app.Middleware, func(m *model.Middleware) bool { return m.Provider == p })
}

func typeString(t types.Type) string { return model.TypeString(t) }
