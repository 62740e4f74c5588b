package model_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// TestNames checks that each type that user code is recognised by is declared in the framework: a renamed one would make
// collect take it for a type of the user's own.
func TestNames(t *testing.T) {
	for _, c := range []struct {
		path  string
		names []string
	}{
		{model.FrameworkPath, []string{model.ContextType, model.RuntimeType, model.HandlerType, model.MiddlewareType, model.ClockType, model.ValidatorType, model.JoinPointType, model.LayerType, model.AppType}},
		{model.IOCPath, []string{model.LazyType}},
		{model.ConfigPath, []string{model.ConfigType, model.SecretType, model.DSNType, model.SizeType, model.LiveType}},
		{model.WebPath, []string{model.RequestType, model.ResponseType, model.ExchangeType, model.FileType, model.UploadType}},
		{model.TimerPath, []string{model.EventType}},
	} {
		declared := typesOf(t, filepath.Join("..", "..", "..", filepath.FromSlash(strings.TrimPrefix(c.path, "github.com/faasgen/faasgen/"))))
		for _, name := range c.names {
			if !declared[name] {
				t.Errorf("%s declares no type %s", c.path, name)
			}
		}
	}
}

// typesOf are the names of the types that the files of a folder declare.
func typesOf(t *testing.T, dir string) map[string]bool {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no Go files in %s: %v", dir, err)
	}
	declared := map[string]bool{}
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok && !strings.HasSuffix(name, "_test.go") {
				for _, spec := range gen.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok {
						declared[ts.Name.Name] = true
					}
				}
			}
		}
	}
	return declared
}
