package load

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
)

// Editable are the files that a command may edit: the f.yml of each application that Dir selects, and the Go files with directives of
// these and of what is below Dir. Files of other modules are not among them, nor what a link makes of them, nor tests, whose
// directives are mistakes. A file that has several names is there once.
func (t *Tree) Editable() []*File {
	var list []*File
	seen := map[string]bool{}
	for i := range t.Files {
		f := &t.Files[i]
		if !t.belongs(f) {
			continue
		}
		real, err := filepath.EvalSymlinks(f.Path)
		if err != nil || seen[real] || !t.written(f.Path, real) {
			continue
		}
		seen[real] = true
		list = append(list, f)
	}
	return list
}

// belongs reports whether a file is one of the applications, or one with directives next to them.
func (t *Tree) belongs(f *File) bool {
	dir := filepath.Dir(f.Path)
	if filepath.Base(f.Path) == SpecName {
		return slices.Contains(t.Apps, dir)
	}
	if !f.Directives || f.Test() {
		return false
	}
	_, m := importPath(t.Modules, dir)
	return m != nil && m.Main && (below(dir, t.Dir) || slices.Contains(t.Apps, t.owner(dir)))
}

// written reports whether the file that a link leads to is one that is written by hand in a main module, or in none.
func (t *Tree) written(name, real string) bool {
	root := findUp(filepath.Dir(real), "go.mod")
	if root == "" {
		return true
	}
	main := slices.ContainsFunc(t.Modules, func(m Module) bool {
		dir, err := filepath.EvalSymlinks(m.Dir)
		return err == nil && m.Main && dir == root
	})
	rel, err := filepath.Rel(root, real)
	if err != nil || !main {
		return false
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(name)); err == nil && filepath.Join(dir, filepath.Base(name)) == real {
		return true // no link, so that Scan has looked at its folders
	}
	parts := strings.Split(filepath.ToSlash(rel), "/")
	return !strings.Contains("/"+filepath.ToSlash(rel), "/internal/faasgen/") && !slices.ContainsFunc(parts[:len(parts)-1], func(part string) bool {
		return part == "vendor" || part == "testdata" || strings.HasPrefix(part, ".") || strings.HasPrefix(part, "_")
	})
}

// Syntax parses the whole of one Go file, with comments. The diagnostic is the first mistake.
func Syntax(fset *token.FileSet, name string, content []byte) (*ast.File, annotations.Diagnostics) {
	f, err := parser.ParseFile(fset, name, content, parserMode)
	if err == nil {
		return f, nil
	}
	var ds annotations.Diagnostics
	if list, ok := err.(scanner.ErrorList); ok {
		// The first is a mistake; those behind it may be its consequences.
		list.Sort()
		e := list[0]
		text := line(content, e.Pos.Line)
		ds = append(ds, annotations.Diagnostic{Pos: e.Pos, Length: wordAt(text, e.Pos.Column), Code: "syntax", Message: e.Msg, Line: text})
	}
	return f, ds
}
