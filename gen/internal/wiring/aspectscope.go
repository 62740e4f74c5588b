package wiring

import (
	"go/types"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// reportAspectScopes reports aspects that live for one invocation around what lives longer: its decorator would hold them.
func (s *solver) reportAspectScopes() {
	if s.around.Len() == 0 {
		return
	}
	type place struct {
		aspect *model.Aspect
		as     *types.TypeName
	}
	reported := map[place]bool{}
	for _, n := range s.nodes {
		for _, e := range n.Edges {
			aspects, as := s.aspectsOf(n, e)
			for _, a := range aspects {
				at := place{a, model.TypeName(as)}
				if a.Provider.Scope != annotations.Request || e.To.Provider.Scope == annotations.Request || reported[at] {
					continue
				}
				reported[at] = true
				p := e.To.Provider
				d := s.at(a.Pos, len(a.Object.Name()), codeScope, "aspect %s lives for one request, but wraps %s, which %s provides with scope=%s",
					a.Name(), typeString(as), p.Name(), p.Scope)
				d.Chain = append(d.Chain, annotations.Link{Pos: p.Pos, Message: "provided by " + p.Name()})
				d.Hint = "give " + p.Name() + " scope=request, or take it out: !" + typeString(as)
				s.report(d)
			}
		}
	}
}
