package emit

import (
	"go/types"
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
)

// demands are what a unit asks of the configuration at start.
type demands struct {
	keys   []string // that must be there
	checks []jen.Code
}

// require checks the configuration keys that the unit cannot do without, and the secrets, so that all that are missing are one
// error. Where values can be replaced, what a replaced one alone would have needed is not asked for.
func (w *writer) require() []jen.Code {
	var always demands
	sometimes := map[string]*demands{} // by condition
	var order []string
	checked := map[string]bool{}
	for _, n := range w.reach {
		for _, e := range n.Edges {
			d := e.Dep
			required := d.Default == nil && !d.Optional
			members := requiredMembers(d)
			if d.Kind != model.FromConfig || !required && !d.Secret && members == nil {
				continue
			}
			config := jen.Id("c")
			v, variant := w.viewOf(n), n.Provider.Variant
			if v != nil && !v.touches(d.Key) { // what it has of the key is what everybody has
				v, variant = nil, ""
			}
			if v != nil {
				config = w.view(n)
				_, said := v.Values[d.Key]
				required = required && !said
			}
			to := &always
			condition := w.wanted(n, nil)
			if condition != "" {
				if to = sometimes[condition]; to == nil {
					to = &demands{}
					sometimes[condition] = to
					order = append(order, condition)
				}
			}
			switch id := condition + "\x00" + variant + "\x00" + d.Key; {
			case !required || structured(d.Type):
			case v == nil:
				to.keys = append(to.keys, d.Key)
			case !checked[id]:
				checked[id] = true
				to.checks = append(to.checks, config.Clone().Dot("Require").Call(jen.Lit(d.Key)))
			}
			if id := condition + "\x00" + variant + "\x00" + d.Key + "\x00members " + describe(d.Type, nil); members != nil && !checked[id] {
				checked[id] = true
				to.checks = append(to.checks, config.Clone().Dot("RequireBelow").Call(append([]jen.Code{jen.Lit(d.Key)}, lits(members)...)...))
			}
			// Of a struct the variables of members may be all there is, which only its type tells.
			if required && structured(d.Type) {
				id := condition + "\x00" + variant + "\x00" + d.Key + "\x00" + describe(d.Type, nil)
				if !checked[id] {
					checked[id] = true
					to.checks = append(to.checks, q(symDemandKey).Types(typeCode(d.Type)).Call(config.Clone(), jen.Lit(d.Key)))
				}
				continue
			}
			if d.Secret {
				text := ""
				if d.Default != nil {
					text = *d.Default
				}
				id := condition + "\x00" + variant + "\x00" + d.Key + "\x00" + text + "\x00" + describe(d.Type, nil)
				if !checked[id] {
					checked[id] = true
					to.checks = append(to.checks, q(symCheckKey).Types(typeCode(d.Type)).Call(config.Clone(), jen.Lit(d.Key), jen.Lit(text)))
				}
			}
		}
	}
	if len(order) == 0 {
		return always.code()
	}
	return w.conditional(always, sometimes, order)
}

// requiredMembers are the keys, below that of a struct, of the members that must be there.
func requiredMembers(d *model.Dep) []string {
	var keys []string
	for _, m := range d.Values {
		if m.Required {
			keys = append(keys, m.Key)
		}
	}
	return keys
}

// structured reports whether a type has members that have variables of their own.
func structured(t types.Type) bool {
	return len(values.Members(t, "x")) > 0
}

// code is the demands that hold always.
func (d demands) code() []jen.Code {
	all := d.checks
	if keys := lits(d.keys); len(keys) > 0 {
		all = append([]jen.Code{jen.Id("c").Dot("Require").Call(keys...)}, all...)
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return []jen.Code{returnErr(all[0])}
	}
	return []jen.Code{returnErr(jen.Qual(pathErrors, "Join").Custom(
		jen.Options{Open: "(", Close: ")", Separator: ",", Multi: true}, all...))}
}

// conditional is the demands of which some depend on what is replaced.
func (w *writer) conditional(always demands, sometimes map[string]*demands, order []string) []jen.Code {
	stmts := []jen.Code{jen.Var().Id("keys").Index().String()}
	if all := lits(always.keys); len(all) > 0 {
		stmts = []jen.Code{jen.Id("keys").Op(":=").Index().String().Values(all...)}
	}
	checks := len(always.checks) > 0
	for _, condition := range order {
		d := sometimes[condition]
		checks = checks || len(d.checks) > 0
		if len(d.keys) > 0 {
			stmts = append(stmts, jen.If(jen.Op(condition)).Block(
				jen.Id("keys").Op("=").Append(append([]jen.Code{jen.Id("keys")}, lits(d.keys)...)...)))
		}
	}
	required := jen.Id("c").Dot("Require").Call(jen.Id("keys").Op("..."))
	if !checks {
		return append(stmts, returnErr(required))
	}
	join := func(checks []jen.Code) jen.Code {
		if len(checks) == 1 {
			return jen.Err().Op("=").Qual(pathErrors, "Join").Call(jen.Err(), checks[0])
		}
		return jen.Err().Op("=").Qual(pathErrors, "Join").Custom(
			jen.Options{Open: "(", Close: ")", Separator: ",", Multi: true}, append([]jen.Code{jen.Err()}, checks...)...)
	}
	stmts = append(stmts, jen.Err().Op("=").Add(required))
	if len(always.checks) > 0 {
		stmts = append(stmts, join(always.checks))
	}
	for _, condition := range order {
		if d := sometimes[condition]; len(d.checks) > 0 {
			stmts = append(stmts, jen.If(jen.Op(condition)).Block(join(d.checks)))
		}
	}
	return append(stmts, ifErr())
}

// lits are keys as literals, sorted, each once.
func lits(keys []string) (list []jen.Code) {
	for _, k := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		list = append(list, jen.Lit(k))
	}
	return list
}
