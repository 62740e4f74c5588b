package wiring

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// nameNodes gives each node an identifier that is unique among them. It depends on the providers of the whole application
// alone, taken in their order, and never on the grouping.
func (s *solver) nameNodes() {
	sorted := slices.Clone(s.graph.Nodes)
	slices.SortFunc(sorted, func(a, b *Node) int {
		if (a.Decoration == nil) != (b.Decoration == nil) { // what users wrote is named first
			return map[bool]int{true: -1, false: 1}[a.Decoration == nil]
		}
		return cmp.Or(compare(a.Provider, b.Provider), compare(a.Real().Provider, b.Real().Provider))
	})
	counts := s.callerCounts()
	taken := map[string]bool{}
	last := map[string]int{} // the number in the last identifier of a base
	for _, n := range sorted {
		base := ident(n.Provider)
		if call := n.Provider.Call; call != nil && counts[call.Name] > 1 {
			base = callerIdent(n.Provider)
		}
		if n.Decoration != nil {
			base += "Aspects"
		}
		id, key := base, strings.ToLower(base)
		for i := max(2, last[key]+1); taken[strings.ToLower(id)] || token.IsKeyword(id); i++ {
			id, last[key] = base+strconv.Itoa(i), i
		}
		taken[strings.ToLower(id)] = true
		n.Ident = id
	}
}

// ident is what a provider makes, in lower camel case with its package in front: bookController, sqlDB, sqlDBPrimary.
func ident(p *model.Provider) string {
	switch p.Kind {
	case model.Group:
		return camel("group", p.Object.Name())
	case model.Caller:
		return camel("call", p.Object.Name())
	}
	obj := model.TypeName(p.Out)
	if p.Implicit && p.Kind == model.Constructor {
		obj = nil // every http.Handler would be called the same
	}
	pkg, typ := p.Object.Pkg().Name(), strings.TrimPrefix(p.Object.Name(), "New")
	if typ == "" {
		typ = p.Object.Name()
	}
	if obj != nil {
		pkg, typ = "", obj.Name()
		if obj.Pkg() != nil {
			pkg = obj.Pkg().Name()
		}
		typ += arguments(p.Out)
	}
	return camel(pkg, typ, p.ID)
}

// arguments are the type arguments of a generic type, in words.
func arguments(t types.Type) string {
	if e, ok := types.Unalias(t).(*types.Pointer); ok {
		t = e.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return ""
	}
	var b strings.Builder
	for a := range named.TypeArgs().Types() {
		b.WriteString(argument(a))
	}
	return b.String()
}

func argument(t types.Type) string {
	if obj := model.TypeName(t); obj != nil {
		return model.Title(obj.Name()) + arguments(t)
	}
	switch t := types.Unalias(t).(type) {
	case *types.Slice:
		return argument(t.Elem()) + "List"
	case *types.Map:
		return argument(t.Key()) + argument(t.Elem()) + "Map"
	}
	return camelWords(types.TypeString(t, func(*types.Package) string { return "" }))
}

// camel joins words: the first begins in lower case, the others in upper case.
func camel(words ...string) string { return model.Camel("provider", words...) }

// camelWords drops what no identifier may have, and begins each word in upper case.
func camelWords(s string) string {
	var b strings.Builder
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		b.WriteString(model.Title(w))
	}
	return b.String()
}
