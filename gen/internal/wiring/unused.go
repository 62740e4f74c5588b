package wiring

import (
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// The notes on what the application has for nothing. With mistakes it cannot be known.

// noteUnusedComponents notes what the application imports for nothing.
func (s *solver) noteUnusedComponents() {
	if len(s.app.Configurations) < 2 {
		return // the application's own at most
	}
	_, linked := s.graph.reach(s.app.Functions)
	for _, c := range s.app.Configurations {
		if c.Direct && !linked[c] {
			s.note(s.at(c.ImportedAt, c.Length, codeUnused, "no function needs component %s", c.Namespace))
		}
	}
}

// noteUnusedMiddleware notes middleware and guards that no function uses.
func (s *solver) noteUnusedMiddleware() {
	used := map[*model.Middleware]bool{}
	for _, f := range s.app.Functions {
		for _, m := range f.Middleware {
			used[m] = true
		}
	}
	for _, m := range s.app.Middleware {
		if m.Namespace == "" && !m.Global && !used[m] {
			s.note(s.at(m.Pos, len(m.Object.Name()), codeUnused, "no function uses %s %s", m.Kind(), m.Name))
		}
	}
}

// noteUnusedProviders notes providers that no function needs, and those that are offered to a group and in no list of it.
func (s *solver) noteUnusedProviders() {
	for _, n := range s.nodes {
		p := n.Provider
		if p.Kind == model.Group || p.Kind == model.Caller || p.Args != nil || p.Namespace != "" {
			continue
		}
		if without := s.unlisted(n); without != nil {
			s.note(s.at(p.Pos, len(p.Object.Name()), codeGroup, "%s is offered to group %s, but no list names it", p.Name(), annotations.Join(without, "and")))
		} else if s.used[n] == nil && !s.has(p, makesMiddleware) {
			s.note(s.at(p.Pos, len(p.Object.Name()), codeUnused, "no function needs %s", p.Name()))
		}
	}
}
