package wiring

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// Where a client of a function is injected there is a node of its own, one for each function, type and options. It
// needs nothing, so that the called function is not part of the unit of the caller.

// codeCall is a call of a function by itself, and calls that go round in a circle.
const codeCall = "call"

// callers are the nodes that call, by the function's name and the options.
type callers map[string]*typeutil.Map // of *Node, by type

// caller resolves a dependency that calls a function: to nothing where a mistake of it has been reported.
func (s *solver) caller(dep *model.Dep) *Node {
	call := dep.Call
	if call.Function == nil {
		return nil
	}
	key := fmt.Sprintf("%s async=%t timeout=%s tries=%d", call.Name, call.Async, call.Timeout, call.Tries)
	if s.callers[key] == nil {
		s.callers[key] = &typeutil.Map{}
	}
	if n, _ := s.callers[key].At(dep.Type).(*Node); n != nil {
		if comparePositions(dep.Pos, n.Provider.Pos) < 0 { // whatever is resolved first
			n.Provider.Pos, n.Provider.Call = dep.Pos, call
		}
		return n
	}
	n := &Node{Provider: &model.Provider{
		Kind: model.Caller, Object: types.NewTypeName(token.NoPos, call.Function.Object.Pkg(), call.Name, nil), Out: dep.Type,
		Scope: annotations.Singleton, Call: call, Pos: dep.Pos, Key: key + " " + types.TypeString(dep.Type, nil),
	}}
	s.callers[key].Set(dep.Type, n)
	return n
}

// callerNodes are all of them.
func (s *solver) callerNodes() (nodes []*Node) {
	for _, key := range slices.Sorted(maps.Keys(s.callers)) {
		s.callers[key].Iterate(func(_ types.Type, n any) { nodes = append(nodes, n.(*Node)) })
	}
	slices.SortFunc(nodes, compareNodes)
	return nodes
}

// callerCounts says in how many ways each function is called.
func (s *solver) callerCounts() map[string]int {
	counts := map[string]int{}
	for _, n := range s.callerNodes() {
		counts[n.Provider.Call.Name]++
	}
	return counts
}

// callerIdent is the identifier of one of several that call a function, after its type and options, so that one more never changes
// which is meant.
func callerIdent(p *model.Provider) string {
	words := []string{"call", p.Call.Name}
	if obj := model.TypeName(p.Out); obj != nil && obj.Pkg() != nil {
		words = append(words, obj.Pkg().Name(), obj.Name()+arguments(p.Out))
	} else {
		words = append(words, "func")
	}
	if p.Call.Async {
		words = append(words, "async")
	}
	if p.Call.Timeout > 0 {
		words = append(words, "timeout", p.Call.Timeout.String())
	}
	if p.Call.Tries > 0 {
		words = append(words, "tries", strconv.Itoa(p.Call.Tries))
	}
	return camel(words...)
}

// findCalls tells each function which others it may call, and by which it may be called.
func (s *solver) findCalls() {
	by := map[string]*model.Function{}
	for _, f := range s.graph.App.Functions {
		f.Calls, f.CalledBy = nil, nil
		by[f.Name] = f
	}
	if len(s.callers) == 0 {
		return
	}
	for _, f := range s.graph.App.Functions {
		for _, n := range s.graph.Reach([]*model.Function{f}) {
			if call := n.Provider.Call; call != nil {
				f.Calls = addCall(f.Calls, call)
			}
		}
		slices.SortFunc(f.Calls, func(a, b model.Outgoing) int { return cmp.Compare(a.Function, b.Function) })
		for _, o := range f.Calls {
			if callee := by[o.Function]; callee != nil {
				callee.CalledBy = append(callee.CalledBy, f.Name)
			}
		}
	}
	for _, f := range s.graph.App.Functions {
		slices.Sort(f.CalledBy)
	}
	for _, f := range s.app.Functions { // of which the graph may have copies
		f.Calls, f.CalledBy = by[f.Name].Calls, by[f.Name].CalledBy
	}
}

func addCall(calls []model.Outgoing, call *model.Call) []model.Outgoing {
	i := slices.IndexFunc(calls, func(o model.Outgoing) bool { return o.Function == call.Name })
	if i < 0 {
		i, calls = len(calls), append(calls, model.Outgoing{Function: call.Name, Pos: call.Pos, Length: call.Length})
	}
	calls[i].Async = calls[i].Async || call.Async
	calls[i].Sync = calls[i].Sync || !call.Async
	return calls
}

// reportCalls reports functions that call themselves, and notes those that call each other. A controller may call one of its functions
// for another, so that what several functions need may call each of them.
func (s *solver) reportCalls() {
	if len(s.callers) == 0 {
		return
	}
	reached := map[*Node][]*model.Function{}
	places := map[[2]string]*model.Call{} // by the names of caller and called
	for _, f := range s.graph.App.Functions {
		for _, n := range s.graph.Reach([]*model.Function{f}) {
			if n.Provider.Call != nil {
				reached[n] = append(reached[n], f)
			}
			for _, e := range n.Edges {
				if call := e.Dep.Call; call != nil && places[[2]string{f.Name, call.Name}] == nil {
					places[[2]string{f.Name, call.Name}] = call
				}
			}
		}
	}
	for _, n := range s.callerNodes() {
		if by := reached[n]; len(by) == 1 && by[0].Name == n.Provider.Call.Name {
			s.reportSelf(n, by[0])
		}
	}
	s.noteWrapping()
	s.noteCircles(places)
}

// noteWrapping notes functions that are called by what wraps them, such as global middleware.
func (s *solver) noteWrapping() {
	noted := map[*model.Call]bool{}
	for _, f := range s.graph.App.Functions {
		seen := map[*Node]bool{}
		var visit func(n *Node)
		visit = func(n *Node) {
			if n == nil || seen[n] {
				return
			}
			seen[n] = true
			for _, e := range n.Edges {
				visit(e.To)
			}
		}
		for _, m := range f.Middleware {
			visit(s.graph.Node(m.Provider))
		}
		for _, a := range f.Aspects {
			visit(s.graph.Node(a.Provider))
		}
		for _, l := range s.graph.Layers([]*model.Function{f}) {
			visit(s.graph.Node(l.Provider))
		}
		for n := range seen {
			call := n.Provider.Call
			if call == nil || call.Name != f.Name || noted[call] {
				continue
			}
			noted[call] = true
			if s.reported(func(d annotations.Diagnostic) bool { return d.Pos == call.Pos && d.Code == codeCall }) {
				continue // it calls itself in any case
			}
			d := s.at(call.Pos, call.Length, codeCall, "function %s is called by what wraps it, so that a call of it never ends", f.Name)
			if u := s.used[n]; u != nil {
				d.Chain = s.chain(u.node)
			}
			d.Hint = "wrap other functions alone, or let this one pass: ctx.FunctionName() says which it is"
			s.note(d)
		}
	}
}

// reportSelf reports a function that calls itself.
func (s *solver) reportSelf(n *Node, f *model.Function) {
	call := n.Provider.Call
	d := s.at(call.Pos, call.Length, codeCall, "function %s calls itself, which never ends", f.Name)
	if u := s.used[n]; u != nil {
		d.Chain = s.chain(u.node)
	}
	d.Hint = "call the method itself, or move what both do into something that is injected"
	s.report(d)
}

// noteCircles notes the shortest circle of calls through each function that has one and is in none of those that were noted.
func (s *solver) noteCircles(places map[[2]string]*model.Call) {
	by := map[string]*model.Function{}
	for _, f := range s.graph.App.Functions {
		by[f.Name] = f
	}
	noted := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		f := by[name]
		path := circle(by, f.Name)
		if path == nil || slices.ContainsFunc(path, func(name string) bool { return noted[name] }) {
			continue
		}
		for _, name := range path {
			noted[name] = true
		}
		path = append(path, f.Name)
		d := s.at(f.Pos, len(f.Object.Name()), codeCall, "functions that call each other: %s", strings.Join(path, " -> "))
		for i, name := range path[1:] {
			d.Chain = append(d.Chain, annotations.Link{Pos: places[[2]string{path[i], name}].Pos, Message: path[i] + " calls " + name})
		}
		d.Hint = "see that the calls end: each is paid for, and one that waits is as long as what it waits for"
		s.note(d)
	}
}

// circle is the shortest way by calls from a function back to it, through one other at least; nil if there is none.
func circle(by map[string]*model.Function, start string) []string {
	came := map[string]string{}
	for queue := []string{start}; len(queue) > 0; queue = queue[1:] {
		at := by[queue[0]]
		if at == nil {
			continue
		}
		for _, o := range at.Calls {
			if o.Function == start && at.Name != start {
				path := []string{at.Name}
				for name := at.Name; name != start; {
					name = came[name]
					path = append(path, name)
				}
				slices.Reverse(path)
				return path
			}
			if _, seen := came[o.Function]; !seen && o.Function != start {
				came[o.Function] = at.Name
				queue = append(queue, o.Function)
			}
		}
	}
	return nil
}
