package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/target"
)

// codeSecret is a secret of f.yml that nothing reads.
const codeSecret = "secret"

// keysOf are the configuration keys that functions read. Whole says that something takes the whole configuration, and so every key.
func keysOf(g *wiring.Graph, functions []*model.Function) (keys map[string]bool, whole bool) {
	keys = map[string]bool{}
	for _, n := range g.Reach(functions) {
		for _, d := range n.Provider.Deps {
			whole = whole || d.Kind == model.FromBuiltin && d.Builtin == model.ConfigValues
			if d.Kind != model.FromConfig {
				continue
			}
			keys[d.Key] = true
			for _, m := range values.Members(d.Value(), d.Key) {
				keys[m.Key] = true
			}
		}
	}
	return keys, whole
}

// secrets are those of f.yml that a function reads, sorted by key.
func secrets(g *wiring.Graph, s *spec.Spec, f *model.Function) (read []target.Secret) {
	if len(s.Secrets) == 0 {
		return nil
	}
	keys, whole := keysOf(g, []*model.Function{f})
	for _, key := range slices.Sorted(maps.Keys(s.Secrets)) {
		if whole || keys[key] {
			scheme, name, _ := strings.Cut(s.Secrets[key].From, ":")
			read = append(read, target.Secret{
				Key: key, Variable: config.ReferenceVariable(key), Scheme: scheme, Name: name, Place: s.Places["secrets."+key+".from"],
			})
		}
	}
	return read
}

// schemes are those of the references of a function's secrets on a target without a stage and at each stage.
func schemes(g *wiring.Graph, name string, f *model.Function) map[string]bool {
	s := g.App.Spec
	found := map[string]bool{}
	var keys map[string]bool
	var whole bool
	for _, key := range s.SecretKeys() {
		if keys == nil {
			keys, whole = keysOf(g, []*model.Function{f})
		}
		if whole || keys[key] {
			for _, from := range s.References(key, name) {
				scheme, _, _ := strings.Cut(from, ":")
				found[scheme] = true
			}
		}
	}
	return found
}

// refer puts the references of a function's secrets into its environment.
func refer(s *spec.Settings, secrets []target.Secret) {
	if len(secrets) == 0 {
		return
	}
	s.Environment, s.Places = maps.Clone(s.Environment), maps.Clone(s.Places)
	if s.Environment == nil {
		s.Environment = map[string]string{}
	}
	if s.Places == nil {
		s.Places = map[string]spec.Place{}
	}
	for _, secret := range secrets {
		s.Environment[secret.Variable] = secret.Reference()
		s.Places["environment."+secret.Variable] = secret.Place
	}
}

// wrongSecrets reports the secrets of keys that nothing reads, and variables of f.yml that are those of secrets: the secret would take
// their place without a word, at whatever level of f.yml either stands.
func wrongSecrets(g *wiring.Graph) annotations.Diagnostics {
	s := g.App.Spec
	var ds annotations.Diagnostics
	keys, whole := keysOf(g, g.App.Functions)
	variables := map[string]string{} // the keys, by the variables of their references
	for _, key := range s.SecretKeys() {
		variables[config.ReferenceVariable(key)] = key
	}
	check := func(prefix string, o *spec.Overlay) {
		for _, key := range slices.Sorted(maps.Keys(o.Secrets)) {
			if keys[key] || whole {
				continue
			}
			d := s.KeyPlace(prefix+"secrets."+key).Errorf(codeSecret, "no function reads the configuration key %s", key)
			d.Line = "" // which may have the secret itself in place of a reference
			if near := annotations.Suggest(key, slices.Sorted(maps.Keys(keys))); near != "" {
				d.Hint = "did you mean \"" + near + "\"?"
			}
			ds = append(ds, d)
		}
		set := func(environment map[string]string, at string) {
			for _, variable := range slices.Sorted(maps.Keys(environment)) {
				if key, ok := variables[variable]; ok {
					place := s.KeyPlace(prefix + at + ".environment." + variable).Or(s.KeyPlace(prefix + "environment." + variable))
					ds = append(ds, place.Errorf(codeSecret, "secrets.%s sets %s already", key, variable))
				}
			}
		}
		set(o.Provider.Environment, "provider")
		for _, name := range slices.Sorted(maps.Keys(o.Functions)) {
			if f := o.Functions[name]; f != nil {
				set(f.Environment, "functions."+name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(o.Aggregation)) {
			if group := o.Aggregation[name]; group != nil {
				set(group.Environment, "aggregation."+name)
			}
		}
	}
	check("", &spec.Overlay{Secrets: s.Secrets, Provider: s.Provider, Functions: s.Functions, Aggregation: s.Aggregation})
	for o := range s.Overlays() {
		check(o.Path, o.Overlay)
	}
	return ds
}
