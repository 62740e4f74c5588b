package cut

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// source is one file.
type source struct {
	name    string
	content []byte
	fset    *token.FileSet
	syntax  *ast.File
	head    []byte // to the end of the package clause
	imports map[string]imported
	order   []string // local names, in the order of the file
	nodes   []*node
}

type imported struct {
	path  string
	text  []byte // its line
	empty bool   // an empty line stands before it
}

// group is the parentheses around declarations, with what comes before them.
type group struct{ open, close []byte }

// Parse reads the files of an application package: names is what packages whose name is not the last element of their path
// are called, by path; it may be nil. The declarations of the injectors and the overrides of tests belong to no cut.
func Parse(files []File, names map[string]string) (*Package, error) {
	p := &Package{byKey: map[any][]*node{}}
	for _, f := range slices.SortedFunc(slices.Values(files), func(a, b File) int { return strings.Compare(a.Name, b.Name) }) {
		if f.Name == overrides || !strings.HasSuffix(f.Name, ".go") || strings.HasSuffix(f.Name, "_test.go") {
			continue
		}
		s := &source{name: f.Name, content: f.Content, fset: token.NewFileSet(), imports: map[string]imported{}}
		var err error
		if s.syntax, err = parser.ParseFile(s.fset, f.Name, f.Content, parser.ParseComments); err != nil {
			return nil, fmt.Errorf("read the generated package: %w", err)
		}
		if s.tagged() {
			continue
		}
		p.files = append(p.files, s)
	}
	b := &builder{p: p, declared: map[string]bool{}, members: map[string][]string{}, embeds: map[string][]string{}, lists: map[string]bool{}}
	for _, s := range p.files {
		b.declare(s)
	}
	for _, s := range p.files {
		if err := s.readImports(names, b.declared); err != nil {
			return nil, err
		}
		b.findBases(s)
	}
	for _, s := range p.files {
		b.read(s)
	}
	if p.functions == nil {
		return nil, fmt.Errorf("the generated package has no list of functions")
	}
	return p, nil
}

// tagged reports whether the file is only for Wire.
func (s *source) tagged() bool {
	for _, g := range s.syntax.Comments {
		for _, c := range g.List {
			if c.Pos() > s.syntax.Package || !constraint.IsGoBuild(c.Text) {
				continue
			}
			x, err := constraint.Parse(c.Text)
			if err == nil && !x.Eval(func(tag string) bool { return tag != injection }) {
				return true
			}
		}
	}
	return false
}

func (s *source) offset(p token.Pos) int { return s.fset.Position(p).Offset }

// lineStart and lineEnd are the ends of the lines that an offset is in.
func (s *source) lineStart(at int) int { return bytes.LastIndexByte(s.content[:at], '\n') + 1 }

func (s *source) lineEnd(at int) int {
	if i := bytes.IndexByte(s.content[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(s.content)
}

// spaced reports whether an empty line stands before a line.
func (s *source) spaced(lineStart int) bool {
	return lineStart >= 2 && s.content[lineStart-2] == '\n'
}

var versioned = regexp.MustCompile(`^v[0-9]+$`)

// called are the names that the package of an import path may have, the likely ones first.
func called(importPath string) []string {
	base := path.Base(importPath)
	if versioned.MatchString(base) && strings.Contains(importPath, "/") {
		base = path.Base(path.Dir(importPath))
	}
	names := []string{base}
	if before, _, ok := strings.Cut(base, ".v"); ok {
		names = append(names, before)
	}
	base = names[len(names)-1]
	names = append(names, strings.TrimPrefix(base, "go-"), strings.TrimSuffix(base, "-go"), strings.TrimSuffix(base, ".go"),
		strings.ReplaceAll(base, "-", ""), strings.ReplaceAll(base, "-", "_"), base[strings.LastIndexAny(base, "-.")+1:])
	return names
}

// readImports finds the local name of each import. A file that does not say it uses each name for one package alone.
func (s *source) readImports(names map[string]string, declared map[string]bool) error {
	s.head = s.content[:s.lineEnd(s.offset(s.syntax.Name.End()))]
	used := map[string]bool{}
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && x.Obj == nil && !declared[x.Name] {
				used[x.Name] = true
			}
		}
		return true
	})
	var unclear []*ast.ImportSpec
	add := func(spec *ast.ImportSpec, name string) {
		at := s.lineStart(s.offset(spec.Pos()))
		i := imported{path: unquote(spec.Path.Value), text: s.content[at:s.lineEnd(s.offset(spec.End()))], empty: s.spaced(at)}
		s.imports[name] = i
		delete(used, name)
	}
	for _, spec := range s.syntax.Imports {
		p := unquote(spec.Path.Value)
		name := names[p]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "" {
			for _, guess := range called(p) {
				if used[guess] {
					name = guess
					break
				}
			}
		}
		if name == "" {
			unclear = append(unclear, spec)
			continue
		}
		if name == "_" {
			name = "_ " + p
		}
		add(spec, name)
	}
	if len(unclear) == 1 && len(used) == 1 {
		for name := range used {
			add(unclear[0], name)
		}
	} else if unclear != nil {
		return fmt.Errorf("read the generated package: %s: nothing says what the package %s is called", s.name, unclear[0].Path.Value)
	}
	for _, spec := range s.syntax.Imports {
		for name, i := range s.imports {
			if i.path == unquote(spec.Path.Value) && !slices.Contains(s.order, name) {
				s.order = append(s.order, name)
				break
			}
		}
	}
	return nil
}

func unquote(literal string) string {
	s, err := strconv.Unquote(literal)
	if err != nil {
		return literal
	}
	return s
}

// writeImports writes the imports that are used. One for its effects alone is always.
func (s *source) writeImports(out *bytes.Buffer, used map[string]bool) {
	var lines [][]byte
	gap := false
	for _, name := range s.order {
		i := s.imports[name]
		gap = gap || i.empty
		if !used[name] && !strings.HasPrefix(name, "_ ") {
			continue
		}
		if gap && len(lines) > 0 {
			lines = append(lines, []byte("\n"))
		}
		gap = false
		lines = append(lines, append([]byte("\t"), strings.TrimPrefix(strings.TrimLeft(string(i.text), "\t"), "import ")...))
	}
	if len(lines) > 0 {
		out.WriteString("\nimport (\n")
		out.Write(bytes.Join(lines, nil))
		out.WriteString(")\n")
	}
}
