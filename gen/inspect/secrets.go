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
	defaults := a.defaults(functions)
	var ds annotations.Diagnostics
	for _, env := range envs {
		read, err := config.LoadWith(a.Dir, env, nil, defaults...)
		if err != nil { // faasgen config and the start of the function say what is wrong with it
			continue
		}
		c := &configuring{read: read, files: read.Files()}
		for _, n := range a.graph.Reach(functions) {
			for _, d := range n.Provider.Deps {
				if d.Kind != model.FromConfig || !d.Secret {
					continue
				}
				for _, m := range append([]values.Member{{Key: d.Key, Type: d.Type}}, values.Members(d.Type, d.Key)...) {
					if err := read.Inspect(m.Key, values.Type(m.Type)); errors.Is(err, config.ErrSecretInFile) {
						text, pos := c.wrong(err)
						known := func(d annotations.Diagnostic) bool { return d.Pos == pos && d.Message == text }
						if !slices.ContainsFunc(ds, known) {
							ds = append(ds, annotations.Diagnostic{Pos: pos, Code: codeConfig, Message: text})
						}
					}
				}
			}
		}
	}
	return ds
}
