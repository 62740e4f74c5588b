package cli

import (
	"cmp"
	"errors"
	"go/token"
	"os"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/config/dotenv"
	"github.com/faasgen/faasgen/framework/platform/local"
	"github.com/faasgen/faasgen/gen"
	"github.com/faasgen/faasgen/gen/inspect"
	"github.com/faasgen/faasgen/gen/target"
)

// machine is where an application runs here: the variables of this process, and those of .env below them.
type machine struct {
	file *dotenv.File
	// env is the environment of the configuration.
	env string
}

// codeVariables is the code of a mistake in .env.
const codeVariables = "dotenv"

// machineOf reads .env of an application's folder. A mistake in it is a diagnostic.
func machineOf(dir string) (*machine, annotations.Diagnostics, error) {
	file, err := dotenv.Load(dir)
	if e, ok := errors.AsType[*dotenv.Error](err); ok {
		pos := token.Position{Filename: e.File, Line: e.Line, Column: e.Column}
		return nil, annotations.Diagnostics{{Pos: pos, Code: codeVariables, Message: e.Message}}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	m := &machine{file: file}
	env, _ := m.lookup(framework.EnvironmentVariable)
	m.env = cmp.Or(env, local.Name)
	return m, nil, nil
}

// lookup finds a variable.
func (m *machine) lookup(name string) (string, bool) {
	if text, ok := os.LookupEnv(name); ok {
		return text, true
	}
	if config.Instead(name, os.LookupEnv) {
		return "", false
	}
	return m.file.Lookup(name)
}

// place is where a variable is written, nowhere for one of this process.
func (m *machine) place(name string) token.Position {
	if _, ok := os.LookupEnv(name); ok || m.file == nil {
		return token.Position{}
	}
	for _, v := range m.file.Variables {
		if v.Name == name {
			return token.Position{Filename: m.file.Path, Line: v.Line, Column: v.Column}
		}
	}
	return token.Position{}
}

// checking is what is to be looked at where something runs here.
func (m *machine) checking(only *string) inspect.Checking {
	return inspect.Checking{Only: only, Machine: m.lookup, MachineEnv: m.env, Place: m.place}
}

// variables are all of them, for a process.
func (m *machine) variables() []string {
	all := os.Environ()
	if m.file == nil {
		return all
	}
	for _, v := range m.file.Variables {
		if _, ok := os.LookupEnv(v.Name); !ok && !config.Instead(v.Name, os.LookupEnv) {
			all = append(all, v.Name+"="+v.Value)
		}
	}
	return all
}

// elsewhere finds the variables of .env that a simulated cloud has, too: those that are none of the framework's own.
func (m *machine) elsewhere(name string) (string, bool) {
	if strings.HasPrefix(name, "FAAS_") {
		return "", false
	}
	return m.file.Lookup(name)
}

// simulated are the variables of a simulated cloud: those of the deployment below those of .env.
func (m *machine) simulated(deployed map[string]string) map[string]string {
	all := map[string]string{}
	for name, value := range deployed {
		if !config.Instead(name, m.elsewhere) {
			all[name] = value
		}
	}
	if m.file == nil {
		return all
	}
	for _, v := range m.file.Variables {
		if value, ok := m.elsewhere(v.Name); ok {
			all[v.Name] = value
		}
	}
	return all
}

// machine reads .env of an application's folder, and prints what is wrong with it.
func (t *tool) machine(app *gen.App) (*machine, error) {
	m, ds, err := machineOf(app.Dir)
	if err == nil && m == nil {
		t.print(ds)
		err = &failure{code: exitFailed}
	}
	return m, err
}

// configured checks the configuration of a function that starts here, and prints what keeps it from that.
func (t *tool) configured(app *gen.App, function string) (*machine, error) {
	m, err := t.machine(app)
	if err != nil {
		return nil, err
	}
	ds, err := app.CheckConfig("", function, m.checking(&m.env))
	if err != nil {
		return nil, err
	}
	if ds.Failed() {
		t.print(ds)
		return nil, &failure{code: exitFailed}
	}
	return m, nil
}

// checkConfig checks the configuration of an application for targets, or for those that f.yml names. Only is the one environment to look
// at, nil is all.
func (t *tool) checkConfig(app *gen.App, chosen []target.Target, unit string, only *string) (annotations.Diagnostics, error) {
	m, ds, err := machineOf(app.Dir)
	if err != nil {
		return nil, err
	}
	c := inspect.Checking{Only: only}
	if m != nil && (only != nil && *only == m.env || only == nil && inspect.HasMachineFiles(app.Dir)) {
		c = m.checking(only)
	}
	found, err := t.forTargets(app, chosen, unit, c)
	return append(ds, found...), err
}

// forTargets checks the configuration for targets, or for those that f.yml names.
func (t *tool) forTargets(app *gen.App, chosen []target.Target, unit string, c inspect.Checking) (annotations.Diagnostics, error) {
	if chosen == nil {
		chosen = t.named(app)
	}
	of := names(chosen)
	if of == nil {
		of = []string{""}
	}
	var ds annotations.Diagnostics
	for _, name := range of {
		found, err := app.CheckConfig(name, unit, c)
		if err != nil {
			return nil, err
		}
		ds = append(ds, found...)
	}
	ds.Sort()
	return ds, nil
}
