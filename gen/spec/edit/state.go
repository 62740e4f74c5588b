package edit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// state is one group as it shall be.
type state struct {
	name    string
	old     *group // nil if it is new
	lists   [kinds][]string
	removed bool
	taken   bool // a function was taken out
}

func (s *state) changed() bool {
	if s.old == nil {
		return true
	}
	for i := range s.lists {
		if !slices.Equal(s.lists[i], s.old.lists[i]) {
			return true
		}
	}
	return s.removed
}

func (s *state) overlap() bool { return s.old != nil && s.old.overlap }

// editing is one edit.
type editing struct {
	*document
	app         Application
	states      []*state
	done, notes []string
	// obstacle is the first thing that was meant and cannot be written.
	obstacle *obstacle
}

func (e *editing) find(name string) *state {
	for _, s := range e.states {
		if s.name == name {
			return s
		}
	}
	return nil
}

// routed reports whether the application says that a group has a function, which then is by a route if nothing else takes it.
func (e *editing) routed(s *state, function string) bool {
	return slices.Contains(e.app.Groups[function], s.name)
}

// has reports whether a group takes a function in any way.
func (e *editing) has(s *state, function string) bool {
	return slices.Contains(s.lists[byName], function) || matches(s.lists[byPattern], function) || e.routed(s, function)
}

func (e *editing) group(name string, functions []string) {
	into := e.find(name)
	if into == nil {
		into = &state{name: name}
		e.states = append(e.states, into)
	}
	for _, f := range functions {
		e.move(into, f)
	}
	if into.old == nil && len(e.done) > 0 {
		e.done = append([]string{"group " + name + " is new"}, e.done...)
	}
}

// move puts one function into a group, out of the others.
func (e *editing) move(into *state, function string) {
	for _, s := range e.states {
		if s == into || !e.has(s, function) {
			continue
		}
		if s.overlap() || into.overlap() {
			e.notes = append(e.notes, fmt.Sprintf("%s stays in group %s, too, since an overlap is allowed", function, s.name))
			continue
		}
		e.take(s, function)
	}
	switch patterns := into.lists[byPattern]; {
	case slices.Contains(into.lists[byName], function):
		e.notes = append(e.notes, fmt.Sprintf("%s is in group %s already", function, into.name))
	case matches(patterns, function):
		e.notes = append(e.notes, fmt.Sprintf("%s is in group %s already, by its functionsPattern", function, into.name))
	case e.routed(into, function):
		e.notes = append(e.notes, fmt.Sprintf("%s is in group %s already, by its routes", function, into.name))
	default:
		// What left the function out of a pattern that takes it is dropped, which undoes a split.
		open := slices.DeleteFunc(slices.Clone(patterns), func(p string) bool { return p == "!"+function })
		if matches(open, function) {
			into.lists[byPattern] = open
		} else {
			into.lists[byName] = append(into.lists[byName], function)
		}
		e.done = append(e.done, fmt.Sprintf("%s joins group %s", function, into.name))
	}
}

func (e *editing) split(functions []string) {
	for _, f := range functions {
		found := false
		for _, s := range e.states {
			if e.has(s, f) {
				found = true
				e.take(s, f)
			}
		}
		if !found {
			e.notes = append(e.notes, f+" is in no group")
		}
	}
}

// take takes one function out of a group that has it.
func (e *editing) take(s *state, function string) {
	named := slices.Contains(s.lists[byName], function)
	matched := matches(s.lists[byPattern], function)
	if !named && !matched {
		e.byRoute(s, function)
		return
	}
	s.taken = true
	s.lists[byName] = slices.DeleteFunc(s.lists[byName], func(f string) bool { return f == function })
	if matched {
		s.lists[byPattern] = append(s.lists[byPattern], "!"+function)
	}
	e.done = append(e.done, fmt.Sprintf("%s leaves group %s", function, s.name))
	if len(s.lists[byRoute]) > 0 {
		e.notes = append(e.notes, fmt.Sprintf("group %s also takes functions by their routes; change these if one of them is a route of %s", s.name, function))
	}
}

// byRoute refuses to take out a function that a route selects: a route has no exceptions. The lines to write name the others.
func (e *editing) byRoute(s *state, function string) {
	if e.obstacle == nil {
		e.obstacle = &obstacle{why: fmt.Sprintf("group %s takes %s by one of its routes (%s), and a route cannot leave a function out", s.name, function, strings.Join(s.lists[byRoute], ", "))}
		if len(s.lists[byRoute]) == 0 {
			e.obstacle.why = fmt.Sprintf("group %s takes %s, but neither by its name nor by a pattern; expected one of them in what is edited", s.name, function)
		}
		if s.old != nil {
			e.obstacle.line = s.old.key.Line
		}
	}
	s.taken = true
	var others []string
	for _, f := range slices.Sorted(maps.Keys(e.app.Groups)) {
		if f != function && slices.Contains(e.app.Groups[f], s.name) {
			others = append(others, f)
		}
	}
	s.lists = [kinds][]string{byName: others}
	// A second function of the same group is taken out of the list that is proposed.
	for f, groups := range e.app.Groups {
		if slices.Contains(groups, s.name) {
			e.app.Groups[f] = slices.DeleteFunc(slices.Clone(groups), func(g string) bool { return g == s.name })
		}
	}
}

// removeEmpty removes the groups that have lost their last function.
func (e *editing) removeEmpty() {
	for _, s := range e.states {
		if s.old == nil && len(s.lists[byName]) == 0 {
			s.removed = true // nothing came into it
			continue
		}
		if !s.taken || len(s.lists[byName]) > 0 || len(s.lists[byRoute]) > 0 {
			continue
		}
		positive := slices.ContainsFunc(s.lists[byPattern], func(p string) bool { return !strings.HasPrefix(p, "!") })
		some := slices.ContainsFunc(e.app.Functions, func(f string) bool { return matches(s.lists[byPattern], f) })
		if !positive || e.app.Functions != nil && !some {
			s.removed = true
			text := fmt.Sprintf("group %s has no function left and is removed", s.name)
			if names := s.old.settings(); names != nil {
				text += ", with its " + strings.Join(names, ", ")
			}
			e.done = append(e.done, text)
		}
	}
}

// members are the functions that each group has now.
func (e *editing) members() []Member {
	var list []Member
	for _, s := range e.states {
		if s.removed {
			continue
		}
		m := Member{Group: s.name, Functions: slices.Clone(s.lists[byName])}
		for _, f := range slices.Concat(e.app.Functions, slices.Collect(maps.Keys(e.app.Groups))) {
			if matches(s.lists[byPattern], f) || e.onlyRouted(s, f) {
				m.Functions = append(m.Functions, f)
			}
		}
		slices.Sort(m.Functions)
		m.Functions = slices.Compact(m.Functions)
		list = append(list, m)
	}
	return list
}

// onlyRouted reports whether a function was in a group before the edit by a route and nothing else.
func (e *editing) onlyRouted(s *state, function string) bool {
	return s.old != nil && e.routed(s, function) && !slices.Contains(s.old.lists[byName], function) && !matches(s.old.lists[byPattern], function)
}

// settings are the keys of a group that name no functions.
func (g *group) settings() []string {
	var names []string
	keys := listKeys()
	for _, e := range g.own {
		if !slices.Contains(keys[:], e.key.Value) {
			names = append(names, e.key.Value)
		}
	}
	return names
}
