// Package edit works on the text of an f.yml: it changes the aggregation, by putting functions into a group and taking them out again,
// and it formats. Only the lines that have to change do when a group is edited; comments, order, line ends and all other lines stay
// byte for byte. Formatting changes spaces and blank lines alone. The text is edited at the places that the yaml reader gives, and never
// written anew. Every result is read again and compared with what was meant; where the text is in a form that cannot be edited in
// this way, a [Refusal] says why and, for groups, has the lines to write by hand. It reads and writes no file.
//
//	edit.go      what callers use for groups
//	document.go  the text, its lines, and where its keys begin and end
//	groups.go    the groups as they are read, aliases followed
//	state.go     which functions each group shall have after the edit
//	write.go     the keys that come and go
//	list.go      the items that come and go, in a list of either style
//	patch.go     the lines that are dropped, added and replaced
//	style.go     how the file indents, for what is added
//	verify.go    whether the result means what was meant
//
//	format.go    what callers use to format, and whether the result means the same
//	layout.go    the walk along the text and its tree
//	gap.go       what stands between words: line ends, blank lines, comments
//	scalar.go    texts of one line and of several
package edit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
)

// Application is what an edit has to know of the application that has the f.yml. All of it may be missing.
type Application struct {
	// Functions are the names of all functions. With them a group whose patterns match none of them any more is removed.
	Functions []string
	// Groups has the groups that a function is in now, by the function's name. It is the only source for those that take the
	// function by a route.
	Groups map[string][]string
}

// Result is an edited f.yml.
type Result struct {
	// Text is the whole file. It is the source itself if there was nothing to do.
	Text []byte
	// Done are the changes, one sentence each.
	Done []string
	// Notes say what was left as it is, and why.
	Notes []string
	// Members are the groups with their functions after the edit, in the order of the file.
	Members []Member
}

// Member is a group with those functions of the application that it has, sorted.
type Member struct {
	Group     string
	Functions []string
}

// Refusal is the error for an f.yml that is right, but not in a form that can be edited.
type Refusal struct {
	// Line is the line, from 1, that is in the way; 0 if none is.
	Line int
	// Why says what was found and what was expected.
	Why string
	// Lines are what has to stand in the file after the edit: the aggregation with the groups that change. A file that cannot be
	// formatted has none.
	Lines []string
	// Removed are groups that must not stand in it any more.
	Removed []string
}

// Error says what is in the way.
func (r *Refusal) Error() string {
	if r.Line == 0 {
		return r.Why
	}
	return fmt.Sprintf("line %d: %s", r.Line, r.Why)
}

// Advice says what to do instead, ahead of the lines.
func (r *Refusal) Advice() string {
	var b strings.Builder
	if len(r.Lines) > 0 {
		b.WriteString("write these lines by hand")
	}
	if len(r.Removed) > 0 {
		if b.Len() > 0 {
			b.WriteString(", and ")
		}
		fmt.Fprintf(&b, "remove the group %s", annotations.Join(r.Removed, "and"))
	}
	return b.String()
}

// Group puts functions into the group called name, which is made if there is none, and takes them out of the groups that they are
// in, unless one of the two allows an overlap. Groups that have no function left are removed.
func Group(source []byte, name string, functions []string, app Application) (*Result, error) {
	if !annotations.ValidName(name) {
		return nil, fmt.Errorf("found %q as the name of a group, expected 2 to 60 letters, digits and dashes that start with a letter", name)
	}
	return edit(source, functions, app, func(e *editing, functions []string) { e.group(name, functions) })
}

// Split takes functions out of the groups that they are in, so that each is a unit by itself. Groups that have no function left
// are removed.
func Split(source []byte, functions []string, app Application) (*Result, error) {
	return edit(source, functions, app, (*editing).split)
}

func edit(source []byte, functions []string, app Application, change func(*editing, []string)) (*Result, error) {
	var each []string
	for _, f := range functions {
		if !slices.Contains(each, f) {
			each = append(each, f)
		}
		if !annotations.ValidName(f) {
			return nil, fmt.Errorf("found %q as the name of a function, expected 2 to 60 letters, digits and dashes that start with a letter", f)
		}
	}
	d, err := read(source)
	if err != nil {
		return nil, err
	}
	e := &editing{document: d, app: Application{Functions: app.Functions, Groups: maps.Clone(app.Groups)}}
	for _, g := range d.groups {
		e.states = append(e.states, &state{name: g.name, old: g, lists: cloneLists(g.lists)})
	}
	change(e, each)
	e.removeEmpty()
	r := &Result{Text: source, Done: e.done, Notes: e.notes, Members: e.members()}
	if len(e.done) == 0 && e.obstacle == nil {
		return r, nil
	}
	stuck := e.obstacle
	if stuck == nil {
		r.Text, stuck = e.write()
	}
	if stuck == nil {
		if problem := e.verify(r.Text); problem != "" {
			stuck = &obstacle{why: "found a form of YAML that cannot be edited in place (" + problem + ")"}
		}
	}
	if stuck != nil {
		return nil, e.refuse(stuck)
	}
	r.Notes = append(r.Notes, d.overlays()...)
	return r, nil
}

// refuse makes the refusal out of what is in the way and what was meant.
func (e *editing) refuse(o *obstacle) error {
	r := &Refusal{Line: o.line, Why: o.why}
	style := style{step: 2, list: 2}
	for _, s := range e.states {
		switch {
		case s.removed && s.old != nil:
			r.Removed = append(r.Removed, s.name)
		case s.removed || !s.changed():
		default:
			if len(r.Lines) == 0 {
				r.Lines = append(r.Lines, aggregationKey+":")
			}
			r.Lines = append(r.Lines, style.group(style.step, s)...)
			r.Lines = append(r.Lines, s.remarks(2*style.step)...)
		}
	}
	return r
}

// remarks say, as comments, what the lines of a group leave open: keys that stay as they are, and lists that are gone.
func (s *state) remarks(indent int) []string {
	if s.old == nil {
		return nil
	}
	var lines []string
	remark := func(format string, args ...any) {
		lines = append(lines, strings.Repeat(" ", indent)+"# "+fmt.Sprintf(format, args...))
	}
	for kind, key := range listKeys() {
		if len(s.old.lists[kind]) > 0 && len(s.lists[kind]) == 0 {
			remark("without %s", key)
		}
	}
	if names := s.old.settings(); names != nil {
		remark("with %s as before", annotations.Join(names, "and"))
	}
	return lines
}

func cloneLists(lists [kinds][]string) [kinds][]string {
	for i := range lists {
		lists[i] = slices.Clone(lists[i])
	}
	return lists
}
