package schema_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/faasgen/faasgen/gen/inspect/schema"
)

// maker writes Go types at random.
type maker struct {
	*rand.Rand
	names int
}

func (m *maker) expression(depth int) string {
	if depth > 3 {
		return fmt.Sprintf("T%d", m.IntN(m.names))
	}
	switch m.IntN(14) {
	case 0:
		return "[]" + m.expression(depth+1)
	case 1:
		return fmt.Sprintf("[%d]%s", m.IntN(3), m.expression(depth+1))
	case 2:
		return "*" + m.expression(depth+1)
	case 3:
		return "map[" + []string{"string", "int", "float64", "bool", fmt.Sprintf("T%d", m.IntN(m.names))}[m.IntN(5)] + "]" + m.expression(depth+1)
	case 4:
		return "chan " + m.expression(depth+1)
	case 5:
		return "func(" + m.expression(depth+1) + ")"
	case 6:
		return []string{"interface{}", "interface{ M() }", "error", "any"}[m.IntN(4)]
	case 7, 8:
		return m.structure(depth + 1)
	case 9:
		return "G[" + m.expression(depth+1) + "]"
	case 10, 11:
		return fmt.Sprintf("T%d", m.IntN(m.names))
	}
	return []string{"int", "string", "bool", "byte", "float32", "complex64", "uintptr", "rune", "uint64"}[m.IntN(9)]
}

func (m *maker) structure(depth int) string {
	var b strings.Builder
	b.WriteString("struct {")
	for i := range m.IntN(5) {
		tag := []string{"", "`json:\"-\"`", "`json:\",omitempty\"`", "`json:\"same\"`", "`json:\"x,string,omitzero\"`", "`json:\"\\x00,\"`", "`validate:\"min=1,dive,max=x\"`", "`json`"}[m.IntN(8)]
		if m.IntN(5) == 0 {
			fmt.Fprintf(&b, "%s T%d %s; ", []string{"", "*"}[m.IntN(2)], m.IntN(m.names), tag)
			continue
		}
		fmt.Fprintf(&b, "%s%d %s %s; ", []string{"F", "f"}[m.IntN(2)], i, m.expression(depth+1), tag)
	}
	b.WriteString("}")
	return b.String()
}

// source is a package of random types, of which some have methods that write JSON.
func (m *maker) source() string {
	var b strings.Builder
	b.WriteString("package p\ntype G[T any] struct { V T; Next *G[T] }\n")
	for i := range m.names {
		fmt.Fprintf(&b, "type T%d %s\n", i, m.expression(0))
		switch m.IntN(12) {
		case 0:
			fmt.Fprintf(&b, "func (T%d) MarshalJSON() ([]byte, error) { return nil, nil }\n", i)
		case 1:
			fmt.Fprintf(&b, "func (*T%d) UnmarshalText([]byte) error { return nil }\n", i)
		case 2:
			fmt.Fprintf(&b, "const A%d, B%d T%d = 1, 2\n", i, i, i)
		}
	}
	return b.String()
}

// FuzzTypes: there is a valid schema for every type that Go has, and nothing panics.
func FuzzTypes(f *testing.F) {
	for seed := range uint64(60) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		m := &maker{rand.New(rand.NewPCG(seed, 1)), 8}
		source := m.source()
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "p.go", source, parser.ParseComments)
		if err != nil {
			t.Fatalf("%v\n%s", err, source)
		}
		// Mistakes leave types that are not valid, as a broken package does.
		conf := types.Config{Error: func(error) {}}
		pkg, _ := conf.Check("p", fset, []*ast.File{file}, nil)
		set := schema.NewSet("p", fset, map[string][]byte{"p.go": []byte(source)})
		for _, name := range pkg.Scope().Names() {
			if o, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok && name != "G" {
				compiled(t, set, o.Type(), false)
				set.Of(o.Type(), true, schema.Place{})
				set.Object(o.Type(), func(string) bool { return seed%2 == 0 }, true, schema.Place{})
			}
		}
		for i, d := range set.Definitions() {
			if i > 0 && set.Definitions()[i-1].Name == d.Name || d.Name == "" {
				t.Errorf("two definitions are called %q\n%s", d.Name, source)
			}
		}
	})
}
