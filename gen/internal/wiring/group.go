package wiring

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/spec/glob"
)

// A group is listed: a provider that is offered to one is a member only where f.yml, or the field itself, says so. Without
// that, whatever package offers something would be linked into every unit that injects the group. Where a group is
// injected there is a node of its own between the dependency and the members: a prototype, since a slice can be changed by
// its owner.

// groups is what the solver knows of groups.
type groups struct {
	// offered are the nodes by the groups that they are offered to, in their order.
	offered map[string][]*Node
	// requests are the dependencies on each group, elements the groups that are injected as a slice of a type; known are all.
	requests map[string][]request
	elements typeutil.Map // of map[string]bool, by the type of the elements
	known    map[string]bool
	// lists are the members of the lists of f.yml; misspelt are the groups whose list has another name.
	lists    map[string][]member
	misspelt map[string]bool
	// listed are the providers that some list has or leaves out by name.
	listed map[string]map[*Node]bool
	// nodes are the slices, by their keys.
	nodes map[string]*Node
	// empty are the dependencies on a list that has no members.
	empty []request
}

func newGroups() groups {
	return groups{
		offered: map[string][]*Node{}, requests: map[string][]request{}, known: map[string]bool{}, lists: map[string][]member{},
		misspelt: map[string]bool{}, listed: map[string]map[*Node]bool{}, nodes: map[string]*Node{},
	}
}

// request is a dependency of a node on a group or a generic instance.
type request struct {
	node *Node
	dep  *model.Dep
}

// member is one member with the entry that says so.
type member struct {
	node  *Node
	place spec.Place
}

// findGroups looks for what is offered and what is injected, before anything is resolved.
func (s *solver) findGroups() {
	for _, n := range s.providers {
		for _, name := range n.Provider.Groups {
			s.groups.offered[name] = append(s.groups.offered[name], n)
			s.groups.known[name] = true
		}
		for _, dep := range n.Provider.Deps {
			if dep.Group != "" {
				s.groups.know(dep)
				s.groups.requests[dep.Group] = append(s.groups.requests[dep.Group], request{n, dep})
			}
		}
	}
	for _, generic := range s.app.Generics {
		for _, dep := range generic.Declared.Deps {
			if dep.Group != "" {
				s.groups.know(dep) // the requests are those of its instances
			}
		}
	}
}

// know notes that a group is injected as a slice of a type.
func (g *groups) know(dep *model.Dep) {
	g.known[dep.Group] = true
	elem := element(dep.Type)
	names, _ := g.elements.At(elem).(map[string]bool)
	if names == nil {
		names = map[string]bool{}
	}
	names[dep.Group] = true
	g.elements.Set(elem, names)
}

// element is T of a []T.
func element(t types.Type) types.Type { return t.Underlying().(*types.Slice).Elem() }

// readGroupLists reads groups of f.yml. What is listed but neither offered nor injected is misspelt.
func (s *solver) readGroupLists() {
	known := slices.Sorted(maps.Keys(s.groups.known))
	for _, name := range slices.Sorted(maps.Keys(s.app.Spec.Groups)) {
		at := "groups." + name
		place := s.app.Spec.Places[at]
		if !s.groups.known[name] {
			if s.app.Incomplete || s.app.Spec.Failed(at) {
				continue
			}
			d := place.Errorf(codeGroup, "no provider is offered to group %q, and nothing injects it", name)
			if near := annotations.Suggest(name, known); near != "" {
				d.Hint = fmt.Sprintf("did you mean %q?", near)
				s.groups.misspelt[near] = true
			} else {
				d.Hint = "offer one: //faas:provide group=" + name
			}
			s.report(d)
			continue
		}
		entries := []model.Member{}
		for i, pattern := range s.app.Spec.Groups[name] {
			if path := fmt.Sprintf("%s.%d", at, i); !s.app.Spec.Failed(path) {
				entries = append(entries, model.Member{Pattern: pattern, Place: s.app.Spec.Places[path]})
			}
		}
		s.groups.lists[name] = s.members(name, entries)
	}
}

// noteUnusedGroups notes lists of f.yml that nothing takes.
func (s *solver) noteUnusedGroups() {
	for _, name := range slices.Sorted(maps.Keys(s.groups.lists)) {
		if !slices.ContainsFunc(s.groups.requests[name], func(r request) bool { return r.dep.Members == nil }) {
			s.note(s.app.Spec.Places["groups."+name].Notef(codeGroup, "nothing injects group %s as it is listed here", name))
		}
	}
}

// members are those that a list of entries makes, in the order of the nodes: what one entry names and none leaves out. An
// entry that names nothing is reported.
func (s *solver) members(group string, entries []model.Member) []member {
	offered := s.groups.offered[group]
	if s.groups.listed[group] == nil {
		s.groups.listed[group] = map[*Node]bool{}
	}
	in, out := map[*Node]spec.Place{}, map[*Node]bool{}
	for _, e := range entries {
		pattern, leave := strings.CutPrefix(e.Pattern, "!")
		found := false
		for _, n := range offered {
			if !named(pattern, n.Provider) {
				continue
			}
			found = true
			s.groups.listed[group][n] = true
			if _, first := in[n]; leave {
				out[n] = true
			} else if !first {
				in[n] = e.Place
			}
		}
		if !found && !s.app.Incomplete {
			s.noMember(group, pattern, e.Place)
		}
	}
	list := []member{}
	for _, n := range offered {
		if place, is := in[n]; is && !out[n] {
			list = append(list, member{n, place})
		}
	}
	return list
}

// named reports whether an entry means a provider: by its name, or by that of the type that it makes.
func named(pattern string, p *model.Provider) bool {
	pkg := p.Object.Pkg()
	names := []string{p.Object.Name()}
	if obj := model.TypeName(p.Out); obj != nil && obj.Pkg() == pkg {
		names = append(names, obj.Name())
	}
	return slices.ContainsFunc(names, func(name string) bool {
		return glob.Match(pattern, pkg.Name()+"."+name) || glob.Match(pattern, pkg.Path()+"."+name)
	})
}

// noMember reports an entry that means no provider that is offered to the group.
func (s *solver) noMember(group, pattern string, place spec.Place) {
	d := place.Errorf(codeGroup, "no provider %s is offered to group %s", pattern, group)
	if !glob.Literal(pattern) {
		d.Message = fmt.Sprintf("no provider that is offered to group %s matches %s", group, pattern)
	}
	names := s.names(group)
	i := slices.IndexFunc(s.providers, func(n *Node) bool { return named(pattern, n.Provider) })
	near := annotations.Suggest(pattern, names)
	switch {
	case i >= 0 && glob.Literal(pattern):
		d.Chain = append(d.Chain, annotations.Link{Pos: s.providers[i].Provider.Pos, Message: "it is here"})
		d.Hint = "mark it //faas:provide group=" + group
	case near != "":
		d.Hint = fmt.Sprintf("did you mean %q?", near)
	case len(names) > 0:
		d.Hint = "there are: " + strings.Join(names, ", ")
	default:
		d.Hint = "mark the members //faas:provide group=" + group
	}
	s.report(d)
}

// names are what is offered to a group.
func (s *solver) names(group string) []string {
	var names []string
	for _, n := range s.groups.offered[group] {
		names = append(names, n.Provider.Name())
	}
	return slices.Compact(names)
}

// group resolves a dependency on a group: to the slice of its members, or to nothing.
func (s *solver) group(n *Node, dep *model.Dep) *Node {
	if s.groups.misspelt[dep.Group] && dep.Members == nil {
		return nil // its name is misspelt in f.yml, which has been reported
	}
	list, listed := s.groups.lists[dep.Group]
	if dep.Members != nil {
		list, listed = s.members(dep.Group, dep.Members), true
	}
	if len(list) == 0 {
		if listed && !dep.Optional && !s.app.Incomplete && !s.reportedIn(dep) {
			s.groups.empty = append(s.groups.empty, request{n, dep})
		}
		return nil
	}
	elem, all := element(dep.Type), list
	list = slices.DeleteFunc(slices.Clone(list), func(m member) bool { return !s.fits(n, dep, elem, m) })
	p := &model.Provider{
		Kind: model.Group, Out: dep.Type, Scope: annotations.Prototype, Pos: dep.Pos,
		Key: "listed " + types.TypeString(dep.Type, nil),
	}
	if slices.EqualFunc(all, s.groups.lists[dep.Group], func(a, b member) bool { return a.node == b.node }) {
		p.Pos = s.app.Spec.Places["groups."+dep.Group].Pos
	} else {
		p.Key = "other " + types.TypeString(dep.Type, nil) // behind what f.yml lists, which has the plain name
	}
	pkg := n.Provider.Object.Pkg()
	if obj := model.TypeName(elem); obj != nil && obj.Pkg() != nil {
		pkg = obj.Pkg()
	}
	p.Object = types.NewTypeName(token.NoPos, pkg, dep.Group, nil)
	slice := &Node{Provider: p}
	for _, m := range list {
		q := m.node.Provider
		p.Key += " " + q.Object.Pkg().Path() + "." + q.Object.Name()
		d := &model.Dep{Type: q.Out, ID: q.ID, Pos: m.place.Pos, Length: m.place.Length}
		p.Deps = append(p.Deps, d)
		slice.Edges = append(slice.Edges, Edge{Dep: d, To: m.node})
	}
	key := dep.Group + " " + p.Key
	if same := s.groups.nodes[key]; same != nil {
		return same
	}
	s.groups.nodes[key] = slice
	return slice
}

// groupHint names a group that a slice may be meant to take, empty if there is none.
func (s *solver) groupHint(m unresolved) string {
	if _, ok := m.dep.Type.Underlying().(*types.Slice); !ok || m.dep.ID != "" {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(s.groups.offered)) {
		for _, n := range s.groups.offered[name] {
			if types.AssignableTo(n.Provider.Out, element(m.dep.Type)) {
				return "did you mean a group? ask for it by " + askBy(m, "group="+name)
			}
		}
	}
	return ""
}

// reportedIn says whether a mistake in the list that a dependency takes has been reported.
func (s *solver) reportedIn(dep *model.Dep) bool {
	places := []spec.Place{}
	for _, m := range dep.Members {
		places = append(places, m.Place)
	}
	if dep.Members == nil {
		for i := range s.app.Spec.Groups[dep.Group] {
			places = append(places, s.app.Spec.Places[fmt.Sprintf("groups.%s.%d", dep.Group, i)])
		}
	}
	return slices.ContainsFunc(places, func(p spec.Place) bool {
		return s.reported(func(d annotations.Diagnostic) bool { return d.Pos == p.Pos })
	})
}

// fits reports whether a member can be an element, and says once why one cannot.
func (s *solver) fits(n *Node, dep *model.Dep, elem types.Type, m member) bool {
	p := m.node.Provider
	if types.AssignableTo(p.Out, elem) {
		return true
	}
	message := fmt.Sprintf("%s is in group %s, but it makes %s, expected %s", p.Name(), dep.Group, typeString(p.Out), typeString(elem))
	hint := "let it return " + typeString(elem)
	if iface, ok := elem.Underlying().(*types.Interface); ok {
		message = fmt.Sprintf("%s is in group %s, but %s does not implement %s: %s", p.Name(), dep.Group, typeString(p.Out), typeString(elem), model.Lack(p.Out, iface))
		hint = "write the method, or take it out of the list"
		if !isPointer(p.Out) && !types.IsInterface(p.Out) && types.Implements(types.NewPointer(p.Out), iface) {
			hint = "let it return *" + typeString(p.Out)
		}
	}
	if s.reported(func(d annotations.Diagnostic) bool { return d.Pos == p.Pos && d.Message == message }) {
		return false
	}
	d := s.at(p.Pos, len(p.Object.Name()), codeGroup, "%s", message)
	d.Chain = []annotations.Link{
		{Pos: m.place.Pos, Message: "listed here"},
		{Pos: dep.Pos, Message: fmt.Sprintf("injected into %s as %s", n.Provider.Name(), typeString(dep.Type))},
	}
	d.Hint = hint
	s.report(d)
	return false
}

// reportEmptyGroups reports groups that are injected and have no members, or that are listed nowhere, once each.
func (s *solver) reportEmptyGroups() {
	for _, a := range s.groups.empty {
		d := s.at(a.dep.Pos, a.dep.Length, codeGroup, "group %s has no members", a.dep.Group)
		if place := s.app.Spec.Places["groups."+a.dep.Group]; a.dep.Members == nil {
			d.Chain = append(d.Chain, annotations.Link{Pos: place.Pos, Message: "listed here"})
		}
		d.Chain = append(d.Chain, s.chain(a.node)...)
		d.Hint = "list some, or make it optional"
		s.report(d)
	}
	if s.app.Unread || s.app.Spec.Failed("groups") && s.app.Spec.Groups == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(s.groups.requests)) {
		if _, listed := s.groups.lists[name]; listed || s.groups.misspelt[name] || s.app.Spec.Failed("groups."+name) {
			continue
		}
		wanting := slices.DeleteFunc(slices.Clone(s.groups.requests[name]), func(a request) bool { return a.dep.Members != nil || a.dep.Optional })
		if len(wanting) == 0 || s.app.Incomplete && len(s.groups.offered[name]) == 0 {
			continue
		}
		slices.SortFunc(wanting, func(a, b request) int { return comparePositions(a.dep.Pos, b.dep.Pos) })
		first := wanting[0]
		d := s.at(first.dep.Pos, first.dep.Length, codeGroup, "group %s has no list of its members", name)
		d.Chain = s.chain(first.node)
		var others []annotations.Link
		for _, a := range wanting[1:] {
			others = append(others, annotations.Link{Pos: a.dep.Pos, Message: "and by " + a.node.Provider.Name()})
		}
		d.Chain = append(d.Chain, atMost(others)...)
		if names := s.names(name); len(names) > 0 {
			d.Hint = fmt.Sprintf("write into f.yml: groups: {%s: [%s]}", name, strings.Join(names, ", "))
		} else {
			d.Message = fmt.Sprintf("no provider is offered to group %s", name)
			d.Hint = "mark its members //faas:provide group=" + name
			if near := annotations.Suggest(name, slices.Sorted(maps.Keys(s.groups.offered))); near != "" {
				d.Hint = fmt.Sprintf("did you mean %q?", near)
			}
		}
		s.report(d)
	}
}

// unlisted are the groups that a node is offered to and that have no list with it, nil if there are none.
func (s *solver) unlisted(n *Node) []string {
	var without []string
	for _, name := range n.Provider.Groups {
		if !s.groups.listed[name][n] {
			without = append(without, name)
		}
	}
	return without
}

// stepBack leaves out of the candidates for one T the members of groups that are injected as []T, unless there is nothing
// else.
func (s *solver) stepBack(t types.Type, found []*Node) []*Node {
	names, _ := s.groups.elements.At(t).(map[string]bool)
	others := slices.DeleteFunc(slices.Clone(found), func(n *Node) bool {
		return slices.ContainsFunc(n.Provider.Groups, func(name string) bool { return names[name] })
	})
	if len(others) == 0 {
		return found
	}
	return others
}

// compareKinds puts the slices of groups last.
func compareKinds(a, b *model.Provider) int {
	switch {
	case a.Kind == b.Kind:
		return 0
	case a.Kind == model.Group:
		return 1
	case b.Kind == model.Group:
		return -1
	}
	return 0
}
