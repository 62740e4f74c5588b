package wiring

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
	"github.com/faasgen/faasgen/gen/spec"
)

// reportLayerConfigs reports what f.yml says of the configuration of layers, everywhere or for one target or stage, and what no layer takes.
func (s *solver) reportLayerConfigs() {
	check := func(name string, config spec.Values) {
		named := slices.ContainsFunc(s.app.Layers, func(l *model.Layer) bool { return l.Instance == name })
		for _, v := range config {
			if named {
				s.layerValue(name, v)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.app.Spec.Layers)) {
		check(name, s.app.Spec.Layers[name].Config)
	}
	for o := range s.app.Spec.Overlays() {
		for _, name := range slices.Sorted(maps.Keys(o.Layers)) {
			if s.app.Spec.Layers[name] != nil {
				check(name, o.Layers[name].Config)
			}
		}
	}
}

// layerValue reports what is wrong with one value, if anything is.
func (s *solver) layerValue(name string, v spec.Value) {
	above := "layers." + name + "."
	key := above + v.Key
	known, secret, found := map[string]bool{}, false, false
	report := func(err error) {
		d := v.At.Errorf(codeConfig, "%v", err)
		if secret {
			d.Line = "" // it may hold the secret
		}
		s.report(d)
	}
	text, err := values.Text(v.Node)
	if err != nil {
		report(err)
		return
	}
	for _, n := range s.nodes {
		for _, d := range n.Provider.Deps {
			if d.Kind != model.FromConfig || !strings.HasPrefix(d.Key+".", above) {
				continue
			}
			for _, k := range append([]values.Member{{Key: d.Key}}, values.Members(d.Type, d.Key)...) {
				if short, below := strings.CutPrefix(k.Key, above); below {
					known[short] = true
				}
			}
			if covers(key, d.Key) && key != d.Key {
				report(fmt.Errorf("%s is a map: found a value, expected keys below it such as %s", v.Key, d.Key[len(key)+1:]))
				return
			}
			if !covers(d.Key, key) {
				continue
			}
			secret = secret || d.Secret
			switch err := values.Check(d.Type, d.Key, key, text); {
			case errors.Is(err, values.ErrUnknown):
			case err != nil:
				report(err)
				return
			default:
				found = true
			}
		}
	}
	if found {
		return
	}
	d := v.Place.Errorf(codeConfig, "layer %s has no configuration key %s", name, v.Key)
	switch keys := slices.Sorted(maps.Keys(known)); {
	case len(keys) == 0:
		d.Hint = "it takes no configuration"
	default:
		if near := annotations.Suggest(v.Key, keys); near != "" {
			d.Hint = fmt.Sprintf("did you mean %q?", near)
		} else {
			d.Hint = "known: " + strings.Join(keys, ", ")
		}
	}
	s.report(d)
}
