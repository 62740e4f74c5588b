package emit

import (
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// What is read from configuration is read by functions of its own, which what provides the values and what checks them at start
// both call.

// findReads marks the nodes that read the configuration, or need one that does.
func (w *writer) findReads() {
	w.reads = map[*wiring.Node]bool{}
	users := map[*wiring.Node][]*wiring.Node{}
	var mark func(n *wiring.Node)
	mark = func(n *wiring.Node) {
		if w.reads[n] {
			return
		}
		w.reads[n] = true
		for _, user := range users[n] {
			mark(user)
		}
	}
	for _, n := range w.reach {
		for _, e := range n.Edges {
			if e.To != nil {
				users[e.To] = append(users[e.To], n)
			}
		}
	}
	for _, n := range w.reach {
		if slices.ContainsFunc(n.Edges, readsConfig) {
			mark(n)
		}
	}
}

// readers are the nodes that read the configuration themselves, of those that some need.
func readers(of []*wiring.Node) (list []*wiring.Node) {
	seen := map[*wiring.Node]bool{}
	var visit func(n *wiring.Node)
	visit = func(n *wiring.Node) {
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		if slices.ContainsFunc(n.Edges, readsConfig) {
			list = append(list, n)
		}
		for _, e := range n.Edges {
			visit(e.To)
		}
	}
	for _, n := range of {
		visit(n)
	}
	return list
}

// readsWhole reports whether one function reads all that a node is configured with, into a struct.
func (w *writer) readsWhole(n *wiring.Node) bool {
	return n.Provider.Kind == model.Struct && len(n.Provider.Args) == 0 && (w.adapted(n, inBuild) || w.adapted(n, inRequest))
}

func configured(n *wiring.Node) (list []wiring.Edge) {
	for _, e := range n.Edges {
		if e.Dep.Kind == model.FromConfig {
			list = append(list, e)
		}
	}
	return list
}

// readName is the function that reads a value, or all of them. A variant reads the same from elsewhere.
func readName(n *wiring.Node, e *wiring.Edge) string {
	name := "read" + model.Title(base(n).Ident)
	if e != nil {
		name += model.Title(e.Dep.Name)
	}
	return name
}

// writeReads writes the functions that read.
func (w *writer) writeReads(f *file) {
	written := map[string]bool{}
	for _, n := range w.reach {
		values := configured(n)
		if len(values) == 0 || written[readName(n, nil)] {
			continue
		}
		written[readName(n, nil)] = true
		if w.readsWhole(n) {
			out := n.Provider.Out
			f.p("func %s(r *%s) %s {", readName(n, nil), symReader, out)
			for _, e := range values {
				f.requireMembers(e.Dep)
			}
			begin := "return"
			if embeds(n) {
				begin = "v :="
			}
			f.p("%s &%s{", begin, out.(*types.Pointer).Elem())
			for _, e := range values {
				if e.Dep.Embedded == nil {
					f.p("%s: %s,", e.Dep.Name, f.read(e.Dep))
				}
			}
			f.p("}")
			if embeds(n) {
				f.allocate(n)
				for _, e := range values {
					if e.Dep.Embedded != nil {
						f.p("v.%s = %s", e.Dep.Field(), f.read(e.Dep))
					}
				}
				f.p("return v")
			}
			f.p("}")
			f.p("")
			continue
		}
		for _, e := range values {
			f.p("func %s(r *%s) %s {", readName(n, &e), symReader, e.Dep.Type)
			f.requireMembers(e.Dep)
			f.p("return %s", f.read(e.Dep))
			f.p("}")
			f.p("")
		}
	}
}

// requireMembers requires the members of a struct that must be there.
func (f *file) requireMembers(d *model.Dep) {
	if require := f.required(d); require != "" && d.Live == nil {
		f.p("%s", require)
	}
}

func (f *file) required(d *model.Dep) string {
	var keys []string
	for _, m := range d.Values {
		if m.Required {
			keys = append(keys, strconv.Quote(m.Key))
		}
	}
	if keys == nil {
		return ""
	}
	slices.Sort(keys)
	return f.s("r.RequireBelow(%q, %s)", d.Key, strings.Join(slices.Compact(keys), ", "))
}

// read is the expression that reads a value from r.
func (f *file) read(d *model.Dep) string {
	if d.Live == nil {
		return f.readOnce(d)
	}
	require := f.required(d)
	if require != "" {
		require += "\n"
	}
	return f.s("%s(r, %q, %s, func(r *%s) %s {\n%sreturn %s\n})", symConfigLive, d.Key, f.duration(d.Refresh), symReader, d.Live, require, f.readOnce(d))
}

func (f *file) readOnce(d *model.Dep) string {
	switch {
	case d.Default != nil && d.AsText:
		return f.s("%s[%s](r, %q, %q)", symConfigText, d.Value(), d.Key, *d.Default)
	case d.Default != nil:
		return f.s("%s[%s](r, %q, %s)", symConfigOr, d.Value(), d.Key, f.literal(d.Value(), *d.Default))
	case d.Optional && slices.ContainsFunc(d.Values, func(m model.ConfigMember) bool { return m.Default != nil }):
		return f.s("%s[%s](r, %q, %s)", symConfigOr, d.Value(), d.Key, f.members(d.Value(), d.Values, 0))
	case d.Optional:
		return f.s("%s[%s](r, %q, %s)", symConfigOr, d.Value(), d.Key, f.zero(d.Value()))
	}
	return f.s("%s[%s](r, %q)", symConfigValue, d.Value(), d.Key)
}

// members is a struct with the defaults of its members, of which the first depth fields are given.
func (f *file) members(t types.Type, members []model.ConfigMember, depth int) string {
	var fields []string
	done := map[string]bool{}
	for i, m := range members {
		name := m.Fields[depth]
		if m.Default == nil || done[name] {
			continue
		}
		done[name] = true
		if depth == len(m.Fields)-1 {
			fields = append(fields, name+": "+f.literal(m.Types[depth], *m.Default))
			continue
		}
		var below []model.ConfigMember
		for _, other := range members[i:] {
			if other.Fields[depth] == name {
				below = append(below, other)
			}
		}
		fields = append(fields, name+": "+f.members(m.Types[depth], below, depth+1))
	}
	return f.typ(t) + "{" + strings.Join(fields, ", ") + "}"
}

func checkName(n *wiring.Node) string { return "check" + model.Title(n.Ident) }

// checked is the node that checks what a node needs: what only hands on what one other needs has no check of its own.
func (w *writer) checked(n *wiring.Node) *wiring.Node {
	for {
		var next *wiring.Node
		for _, e := range n.Edges {
			if e.To == nil || !w.reads[e.To] || e.To == next {
				continue
			}
			if next != nil || !w.slot(e).primary {
				return n
			}
			next = e.To
		}
		replaceable := slices.ContainsFunc(w.slotsOf[n], func(s *slot) bool { return s.injected }) ||
			slices.ContainsFunc(w.middleware(), func(m *model.Middleware) bool { return m.Provider == n.Provider })
		if next == nil || len(configured(n)) > 0 || replaceable {
			return n
		}
		n = next
	}
}

// writeChecks writes the functions that check, before anything is built, what a node and all that it needs are configured with.
func (w *writer) writeChecks(f *file) {
	needed := map[*wiring.Node]bool{}
	var mark func(n *wiring.Node)
	mark = func(n *wiring.Node) {
		if n = w.checked(n); needed[n] {
			return
		}
		needed[n] = true
		for _, e := range n.Edges {
			if e.To != nil && w.reads[e.To] {
				mark(e.To)
			}
		}
	}
	for _, n := range w.needers {
		for _, root := range n.checks {
			mark(root)
		}
	}
	for _, l := range w.namedLayers() {
		if n := w.nodes[l.Provider]; n != nil && w.reads[n] {
			mark(n)
		}
	}
	for _, n := range w.reach {
		if !needed[n] {
			continue
		}
		s := w.primary(n)
		f.p("func %s(c *container, r *%s) {", checkName(n), symReader)
		switch {
		case singleton(n):
			f.p("if r.Begin(&c.%s.Slot) {", s.field)
		case s.injected:
			f.p("if c.%s == nil && r.Visit(%q) {", s.field, n.Ident)
		default:
			f.p("if r.Visit(%q) {", n.Ident)
		}
		if values := configured(n); len(values) > 0 {
			reader := "r"
			if w.view(n) != nil {
				reader = "r.Of(" + w.settings(n) + ")"
			}
			if w.readsWhole(n) {
				f.p("%s(%s)", readName(n, nil), reader)
			} else {
				for _, e := range values {
					f.p("%s(%s)", readName(n, &e), reader)
				}
			}
		}
		var done []*slot
		for _, e := range n.Edges {
			if e.To == nil || !w.reads[e.To] {
				continue
			}
			t := w.slot(e)
			if slices.Contains(done, t) {
				continue
			}
			done = append(done, t)
			switch {
			case t.primary:
				f.p("%s(c, r)", checkName(w.checked(e.To)))
			case singleton(e.To):
				f.p("if !c.%s.Slot.Done() {", t.field)
				f.p("%s(c, r)", checkName(w.checked(e.To)))
				f.p("}")
			default:
				f.p("if c.%s == nil {", t.field)
				f.p("%s(c, r)", checkName(w.checked(e.To)))
				f.p("}")
			}
		}
		f.p("}")
		f.p("}")
		f.p("")
	}
}
