package wiring

import (
	"go/ast"
	"go/types"
	"maps"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// keptIn says in which fields each fact is, as package.Type.Field.
func keptIn() map[fact][]string {
	return map[fact][]string{
		reports:           {"wiring.solver.diagnostics"},
		declaredNodes:     {"wiring.solver.declared"},
		providerNodes:     {"wiring.solver.providers", "wiring.solver.byProvider"},
		replacedProviders: {"wiring.solver.replaced"},
		makers: {
			"model.Middleware.Provider", "model.Aspect.Provider", "model.Layer.Provider", "model.Configuration.Provider",
		},
		roles:          {"wiring.solver.roles"},
		typeIndex:      {"wiring.solver.index", "wiring.index.byType", "wiring.index.byAs", "wiring.index.byMethod", "wiring.index.all"},
		groupOffers:    {"wiring.groups.offered", "wiring.groups.elements", "wiring.groups.known"},
		groupRequests:  {"wiring.groups.requests"},
		groupLists:     {"wiring.groups.lists", "wiring.groups.misspelt"},
		listedMembers:  {"wiring.groups.listed"},
		inputValidator: {"wiring.Graph.Validator"},
		roots:          {"wiring.solver.used"},
		resolvedEdges:  {"wiring.Node.Edges"},
		instances: {
			"wiring.generics.made", "wiring.generics.nodes", "wiring.generics.byArgs", "wiring.generics.by",
			"wiring.generics.refused", "wiring.generics.endless", "wiring.generics.stopped",
		},
		groupSlices:    {"wiring.groups.nodes"},
		emptyGroups:    {"wiring.groups.empty"},
		unresolvedDeps: {"wiring.solver.unresolved"},
		allNodes:       {"wiring.solver.nodes"},
		matchedAspects: {
			"wiring.solver.around", "wiring.Decoration.Methods", "wiring.Decoration.Aspects", "wiring.Method.Func", "wiring.Method.Aspects",
		},
		dependents:      {"wiring.solver.used"},
		unexplainedDeps: {"wiring.solver.unexplained"},
		missingDeps:     {"wiring.solver.missing"},
		decoratedEdges:  {"wiring.Node.Edges", "wiring.Node.Decoration", "wiring.solver.decorators"},
		nodeOrder:       {"wiring.Graph.Nodes", "wiring.Graph.byProvider", "wiring.Node.position"},
		nodeNames:       {"wiring.Node.Ident"},
		functionVariants: {
			"wiring.Graph.App", "wiring.Graph.Nodes", "wiring.Graph.byProvider", "wiring.Graph.checkers", "wiring.Graph.Views",
			"wiring.Node.Base", "wiring.Node.Edges", "wiring.Node.Ident", "wiring.Node.Decoration", "wiring.Node.position",
			"model.Middleware.Provider", "model.Aspect.Provider",
		},
		configurationParts: {"wiring.Graph.parts"},
	}
}

// given are fields that are there before the first pass, and are no facts: the model and its graph.
func given() []string {
	return []string{
		"wiring.solver.app", "wiring.solver.graph", "wiring.solver.groups", "wiring.solver.generics", // what has the facts
		"wiring.Node.Provider", // with the node itself
		"wiring.Graph.without", // of the graphs that look at a part
	}
}

// TestPassesReadWhatIsThere: each pass reads only what an earlier one added, and everything that is added is read by a later
// one or is the result.
func TestPassesReadWhatIsThere(t *testing.T) {
	there := map[fact]bool{reports: true}
	read := map[fact]bool{
		reports: true, nodeNames: true, functionVariants: true, configurationParts: true, // the result
	}
	for _, p := range passes() {
		for _, f := range p.reads {
			read[f] = true
			if !there[f] {
				t.Errorf("%s reads %s, which no pass before it adds", p.name, f)
			}
		}
		for _, f := range p.adds {
			there[f] = true
		}
	}
	for f := range there {
		if !read[f] {
			t.Errorf("no pass reads %s", f)
		}
	}
}

// TestPassesDeclareWhatTheyDo compares the list of passes with their code: the fields that a pass reads and writes, itself and
// through what it calls in this package, must be those of the facts that it declares. A field that several facts take in
// turn counts for the last that was added.
func TestPassesDeclareWhatTheyDo(t *testing.T) {
	code := readPackage(t)
	facts := map[string][]fact{} // by field
	for f, fields := range keptIn() {
		for _, field := range fields {
			facts[field] = append(facts[field], f)
		}
	}
	for _, field := range code.fields("solver", "groups", "generics", "index", "Graph", "Node", "Decoration", "Method") {
		if is := slices.Contains(given(), field); is == (facts[field] != nil) {
			t.Errorf("%s: expected in one of keptIn and given", field)
		}
	}
	holds := map[string]fact{"wiring.solver.diagnostics": reports}
	for _, p := range passes() {
		method := runtime.FuncForPC(reflect.ValueOf(p.run).Pointer()).Name()
		if name := method[strings.LastIndex(method, ".")+1:]; name != p.name {
			t.Errorf("pass %s runs %s", p.name, name)
		}
		done := code.method(p.name)
		if p.when != nil {
			when := runtime.FuncForPC(reflect.ValueOf(p.when).Pointer()).Name()
			done = join(done, code.method(when[strings.LastIndex(when, ".")+1:]))
		}
		adds := map[fact]bool{}
		for field := range done.writes {
			if facts[field] == nil || facts[field][0] == reports {
				continue
			}
			i := slices.IndexFunc(facts[field], func(f fact) bool { return slices.Contains(p.adds, f) })
			if i < 0 {
				t.Errorf("%s writes %s, and declares none of %q", p.name, field, facts[field])
				continue
			}
			adds[facts[field][i]] = true
		}
		reads := map[fact]bool{}
		for field := range done.reads {
			switch f, held := holds[field]; {
			case facts[field] == nil:
			case held:
				reads[f] = true
			case !slices.ContainsFunc(facts[field], func(f fact) bool { return adds[f] }):
				// what the last passes add to the graph of all functions is looked at by what looks at graphs
				if !slices.Equal(facts[field], []fact{functionVariants}) && !slices.Equal(facts[field], []fact{configurationParts}) {
					t.Errorf("%s reads %s, which no pass before it adds", p.name, field)
				}
			}
		}
		compareFacts(t, p.name, "reads", p.reads, reads)
		compareFacts(t, p.name, "adds", p.adds, adds)
		for _, f := range p.adds {
			for _, field := range keptIn()[f] {
				holds[field] = f
			}
		}
	}
}

// compareFacts reports what a pass declares wrongly.
func compareFacts(t *testing.T, pass, what string, declared []fact, found map[fact]bool) {
	for _, f := range slices.Sorted(maps.Keys(found)) {
		if !slices.Contains(declared, f) {
			t.Errorf("pass %s %s %s, and does not declare it", pass, what, f)
		}
	}
	for _, f := range declared {
		if !found[f] {
			t.Errorf("pass %s declares that it %s %s, and does not", pass, what, f)
		}
	}
}

// access is which fields some code reads and writes.
type access struct{ reads, writes map[string]bool }

func join(a, b access) access {
	out := access{maps.Clone(a.reads), maps.Clone(a.writes)}
	maps.Copy(out.reads, b.reads)
	maps.Copy(out.writes, b.writes)
	return out
}

// source is the code of this package.
type source struct {
	*packages.Package
	bodies map[*types.Func]*ast.FuncDecl
	owners map[*types.Var]string // of fields: package.Type
}

func readPackage(t *testing.T) *source {
	list, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports,
		Env:  append(os.Environ(), "GOFLAGS="),
	}, ".")
	if err != nil || len(list) != 1 || len(list[0].Errors) > 0 {
		t.Fatal(err, list[0].Errors)
	}
	s := &source{list[0], map[*types.Func]*ast.FuncDecl{}, map[*types.Var]string{}}
	for _, file := range s.Syntax {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
				s.bodies[s.TypesInfo.Defs[f.Name].(*types.Func)] = f
			}
		}
	}
	for _, p := range append(s.Types.Imports(), s.Types) {
		for _, name := range p.Scope().Names() {
			if st, ok := p.Scope().Lookup(name).Type().Underlying().(*types.Struct); ok {
				for v := range st.Fields() {
					if v.Pkg() == p {
						s.owners[v] = p.Name() + "." + name
					}
				}
			}
		}
	}
	return s
}

// fields are those of some types of this package.
func (s *source) fields(names ...string) []string {
	var list []string
	for v, owner := range s.owners {
		if slices.Contains(names, strings.TrimPrefix(owner, "wiring.")) {
			list = append(list, owner+"."+v.Name())
		}
	}
	return list
}

// method is what a method of the solver does, with all that it calls in this package.
func (s *source) method(name string) access {
	done := access{map[string]bool{}, map[string]bool{}}
	seen := map[*types.Func]bool{}
	var follow func(f *types.Func)
	follow = func(f *types.Func) {
		f = f.Origin()
		if seen[f] || s.bodies[f] == nil {
			return
		}
		seen[f] = true
		if f.Name() == "report" {
			return // which every pass may do
		}
		s.look(s.bodies[f].Body, done)
		ast.Inspect(s.bodies[f].Body, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if called, ok := s.TypesInfo.Uses[id].(*types.Func); ok {
					follow(called)
				}
			}
			return true
		})
	}
	obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(s.Types.Scope().Lookup("solver").Type()), true, s.Types, name)
	follow(obj.(*types.Func))
	return done
}

// field is the field that an expression selects, empty if it is none.
func (s *source) field(e ast.Expr) string {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok || s.TypesInfo.Selections[sel] == nil {
		return ""
	}
	v, ok := s.TypesInfo.Selections[sel].Obj().(*types.Var)
	if !ok {
		return ""
	}
	return s.owners[v] + "." + v.Name()
}

// look notes what a body reads and writes itself.
func (s *source) look(body ast.Node, done access) {
	targets := map[ast.Expr]bool{} // selectors that are written to and not read
	write := func(e ast.Expr, whole bool) {
		for outer := true; ; {
			switch x := e.(type) {
			case *ast.SelectorExpr:
				if name := s.field(x); name != "" && (outer || s.held(x)) {
					done.writes[name] = true
					targets[x] = whole
					outer = false
				}
				e = x.X
			case *ast.IndexExpr:
				e = x.X
			case *ast.ParenExpr:
				e = x.X
			case *ast.StarExpr:
				e = x.X
			default:
				return
			}
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				write(e, n.Tok.String() == "=")
			}
		case *ast.IncDecStmt:
			write(n.X, false)
		case *ast.UnaryExpr:
			if n.Op.String() == "&" {
				write(n.X, false)
			}
		case *ast.CallExpr:
			switch called := n.Fun.(type) {
			case *ast.SelectorExpr:
				if called.Sel.Name == "Set" {
					write(called.X, false)
				}
				if x, ok := called.X.(*ast.Ident); ok && x.Name == "slices" && strings.HasPrefix(called.Sel.Name, "Sort") && !strings.HasPrefix(called.Sel.Name, "Sorted") {
					write(n.Args[0], false)
				}
			case *ast.Ident:
				if called.Name == "delete" || called.Name == "copy" || called.Name == "clear" {
					write(n.Args[0], false)
				}
			}
		case *ast.CompositeLit:
			for _, e := range n.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				if id, ok := kv.Key.(*ast.Ident); ok {
					if v, ok := s.TypesInfo.Uses[id].(*types.Var); ok && v.IsField() {
						done.writes[s.owners[v]+"."+v.Name()] = true
					}
				}
			}
		}
		return true
	})
	ast.Inspect(body, func(n ast.Node) bool {
		if e, ok := n.(*ast.SelectorExpr); ok && !targets[e] {
			if name := s.field(e); name != "" {
				done.reads[name] = true
			}
		}
		return true
	})
}

// held reports whether an expression on the way to what is written is a part of a fact: n.Edges of n.Edges[i].To.
func (s *source) held(e *ast.SelectorExpr) bool {
	_, slice := s.TypesInfo.TypeOf(e).Underlying().(*types.Slice)
	return slice
}
