package load

import (
	"go/token"
	"strconv"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
)

// readSpec decodes f.yml.
func (t *Tree) readSpec(name string, content []byte) (*spec.Spec, annotations.Diagnostics) {
	return spec.Parse(name, content, t.lookup)
}

// scanPlace is where an entry of scan stands.
func scanPlace(s *spec.Spec, i int) spec.Place {
	return s.Places["scan."+strconv.Itoa(i)].Or(spec.Place{Pos: token.Position{Filename: s.Path}})
}
