package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/cmd/faasgen/internal/gobuild"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/spec"
)

// environment is what a local process of the application gets: the variables of this machine, and those that f.yml sets which
// are not among them. Of a function it is what that function has; without one, what all have together, where the first
// function to set a variable wins. The stage that f.yml names is that of a deployment, so FAAS_ENV does not come from there: it is that of --stage.
// The settings of the functions are in a file of the user's cache, and of a function the process serves no others than those that
// it calls.
func (t *tool) environment(app *gen.App, m *machine, function string) ([]string, error) {
	content, err := app.Settings("")
	if err != nil {
		return nil, err
	}
	set := map[string]string{}
	plain, _ := app.Target("")
	served := plain.WithCalled(function)
	for _, u := range plain.Units {
		if function != "" && !slices.ContainsFunc(served, u.Has) {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(u.Settings.Environment)) {
			value := u.Settings.Environment[name]
			if !spec.Known(value) {
				continue // whose value only a deployment needs
			}
			if first, ok := set[name]; ok && first != value {
				fmt.Fprintf(t.err, "note: the functions of %s set %s to different values; here all of them see the first\n", app.Name, name)
				continue
			}
			set[name] = value
		}
	}
	settings, err := gobuild.File(app.Dir, spec.SettingsFile, content)
	if err != nil {
		return nil, err
	}
	env := append(m.variables(), spec.SettingsVariable+"="+settings)
	if t.stage != "" {
		env = append(env, framework.EnvironmentVariable+"="+t.stage)
	}
	if function != "" {
		env = append(env, spec.FunctionsVariable+"="+strings.Join(served, ","))
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if _, ok := m.lookup(name); !ok && !config.Instead(name, m.lookup) && name != framework.EnvironmentVariable {
			env = append(env, name+"="+set[name])
		}
	}
	return append(env, "PWD="+app.Dir), nil
}
