package load

import (
	"go/token"
	"strconv"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/spec"
	"gopkg.in/yaml.v3"
)

// readSpec decodes f.yml.
func readSpec(name string, content []byte) (*spec.Spec, annotations.Diagnostics) {
	var raw struct {
		Service string
		Scan    []string
	}
	if err := yaml.Unmarshal(content, &raw); err != nil {
		return &spec.Spec{Path: name}, annotations.Diagnostics{{Pos: token.Position{Filename: name}, Code: "yaml", Message: err.Error()}}
	}
	return &spec.Spec{Path: name, Service: raw.Service, Scan: raw.Scan}, nil
}

// scanPosition is the place of an entry of scan.
func scanPosition(s *spec.Spec, i int) token.Position {
	for _, key := range []string{"scan." + strconv.Itoa(i), "scan"} {
		if pos, ok := s.Positions[key]; ok {
			return pos
		}
	}
	return token.Position{Filename: s.Path}
}
