package wiring_test

import (
	"go/token"
	"go/types"
	"testing"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/spec"
)

// TestClosed: of what the component passes by, which has rules of its own for lists, a note tells; of other validators
// nothing is known.
func TestClosed(t *testing.T) {
	place := func(field string, line int) model.RulePlace {
		return model.RulePlace{Field: field, Pos: token.Position{Filename: "a.go", Line: line, Offset: line}}
	}
	for path, want := range map[string]int{model.FrameworkPath + "/component/validator": 2, "example.com/validator": 0} {
		own, framework := types.NewPackage(path, "validator"), types.NewPackage(model.FrameworkPath, "framework")
		named := func(p *types.Package, name string, of types.Type) *types.Named {
			return types.NewNamed(types.NewTypeName(token.NoPos, p, name, nil), of, nil)
		}
		as := named(framework, model.ValidatorType, types.NewInterfaceType(nil, nil))
		out := named(own, "Validator", types.NewStruct(nil, nil))
		handler := types.NewFunc(token.NoPos, types.NewPackage("example.com/a", "a"), "H", types.NewSignatureType(nil, nil, nil, nil, nil, false))
		function := func(name string, closed ...model.RulePlace) *model.Function {
			return &model.Function{Name: name, Kind: model.Func, Object: handler, Rules: &model.Rules{RulePlace: place("A", 1), Closed: closed}}
		}
		_, ds := wiring.Solve(&model.App{
			Spec: &spec.Spec{},
			Providers: []*model.Provider{{
				Object: out.Obj(), Out: types.NewPointer(out), As: []types.Type{as}, Scope: annotations.Singleton,
			}},
			Functions: []*model.Function{function("a", place("B", 2)), function("b", place("B", 2), place("C", 3))},
		})
		if len(ds) != want || ds.Failed() {
			t.Errorf("%s:\n%s", path, ds.Render(""))
		}
	}
}
