package inspect

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/regular"
	"github.com/faasgen/faasgen/gen/spec"
)

// Config is what one application takes from configuration, and where each value comes from. It never has a value.
type Config struct {
	// Dir is the absolute folder of f.yml, Service its service.
	Dir, Service string
	// Env is the environment: config.<Env>.yml lies over config.default.yml. It is empty for no second file.
	Env string
	// Keys are sorted: the application's first, then those that only components take. The members of a struct are keys of their own, after that of the struct.
	Keys []*ConfigKey
	// Unread are the keys of the config files that nothing reads. There are none where a function takes the whole configuration.
	Unread []ConfigUnread

	references annotations.Diagnostics // what is wrong with those in f.yml
	mistakes   []*Mistake
}

// ConfigKey is one key in use.
type ConfigKey struct {
	// Key is dotted, Variable the environment variable that wins over the files.
	Key, Variable string
	// Type is the required type; types are joined by " and " where fields differ.
	Type string
	// Default is that of the first use with one, nil if there is none. Required says that some use has none.
	Default  *string
	Required bool
	// Member says that it is a member of a struct that is read as a whole. Such a one may be missing if it is not Required.
	Member bool
	// Component says that only components take it.
	Component bool
	// Source is where the value comes from.
	Source ConfigSource
	// Own are the functions that get it from elsewhere, by name.
	Own []ConfigOwn
	// Uses are the fields and parameters, by position. Functions are those that need one of them, by name.
	Uses      []ConfigUse
	Functions []string
	// Missing says that a function needs the key and has no value.
	Missing bool
	// Wrong says what is wrong with the value, empty if nothing is, and WrongAt where. It does not show it.
	Wrong   string
	WrongAt token.Position
}

// Internal reports a key of components alone that neither the application says something of nor has to. Secrets and addresses are none
// of that kind: they come with the deployment.
func (k *ConfigKey) Internal() bool {
	return k.Component && !k.Missing && k.Type != "config."+model.SecretType && k.Type != "config.DSN" && k.Wrong == "" && k.Own == nil &&
		(k.Source.Kind == FromComponent || k.Source.Kind == FromDefault || k.Source.Kind == FromNowhere || k.Source.Kind == FromMembers)
}

// ConfigSourceKind says what kind of place a value comes from.
type ConfigSourceKind string

// The places, in the order in which they win.
const (
	FromVariable    ConfigSourceKind = "variable"    // an environment variable of the process, or one with a reference
	FromEnvironment ConfigSourceKind = "environment" // environment in f.yml, which sets the variable where it is deployed
	FromFunction    ConfigSourceKind = "function"    // config of a function in f.yml
	FromFile        ConfigSourceKind = "file"        // a config file of the application
	FromLayers      ConfigSourceKind = "layers"      // config of a layer in f.yml
	FromComponent   ConfigSourceKind = "component"   // the config.default.yml of a component
	FromDefault     ConfigSourceKind = "default"     // default= of a directive
	FromMembers     ConfigSourceKind = "members"     // variables of a struct's members alone
	FromNowhere     ConfigSourceKind = "missing"
)

// ConfigSource is where a value comes from.
type ConfigSource struct {
	Kind ConfigSourceKind
	// Variable is set for FromVariable and FromEnvironment. It is the key's, or the one with a reference to its value.
	Variable string
	// Pos is where it is written, nowhere for a variable of the process.
	Pos token.Position
}

// ConfigOwn is where one function gets a value from.
type ConfigOwn struct {
	Function string
	Source   ConfigSource
}

// ConfigUse is a field or parameter that takes a key.
type ConfigUse struct {
	// Name is that of the provider, and of the field or parameter: order.Controller.MaxItems.
	Name string
	Pos  token.Position
}

// ConfigUnread is a key that nothing reads.
type ConfigUnread struct {
	Key string
	Pos token.Position
	// Near is a key in use that may be meant, empty if none comes near.
	Near string
}

// configuring is a Config in the making.
type configuring struct {
	*Config
	app      *Application
	lookup   func(string) (string, bool)
	read     *config.Config // of the files alone
	files    []string
	byKey    map[string]*ConfigKey
	settings map[string]spec.Settings
}

// Config says what the application takes from configuration. An empty environment is the stage that f.yml names. Unit leaves
// out what other units use; "app" is all of them, and without a unit of that name the result is nil. Machine finds the variables that
// win over those of f.yml; nil is those of the process.
func (a *Application) Config(env, unit string, machine func(name string) (string, bool)) (*Config, error) {
	c := &configuring{
		Config: &Config{Dir: a.Dir, Service: a.Service, Env: cmp.Or(env, a.plan.Spec.Provider.Stage)}, app: a,
		byKey: map[string]*ConfigKey{}, settings: map[string]spec.Settings{},
	}
	var functions []*model.Function
	for _, u := range a.plan.Units {
		for _, f := range u.Functions {
			c.settings[f.Name] = u.Settings
			if unit == "" || unit == u.Name || unit == a.plan.All || slices.Contains(a.plan.Groups[unit], f.Name) {
				functions = append(functions, f)
			}
		}
	}
	if len(functions) == 0 {
		return nil, nil
	}
	var err error
	if c.lookup = machine; c.lookup == nil {
		c.lookup = lookupIn(a.env)
	}
	units := slices.DeleteFunc(slices.Clone(a.plan.Units), func(u Unit) bool {
		return !slices.ContainsFunc(u.Functions, func(f *model.Function) bool { return slices.Contains(functions, f) })
	})
	c.mistakes = a.Mistakes(units, Start{Env: c.Env, Machine: c.lookup, Here: ofMachine(c.Env)})
	c.mistakes = append(c.mistakes, a.literals(c.Env, functions)...)
	from := config.LoadWith
	if ofMachine(c.Env) {
		from = config.LoadHere
	}
	if c.read, err = from(a.Dir, c.Env, lookupIn(nil), a.defaults(functions)...); err != nil {
		c.mistakes = append(c.mistakes, a.unreadable(err, c.Env, a.reading(functions))...)
		return c.Config, nil
	}
	c.files = c.read.Files()
	for _, f := range functions {
		for _, n := range a.reach([]*model.Function{f}) {
			c.node(f, n)
		}
	}
	c.finish(functions)
	c.references = a.References(units)
	if r := a.reading(functions); unit == "" && !r.whole {
		c.Unread = r.unread(c.read)
	}
	return c.Config, nil
}

// defaults are those of the components that functions use.
func (a *Application) defaults(functions []*model.Function) []config.Defaults {
	var defaults []config.Defaults
	for _, linked := range a.graph.Linked(functions) {
		if linked.Defaults != nil {
			defaults = append(defaults, config.Defaults{Name: linked.Path + "/" + load.DefaultsName, Content: string(linked.Defaults)})
		}
	}
	return a.withLayers(defaults)
}

func lookupIn(env []string) func(string) (string, bool) {
	set := map[string]string{}
	for _, pair := range env {
		if name, value, ok := strings.Cut(pair, "="); ok {
			set[name] = value
		}
	}
	return func(name string) (string, bool) { v, ok := set[name]; return v, ok }
}

// node adds what a node takes for a function.
func (c *configuring) node(f *model.Function, n *wiring.Node) {
	for _, d := range n.Provider.Deps {
		if d.Kind != model.FromConfig {
			continue
		}
		use := ConfigUse{Name: n.Provider.Name() + "." + d.Name, Pos: d.Pos}
		k := c.key(d.Key, model.TypeString(d.Type), use, f.Name)
		k.Required = k.Required || d.Default == nil && !d.Optional
		if k.Default == nil {
			k.Default = d.Default
		}
		own := n.Provider.Namespace == "" || strings.HasPrefix(n.Provider.Namespace, "layers.")
		k.Component = k.Component && !own
		for _, m := range values.Members(d.Type, d.Key) {
			first := c.byKey[m.Key] == nil
			k := c.key(m.Key, model.TypeString(m.Type), use, f.Name)
			k.Member = k.Member || first
			k.Component = k.Component && !own
			for _, entry := range d.Values {
				if d.Key+"."+entry.Key == m.Key {
					k.Required = k.Required || entry.Required
					k.Default = cmp.Or(k.Default, entry.Default)
				}
			}
		}
	}
}

func (c *configuring) key(key, typ string, use ConfigUse, function string) *ConfigKey {
	k := c.byKey[key]
	if k == nil {
		k = &ConfigKey{Key: key, Variable: config.Variable(key), Component: true}
		c.byKey[key] = k
		c.Keys = append(c.Keys, k)
	}
	if !slices.Contains(strings.Split(k.Type, " and "), typ) {
		k.Type = strings.TrimPrefix(k.Type+" and "+typ, " and ")
	}
	if !slices.Contains(k.Uses, use) {
		k.Uses = append(k.Uses, use)
	}
	if !slices.Contains(k.Functions, function) {
		k.Functions = append(k.Functions, function)
	}
	return k
}

// finish finds the sources.
func (c *configuring) finish(functions []*model.Function) {
	slices.SortFunc(c.Keys, func(a, b *ConfigKey) int {
		switch {
		case a.Component == b.Component:
			return cmp.Compare(a.Key, b.Key)
		case a.Component:
			return 1
		}
		return -1
	})
	for _, k := range c.Keys {
		slices.Sort(k.Functions)
		slices.SortFunc(k.Uses, func(a, b ConfigUse) int {
			return cmp.Or(cmp.Compare(a.Pos.Filename, b.Pos.Filename), cmp.Compare(a.Pos.Offset, b.Pos.Offset), cmp.Compare(a.Name, b.Name))
		})
		k.Source = c.source(k)
		if k.Source.Kind == FromVariable {
			continue // which wins for every function
		}
		for _, f := range functions {
			if slices.Contains(k.Functions, f.Name) {
				if own, ok := c.own(k, f.Name); ok && own != k.Source {
					k.Own = append(k.Own, ConfigOwn{f.Name, own})
				}
			}
		}
		slices.SortFunc(k.Own, func(a, b ConfigOwn) int { return cmp.Compare(a.Function, b.Function) })
	}
	for _, k := range c.Keys {
		if k.Source.Kind == FromNowhere && slices.ContainsFunc(c.Keys, func(m *ConfigKey) bool {
			return m.Member && m.Source.Kind != FromNowhere && strings.HasPrefix(m.Key, k.Key+".")
		}) {
			k.Source.Kind = FromMembers
		}
	}
	for _, m := range c.mistakes {
		k := c.byKey[m.Key]
		switch {
		case k == nil:
		case m.Missing && m.Message == "":
			k.Missing = true
		case k.Wrong == "":
			k.Wrong, k.WrongAt = m.Message, m.Pos
		}
	}
}

// source is where a key has its value from for all functions.
func (c *configuring) source(k *ConfigKey) ConfigSource {
	if name := c.variable(k); name != "" {
		return ConfigSource{Kind: FromVariable, Variable: name}
	}
	// The variable of a struct that the key is a member of stands for all of its members.
	for above := k.Key; k.Member; {
		i := strings.LastIndexByte(above, '.')
		if i < 0 {
			break
		}
		above = above[:i]
		if up := c.byKey[above]; up != nil {
			if name := c.variable(up); name != "" {
				return ConfigSource{Kind: FromVariable, Variable: name}
			}
		}
	}
	app := c.app.plan.Spec
	if name := c.environment(k, app.Provider.Environment); name != "" {
		return ConfigSource{FromEnvironment, name, app.Places["provider.environment."+name].Pos}
	}
	if secret := app.Secrets[k.Key]; secret != nil && !ofMachine(c.Env) {
		return ConfigSource{FromEnvironment, config.ReferenceVariable(k.Key), app.Places["secrets."+k.Key+".from"].Pos}
	}
	s := c.read.Source(k.Key)
	switch {
	case s.File != "":
		pos := token.Position{Filename: s.File, Line: s.Line, Column: s.Column}
		if slices.Contains(c.files, s.File) {
			return ConfigSource{Kind: FromFile, Pos: pos}
		}
		if s.File == layersFile {
			return ConfigSource{Kind: FromLayers, Pos: c.app.fromLayers(pos)}
		}
		return ConfigSource{Kind: FromComponent, Pos: pos}
	case k.Default != nil:
		return ConfigSource{Kind: FromDefault, Pos: k.Uses[0].Pos}
	}
	return ConfigSource{Kind: FromNowhere}
}

// own is where one function has a key from, if f.yml says something of its own.
func (c *configuring) own(k *ConfigKey, function string) (ConfigSource, bool) {
	name := c.environment(k, c.settings[function].Environment)
	if place, ok := c.settings[function].Places["environment."+name]; ok && c.settings[function].Environment[name] != "" {
		return ConfigSource{FromEnvironment, name, place.Pos}, true
	}
	if entry := c.app.plan.Spec.Functions[function]; entry != nil {
		for _, v := range entry.Config {
			if v.Key == k.Key || strings.HasPrefix(v.Key, k.Key+".") && c.leaf(k) {
				return ConfigSource{Kind: FromFunction, Pos: v.At.Pos}, true
			}
		}
	}
	return ConfigSource{}, false
}

// leaf reports whether no other key is below one.
func (c *configuring) leaf(k *ConfigKey) bool {
	return !slices.ContainsFunc(c.Keys, func(other *ConfigKey) bool { return strings.HasPrefix(other.Key, k.Key+".") })
}

// Diagnostics are what is wrong: an error for each key that is missing or has a wrong value, a note for each that nothing reads.
func (c *Config) Diagnostics() annotations.Diagnostics {
	ds := slices.Clone(c.references)
	for _, m := range c.mistakes {
		x := absence{Mistake: *m, envs: []string{c.Env}, refused: true}
		ds = append(ds, x.diagnostic(nil))
	}
	for _, u := range c.Unread {
		ds = append(ds, u.diagnostic())
	}
	for i := range ds {
		if ds[i].Line == "" {
			ds[i].Line = sourceLine(ds[i])
		}
	}
	ds.Sort()
	return ds
}

// diagnostic is the note of it.
func (u ConfigUnread) diagnostic() annotations.Diagnostic {
	d := annotations.Diagnostic{Pos: u.Pos, Code: codeConfig, Severity: annotations.SeverityNote, Message: "nothing reads the configuration key " + u.Key}
	if u.Near != "" {
		d.Hint = fmt.Sprintf("did you mean %q?", u.Near)
	}
	return d
}

// Codes of diagnostics.
const (
	codeConfig = "config"
	// CodeFile is that of a configuration file that cannot be read, so that nothing of it counts.
	CodeFile = "config-file"
	// CodeMissing is that of a value that is not there.
	CodeMissing = "config-missing"
)

// sourceLine is the line that requires a missing key. A line of a config file may have a secret.
func sourceLine(d annotations.Diagnostic) string {
	if filepath.Ext(d.Pos.Filename) != ".go" {
		return ""
	}
	content, err := regular.Read(d.Pos.Filename, 64<<20)
	lines := strings.Split(string(content), "\n")
	if err != nil || d.Pos.Line < 1 || d.Pos.Line > len(lines) {
		return ""
	}
	return strings.TrimSuffix(lines[d.Pos.Line-1], "\r")
}
