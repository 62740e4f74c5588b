package schema_test

import (
	"go/types"
	"testing"

	"github.com/faasgen/faasgen/gen/inspect/operation/operationtest"
	"github.com/faasgen/faasgen/gen/inspect/schema"
)

// FuzzTypes: there is a valid schema for every type that Go has, and nothing panics.
func FuzzTypes(f *testing.F) {
	for seed := range uint64(60) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		pkg, set, source, err := operationtest.Types(seed)
		if err != nil {
			t.Fatalf("%v\n%s", err, source)
		}
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
