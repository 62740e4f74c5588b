package wiring

import (
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
// an instance that does. Providers with an id are for dependencies with that id. All of the application counts, so that what
// a dependency means does not change with the grouping.
//
// The steps are in passes.
func Solve(app *model.App) (*Graph, annotations.Diagnostics) {
	s := newSolver(app)
	for _, p := range passes() {
		if p.when == nil || p.when(s) {
			p.run(s)
		}
	}
	s.diagnostics.Sort()
	return s.graph, s.diagnostics
}

// solver holds the facts of one Solve, which the passes leave for each other; see fact. Others are in the graph that it makes
// and in the edges of the nodes.
type solver struct {
	app         *model.App
	graph       *Graph
	diagnostics annotations.Diagnostics

	declared []*Node
	// providers are in the order of compare; byProvider finds them.
	providers  []*Node
	byProvider map[*model.Provider]*Node
	replaced   map[*model.Provider]*model.Provider
	roles      map[*model.Provider]role
	index      *index
	groups     groups
	generics   generics
	callers    callers
	// unresolved has every dependency that was not resolved, unexplained those that nothing else has reported, missing those
	// that are mistakes.
	unresolved, unexplained, missing []unresolved
	// nodes are in the order of compare.
	nodes []*Node
	// around holds a *Decoration for each interface that something is injected as.
	around typeutil.Map
	// used says what needs a node first, on a shortest way from a function; nodes that no function reaches are not in it.
	used map[*Node]*dependent
	// decorators are in the order of what needs them first.
	decorators []*Node
}

func newSolver(app *model.App) *solver {
	return &solver{
		app: app, graph: &Graph{App: app},
		byProvider: map[*model.Provider]*Node{}, replaced: map[*model.Provider]*model.Provider{}, roles: map[*model.Provider]role{},
		groups: newGroups(), generics: newGenerics(), callers: callers{}, used: map[*Node]*dependent{},
	}
}

// unresolved is one dependency without a provider.
type unresolved struct {
	node       *Node
	dep        *model.Dep
	candidates []*Node // more than one, or none
}

// node returns the node of a provider of the model, nil if there is none.
func (s *solver) node(p *model.Provider) *Node { return s.byProvider[p] }

// sound reports whether no mistake has been found.
func (s *solver) sound() bool { return !s.failed() && len(s.missing) == 0 }

// complete reports whether, moreover, collect left nothing out because of a mistake: what seems to be unused is unused.
func (s *solver) complete() bool { return !s.app.Incomplete && s.sound() }

// at begins a diagnostic with its source line.
func (s *solver) at(pos token.Position, length int, code, format string, args ...any) annotations.Diagnostic {
	return annotations.Diagnostic{Pos: pos, Length: length, Code: code, Message: fmt.Sprintf(format, args...), Line: s.app.Line(pos)}
}

// report adds a diagnostic. The result may be completed until the next is reported.
func (s *solver) report(d annotations.Diagnostic) *annotations.Diagnostic {
	s.diagnostics = append(s.diagnostics, d)
	return &s.diagnostics[len(s.diagnostics)-1]
}

// note adds a diagnostic that is not a mistake.
func (s *solver) note(d annotations.Diagnostic) {
	d.Severity = annotations.SeverityNote
	s.report(d)
}

// failed reports whether a mistake has been reported.
func (s *solver) failed() bool { return s.diagnostics.Failed() }

// reported reports whether there is a diagnostic that matches.
func (s *solver) reported(match func(annotations.Diagnostic) bool) bool {
	return slices.ContainsFunc(s.diagnostics, match)
}

func typeString(t types.Type) string { return model.TypeString(t) }
