package wiring

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// codeValidator notes validate tags that nothing checks.
const codeValidator = "validator"

// findValidator finds what checks the inputs with validate tags: the provider that is injectable as framework.Validator, a type
// that some provider has to name. Tags that nothing checks are noted, once each.
func (s *solver) findValidator() {
	var rules []*model.Rules
	var inputs []*model.Function // parallel to rules
	sorted := slices.SortedFunc(slices.Values(s.app.Functions), func(a, b *model.Function) int { return cmp.Compare(a.Name, b.Name) })
	for _, f := range sorted {
		if f.Rules != nil && !slices.ContainsFunc(rules, func(r *model.Rules) bool { return r.Pos == f.Rules.Pos }) {
			rules, inputs = append(rules, f.Rules), append(inputs, f)
		}
	}
	if len(rules) == 0 {
		return
	}
	first := slices.MinFunc(rules, func(a, b *model.Rules) int { return comparePositions(a.Pos, b.Pos) })
	var candidates []*Node
	if t := s.validatorType(); t != nil {
		dep := &model.Dep{Kind: model.FromProvider, Name: "validator", Type: t, Pos: first.Pos, Length: first.Length}
		found, bound := s.candidates(nil, dep)
		if len(found) == 1 {
			s.graph.Validator = &Edge{Dep: dep, To: found[0], Bound: bound}
			if u := s.used[found[0]]; u == nil || u.function == nil {
				s.used[found[0]] = &dependent{function: sorted[slices.IndexFunc(sorted, func(f *model.Function) bool { return f.Rules != nil })]}
			}
			if found[0].Provider.Object.Pkg().Path() == validatorPackage {
				s.closed(sorted)
			}
			return
		}
		candidates = found
	}
	switch {
	case len(candidates) > 1:
		d := s.at(first.Pos, first.Length, codeAmbiguous, "%d providers for framework.Validator, which is to check field %s", len(candidates), first.Field)
		for _, n := range candidates {
			d.Chain = append(d.Chain, annotations.Link{Pos: n.Provider.Pos, Message: "provided by " + n.Provider.Name()})
		}
		d.Chain = atMost(d.Chain)
		d.Hint = "give all but one of them an id"
		s.report(d)
	case s.app.Incomplete || s.app.Unread: // what would have provided one may be what could not be read
	default:
		for i, r := range rules {
			d := s.at(r.Pos, r.Length, codeValidator, "the validate tag of field %s does nothing: the application has no framework.Validator", r.Field)
			d.Chain = append(d.Chain, annotations.Link{Pos: inputs[i].Pos, Message: "input of function " + inputs[i].Name})
			d.Hint = "import the component " + validatorPackage + ", or mark a provider of your own //faas:provide as=framework.Validator"
			s.note(d)
		}
	}
}

// validatorPackage is the component that reads such tags.
const validatorPackage = model.FrameworkPath + "/component/validator"

// closed notes tags that the component passes by: those of several values in one field, whose own tag does not say dive.
func (s *solver) closed(functions []*model.Function) {
	noted := map[token.Position]bool{}
	for _, function := range functions {
		if function.Rules == nil {
			continue
		}
		for _, f := range function.Rules.Closed {
			if noted[f.Pos] {
				continue
			}
			noted[f.Pos] = true
			d := s.at(f.Pos, f.Length, codeValidator, "the validate tags of what field %s holds do nothing: its own tag does not say dive", f.Field)
			d.Hint = `write validate:"dive", after rules for the field itself if there are any, or validate:"-" to leave it out`
			s.note(d)
		}
	}
}

// validatorType is framework.Validator as a provider names it, nil if none does.
func (s *solver) validatorType() types.Type {
	for _, n := range s.providers {
		for _, t := range append([]types.Type{n.Provider.Out}, n.Provider.As...) {
			if obj := model.TypeName(t); obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == model.FrameworkPath && obj.Name() == model.ValidatorType {
				return t
			}
		}
	}
	return nil
}

// Checks returns the edge to what checks the input of a function, nil if nothing does or has to.
func (g *Graph) Checks(f *model.Function) *Edge {
	switch {
	case f.Rules == nil:
		return nil
	case g.checkers[f.Name] != nil:
		return g.checkers[f.Name]
	}
	return g.Validator
}
