package client_test

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/faasgen/faasgen/gen/inspect/client"
	"github.com/faasgen/faasgen/gen/inspect/operation/operationtest"
)

// FuzzGo: the client of every application compiles, is formatted, and is the same again.
func FuzzGo(f *testing.F) {
	for seed := range uint64(60) {
		f.Add(seed)
	}
	packages := importer.Default() // reads each of the standard library's once
	f.Fuzz(func(t *testing.T, seed uint64) {
		api, source, err := operationtest.API(seed)
		if err != nil {
			t.Fatalf("%v\n%s", err, source)
		}
		text, err := client.Go.Write(api, "client")
		if err != nil {
			t.Fatalf("%v\n%s", err, source)
		}
		if formatted, err := format.Source(text); err != nil || !bytes.Equal(formatted, text) {
			t.Errorf("the client is not gofmt-ed: %v\n%s", err, text)
		}
		compile(t, packages, text)
		again, _, _ := operationtest.API(seed)
		if second, err := client.Go.Write(again, "client"); err != nil || !bytes.Equal(second, text) {
			t.Errorf("another time the client is another, %v", err)
		}
	})
}

// compile checks the types of a file.
func compile(t *testing.T, packages types.Importer, text []byte) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "client.go", text, parser.ParseComments)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	conf := types.Config{Importer: packages}
	if _, err := conf.Check("client", fset, []*ast.File{file}, nil); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}
