package load

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/regular"
)

// codeGo is the diagnostic of a go command that cannot read the packages.
const codeGo = "go-command"

// list loads, with the go command, the packages with directives, those that scan names, and all that they import. Nothing is
// compiled.
func (l *loader) list() error {
	patterns, layers := map[string]bool{}, map[string]bool{}
	for _, a := range l.apps {
		for p := range a.paths {
			patterns[p] = true
		}
		for _, s := range a.scanned {
			patterns[s.pattern] = true
		}
		for _, p := range a.layers {
			layers[p] = true
		}
	}
	l.listed = map[string]*packages.Package{}
	if len(patterns) == 0 {
		return nil
	}
	patterns[model.FrameworkPath] = true // which generated code imports
	maps.Copy(patterns, l.ahead())
	maps.Copy(patterns, layers)
	for {
		const mode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps | packages.NeedModule
		roots, err := packages.Load(l.config(mode), slices.Sorted(maps.Keys(patterns))...)
		if err != nil {
			return l.failed(err)
		}
		packages.Visit(roots, func(p *packages.Package) bool {
			l.listed[p.PkgPath] = p
			return true
		}, nil)
		unknown, err := l.own(roots, patterns)
		if err != nil || len(unknown) == 0 {
			return err
		}
		for _, path := range unknown {
			patterns[path] = true
		}
	}
}

// own finds the packages of each application among those that were listed. It returns what their configurations import
// and was not requested, with which it has to be done again.
func (l *loader) own(roots []*packages.Package, requested map[string]bool) ([]string, error) {
	var unknown []string
	for _, a := range l.apps {
		a.own = map[string]bool{}
		maps.Copy(a.own, a.paths)
		for _, s := range a.scanned {
			for _, p := range l.scan(s, roots) {
				a.own[p.PkgPath] = true
			}
		}
		more, err := l.components(a, requested)
		if err != nil {
			return nil, err
		}
		unknown = append(unknown, more...)
	}
	if len(unknown) > 0 {
		return unknown, nil
	}
	for _, a := range l.apps {
		for p := range a.own {
			l.excluded(a, l.listed[p])
		}
		for _, s := range a.scanned {
			l.scannedWell(a, s, roots)
		}
	}
	return nil, nil
}

// failed reports that the go command gave up, which it does over a go.mod that it cannot read or that does not fit: no
// package can be loaded then. It returns the error when the cause is another.
func (l *loader) failed(err error) error {
	if _, missing := exec.LookPath("go"); missing != nil {
		l.refuse(annotations.Diagnostic{
			Code: codeGo, Message: "the go command was not found in PATH, expected it there to read the packages of the application",
			Hint: "install Go from https://go.dev/dl, or add its folder bin to PATH",
		})
		return nil
	}
	_, text, ok := strings.Cut(err.Error(), "stderr: ")
	if !ok || l.ctx.Err() != nil {
		return fmt.Errorf("list packages: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	d := annotations.Diagnostic{Code: codeGo, Message: strings.TrimPrefix(strings.TrimSpace(lines[0]), "go: ")}
	d.Pos.Filename = filepath.Join(l.tree.Root, "go.mod")
	if _, err := os.Stat(d.Pos.Filename); err != nil {
		d.Pos.Filename = filepath.Join(l.tree.Root, "go.work")
	}
	for _, text := range lines[1:] {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		// "go.mod:5: unknown directive" is the better place.
		where, what, found := strings.Cut(text, ": ")
		if pos := parsePosition(where); found && pos.Line > 0 && len(d.Chain) == 0 && d.Pos.Line == 0 {
			if !filepath.IsAbs(pos.Filename) {
				pos.Filename = filepath.Join(l.tree.Root, pos.Filename)
			}
			d.Pos, d.Message, d.Line = pos, what, line(l.content[pos.Filename], pos.Line)
			continue
		}
		d.Chain = append(d.Chain, annotations.Link{Message: text})
	}
	l.refuse(d)
	return nil
}

// refuse reports what keeps every application from being read.
func (l *loader) refuse(d annotations.Diagnostic) {
	for _, a := range l.apps {
		a.Incomplete = true
		a.Diagnostics = append(a.Diagnostics, d)
	}
}

// config is the go command as generation runs it: for the system that functions run on, without cgo, as they are built.
func (l *loader) config(mode packages.LoadMode) *packages.Config {
	o := l.tree.opts
	c := &packages.Config{
		Mode: mode, Context: l.ctx, Dir: l.tree.Root,
		// A packages driver of the environment would answer for another build than the one that follows.
		Env: append(slices.Clone(o.Env), "GOOS=linux", "GOARCH="+l.arch(), "CGO_ENABLED=0", "GOPACKAGESDRIVER=off"),
	}
	// Compiled as the build of a unit compiles, so that each finds the other's work in the cache.
	c.BuildFlags = []string{"-trimpath", "-buildvcs=false"}
	if len(o.Tags) > 0 {
		c.BuildFlags = append(c.BuildFlags, "-tags="+strings.Join(o.Tags, ","))
	}
	return c
}

func (l *loader) arch() string { return cmp.Or(l.tree.opts.Arch, "amd64") }

// scan returns the packages that one entry of scan names and that may hold directives.
func (l *loader) scan(s scanned, roots []*packages.Package) []*packages.Package {
	return slices.DeleteFunc(l.matching(s, roots), func(p *packages.Package) bool { return !l.directed(p) })
}

// matching returns the packages that one entry of scan names.
func (l *loader) matching(s scanned, roots []*packages.Package) []*packages.Package {
	var found []*packages.Package
	for _, p := range roots {
		if matchPattern(s.pattern, p.PkgPath) && !l.generated(p.PkgPath) && len(p.GoFiles)+len(p.IgnoredFiles) > 0 {
			found = append(found, p)
		}
	}
	return found
}

// scannedWell reports an entry of scan that adds nothing.
func (l *loader) scannedWell(a *app, s scanned, roots []*packages.Package) {
	switch {
	case len(l.matching(s, roots)) == 0:
		d := s.place.Errorf("scan", "scan names %s, which no package matches", s.pattern)
		if p := l.listed[s.pattern]; p != nil {
			_, d.Hint = l.notFound(p)
		}
		a.Diagnostics = append(a.Diagnostics, d)
	case len(l.scan(s, roots)) == 0:
		a.Diagnostics = append(a.Diagnostics, s.place.Notef("scan", "scan names %s, which has no //faas: directives", s.pattern))
	}
}

// required reports a go.mod without the framework, which an application may use in generated code alone. Where its own
// code imports it, the import has been reported.
func (l *loader) required(a *app) {
	p := l.listed[model.FrameworkPath]
	if p == nil || len(p.GoFiles) > 0 || a.Diagnostics.Failed() {
		return
	}
	if !slices.ContainsFunc(p.Errors, func(e packages.Error) bool { return strings.Contains(e.Msg, "no required module provides package") }) {
		return // a vendor folder, for one, has what is imported already
	}
	module := path.Dir(model.FrameworkPath)
	d := annotations.Diagnostic{Code: codeGo, Message: "module " + a.Module + " does not require " + module + ", which generated code imports"}
	d.Pos.Filename = filepath.Join(l.tree.Root, "go.mod")
	for _, m := range l.tree.Modules {
		if m.Path == a.Module {
			d.Pos.Filename = filepath.Join(m.Dir, "go.mod")
		}
	}
	d.Hint = "run: go get -tool " + module + "/cmd/faasgen@latest"
	a.Diagnostics = append(a.Diagnostics, d)
}

// excluded notes files with directives that the build leaves out.
func (l *loader) excluded(a *app, p *packages.Package) {
	if p == nil {
		return
	}
	for _, name := range p.IgnoredFiles {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		if content, err := l.read(name); err == nil && annotations.Scan(content) {
			a.Diagnostics = append(a.Diagnostics, annotations.Diagnostic{
				Pos: token.Position{Filename: name}, Severity: annotations.SeverityNote, Code: "directive-excluded",
				Message: "build constraints leave this file out for linux without cgo, so its directives do not act",
			})
		}
	}
}

// read returns a file as Scan saw it, or from disk when it is in no module of the tree.
func (l *loader) read(name string) ([]byte, error) {
	if content, ok := l.content[name]; ok {
		return content, nil
	}
	content, err := regular.Read(name, maxSource)
	if err != nil {
		return nil, err
	}
	l.content[name] = content
	return content, nil
}

// generated reports whether an import path is one of generated code.
func (l *loader) generated(path string) bool {
	i := strings.LastIndex(path+"/", "/internal/faasgen/")
	if i < 0 {
		return false
	}
	for dir := range l.tree.folders {
		if p, _ := importPath(l.tree.Modules, dir); p == path[:i] {
			return true
		}
	}
	return false
}

// ours reports whether a package is the user's own: of a main module or one replaced by a local folder.
func (l *loader) ours(p *packages.Package) bool {
	if m := p.Module; m != nil {
		return m.Main || m.Replace != nil && isLocal(m.Replace.Path)
	}
	// A package that could not be found has no module.
	return slices.ContainsFunc(l.tree.Modules, func(m Module) bool { return belowPath(p.PkgPath, m.Path) })
}

// matchPattern is the go command's rule: ... stands for any text, and x/... matches x as well.
func matchPattern(pattern, path string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "/..."); ok && !strings.Contains(prefix, "...") {
		return belowPath(path, prefix)
	}
	parts := strings.Split(pattern, "...")
	if len(parts) == 1 {
		return pattern == path
	}
	if !strings.HasPrefix(path, parts[0]) {
		return false
	}
	path = path[len(parts[0]):]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(path, part)
		if i < 0 {
			return false
		}
		path = path[i+len(part):]
	}
	return strings.HasSuffix(path, parts[len(parts)-1])
}

// listErrors turns what the go command says of a package into diagnostics.
func (l *loader) listErrors(p *packages.Package) annotations.Diagnostics {
	var ds annotations.Diagnostics
	for _, e := range p.Errors {
		if strings.Contains(e.Msg, "build constraints exclude all Go files") || strings.HasPrefix(e.Msg, "found packages ") {
			continue // noted file by file, and reported by the type checker
		}
		if _, stack, ok := strings.Cut(e.Msg, "import cycle not allowed: import stack: ["); ok {
			ds = append(ds, l.cycle(p, strings.Fields(strings.TrimSuffix(stack, "]")))...)
			continue
		}
		pos := parsePosition(e.Pos)
		if pos.Filename == "" && len(p.GoFiles) > 0 {
			pos.Filename = p.GoFiles[0]
		}
		if pos.Filename == "" {
			pos.Filename = l.folder(p.PkgPath)
		}
		if pos.Filename != "" && !filepath.IsAbs(pos.Filename) {
			pos.Filename = filepath.Join(l.tree.Root, pos.Filename)
		}
		msg, hint := splitHint(e.Msg)
		text := line(l.content[pos.Filename], pos.Line)
		ds = append(ds, annotations.Diagnostic{Pos: pos, Length: wordAt(text, pos.Column), Code: "package", Message: msg, Hint: hint, Line: text})
	}
	return ds
}

// cycle reports an import cycle at the import that begins it. One that leads through generated code is reported as an
// import of that.
func (l *loader) cycle(p *packages.Package, stack []string) annotations.Diagnostics {
	at := slices.Index(stack, p.PkgPath)
	if at < 0 || at+1 >= len(stack) || slices.ContainsFunc(stack, l.generated) {
		return nil
	}
	d := annotations.Diagnostic{Code: "import", Message: "import cycle: " + strings.Join(stack, " -> ")}
	c := l.checked[p.PkgPath]
	for _, f := range c.Syntax {
		if s := importSpec(f, stack[at+1]); s != nil {
			d.Pos, d.Length = l.program.Fset.PositionFor(s.Path.Pos(), false), len(s.Path.Value)
			d.Line = l.program.Line(d.Pos)
			break
		}
	}
	return annotations.Diagnostics{d}
}

// notFound says why a package could not be found, and what to do.
func (l *loader) notFound(p *packages.Package) (message, hint string) {
	for _, m := range l.tree.Modules {
		if belowPath(p.PkgPath, m.Path) {
			if apart(m.Dir, l.folder(p.PkgPath)) {
				return "package " + p.PkgPath + " is in a module of its own, which go.mod does not require", "run: go get " + p.PkgPath
			}
			return "package " + p.PkgPath + " does not exist", "there is no folder " + l.shown(l.folder(p.PkgPath))
		}
	}
	if len(p.Errors) == 0 {
		return "package " + p.PkgPath + " was not found", ""
	}
	message, hint = splitHint(p.Errors[0].Msg)
	if before, _, ok := strings.Cut(message, " is not in std"); ok {
		message = before + " is not in the standard library" // where that is says nothing
	}
	return message, hint
}

// apart reports whether a folder below that of a module is in another module, as components with dependencies are.
func apart(module, folder string) bool {
	for dir := folder; dir != module && len(dir) > len(module); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return true
		}
	}
	return false
}

// shown is a path as messages show it: relative to where the go command runs.
func (l *loader) shown(dir string) string {
	if rel, err := filepath.Rel(l.tree.Root, dir); err == nil {
		return filepath.ToSlash(rel)
	}
	return dir
}

// folder guesses the folder of a package of one of the modules.
func (l *loader) folder(path string) string {
	for _, m := range slices.Backward(l.tree.Modules) {
		if belowPath(path, m.Path) {
			return filepath.Join(m.Dir, filepath.FromSlash(strings.TrimPrefix(path, m.Path)))
		}
	}
	return ""
}

// splitHint takes the command that the go command suggests out of its message.
func splitHint(msg string) (message, hint string) {
	first, rest, _ := strings.Cut(strings.TrimSpace(msg), "\n")
	first = strings.TrimSuffix(strings.TrimSpace(first), ":")
	first = strings.TrimSuffix(first, "; to add")
	if before, command, ok := strings.Cut(first, "; to add it"); ok {
		first = before
		rest = command + "\n" + rest
	}
	for l := range strings.SplitSeq(rest, "\n") {
		l = strings.TrimSpace(strings.TrimPrefix(l, ":"))
		if strings.HasPrefix(l, "go ") {
			hint = "run: " + l
		}
	}
	return first, hint
}

// parsePosition reads file:line:col, in which line and col may be missing.
func parsePosition(s string) token.Position {
	if s == "" || s == "-" {
		return token.Position{}
	}
	pos := token.Position{Filename: s}
	var numbers []int
	for len(numbers) < 2 {
		i := strings.LastIndexByte(pos.Filename, ':')
		if i < 0 {
			break
		}
		n, err := strconv.Atoi(pos.Filename[i+1:])
		if err != nil {
			break
		}
		numbers = append(numbers, n)
		pos.Filename = pos.Filename[:i]
	}
	switch len(numbers) {
	case 1:
		pos.Line = numbers[0]
	case 2:
		pos.Line, pos.Column = numbers[1], numbers[0]
	}
	return pos
}

// importSpec finds the import of a path in a file.
func importSpec(f *ast.File, path string) *ast.ImportSpec {
	for _, s := range f.Imports {
		if p, err := strconv.Unquote(s.Path.Value); err == nil && p == path {
			return s
		}
	}
	return nil
}
