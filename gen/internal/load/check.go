package load

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"

	"github.com/faasgen/faasgen/annotations"
)

// checked is one package checked from source.
type checked struct {
	*Package
	ours bool
	// incomplete says that a file could not be read in full; unsure that, or that it imports such a package.
	incomplete, unsure bool
	imports            []string        // import paths, sorted
	named              map[string]bool // imports as they are written, without those that are blank throughout
	// gone are the files with an import that leads nowhere and whose name is therefore not known.
	gone        map[string]bool
	diagnostics annotations.Diagnostics
}

// errReported is what the importer returns for a package whose absence has been reported at its import.
var errReported = errors.New("reported before")

// errNoExport says that a dependency has no export data that can be read.
var errNoExport = errors.New("no export data")

// check type-checks what the applications need.
func (l *loader) check() error {
	err := l.checkWith(l.tree.opts.FromSource)
	if errors.Is(err, errNoExport) && !l.tree.opts.FromSource {
		// A dependency that does not compile, or export data of another Go version: sources are slower, and always there.
		err = l.checkWith(true)
	}
	return err
}

func (l *loader) checkWith(fromSource bool) error {
	l.checked, l.imports = map[string]*checked{}, map[string]*types.Package{"unsafe": types.Unsafe}
	l.program.Fset = token.NewFileSet()
	order := l.order(fromSource)
	for _, p := range order {
		if err := l.parsePackage(p); err != nil {
			return err
		}
	}
	if !fromSource {
		if err := l.export(order); err != nil {
			return err
		}
	}
	for _, p := range order {
		l.checkPackage(p)
	}
	return nil
}

// order lists the packages to check from source, each after all it imports: the user's own that the applications reach,
// the ones that scan and configurations name in other modules, and every package that imports one of these, since export data would bring
// a second copy of their types.
func (l *loader) order(fromSource bool) []*packages.Package {
	own := map[string]bool{}
	for _, a := range l.apps {
		maps.Copy(own, a.own)
		for path := range a.brought {
			if l.directed(l.listed[path]) {
				own[path] = true
			}
		}
	}
	const (
		visiting = iota + 1
		fromExport
		source
	)
	state := map[string]int{}
	var order []*packages.Package
	var visit func(p *packages.Package) bool
	visit = func(p *packages.Package) bool {
		switch state[p.PkgPath] {
		case visiting, source:
			return true
		case fromExport:
			return false
		}
		state[p.PkgPath] = visiting
		need := fromSource || own[p.PkgPath] || l.ours(p)
		for _, path := range slices.Sorted(maps.Keys(p.Imports)) {
			q := p.Imports[path]
			if l.generated(q.PkgPath) || len(q.GoFiles) == 0 {
				continue
			}
			if visit(q) {
				need = true
			}
		}
		if !need || p.PkgPath == "unsafe" {
			state[p.PkgPath] = fromExport
			return false
		}
		state[p.PkgPath] = source
		order = append(order, p)
		return true
	}
	for _, path := range slices.Sorted(maps.Keys(own)) {
		if p := l.listed[path]; p != nil {
			visit(p)
		}
	}
	return order
}

// export has the go command compile the dependencies, and reads their export data.
func (l *loader) export(order []*packages.Package) error {
	source := map[string]bool{}
	for _, p := range order {
		source[p.PkgPath] = true
		// Sources come first: export data that mentions one of them must find this very package.
		l.imports[p.PkgPath] = types.NewPackage(p.PkgPath, p.Name)
	}
	need := map[string]bool{}
	for _, p := range order {
		for path := range l.checked[p.PkgPath].named {
			q := p.Imports[path]
			if q != nil && !source[q.PkgPath] && q.PkgPath != "unsafe" && len(q.GoFiles) > 0 && !l.generated(q.PkgPath) {
				need[q.PkgPath] = true
			}
		}
	}
	if len(need) == 0 {
		return nil
	}
	found, err := packages.Load(l.config(packages.NeedName|packages.NeedExportFile), slices.Sorted(maps.Keys(need))...)
	if err != nil {
		return fmt.Errorf("compile dependencies: %w", err)
	}
	files := map[string]string{}
	for _, p := range found {
		files[p.PkgPath] = p.ExportFile
	}
	for _, path := range slices.Sorted(maps.Keys(need)) {
		if err := l.readExport(path, files[path]); err != nil {
			return fmt.Errorf("%w of %s: %w", errNoExport, path, err)
		}
	}
	return nil
}

func (l *loader) readExport(path, name string) error {
	if p := l.imports[path]; p != nil && p.Complete() {
		return nil
	}
	if name == "" {
		return errors.New("it does not compile")
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	//lint:ignore SA1019 go list -export writes archives until Go 1.28, and Read needs the start of the data in them
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return err
	}
	_, err = gcexportdata.Read(r, l.program.Fset, l.imports, path)
	return err
}

// parsePackage parses one package. Mistakes are kept with it.
func (l *loader) parsePackage(p *packages.Package) error {
	c := &checked{
		Package: &Package{Path: p.PkgPath, Name: p.Name, Info: &types.Info{Defs: map[*ast.Ident]types.Object{}, Scopes: map[ast.Node]*types.Scope{}}},
		ours:    l.ours(p),
		named:   map[string]bool{},
		gone:    map[string]bool{},
	}
	l.checked[p.PkgPath] = c
	for _, q := range p.Imports {
		c.imports = append(c.imports, q.PkgPath)
	}
	slices.Sort(c.imports)
	for _, name := range slices.Sorted(slices.Values(p.GoFiles)) {
		content, err := l.read(name)
		if err != nil {
			return err
		}
		f, ds := parse(l.program.Fset, name, content)
		c.diagnostics = append(c.diagnostics, ds...)
		c.incomplete = c.incomplete || len(ds) > 0
		if f == nil || f.Name == nil || f.Name.Name != p.Name && len(ds) > 0 {
			continue
		}
		l.program.Sources[name] = content
		c.Files = append(c.Files, name)
		c.Broken = append(c.Broken, len(ds) > 0)
		c.Syntax = append(c.Syntax, f)
		for _, s := range f.Imports {
			if path, err := strconv.Unquote(s.Path.Value); err == nil && (s.Name == nil || s.Name.Name != "_") {
				c.named[path] = true
			}
		}
	}
	c.unsure = c.incomplete
	if !c.incomplete { // the go command reports syntax errors in imports too
		c.diagnostics = append(c.diagnostics, l.listErrors(p)...)
	}
	return nil
}

// checkPackage type-checks one package. Mistakes are kept with it.
func (l *loader) checkPackage(p *packages.Package) {
	c := l.checked[p.PkgPath]
	for _, path := range c.imports {
		if q := l.checked[path]; q != nil {
			c.unsure = c.unsure || q.unsure
		}
	}
	config := &types.Config{
		IgnoreFuncBodies: true,
		FakeImportC:      true,
		Sizes:            types.SizesFor("gc", "amd64"),
		Importer:         importer{l, p, c},
		Error:            func(err error) { l.typeError(c, err) },
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		config.GoVersion = "go" + p.Module.GoVersion
	}
	pkg := l.imports[p.PkgPath]
	if pkg == nil {
		pkg = types.NewPackage(p.PkgPath, p.Name)
	}
	l.imports[p.PkgPath] = pkg
	c.Types = pkg
	_ = types.NewChecker(config, l.program.Fset, pkg, c.Info).Files(c.Syntax) // the Error function has seen each
}

// typeError keeps one mistake in a declaration, unless it is the consequence of one that is reported anyway.
func (l *loader) typeError(c *checked, err error) {
	var e types.Error
	if !errors.As(err, &e) || c.unsure || strings.Contains(e.Msg, errReported.Error()) {
		return
	}
	pos := e.Fset.PositionFor(e.Pos, false)
	if detail, ok := strings.CutPrefix(e.Msg, "\t"); ok && len(c.diagnostics) > 0 {
		last := &c.diagnostics[len(c.diagnostics)-1]
		last.Chain = append(last.Chain, annotations.Link{Pos: pos, Message: detail})
		return
	}
	text := l.program.Line(pos)
	d := annotations.Diagnostic{Pos: pos, Length: wordAt(text, pos.Column), Code: "type", Message: e.Msg, Line: text}
	if c.gone[pos.Filename] && strings.HasPrefix(d.Message, "undefined: ") && strings.HasPrefix(text[min(len(text), pos.Column-1+d.Length):], ".") {
		return // the package by that name is the one that was not found
	}
	if found, expected, ok := strings.Cut(d.Message, "; expected package "); ok {
		d.Code, d.Message = "package", fmt.Sprintf("this file is in %s, but others of its folder are in package %s", found, expected)
	}
	if what, where, ok := strings.Cut(d.Message, " already declared at "); ok {
		d.Message = what + " is declared already"
		d.Chain = append(d.Chain, annotations.Link{Pos: parsePosition(where), Message: "it is here"})
	}
	c.diagnostics = append(c.diagnostics, d)
}

// importer finds what one package imports.
type importer struct {
	*loader
	from *packages.Package
	c    *checked
}

// Import implements types.Importer.
func (i importer) Import(path string) (*types.Package, error) {
	q := i.from.Imports[path]
	switch {
	case path == "unsafe":
		return types.Unsafe, nil
	case q == nil && i.listed[path] != nil:
		return nil, errReported // an import cycle
	case q == nil:
		i.missing(path, "package "+path+" was not found", "")
		return nil, errReported
	case i.generated(q.PkgPath):
		i.missing(path, "generated package "+path+" is imported by the code it is generated from",
			"only tests in a package whose name ends in _test may import it")
		return nil, errReported
	case len(q.GoFiles) == 0:
		msg, hint := i.notFound(q)
		i.missing(path, msg, hint)
		return nil, errReported
	}
	if p := i.imports[q.PkgPath]; p != nil {
		return p, nil
	}
	if !i.c.named[path] { // a blank import has no types to look at, and what it imports may be large
		blank := types.NewPackage(q.PkgPath, q.Name)
		blank.MarkComplete()
		return blank, nil
	}
	return nil, fmt.Errorf("import cycle through %s", path)
}

// missing reports an import that leads nowhere, once.
func (i importer) missing(path, msg, hint string) {
	for n, f := range i.c.Syntax {
		s := importSpec(f, path)
		if s == nil {
			continue
		}
		i.c.gone[i.c.Files[n]] = true
		pos := i.program.Fset.PositionFor(s.Path.Pos(), false)
		if slices.ContainsFunc(i.c.diagnostics, func(d annotations.Diagnostic) bool {
			return d.Code == "import" && d.Message == msg || d.Pos.Filename == pos.Filename && d.Pos.Line == pos.Line
		}) {
			continue
		}
		i.c.diagnostics = append(i.c.diagnostics, annotations.Diagnostic{
			Pos: pos, Length: len(s.Path.Value), Code: "import", Message: msg, Hint: hint, Line: i.program.Line(pos),
		})
	}
}
