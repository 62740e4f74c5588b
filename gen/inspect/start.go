package inspect

import (
	"errors"
	"fmt"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/values"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/spec"
)

// Start is a place and an environment in which functions start.
type Start struct {
	// Env selects config.<Env>.yml; empty is config.default.yml alone.
	Env string
	// Machine finds variables of this machine, which win over those that f.yml sets; nil is none.
	Machine func(name string) (string, bool)
	// Place is where such a variable is written, nowhere for one of the process; it may be nil.
	Place func(name string) token.Position
	// Here says that they start on this machine, where all variables and files are known. Elsewhere a reference to a variable that
	// f.yml does not set, or to an absolute path, is taken to lead to a value, which the cloud gives.
	Here bool
	// Packaged reports whether a file of the application's folder goes along; nil is every file.
	Packaged func(name string) bool
}

// Mistake is something that stops functions at their cold start.
type Mistake struct {
	annotations.Diagnostic
	// Key is the one that has the mistake, empty for a file as a whole. Missing says that it has no value, or one that a reference
	// does not lead to; without a message it is required.
	Key     string
	Missing bool
	// Secret says that it is or holds a secret.
	Secret bool
	// Functions are those that it stops, by name.
	Functions []string
}

// Mistakes reads configuration as the functions of units do at their cold start, and says what would stop them. It shows no values.
// What a type makes of a text in its own UnmarshalText it does not know.
func (a *Application) Mistakes(units []Unit, s Start) []*Mistake {
	st := starting{app: a, Start: s, reading: a.reading(a.graph.App.Functions), worlds: map[string]*world{}}
	for _, u := range units {
		w := st.world(u)
		for _, f := range u.Functions {
			w.function(f, u)
		}
	}
	return st.found
}

// starting are the starts of several units.
type starting struct {
	Start
	app     *Application
	reading reading // of all functions
	worlds  map[string]*world
	found   []*Mistake
}

// world is what units with the same variables and components read.
type world struct {
	*starting
	config *config.Config // nil if it cannot be read
	broken []*Mistake     // of the files as a whole
	places map[string]token.Position
	// given are variables that have a value which is not known here.
	given map[string]bool
	views map[string]*config.Config
	done  map[taken][]*Mistake
}

// taken is what a provider, or its variant for a function, takes.
type taken struct {
	dep     *model.Dep
	variant string
}

// world is that of a unit.
func (st *starting) world(u Unit) *world {
	defaults := st.app.defaults(u.Functions)
	var key strings.Builder
	for _, name := range slices.Sorted(maps.Keys(u.Settings.Environment)) {
		if !spec.OwnVariable(name) && name != spec.StageVariable && name != spec.LazyVariable {
			fmt.Fprintf(&key, "%q=%q\n", name, u.Settings.Environment[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(u.Stored)) {
		fmt.Fprintf(&key, "%q %t\n", name, u.Stored[name])
	}
	for _, d := range defaults {
		fmt.Fprintf(&key, "%q\n", d.Name)
	}
	if w := st.worlds[key.String()]; w != nil {
		return w
	}
	w := &world{starting: st, places: map[string]token.Position{}, given: map[string]bool{}, views: map[string]*config.Config{}, done: map[taken][]*Mistake{}}
	st.worlds[key.String()] = w
	lookup := w.variables(u)
	hidden := w.give(lookup, u)
	from := config.LoadWith
	if st.Here {
		from = config.LoadHere
	}
	c, err := from(st.app.Dir, st.Env, func(name string) (string, bool) {
		if hidden[name] {
			return "", false
		}
		return lookup(name)
	}, defaults...)
	if err != nil {
		w.broken = w.app.unreadable(err, w.Env, w.reading)
		return w
	}
	w.config = c.Following(func(r config.Reference) (string, bool, error) { return w.follow(lookup, r) })
	return w
}

// variables are those that the functions of a unit see. On this machine no secret of f.yml refers to its store.
func (w *world) variables(u Unit) func(name string) (string, bool) {
	set := u.Settings.Environment
	for name := range set {
		w.places[name] = u.Settings.Places["environment."+name].Pos
	}
	return func(name string) (string, bool) {
		if w.Machine != nil {
			if text, ok := w.Machine(name); ok {
				return text, true
			}
			if config.Instead(name, w.Machine) {
				return "", false
			}
		}
		if _, secret := u.Stored[name]; secret && w.Here {
			return "", false
		}
		text, ok := set[name]
		return text, ok
	}
}

// give finds the keys whose values only the place of the start knows, and hides the references to them. Those of secrets in f.yml are
// among them: a store has them or, where there is none, who runs the server sets them.
func (w *world) give(lookup func(string) (string, bool), u Unit) (hidden map[string]bool) {
	hidden = map[string]bool{}
	for variable, key := range w.reading.keys {
		from := config.ReferenceVariable(key)
		text, referred := lookup(from)
		if _, set := lookup(variable); set || w.reading.value(from) != variable {
			continue
		}
		if stored, secret := u.Stored[from]; secret && !w.Here && !w.sets(from) && (stored || !referred) {
			hidden[from], w.given[variable] = true, true
			continue
		}
		if !referred {
			continue
		}
		if r, err := config.ParseReference(text); err == nil && !w.knows(lookup, r) {
			hidden[from], w.given[variable] = true, true
		}
	}
	return hidden
}

// sets reports whether this machine sets a variable.
func (w *world) sets(name string) bool {
	if w.Machine == nil {
		return false
	}
	_, ok := w.Machine(name)
	return ok
}

// knows reports whether it can be seen here what a reference leads to.
func (w *world) knows(lookup func(string) (string, bool), r config.Reference) bool {
	switch {
	case w.Here:
		return true
	case r.Scheme == "env":
		_, ok := lookup(r.Name)
		return ok
	}
	return !filepath.IsAbs(r.Name)
}

// follow is what the reference leads to where that cannot be seen here, and an error for a file that is left behind.
func (w *world) follow(lookup func(string) (string, bool), r config.Reference) (text string, ok bool, err error) {
	switch {
	case !w.knows(lookup, r):
		return "given", true, nil
	case r.Scheme == "file" && !w.Here && w.Packaged != nil && !w.Packaged(filepath.ToSlash(r.Name)):
		return "", true, &config.UnresolvedError{Reference: r, Err: errors.New("the package has no such file: package.include of f.yml includes it")}
	}
	return "", false, nil
}

// function reads what a function takes.
func (w *world) function(f *model.Function, u Unit) {
	for _, n := range w.app.reach([]*model.Function{f}) {
		for _, d := range n.Provider.Deps {
			whole := d.Kind == model.FromBuiltin && d.Builtin == model.ConfigValues
			if !whole && d.Kind != model.FromConfig {
				continue
			}
			mistakes := w.broken
			if w.config != nil && !whole {
				t := taken{d, n.Provider.Variant}
				known, ok := w.done[t]
				if !ok {
					known = w.read(t)
					w.done[t] = known
				}
				mistakes = known
			}
			for _, m := range mistakes {
				w.report(*m, f.Name)
			}
		}
	}
}

// report adds a mistake, or the function to one that is known.
func (st *starting) report(m Mistake, function string) {
	i := slices.IndexFunc(st.found, func(o *Mistake) bool {
		return o.Pos == m.Pos && o.Message == m.Message && o.Key == m.Key
	})
	if i < 0 {
		i = len(st.found)
		m.Functions = nil
		st.found = append(st.found, &m)
	}
	if at, known := slices.BinarySearch(st.found[i].Functions, function); !known {
		st.found[i].Functions = slices.Insert(st.found[i].Functions, at, function)
	}
}

// read does what generated code does, see package emit.
func (w *world) read(t taken) []*Mistake {
	d, c := t.dep, w.view(t.variant)
	var list []*Mistake
	missing := func(key string) {
		m := &Mistake{Key: key, Missing: true, Secret: d.Secret, Diagnostic: annotations.Diagnostic{Pos: d.Pos, Code: CodeMissing}}
		if place := w.app.layerOf(key); place.Valid() {
			m.Pos, m.Length, m.Line = place.Pos, place.Length, place.Line
		}
		list = append(list, m)
	}
	for _, m := range d.Values {
		if m.Required && c.RequireBelow(d.Key, m.Key) != nil && !w.gives(d.Key, m.Key) {
			missing(d.Key + "." + m.Key)
		}
	}
	def := ""
	if d.Default != nil && d.AsText {
		def = *d.Default
	}
	found, err := c.Examine(d.Key, values.Type(d.Type), def)
	switch {
	case err != nil:
		text, pos := w.place(err, d.Key, t.variant)
		if strings.HasPrefix(text, "default value: ") {
			pos = d.Pos
		}
		_, absent := errors.AsType[*config.UnresolvedError](err)
		code := codeConfig
		if absent {
			code = CodeMissing
		}
		list = append(list, &Mistake{Key: d.Key, Missing: absent, Diagnostic: annotations.Diagnostic{Pos: pos, Code: code, Message: text}})
	case !found && d.Default == nil && !d.Optional && !w.given[config.Variable(d.Key)] &&
		!slices.ContainsFunc(values.Members(d.Type, d.Key), func(m values.Member) bool { return w.given[config.Variable(m.Key)] }):
		missing(d.Key)
	}
	return list
}

// gives reports whether the value of a member, or of a struct that it is in, is one that is not known here.
func (w *world) gives(key, member string) bool {
	for at := key; ; {
		if w.given[config.Variable(at)] {
			return true
		}
		if member == "" {
			return false
		}
		var name string
		name, member, _ = strings.Cut(member, ".")
		at += "." + name
	}
}

// view is the configuration that a variant reads.
func (w *world) view(function string) *config.Config {
	i := slices.IndexFunc(w.app.graph.Views, func(v wiring.View) bool { return v.Function == function })
	if i < 0 {
		function = ""
	}
	c := w.views[function]
	if c != nil {
		return c
	}
	c = w.config
	if function != "" {
		if own, err := c.Overlay(load.SpecName, w.app.graph.Views[i].Values); err == nil { // else generating has said why
			c = own
		}
	}
	// What the files have for a key whose value comes from elsewhere is not read.
	unread := map[string]string{}
	for variable := range w.given {
		if key := w.reading.keys[variable]; c.Source(key).File != "" {
			unread[key] = "~"
		}
	}
	if without, err := c.Overlay(load.SpecName, unread); err == nil {
		c = without
	}
	w.views[function] = c
	return c
}

// place takes the place out of an error of the reader.
func (w *world) place(err error, key, variant string) (string, token.Position) {
	text := err.Error()
	if message, ok := strings.CutPrefix(text, load.SpecName+": "); ok {
		if f := w.app.graph.App.Spec.Functions[variant]; f != nil {
			for _, v := range f.Config {
				if v.Key == key || strings.HasPrefix(v.Key, key+".") || strings.HasPrefix(key, v.Key+".") {
					return message, v.At.Pos
				}
			}
		}
		return message, token.Position{}
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(text, "environment variable "), ":")
	if rest, both := strings.CutPrefix(text, "key "+key+": found environment variables "); both {
		_, name, _ = strings.Cut(rest, " and ")
		name, _, _ = strings.Cut(name, ",")
	}
	if w.Machine != nil {
		if _, set := w.Machine(name); set {
			if w.Place != nil {
				return text, w.Place(name)
			}
			return text, token.Position{}
		}
	}
	if pos, ok := w.places[name]; ok {
		return text, pos
	}
	return w.app.inFile(text, w.app.configFiles(w.Env))
}

// configFiles are those that there may be for an environment.
func (a *Application) configFiles(env string) []string {
	var list []string
	for _, name := range []string{"default", env} {
		list = append(list, filepath.Join(a.Dir, "config."+name+".yml"))
	}
	return append(list, filepath.Join(a.Dir, config.StandIn(env)))
}

// inFile takes file:line:column out of an error of the reader.
func inFile(text string, files []string) (string, token.Position) {
	for _, file := range files {
		rest, ok := strings.CutPrefix(text, file+":")
		if !ok {
			continue
		}
		place, message, _ := strings.Cut(rest, ": ")
		number, column, _ := strings.Cut(place, ":")
		if line, err := strconv.Atoi(number); err == nil {
			at, _ := strconv.Atoi(column)
			return message, token.Position{Filename: file, Line: line, Column: at}
		}
	}
	return text, token.Position{}
}

// unreadable are the mistakes of files as a whole, of which err is what the reader says.
func (a *Application) unreadable(err error, env string, r reading) []*Mistake {
	var list []*Mistake
	errs := []error{err}
	if joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		errs = joined.Unwrap()
	}
	for _, err := range errs {
		list = append(list, &Mistake{Diagnostic: broken(err, a.configFiles(env), r)})
	}
	return list
}
