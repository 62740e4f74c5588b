package cli

import (
	"testing"

	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

func TestOnePackage(t *testing.T) {
	for _, c := range []struct {
		units int
		mode  string
		want  string
	}{
		{19, "", ""},
		{20, "", "note: shop has 20 units, and each was linked and packaged by itself; package: {mode: shared} in f.yml makes one package for all of them"},
		{21, spec.Shared, ""},
	} {
		app := &target.App{Spec: &spec.Spec{Service: "shop"}, Units: make([]*target.Unit, c.units)}
		app.Spec.Package.Mode = c.mode
		if got := onePackage(app); got != c.want {
			t.Errorf("%d units, mode %q: got %q, want %q", c.units, c.mode, got, c.want)
		}
	}
}
