package emit

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// containerFile writes container.go: the singletons, and what makes everything.
func (w *writer) containerFile() *file {
	f := w.file("container.go")
	w.containerType(f)
	w.loaders(f)
	w.writeNeeds(f)
	w.writeUses(f)
	w.getters(f)
	w.writeCall(f)
	w.writeReads(f)
	w.writeChecks(f)
	w.writeProviders(f)
	return f
}

func (w *writer) containerType(f *file) {
	cells := slices.ContainsFunc(w.reach, singleton)
	f.p("// container holds the singletons of the application. Each is built when it is first needed.")
	f.p("type container struct {")
	if cells || len(w.injectors) > 0 {
		f.p("%s", symContainer)
	}
	f.p("rt *%s", symRuntime)
	for _, function := range slices.Sorted(maps.Keys(w.views)) {
		if function == "" {
			f.p("config %s", symOnce)
		} else {
			f.p("config%s %s // of %s", model.Title(w.views[function][len("settings"):]), symOnce, function)
		}
	}
	for _, s := range w.slots {
		if s.field != "" && singleton(s.node) {
			f.p("%s cell[%s]", s.field, s.typ)
		}
	}
	if replaceable := w.replaceableFields(); len(replaceable) > 0 {
		f.p("")
		f.p("// of tests")
		for _, r := range replaceable {
			f.p("%s %s", r.field, r.typ(f))
		}
	}
	f.p("}")
	f.p("")
	if cells {
		f.p("type cell[T any] = %s[*container, T]", symCell)
		f.p("")
	}
	f.p("func newContainer(rt *%s) *container {", symRuntime)
	f.p("c := &container{rt: rt}")
	if cells || len(w.injectors) > 0 {
		f.p("c.InitTimeout = rt.InitLimit()")
	}
	f.p("return c")
	f.p("}")
	f.p("")
}

// nameViews finds a method for the configuration, and one for that of each function that has values of its own.
func (w *writer) nameViews() {
	w.views = map[string]string{}
	for _, n := range w.reach {
		if !slices.ContainsFunc(n.Edges, readsConfig) {
			continue
		}
		w.views[""] = "settings"
		if v := n.Provider.Variant; v != "" && w.view(n) != nil && w.views[v] == "" {
			w.views[v] = w.fields.take("settings" + model.Title(camel(v)))
		}
	}
}

// view is the view that a variant reads from, nil for the configuration itself.
func (w *writer) view(n *wiring.Node) *wiring.View {
	for i, v := range w.graph.Views {
		if v.Function == n.Provider.Variant {
			return &w.graph.Views[i]
		}
	}
	return nil
}

// settings is the method that loads what a node reads.
func (w *writer) settings(n *wiring.Node) string {
	if w.view(n) != nil {
		return "c." + w.views[n.Provider.Variant]
	}
	return "c.settings"
}

// nameDefaults finds a constant for the configuration that each component has.
func (w *writer) nameDefaults() {
	w.defaults = map[*model.Configuration]string{}
	for _, c := range w.linked {
		if c.Defaults != nil && len(w.views) > 0 {
			w.defaults[c] = w.declared.take(camel(c.Namespace) + "Defaults")
		}
	}
}

// loaders write the methods that read the configuration.
func (w *writer) loaders(f *file) {
	for _, function := range slices.Sorted(maps.Keys(w.views)) {
		name := w.views[function]
		if function == "" {
			f.comment(name+" reads the configuration, once.", "")
			f.p("func (c *container) %s() (*%s, error) {", name, symConfig)
			args := []string{"c.rt"}
			for _, c := range w.linked {
				if constant := w.defaults[c]; constant != "" {
					args = append(args, f.s("\n%s{Name: %q, Content: %s}", symDefaults, c.Path+"/config.default.yml", constant))
				}
			}
			f.p("return c.config.Load(%s)", strings.Join(args, ", "))
			f.p("}")
			f.p("")
			continue
		}
		f.comment(fmt.Sprintf("%s is the configuration with the values that f.yml gives to %s.", name, function), "")
		f.p("func (c *container) %s() (*%s, error) {", name, symConfig)
		f.p("return c.config%s.Overlay(c.settings, %q, map[string]string{", model.Title(name[len("settings"):]), "f.yml")
		i := slices.IndexFunc(w.graph.Views, func(v wiring.View) bool { return v.Function == function })
		values := w.graph.Views[i].Values
		for _, key := range slices.Sorted(maps.Keys(values)) {
			f.p("%q: %q,", key, values[key])
		}
		f.p("})")
		f.p("}")
		f.p("")
	}
	for _, c := range w.linked {
		name := w.defaults[c]
		if name == "" {
			continue
		}
		text := string(c.Defaults)
		value := strconv.Quote(text)
		if !strings.ContainsAny(text, "`\r\x00\ufeff") && utf8.ValidString(text) {
			value = "`" + text + "`"
		}
		f.comment(name+" is the config.default.yml of component "+c.Namespace+".", "")
		f.p("const %s = %s", name, value)
		f.p("")
	}
}

// getters write the functions that everything gets a singleton from.
func (w *writer) getters(f *file) {
	for _, s := range w.slots {
		if s.field == "" || !singleton(s.node) {
			continue
		}
		method, name := "Get", injectorName(s, inBuild)
		switch {
		case s.node.Decoration != nil || !s.primary:
			method = "Wrap"
		case w.cleaning[name]:
			method = "Open"
		}
		f.p("func %s(c *container, b *%s) (%s, error) { return c.%s.%s(c, b, %s) }", getterName(s), symBuild, s.typ, s.field, method, name)
		f.p("")
	}
}
