package gen_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/internal/apptest"
	"github.com/faasgen/faasgen/gen/internal/cut"
	"github.com/faasgen/faasgen/gen/internal/cut/cuttest"
	"github.com/faasgen/faasgen/gen/target/aws"
)

// written generates the application of one source file.
func written(t *testing.T, source string) *gen.App {
	t.Helper()
	dir := t.TempDir()
	apptest.WriteModule(t, dir, "example.com/test")
	apptest.Write(t, dir, map[string]string{"f.yml": "service: shop\n", "shop.go": source})
	r := generate(t, dir)
	commit(t, r)
	return r.Apps[0]
}

// TestLongListOfFunctions has more functions than one list of them holds. Each is there once, in the order of their names, and
// units have only the lists that they need.
func TestLongListOfFunctions(t *testing.T) {
	var b strings.Builder
	b.WriteString("// Package shop has many functions.\npackage shop\n\nimport \"context\"\n\n// Shop has them.\ntype Shop struct{}\n")
	var names []string
	for i := range 201 {
		names = append(names, fmt.Sprintf("do-%03d", i))
		fmt.Fprintf(&b, "\n// Do%03d does it.\n//\n//faas:handler do-%03d\nfunc (s *Shop) Do%03[1]d(ctx context.Context) error { return nil }\n", i, i)
	}
	a := written(t, b.String())
	files, components := applicationFiles(a)
	p, err := cut.Parse(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Functions(); !slices.Equal(got, names) {
		t.Errorf("the lists have %d functions, %v", len(got), got)
	}
	cuts := map[string][]cut.File{"app": files}
	for name, functions := range map[string][]string{"first": {"do-000"}, "border": {"do-099", "do-100"}, "last": {"do-200"}} {
		cuts[name] = cuttest.Cut(t, files, functions, components)
		lists := 0
		for _, f := range cuts[name] {
			lists += strings.Count(string(f.Content), ") []*framework.Function {")
		}
		if want := len(functions); lists != want {
			t.Errorf("%s: %d lists of functions are left, want %d", name, lists, want)
		}
	}
	compile(t, a.Dir, cuts)
}

// TestNothingToCleanUp: what lives for one call, and ends with it by itself, makes no call pay for a clean-up function.
func TestNothingToCleanUp(t *testing.T) {
	const source = `// Package shop has values of one call.
package shop

import "context"

// Store is shared.
//
//faas:provide
type Store struct{ N int }

// Tx belongs to one call.
type Tx struct{ store *Store }

// NewTx begins one.
//
//faas:provide scope=request
func NewTx(s *Store) %s

// Shop belongs to one call, too.
//
//faas:provide scope=request
type Shop struct {
	Tx *Tx //faas:inject
}

// Buy buys.
//
//faas:handler buy
func (s *Shop) Buy(ctx context.Context) error { return nil }
`
	for constructor, cleans := range map[string]bool{
		"*Tx { return &Tx{s} }":                                  false,
		"(*Tx, func(), error) { return &Tx{s}, func() {}, nil }": true,
	} {
		a := written(t, fmt.Sprintf(source, constructor))
		files, _ := applicationFiles(a)
		var code strings.Builder
		for _, f := range files {
			code.Write(f.Content)
		}
		if !strings.Contains(code.String(), "func takeShopTxForCall(") {
			t.Fatalf("%s: nothing looks for the replacement of a Tx:\n%s", constructor, &code)
		}
		if has := strings.Contains(code.String(), "func()"); has != cleans {
			t.Errorf("%s: clean-up functions in the code: %v, want %v\n%s", constructor, has, cleans, &code)
		}
		compile(t, a.Dir, map[string][]cut.File{"app": files})
	}
}

// TestPlansAreMadeOnce for each target.
func TestPlansAreMadeOnce(t *testing.T) {
	a := written(t, "package shop\n\nimport \"context\"\n\n//faas:handler do\nfunc Do(ctx context.Context) error { return nil }\n")
	first, _ := a.Target(aws.New().Name())
	if second, _ := a.Target(aws.New().Name()); first != second {
		t.Errorf("planned twice: %p and %p", first, second)
	}
	if local, _ := a.Target(""); local == first {
		t.Error("the plan of this machine is that of a target")
	}
}
