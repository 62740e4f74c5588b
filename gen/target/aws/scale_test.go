package aws

import (
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// The vendor's own keys win over those of f.yml, as they do in the deployment file.
func TestMaxInstances(t *testing.T) {
	four, none := 4, 0
	for name, c := range map[string]struct {
		reserved       *int
		unit, provider string
		want           int
		bounded        bool
	}{
		"nothing":           {},
		"reserved":          {reserved: &four, want: 4, bounded: true},
		"closed":            {reserved: &none, bounded: true},
		"key of the vendor": {reserved: &four, unit: "ReservedConcurrentExecutions: 9", want: 9, bounded: true},
		"of the provider":   {provider: "ReservedConcurrentExecutions: 9", want: 9, bounded: true},
		"another key":       {reserved: &four, unit: "other: 1", want: 4, bounded: true},
		"no number":         {provider: "ReservedConcurrentExecutions: {Ref: Most}"},
	} {
		t.Run(name, func(t *testing.T) {
			extension := func(text string) spec.Extension {
				var n yaml.Node
				if err := yaml.Unmarshal([]byte(text), &n); err != nil || text == "" {
					return nil
				}
				return spec.Extension{Name: n.Content[0]}
			}
			app := &target.App{Spec: &spec.Spec{Provider: spec.Provider{Extension: extension(c.provider)}}}
			// How many requests an instance takes at once does not matter.
			u := &target.Unit{Extension: extension(c.unit), Settings: spec.Settings{Concurrency: 10, ReservedConcurrency: c.reserved}}
			if most, bounded := (cloud{}).MaxInstances(app, u); most != c.want || bounded != c.bounded {
				t.Errorf("got %d %t, want %d %t", most, bounded, c.want, c.bounded)
			}
		})
	}
}
