package load

import (
	"go/token"
	"strconv"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/kind"
	"github.com/faasgen/faasgen/gen/spec"
)

// readSpec decodes f.yml and checks all of it that does not depend on code.
func (t *Tree) readSpec(name string, content []byte) (*spec.Spec, annotations.Diagnostics) {
	s, diagnostics := spec.Parse(name, content, t.lookup)
	return s, append(diagnostics, s.CheckTriggers(kind.Wrong)...)
}

// scanPlace is where an entry of scan stands.
func scanPlace(s *spec.Spec, i int) spec.Place {
	return s.Places["scan."+strconv.Itoa(i)].Or(spec.Place{Pos: token.Position{Filename: s.Path}})
}
