package annotations

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// Collect finds the directives of one file. The file must have been parsed with comments from src; a file that did not parse
// gives what its tree holds. It returns each declaration that carries directives, in source order, and a diagnostic for
// each mistake: nothing that starts with //faas: is in neither.
func Collect(fset *token.FileSet, file *ast.File, src []byte, reg *Registry) (Declarations, Diagnostics) {
	if file == nil || len(file.Comments) == 0 || len(src) > 0 && !Scan(src) {
		return nil, nil
	}
	c := &collector{src: Source{Fset: fset, Bytes: src}, reg: reg, file: file, outline: outlineOf(file)}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			for _, l := range c.lines(comment) {
				c.line(l, c.outline.owners[group])
			}
		}
	}
	for _, d := range c.found {
		c.requireNeighbours(d)
	}
	c.diagnostics.Sort()
	declarations := slices.DeleteFunc(c.found, func(d *Declaration) bool { return len(d.Markers) == 0 })
	slices.SortStableFunc(declarations, func(a, b *Declaration) int { return int(a.Node.Pos() - b.Node.Pos()) })
	return declarations, c.diagnostics
}

type collector struct {
	src         Source
	reg         *Registry
	file        *ast.File
	outline     *outline
	found       Declarations
	diagnostics Diagnostics
}

// line is one line of a comment.
type line struct {
	pos   token.Pos // of the comment mark, or of the line inside of a block
	mark  string    // the comment mark, empty for the further lines of a block
	start token.Pos // of text
	text  string    // without the comment mark
}

// lines splits a comment. The text is that of the file: the parser drops carriage returns, which would move columns.
func (c *collector) lines(comment *ast.Comment) []line {
	text := comment.Text
	indent := ""
	if at, ok := c.src.offset(comment.Pos()); ok {
		indent = c.src.line(comment.Pos())
		indent = indent[:len(indent)-len(strings.TrimLeft(indent, " \t"))]
		if strings.HasPrefix(text, "//") {
			text = string(c.src.Bytes[at:c.src.lineEnd(at)])
		} else if end := bytes.Index(c.src.Bytes[at:], []byte("*/")); end >= 0 {
			text = string(c.src.Bytes[at : at+end+2])
		}
	}
	if strings.HasPrefix(text, "//") {
		return []line{{pos: comment.Pos(), mark: "//", start: comment.Pos() + 2, text: text[2:]}}
	}
	var lines []line
	offset := 2
	for i, s := range strings.Split(strings.TrimSuffix(text[2:], "*/"), "\n") {
		l := line{pos: comment.Pos() + token.Pos(offset), text: strings.TrimRight(s, " \t\r")}
		offset += len(s) + 1
		if i == 0 {
			l.pos, l.mark = comment.Pos(), "/*"
			l.start = comment.Pos() + 2
			lines = append(lines, l)
			continue
		}
		inner := strings.TrimPrefix(l.text, indent)
		if star := strings.TrimLeft(inner, " \t"); strings.HasPrefix(star, "*") {
			inner = star[1:]
		}
		l.start = l.pos + token.Pos(len(l.text)-len(inner))
		l.text = inner
		lines = append(lines, l)
	}
	return lines
}

func (c *collector) line(l line, o *owner) {
	if l.mark == "//" {
		if d, problems, ok := Parse(l.pos, l.mark+l.text); ok {
			c.directive(d, problems, o)
			return
		}
	}
	if m, ok := c.reg.nearMiss(l.text, l.mark == "//"); ok {
		c.miss(l, m, o)
		return
	}
	if o == nil || o.place() != OnField || len(o.decl.Markers) > 0 || l.mark != "//" || o.decl.Doc != nil && l.pos < o.decl.Doc.End() {
		return
	}
	if m, ok := c.reg.hidden(l.text); ok {
		c.miss(l, m, o)
	}
}

func (c *collector) report(pos, end token.Pos, code, message, hint string) {
	c.diagnostics = append(c.diagnostics, c.src.Diagnostic(pos, end, code, message, hint))
}

// miss reports a near miss and keeps in mind what it was meant for.
func (c *collector) miss(l line, m miss, o *owner) {
	if o != nil && o.behind != nil {
		o = o.behind
	}
	if o == nil {
		s := c.stray(l.pos)
		// Where no directive can be, a line such as "// faas:handler is parsed here" is prose.
		if s.code == CodePlacement && s.next == nil && m.from > 0 {
			return
		}
		o = s.next
	}
	// On the package clause, a constant and the like, a directive would be wrong however it is spelt, so a sentence that
	// happens to break before "faas:handler" is a sentence.
	if m.from > 0 && (o == nil || o.decl == nil) && !c.reg.plausible(m) {
		return
	}
	// What is pointed at starts with the comment mark, unless other text stands between.
	pos, end := l.start+token.Pos(m.from), l.start+token.Pos(m.to)
	written := l.text[m.from:m.to]
	if l.mark != "" && strings.TrimSpace(l.text[:m.from]) == "" {
		pos, written = l.pos, l.mark+l.text[:m.to]
	}
	hint := "a directive is written " + prefix + "name; " + c.reg.known()
	if m.name != "" {
		if hint = "write " + m.fixed(); l.mark != "//" || pos != l.pos {
			hint += " on a line of its own"
		}
	}
	c.report(pos, end, CodeSyntax, fmt.Sprintf("%q is not a directive: %s", written, m.reason), hint)
	if o != nil && o.decl != nil {
		c.presume(o.decl, m.name)
	}
}

// presume notes a directive that was meant for a declaration.
func (c *collector) presume(d *Declaration, name string) {
	c.keep(d)
	if d.presumed == nil {
		d.presumed = map[string]bool{}
	}
	d.presumed[name] = true
	d.unsure = d.unsure || name == ""
}

func (c *collector) keep(d *Declaration) {
	if !d.kept {
		d.kept = true
		c.found = append(c.found, d)
	}
}

// directive puts a directive on its owner, or says why it cannot be there.
func (c *collector) directive(d Directive, problems []Problem, o *owner) {
	m, more := c.reg.decode(d)
	m.Bad = m.Bad || len(problems) > 0
	for _, p := range slices.Concat(problems, more) {
		c.diagnostics = append(c.diagnostics, c.src.Problem(p))
	}
	if o == nil || o.behind != nil {
		s := c.stray(d.Pos())
		if o != nil {
			s = behind(o.behind)
		}
		if m.Definition != nil {
			c.detached(d, m.Definition, s)
		}
		o = s.next
		if o != nil && o.decl != nil {
			c.presume(o.decl, definitionName(m.Definition))
		}
		return
	}
	if m.Definition == nil {
		if o.decl != nil {
			c.presume(o.decl, "")
		}
		return
	}
	if o.place()&m.Definition.Places == 0 {
		hint := o.hint
		if hint == "" || o.decl != nil {
			hint = "it belongs on " + m.Definition.Places.String()
		}
		c.report(d.Pos(), d.NameEnd(), CodePlacement, fmt.Sprintf("%s cannot mark %s", prefix+m.Definition.Name, o.what), hint)
		return
	}
	c.mark(o, m)
}

func definitionName(d *Definition) string {
	if d == nil {
		return ""
	}
	return d.Name
}

// mark adds a marker to a declaration that it may stand on.
func (c *collector) mark(o *owner, m Marker) {
	d, name := o.decl, prefix+m.Definition.Name
	c.keep(d)
	if d.Place == OnField {
		for _, id := range d.Names {
			if !id.IsExported() {
				c.report(m.Directive.Pos(), m.Directive.NameEnd(), CodePlacement,
					fmt.Sprintf("%s cannot fill field %s, which is not exported", name, d.Type.Name.Name+"."+id.Name),
					"export the field, or take the value as a parameter of a constructor")
				m.Bad = true
				break
			}
		}
	}
	if c.parameter(d, &m); c.duplicate(d, m) {
		return
	}
	for _, other := range d.firsts {
		if slices.Contains(m.Definition.Excludes, other.Definition.Name) || slices.Contains(other.Definition.Excludes, m.Definition.Name) {
			p := Problem{
				Pos: m.Directive.Pos(), End: m.Directive.NameEnd(), Code: CodeConflict, Other: other.Directive.Pos(),
				Message:      fmt.Sprintf("%s and %s cannot mark the same %s", prefix+other.Definition.Name, name, strings.Fields(o.what)[0]),
				OtherMessage: prefix + other.Definition.Name + " is here",
			}
			c.diagnostics = append(c.diagnostics, c.src.Problem(p))
			m.Bad = true
			break
		}
	}
	if d.first(m.Definition.Name) == nil {
		d.firsts = append(d.firsts, m)
	}
	d.Markers = append(d.Markers, m)
}

// duplicate reports a marker that a declaration has already.
func (c *collector) duplicate(d *Declaration, m Marker) bool {
	what, end := prefix+m.Definition.Name, m.Directive.NameEnd()
	same := m.Definition.Name // what two that are the same have in common
	if by := m.Definition.RepeatBy; m.Definition.Repeat && by != "" {
		value := m.arguments[by].Value
		if value == "" {
			return false
		}
		what += " " + value
		same = what
	} else if m.Definition.Repeat {
		same, end = Print(m.Directive), m.Directive.End()
		what = same
	}
	first, found := d.seen[same]
	if !found {
		if d.seen == nil {
			d.seen = map[string]token.Pos{}
		}
		d.seen[same] = m.Directive.Pos()
		return false
	}
	c.diagnostics = append(c.diagnostics, c.src.Problem(Problem{
		Pos: m.Directive.Pos(), End: end, Code: CodeDuplicate, Message: fmt.Sprintf("%s marks %s twice", what, d.Name),
		Other: first, OtherMessage: "first here",
	}))
	return true
}

// parameter checks that the constructor has the parameter that an arg directive names.
func (c *collector) parameter(d *Declaration, m *Marker) {
	arg, ok := m.Value.(*Arg)
	fn, isFunc := d.Node.(*ast.FuncDecl)
	if !ok || !isFunc || m.Bad {
		return
	}
	var names []string
	for _, field := range fn.Type.Params.List {
		for _, id := range field.Names {
			if id.Name != "_" {
				names = append(names, id.Name)
			}
		}
	}
	if slices.Contains(names, arg.Name) {
		return
	}
	hint := "its parameters: " + strings.Join(names, ", ")
	if s := Suggest(arg.Name, names); s != "" {
		hint = fmt.Sprintf("did you mean %q?", s)
	} else if len(names) == 0 {
		hint = "it has none with a name"
	}
	pos, end := m.Range("name")
	c.report(pos, end, CodeValue, fmt.Sprintf("function %s has no parameter %q", d.Name, arg.Name), hint)
	m.Bad = true
}

// requireNeighbours reports, once for each declaration and kind of neighbour, a directive that lacks the one it belongs to.
func (c *collector) requireNeighbours(d *Declaration) {
	has := func(name string) bool {
		return d.presumed[name] || d.first(name) != nil
	}
	var reported []string
	for i := range d.Markers {
		m := &d.Markers[i]
		if d.unsure || len(m.Definition.RequiresAny) == 0 || slices.ContainsFunc(m.Definition.RequiresAny, has) {
			continue
		}
		m.Bad = true
		missing := make([]string, len(m.Definition.RequiresAny))
		for i, name := range m.Definition.RequiresAny {
			missing[i] = prefix + name
		}
		if list := Join(missing, "or"); !slices.Contains(reported, list) {
			reported = append(reported, list)
			c.report(m.Directive.Pos(), m.Directive.NameEnd(), CodeMissing,
				fmt.Sprintf("%s needs %s next to it", prefix+m.Definition.Name, list), fmt.Sprintf("add it to the doc comment of %s", d.Name))
		}
	}
}
