package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/faasgen/faasgen/annotations"
)

const withLayers = `service: shop
layers:
  otel: {use: go:example.com/otel, config: {endpoint: a, sampler: {ratio: 1, kind: x}}}
  limit: {use: go:example.com/limit}
provider: {layers: [otel, "tools:3", limit]}
functions:
  own: {layers: ["tools:4", limit]}
  none: {layers: []}
targets:
  aws:
    provider: {layers: [limit]}
    layers: {otel: {config: {sampler.ratio: 2}}}
stages:
  prod:
    functions: {none: {layers: [otel]}}
    layers: {otel: {config: {sampler: 3}}}
`

// TestLayersAreMerged looks at lists and configuration as targets and stages see them.
func TestLayersAreMerged(t *testing.T) {
	s, diags := Parse("f.yml", []byte(withLayers), nil)
	if len(diags) > 0 {
		t.Fatal(diags.Render(""))
	}
	type seen struct {
		Other, Own, None []string
		Config           map[string]string
	}
	got := map[string]seen{}
	for _, v := range s.LayerViews() {
		names := func(function string) (list []string) {
			for _, l := range v.NamedLayers(function) {
				if !l.Place.Valid() {
					t.Errorf("%s: layer %s of %s has no place", v, l.Name, function)
				}
				list = append(list, l.Name)
			}
			return list
		}
		config := map[string]string{}
		for _, value := range v.Layers["otel"].Config {
			config[value.Key] = value.Node.Value
		}
		got[v.String()] = seen{names("other"), names("own"), names("none"), config}
	}
	base := map[string]string{"endpoint": "a", "sampler.ratio": "1", "sampler.kind": "x"}
	aws := map[string]string{"endpoint": "a", "sampler.ratio": "2", "sampler.kind": "x"}
	prod := map[string]string{"endpoint": "a", "sampler": "3"}
	want := map[string]seen{
		"everywhere":                  {[]string{"otel", "limit"}, []string{"limit"}, nil, base},
		"on target aws":               {[]string{"limit"}, []string{"limit"}, nil, aws},
		"at stage prod":               {[]string{"otel", "limit"}, []string{"limit"}, []string{"otel"}, prod},
		"at stage prod on target aws": {[]string{"limit"}, []string{"limit"}, []string{"otel"}, prod},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestVendorLayers leaves the vendor's in a list, with their places.
func TestVendorLayers(t *testing.T) {
	s, _ := Parse("f.yml", []byte(withLayers), nil)
	for function, want := range map[string][]string{"other": {"tools:3"}, "own": {"tools:4"}, "none": nil} {
		settings := s.Resolve(function, annotations.Handler{}, Place{})
		settings.VendorLayers()
		if len(settings.Layers) != len(want) || len(want) > 0 && (settings.Layers[0] != want[0] || !settings.Places["layers.0"].Valid()) || len(want) > 0 && settings.Places["layers.1"].Valid() {
			t.Errorf("%s: got %q, places %v", function, settings.Layers, settings.Places)
		}
	}
	if _, set := s.Places["provider.layers.1"]; !set {
		t.Error("the places of the file were changed")
	}
}
