package wiring

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// reportUnresolved reports the dependencies that nothing provides, or too many do: once for each type and id that is needed,
// at the first place.
func (s *solver) reportUnresolved() {
	if s.app.Unread {
		return
	}
	sorted := slices.Clone(s.missing)
	slices.SortStableFunc(sorted, func(a, b unresolved) int { return comparePositions(a.dep.Pos, b.dep.Pos) })
	groups := groupUnresolved(sorted)
	for i, m := range sorted {
		same := groups[i]
		same.list = same.list[1:]
		if same.reported || len(m.candidates) == 0 && s.wasBroken(m.dep) || s.wasDecided(m.dep) {
			continue
		}
		same.reported = true
		if s.again(m.node, m.dep, codeMissing) || s.again(m.node, m.dep, codeAmbiguous) {
			continue
		}
		var d annotations.Diagnostic
		if len(m.candidates) == 0 {
			d = s.at(m.dep.Pos, m.dep.Length, codeMissing, "no provider for %s", depText(m.dep))
		} else {
			d = s.at(m.dep.Pos, m.dep.Length, codeAmbiguous, "%d providers for %s", len(m.candidates), depText(m.dep))
			for _, n := range m.candidates {
				d.Chain = append(d.Chain, annotations.Link{Pos: n.Provider.Pos, Message: "provided by " + n.Provider.Name()})
			}
			d.Chain = atMost(d.Chain)
		}
		d.Chain = append(d.Chain, s.chain(m.node)...)
		var others []annotations.Link
		for _, o := range same.list {
			others = append(others, annotations.Link{Pos: o.dep.Pos, Message: "and by " + o.node.Provider.Name()})
		}
		d.Chain = append(d.Chain, atMost(others)...)
		if len(m.candidates) == 0 {
			d.Hint = s.missingHint(m)
		} else {
			d.Hint = ambiguousHint(m)
		}
		s.report(d)
	}
}

// sameDeps are unresolved dependencies of one type and id.
type sameDeps struct {
	list     []unresolved
	reported bool
}

// groupUnresolved returns for each dependency those that are the same, in their order.
func groupUnresolved(list []unresolved) []*sameDeps {
	var byType typeutil.Map // of map[string]*sameDeps, by id
	groups := make([]*sameDeps, len(list))
	for i, m := range list {
		byID, _ := byType.At(m.dep.Type).(map[string]*sameDeps)
		if byID == nil {
			byID = map[string]*sameDeps{}
			byType.Set(m.dep.Type, byID)
		}
		if byID[m.dep.ID] == nil {
			byID[m.dep.ID] = &sameDeps{}
		}
		groups[i] = byID[m.dep.ID]
		groups[i].list = append(groups[i].list, m)
	}
	return groups
}

// suppressFollowUps leaves out what is missing for parts of components that nothing needs: an application that imports a
// component need not use all of it.
func (s *solver) suppressFollowUps() {
	for _, m := range s.unexplained {
		if m.node.Provider.Namespace == "" || s.used[m.node] != nil {
			s.missing = append(s.missing, m)
		}
	}
}

// atMost cuts a list that is too long to read.
func atMost(links []annotations.Link) []annotations.Link {
	const limit = 10
	if len(links) <= limit {
		return links
	}
	return append(links[:limit:limit], annotations.Link{Message: fmt.Sprintf("and %d more", len(links)-limit)})
}

func comparePositions(a, b token.Position) int {
	if a.Filename != b.Filename {
		return strings.Compare(a.Filename, b.Filename)
	}
	return a.Offset - b.Offset
}

// wasBroken reports whether a declaration with a mistake would have provided a dependency.
func (s *solver) wasBroken(dep *model.Dep) bool {
	iface, _ := dep.Type.Underlying().(*types.Interface)
	return slices.ContainsFunc(s.app.Broken, func(t types.Type) bool {
		if obj := model.TypeName(t); obj != nil && obj == model.TypeName(dep.Type) && types.TypeString(t, nil) != types.TypeString(dep.Type, nil) {
			return isGeneric(obj) // whose instances it would have made
		}
		if iface != nil && instanceImplements(model.TypeName(t), dep.Type) {
			return true
		}
		return types.Identical(t, dep.Type) || iface != nil && types.Implements(t, iface)
	})
}

// wasDecided reports whether a declaration with a mistake would have provided exactly what is needed, which counts before
// what merely implements it.
func (s *solver) wasDecided(dep *model.Dep) bool {
	return slices.ContainsFunc(s.app.Broken, func(t types.Type) bool { return types.Identical(t, dep.Type) })
}

// instanceImplements reports whether the instance of a generic type with the type arguments of an interface implements it.
func instanceImplements(obj *types.TypeName, t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if obj == nil || !ok || !isGeneric(obj) || obj.Type().(*types.Named).TypeParams().Len() != named.TypeArgs().Len() {
		return false
	}
	made, err := types.Instantiate(nil, obj.Type(), slices.Collect(named.TypeArgs().Types()), false)
	return err == nil && types.Implements(types.NewPointer(made), t.Underlying().(*types.Interface))
}

func isGeneric(obj *types.TypeName) bool {
	named, ok := obj.Type().(*types.Named)
	return ok && named.TypeParams().Len() > 0
}

func depText(dep *model.Dep) string {
	if dep.ID != "" {
		return fmt.Sprintf("%s with id %q", typeString(dep.Type), dep.ID)
	}
	return typeString(dep.Type)
}

// missingHint says what comes near, or what to write.
func (s *solver) missingHint(m unresolved) string {
	dep := m.dep
	if dep.ID != "" {
		if hint := s.idHint(dep); hint != "" {
			return hint
		}
	}
	if hint := lazyHint(dep); hint != "" {
		return hint
	}
	iface, isInterface := dep.Type.Underlying().(*types.Interface)
	var named []string
	for _, n := range s.nodes {
		p := n.Provider
		if !injectable(p) {
			continue
		}
		fits := types.Identical(p.Out, dep.Type) || isInterface && types.Implements(p.Out, iface)
		switch {
		case fits && p.ID != dep.ID:
			named = append(named, p.ID)
		case p.ID != dep.ID:
		case isPointerOf(p.Out, dep.Type):
			return fmt.Sprintf("%s provides %s: ask for the pointer", p.Name(), typeString(p.Out))
		case isPointerOf(dep.Type, p.Out):
			return fmt.Sprintf("%s provides %s: ask for it by value, or let it return the pointer", p.Name(), typeString(p.Out))
		case isInterface && !types.IsInterface(p.Out) && !isPointer(p.Out) && types.Implements(types.NewPointer(p.Out), iface):
			return fmt.Sprintf("%s provides %s, of which only the pointer implements it: let it return *%s", p.Name(), typeString(p.Out), typeString(p.Out))
		}
	}
	if len(named) > 0 {
		slices.Sort(named)
		named = slices.Compact(named)
		if len(named) > 1 {
			return fmt.Sprintf("there are some with the ids %s: ask for one by %s", quoted(named), askBy(m, "id=ID"))
		}
		return "there is one with an id: ask for it by " + askBy(m, "id="+named[0])
	}
	if hint := configHint(m); hint != "" {
		return hint
	}
	if hint := s.genericHint(dep); hint != "" {
		return hint
	}
	if isInterface {
		if hint := s.unmarkedHint(dep, iface); hint != "" {
			return hint
		}
		if hint := s.nearestHint(dep, iface); hint != "" {
			return hint
		}
	}
	if hint := s.groupHint(m); hint != "" {
		return hint
	}
	if hint := s.outsideHint(dep.Type); hint != "" {
		return hint
	}
	if isInterface {
		return fmt.Sprintf("write a type that implements it, or a constructor returning %s, and mark it //faas:provide", typeString(dep.Type))
	}
	if named := model.TypeName(dep.Type); named != nil && isPointer(dep.Type) && s.inApplication(named.Pkg()) {
		if _, ok := named.Type().Underlying().(*types.Struct); ok {
			return fmt.Sprintf("mark struct %s, or a constructor returning %s, with //faas:provide", named.Name(), typeString(dep.Type))
		}
	}
	return fmt.Sprintf("write a constructor returning %s and mark it //faas:provide", typeString(dep.Type))
}

// lazyHint is for what is lazy twice, and for pointers to it.
func lazyHint(dep *model.Dep) string {
	obj := model.TypeName(dep.Type)
	if obj == nil || obj.Pkg() == nil || obj.Pkg().Path() != model.IOCPath || obj.Name() != model.LazyType {
		return ""
	}
	t := dep.Type
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	return fmt.Sprintf("ask for %s", typeString(t))
}

// configHint is for plain values, which are rarely injected.
func configHint(m unresolved) string {
	b, ok := types.Unalias(m.dep.Type).(*types.Basic)
	if !ok && types.TypeString(m.dep.Type, nil) != "time.Duration" || ok && b.Info()&(types.IsString|types.IsBoolean|types.IsInteger|types.IsFloat) == 0 {
		return ""
	}
	if m.node.Provider.Kind == model.Constructor {
		return fmt.Sprintf("take it from configuration: //faas:arg %s config=KEY", parameter(m.dep))
	}
	return "take it from configuration: //faas:config key=KEY"
}

// idHint lists the ids that there are for a type, or says that there is one without.
func (s *solver) idHint(dep *model.Dep) string {
	iface, _ := dep.Type.Underlying().(*types.Interface)
	var ids, elsewhere []string
	unnamed := ""
	for _, n := range s.nodes {
		p := n.Provider
		if !injectable(p) {
			continue
		}
		switch fits := types.Identical(p.Out, dep.Type) || iface != nil && types.Implements(p.Out, iface); {
		case fits && p.ID == "":
			unnamed = p.Name()
		case fits:
			ids = append(ids, p.ID)
		case p.ID == dep.ID:
			elsewhere = append(elsewhere, fmt.Sprintf("%s provides %s by that id", p.Name(), typeString(p.Out)))
		}
	}
	for _, g := range s.app.Generics {
		p := g.Declared
		if fits := slices.ContainsFunc(append([]types.Type{p.Out}, p.As...), func(t types.Type) bool { return bindings{}.unify(t, dep.Type) }); !fits {
			continue
		}
		if p.ID == "" {
			unnamed = cmp.Or(unnamed, p.Name())
		} else {
			ids = append(ids, p.ID)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	switch {
	case len(ids) > 0:
		if near := annotations.Suggest(dep.ID, ids); near != "" {
			return fmt.Sprintf("did you mean %q? (there are: %s)", near, quoted(ids))
		}
		return "there are: " + quoted(ids)
	case unnamed != "":
		return unnamed + " provides one without an id"
	case len(elsewhere) > 0:
		return elsewhere[0]
	}
	return ""
}

// nearestHint names a provider that has some of the methods of an interface, and what it lacks.
func (s *solver) nearestHint(dep *model.Dep, iface *types.Interface) string {
	best, most := (*Node)(nil), 0
	for _, n := range s.nodes {
		if !injectable(n.Provider) || n.Provider.ID != dep.ID {
			continue
		}
		has := 0
		for m := range iface.Methods() {
			obj, _, _ := types.LookupFieldOrMethod(n.Provider.Out, false, m.Pkg(), m.Name())
			if _, is := obj.(*types.Func); is {
				has++
			}
		}
		if 2*has >= iface.NumMethods() && has > most {
			best, most = n, has
		}
	}
	if best == nil {
		return ""
	}
	return fmt.Sprintf("%s comes near: %s", best.Provider.Name(), model.Lack(best.Provider.Out, iface))
}

// outsideHint tells of a package with providers that is not part of the application.
func (s *solver) outsideHint(t types.Type) string {
	obj := model.TypeName(t)
	if obj == nil || obj.Pkg() == nil || !slices.Contains(s.app.Outside, obj.Pkg().Path()) {
		return ""
	}
	if slices.Contains(s.app.Importable, obj.Pkg().Path()) {
		return fmt.Sprintf("package %s is a component that is not imported: //faas:configuration import=%s", obj.Pkg().Path(), obj.Pkg().Path())
	}
	return fmt.Sprintf("package %s has providers, but is not part of this application: add it to scan in f.yml", obj.Pkg().Path())
}

func (s *solver) inApplication(p *types.Package) bool {
	return p != nil && (p.Path() == s.app.Import || strings.HasPrefix(p.Path(), s.app.Import+"/"))
}

func ambiguousHint(m unresolved) string {
	if iface, ok := m.dep.Type.Underlying().(*types.Interface); ok {
		if iface.Empty() {
			return "every provider implements it: ask for a type, or by id"
		}
		advice := "mark one of them"
		for _, n := range m.candidates { // of which all say as= if one does
			if slices.ContainsFunc(n.Provider.As, func(t types.Type) bool { return types.Identical(t, m.dep.Type) }) {
				advice = "leave only one of them"
			}
		}
		return fmt.Sprintf("%s as=%s, or give it an id and ask for it by %s", advice, asName(m.dep.Type), askBy(m, "id=ID"))
	}
	return "give one of them an id and ask for it by " + askBy(m, "id=ID")
}

// askBy is the directive that selects an id or a group, on a field or for a parameter.
func askBy(m unresolved, argument string) string {
	if m.node.Provider.Kind == model.Constructor {
		return fmt.Sprintf("//faas:arg %s %s", parameter(m.dep), argument)
	}
	return "//faas:inject " + argument
}

// parameter is what //faas:arg calls a parameter, which has to have a name for that.
func parameter(dep *model.Dep) string {
	if dep.Name == "" || dep.Name == "_" {
		return "NAME"
	}
	return dep.Name
}

func asName(t types.Type) string {
	if obj := model.TypeName(t); obj != nil {
		return obj.Name()
	}
	return "Iface"
}

func isPointer(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.Pointer)
	return ok
}

// isPointerOf reports whether p is *t.
func isPointerOf(p, t types.Type) bool {
	ptr, ok := types.Unalias(p).(*types.Pointer)
	return ok && types.Identical(ptr.Elem(), t)
}

func quoted(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fmt.Sprintf("%q", s)
	}
	return strings.Join(out, ", ")
}
