package inspect

import (
	"errors"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
	"github.com/faasgen/faasgen/gen/target/bundle"
)

// Secrets reports the secrets that stand in the configuration files among those of a package, those of other environments
// too: who has the package has them, and the function refuses them anyway.
func (a *Application) Secrets(files []bundle.File) annotations.Diagnostics {
	envs := []string{""}
	for _, f := range files {
		env, ok := strings.CutPrefix(strings.TrimSuffix(f.Name, ".yml"), "config.")
		if ok && env != "default" && !strings.ContainsAny(env, "./") {
			envs = append(envs, env)
		}
	}
	var functions []*model.Function
	for _, u := range a.plan.Units {
		functions = append(functions, u.Functions...)
	}
	var ds annotations.Diagnostics
	for _, env := range envs {
		for _, m := range a.literals(env, functions) {
			ds = append(ds, m.Diagnostic)
		}
	}
	ds.Sort()
	return ds
}

// literals are the secrets that stand in the configuration files of an environment, also where a variable wins over them.
func (a *Application) literals(env string, functions []*model.Function) []*Mistake {
	read, err := config.LoadWith(a.Dir, env, nil, a.defaults(functions)...)
	if err != nil { // the mistakes say what is wrong with it
		return nil
	}
	var list []*Mistake
	for _, n := range a.reach(functions) {
		for _, d := range n.Provider.Deps {
			if d.Kind != model.FromConfig || !d.Secret {
				continue
			}
			for _, m := range append([]values.Member{{Key: d.Key, Type: d.Type}}, values.Members(d.Type, d.Key)...) {
				if err := read.Inspect(m.Key, values.Type(m.Type)); errors.Is(err, config.ErrSecretInFile) {
					text, pos := a.inFile(err.Error(), read.Files())
					known := func(o *Mistake) bool { return o.Pos == pos && o.Message == text }
					if !slices.ContainsFunc(list, known) {
						list = append(list, &Mistake{Key: d.Key, Diagnostic: annotations.Diagnostic{Pos: pos, Code: codeConfig, Message: text}})
					}
				}
			}
		}
	}
	return list
}
