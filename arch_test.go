// Package faasgen_test holds the rules of the house: which package may import which, and how large a file may grow. It
// parses the files itself, so it needs no build and sees every operating system's files.
package faasgen_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/faasgen/faasgen"

// file is one parsed Go file of the root module.
type file struct {
	path    string // slash-separated, from the root
	dir     string
	test    bool
	imports []string
	lines   int
	syntax  *ast.File
}

// sources parses every Go file of the root module and of components and layers, some of which are modules of their own; so are
// examples and benchmarks, which are left out.
func sources(t *testing.T) []file {
	t.Helper()
	var files []file
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			name := d.Name()
			if p != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "dist") {
				return fs.SkipDir
			}
			if _, err := os.Stat(filepath.Join(p, "go.mod")); err == nil && p != "." && !below(filepath.ToSlash(p), "framework") {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(p) != ".go" {
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		syntax, err := parser.ParseFile(fset, p, src, parser.ParseComments)
		if err != nil {
			return err
		}
		f := file{path: filepath.ToSlash(p), dir: path.Dir(filepath.ToSlash(p)), test: strings.HasSuffix(p, "_test.go"),
			lines: strings.Count(string(src), "\n"), syntax: syntax}
		for _, spec := range syntax.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, imported)
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("found only %d files; run the test in the root of the repository", len(files))
	}
	return files
}

func below(dir, root string) bool { return dir == root || strings.HasPrefix(dir, root+"/") }

// ours returns the folder of an imported package of this module.
func ours(imported string) (dir string, ok bool) {
	return strings.CutPrefix(imported, module+"/")
}

func standard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

// listening are the only packages of framework that may import net/http. No unit links faastest.
func listening(dir string) bool {
	switch dir {
	case "framework/trigger/web/nethttp", "framework/platform/tencent/web", "framework/platform/aliyun/custom", "framework/platform/serve", "framework/faastest", "framework/faastest/contract":
		return true
	}
	return below(dir, "framework/platform/local") || below(dir, "framework/platform/sim") || below(dir, "framework/layer") ||
		below(dir, "framework/platform/platformtest")
}

// foreign are the modules a folder may use in addition to the standard library.
func foreign(f file) []string {
	switch {
	case below(f.dir, "framework/config"):
		return []string{"gopkg.in/yaml.v3"}
	case below(f.dir, "framework/component/validator"): // a module of its own
		return []string{"github.com/go-playground/validator/v10"}
	case below(f.dir, "framework/component/migrate"): // a module of its own
		return []string{"github.com/pressly/goose/v3", "modernc.org/sqlite"}
	case below(f.dir, "framework/layer/limit"):
		return []string{"golang.org/x/time/rate"}
	case below(f.dir, "framework/layer/prometheus"):
		return []string{"github.com/prometheus/client_golang/prometheus"}
	case below(f.dir, "framework/layer/otel"): // a module of its own
		return []string{"go.opentelemetry.io/otel", "go.opentelemetry.io/proto/otlp", "google.golang.org/protobuf"}
	case below(f.dir, "framework/faastest/contract"): // a module of its own
		return []string{"github.com/getkin/kin-openapi"}
	case below(f.dir, "framework"), below(f.dir, "annotations"), below(f.dir, "templates"):
		return nil
	case f.dir == ".":
		return nil
	}
	return []string{
		"golang.org/x/tools", "github.com/google/wire", "gopkg.in/yaml.v3", "github.com/spf13/cobra",
		"github.com/santhosh-tekuri/jsonschema/v6", "github.com/dlclark/regexp2", "github.com/rogpeppe/go-internal",
		"github.com/google/go-cmp", "github.com/google/subcommands", "github.com/pmezard/go-difflib",
		"golang.org/x/sync",                      // errgroup: units are built and emitted in parallel
		"github.com/spf13/pflag",                 // cobra's own flags, for their errors
		"golang.org/x/crypto/x509roots/fallback", // root certificates for images; a module of its own without dependencies
	}
}

// child returns the folder directly below root that dir is in.
func child(dir, root string) string {
	rest, ok := strings.CutPrefix(dir, root+"/")
	if !ok {
		return ""
	}
	first, _, _ := strings.Cut(rest, "/")
	return first
}

// language reports whether a package of framework is one of the languages that the generator has to read as the run time
// does: routes, cron expressions, and configuration with its sizes, references, variables and files. None of them starts
// anything or reaches outside.
func language(dir string) bool {
	return dir == "framework/trigger/web" || dir == "framework/trigger/timer" || dir == "framework/config"
}

func TestImportRules(t *testing.T) {
	for _, f := range sources(t) {
		for _, imported := range f.imports {
			if why := forbidden(f, imported); why != "" {
				t.Errorf("%s imports %s: %s", f.path, imported, why)
			}
		}
	}
}

func forbidden(f file, imported string) string {
	if standard(imported) {
		if below(f.dir, "framework") && !f.test && (imported == "net/http" || strings.HasPrefix(imported, "net/http/")) && !listening(f.dir) {
			return "only the bridge, the listening loops and the simulators may"
		}
		if imported == "testing" && !f.test && f.dir != "framework/platform/platformtest" && !below(f.dir, "framework/faastest") {
			return "only tests and the packages made for them may"
		}
		return ""
	}
	to, own := ours(imported)
	if !own {
		if !slices.ContainsFunc(foreign(f), func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") }) {
			return "not among the dependencies this folder may have"
		}
		return ""
	}
	if below(f.dir, "framework") && !below(to, "framework") {
		return "framework never imports the generator"
	}
	if below(f.dir, "annotations") && !below(to, "annotations") {
		return "annotations depends on the standard library only"
	}
	if below(to, "gen") && !below(f.dir, "gen") && !below(f.dir, "cmd/faasgen") && f.dir != "." {
		return "only cmd/faasgen imports gen"
	}
	if f.dir == "gen/kind" && (to == "framework" || below(to, "framework/trigger")) {
		return "" // whose values are printed as literals
	}
	if below(f.dir, "gen") && below(to, "framework") && !f.test && !language(to) {
		return "gen shares only the languages of routes, cron and configuration with framework; everything else it names as strings"
	}
	if f.dir == "framework/platform" && !f.test && child(to, "framework/trigger") != "" {
		return "what platforms share knows no kind of trigger"
	}
	if f.dir == "framework/component/migrate" && to == "framework/component/sqldb" {
		return "" // whose database it migrates
	}
	for _, root := range []string{"framework/platform", "framework/platform/sim", "framework/trigger", "framework/layer", "framework/component", "gen/target"} {
		from, target := child(f.dir, root), child(to, root)
		if from == "" || target == "" || from == target || shared(root, from) || shared(root, target) {
			continue
		}
		return fmt.Sprintf("the folders of %s do not import one another", root)
	}
	return ""
}

// shared are the folders below root that are not one of a kind but serve them all.
func shared(root, name string) bool {
	switch root {
	case "framework/platform":
		return name == "runtimeapi" || name == "inflate" || name == "serve" || name == "sim" || name == "platformtest"
	case "gen/target":
		return name == "archive" || name == "cron" || name == "targettest" || name == "document"
	}
	return false
}

// longestChain is how many imports the longest chain among the module's own packages may have, from a command to a package
// that imports none of them: what a reader follows to the ground, and what compiles one after the other.
const longestChain = 9

func TestImportChainIsShort(t *testing.T) {
	imports := map[string][]string{}
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		for _, imported := range f.imports {
			if to, own := ours(imported); own {
				imports[f.dir] = append(imports[f.dir], to)
			}
		}
	}
	longest := map[string][]string{}
	var chain func(dir string) []string
	chain = func(dir string) []string {
		if known, ok := longest[dir]; ok {
			return known
		}
		var below []string
		for _, to := range imports[dir] {
			if c := chain(to); len(c) > len(below) {
				below = c
			}
		}
		longest[dir] = append([]string{dir}, below...)
		return longest[dir]
	}
	var all []string
	for _, dir := range slices.Sorted(maps.Keys(imports)) {
		if c := chain(dir); len(c) > len(all) {
			all = c
		}
	}
	text := strings.Join(all, "\n\timports ")
	t.Logf("the longest chain has %d imports:\n\t%s", len(all)-1, text)
	if len(all)-1 > longestChain {
		t.Errorf("a chain has %d imports, of at most %d:\n\t%s", len(all)-1, longestChain, text)
	}
}

func TestFilesAreSmall(t *testing.T) {
	for _, f := range sources(t) {
		if f.lines > 500 {
			t.Errorf("%s has %d lines; a second concept wants its own file", f.path, f.lines)
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	documented, seen := map[string]bool{}, map[string]bool{}
	for _, f := range sources(t) {
		if f.test && f.dir != "." {
			continue
		}
		seen[f.dir] = true
		if f.syntax.Doc != nil && len(f.syntax.Doc.Text()) > 40 {
			documented[f.dir] = true
		}
	}
	for dir := range seen {
		if !documented[dir] {
			t.Errorf("package %s has no comment that says what it is for and where it ends", dir)
		}
	}
}

// TestPackageCommentsListWhatIsThere: the files and folders of an indented list in a package's comment exist.
func TestPackageCommentsListWhatIsThere(t *testing.T) {
	listed := regexp.MustCompile(`(?m)^\t([a-z0-9]+\.go|[a-z0-9]+)  +\S`)
	found := 0
	for _, f := range sources(t) {
		if path.Base(f.path) != "doc.go" || !strings.Contains(f.syntax.Doc.Text(), ".go  ") {
			continue
		}
		for _, m := range listed.FindAllStringSubmatch(f.syntax.Doc.Text(), -1) {
			if found++; !exists(path.Join(f.dir, m[1])) {
				t.Errorf("%s lists %s, which is not there", f.path, m[1])
			}
		}
	}
	if found < 20 {
		t.Errorf("found %d files in lists", found)
	}
}

func exists(name string) bool {
	_, err := os.Stat(filepath.FromSlash(name))
	return err == nil
}

func TestNoInitAndNoVagueNames(t *testing.T) {
	for _, f := range sources(t) {
		for _, part := range strings.Split(strings.TrimSuffix(f.path, ".go"), "/") {
			if part == "util" || part == "utils" || part == "common" || part == "helper" || part == "helpers" {
				t.Errorf("%s: the name %q says nothing", f.path, part)
			}
		}
		for _, d := range f.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					t.Errorf("%s: init functions hide what runs when", f.path)
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR && !f.test {
					checkVariables(t, f, d)
				}
			}
		}
	}
}

// checkVariables accepts package variables that nothing changes, by their form: compile-time guards, errors, embedded
// files and values of basic literals. Everything else could be changed and needs a function instead.
func checkVariables(t *testing.T, f file, d *ast.GenDecl) {
	embedded := d.Doc != nil && slices.ContainsFunc(d.Doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
	for _, s := range d.Specs {
		spec := s.(*ast.ValueSpec)
		for i, name := range spec.Names {
			switch {
			case name.Name == "_", embedded:
			case strings.HasPrefix(name.Name, "Err") || strings.HasPrefix(name.Name, "err"):
			case i < len(spec.Values) && constant(spec.Values[i]):
			default:
				t.Errorf("%s: package variable %s could be changed by anybody; make it a constant or a function", f.path, name.Name)
			}
		}
	}
}

// constant reports whether e is a call of a constructor of immutable values.
func constant(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && (x.Name == "sync" && s.Sel.Name == "OnceValue" || x.Name == "regexp" && s.Sel.Name == "MustCompile" || x.Name == "strings" && s.Sel.Name == "NewReplacer")
}

// A replace directive in go.mod breaks "go install" and "go get -tool" for every user.
func TestModuleHasNoReplace(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mod)) {
		if strings.HasPrefix(strings.TrimSpace(line), "replace") {
			t.Errorf("go.mod: %s", line)
		}
	}
}

// Every module is built, tested, tidied and linted.
func TestMakefileKnowsEveryModule(t *testing.T) {
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(makefile), "\nMODULES     := ")
	list, _, _ = strings.Cut(list, "\n")
	known := strings.Fields(list)
	err = filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && p != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "dist"):
			return fs.SkipDir
		case name == "go.mod" && !slices.Contains(known, path.Dir(filepath.ToSlash(p))):
			t.Errorf("MODULES in the Makefile lacks %s", path.Dir(p))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The rules themselves are tested: a rule that accepts everything would pass unnoticed.
func TestForbiddenFindsEachViolation(t *testing.T) {
	tests := []struct {
		path, imported string
		allowed        bool
	}{
		{"framework/engine.go", "net/http", false},
		{"framework/engine_test.go", "net/http", true},
		{"framework/trigger/web/nethttp/server.go", "net/http", true},
		{"framework/platform/aws/loop.go", "net/http", false},
		{"framework/platform/aws/loop.go", module + "/framework/platform/tencent", false},
		{"framework/platform/aws/loop.go", module + "/framework/platform/runtimeapi", true},
		{"framework/platform/tencent/web/loop.go", module + "/framework/platform/tencent", true},
		{"framework/trigger/web/router.go", module + "/framework/trigger/timer", false},
		{"framework/trigger/mq/mq.go", module + "/framework/trigger", true},
		{"framework/platform/batch.go", module + "/framework/trigger", true},
		{"framework/platform/batch.go", module + "/framework/trigger/mq", false},
		{"framework/platform/batch_test.go", module + "/framework/trigger/mq", true},
		{"framework/app.go", module + "/gen", false},
		{"framework/app.go", module + "/annotations", false},
		{"framework/ioc/cell.go", "github.com/google/go-cmp/cmp", false},
		{"framework/config/config.go", "gopkg.in/yaml.v3", true},
		{"framework/config/config.go", "github.com/spf13/cobra", false},
		{"framework/component/validator/validator.go", "github.com/go-playground/validator/v10", true},
		{"framework/component/migrate/migrate.go", "github.com/pressly/goose/v3/lock", true},
		{"framework/component/migrate/migrate.go", module + "/framework/component/sqldb", true},
		{"framework/component/sqldb/pool.go", module + "/framework/component/migrate", false},
		{"framework/component/sqldb/pool.go", "github.com/pressly/goose/v3", false},
		{"framework/component/sqldb/pool.go", module + "/framework/config", true},
		{"framework/component/sqldb/pool.go", module + "/framework/component/validator", false},
		{"framework/component/sqldb/pool.go", "net/http", false},
		{"framework/component/other/other.go", "github.com/go-playground/validator/v10", false},
		{"framework/faastest/contract/contract.go", "github.com/getkin/kin-openapi/openapi3", true},
		{"framework/faastest/app.go", "github.com/getkin/kin-openapi/openapi3", false},
		{"annotations/parse.go", module + "/framework", false},
		{"gen/generate.go", module + "/framework", false},
		{"gen/internal/collect/http.go", module + "/framework/trigger/web", true},
		{"gen/internal/collect/config.go", module + "/framework/config", true},
		{"gen/internal/collect/config.go", module + "/framework/ioc", false},
		{"gen/internal/collect/batch.go", module + "/framework/trigger/mq", false},
		{"gen/kind/mq.go", module + "/framework/trigger/mq", true},
		{"gen/kind/mq.go", module + "/framework/platform", false},
		{"gen/target/aws/check.go", module + "/gen/target/tencent", false},
		{"examples/x.go", module + "/gen", false},
		{"cmd/faasgen/cli/build.go", module + "/gen", true},
		{"framework/platform/sim/aws/sim.go", "testing", false},
		{"framework/platform/sim/aws/sim.go", module + "/framework/platform/sim/tencent", false},
	}
	for _, tt := range tests {
		f := file{path: tt.path, dir: path.Dir(tt.path), test: strings.HasSuffix(tt.path, "_test.go")}
		if why := forbidden(f, tt.imported); (why == "") != tt.allowed {
			t.Errorf("%s importing %s: %q", tt.path, tt.imported, why)
		}
	}
}
