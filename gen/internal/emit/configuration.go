package emit

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// Configurations that listen are built at the end of the cold start and hear that the unit is ready. Those that do not are
// built like everything else, when something needs them.

// listening are the configurations of the unit that are called, each before who imports it.
func (w *writer) listening() []*model.Configuration {
	var list []*model.Configuration
	for _, c := range w.linked {
		if c.Listens() {
			list = append(list, c)
		}
	}
	return list
}

// listens reports whether a node is a configuration that is called.
func (w *writer) listens(n *wiring.Node) bool {
	for _, c := range w.listening() {
		if c.Provider == n.Provider {
			return true
		}
	}
	return false
}

// idle reports whether a node is a configuration that a health check alone makes: what it needs is not needed for the start.
func (w *writer) idle(n *wiring.Node) bool {
	return slices.ContainsFunc(w.linked, func(c *model.Configuration) bool {
		return c.Provider == n.Provider && !c.Listens() && !w.ownSlot(n).injected
	})
}

// hears reports whether OnReady or OnStop of any is called.
func (w *writer) hears() bool {
	return slices.ContainsFunc(w.listening(), func(c *model.Configuration) bool { return c.Ready || c.Stop })
}

// lifecycleFields are the fields of the unit that remember who was ready.
func (w *writer) lifecycleFields() []jen.Code {
	if !w.hears() {
		return nil
	}
	return []jen.Code{jen.Line(), jen.Id("lifecycle").Add(q(symLifecycle))}
}

// ready builds the configurations and calls OnReady. One that is replaced is not called: who sets it also ends it.
func (w *writer) ready() []jen.Code {
	var body []jen.Code
	local := w.locals.inner()
	for _, c := range w.listening() {
		n := w.nodes[c.Provider]
		v := local.take(n.Ident)
		method := func(has bool, name string) jen.Code {
			if !has {
				return jen.Nil()
			}
			return jen.Id(v).Dot(name)
		}
		get := jen.Id("get"+title(n.Ident)).Call(jen.Id("u"), jen.Id("b"))
		stmts := []jen.Code{jen.If(jen.List(jen.Id("_"), jen.Err()).Op(":=").Add(get), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))}
		if c.Ready || c.Stop {
			stmts = []jen.Code{jen.List(jen.Id(v), jen.Err()).Op(":=").Add(get), ifErr(), returnErr(jen.Id("u").Dot("lifecycle").Dot("Ready").Call(
				jen.Id("b").Dot("Context").Call(), jen.Lit(c.Provider.Name()), method(c.Ready, "OnReady"), method(c.Stop, "OnStop")))}
		}
		if s := w.ownSlot(n); w.overrides && s.injected {
			stmts = []jen.Code{jen.If(jen.Id("u").Dot("overrides").Dot(title(s.override)).Op("==").Nil()).Block(stmts...)}
		}
		body = append(body, stmts...)
	}
	return body
}

// stopCode is the function that ends the unit, nil if there is nothing to end.
func (w *writer) stopCode() jen.Code {
	switch {
	case w.hears():
		return jen.Id("u").Dot("stop")
	case w.hasContainer():
		return jen.Id("u").Dot("container").Dot("Close")
	}
	return nil
}

// stop writes the method that ends a unit with configurations.
func (w *writer) stop(f *jen.File) {
	if !w.hears() {
		return
	}
	comment(f, "stop is the end: the configurations hear of it, the last first, then everything that was built is destroyed.")
	f.Func().Params(jen.Id("u").Op("*").Id("unit")).Id("stop").Params(jen.Id("ctx").Qual(pathContext, "Context")).Error().
		Block(jen.Return(jen.Id("u").Dot("lifecycle").Dot("Stop").Call(jen.Id("ctx"), jen.Op("&").Id("u").Dot("container"))))
	f.Line()
}

// nameDefaults finds a constant for the configuration that each component of the unit brings.
func (w *writer) nameDefaults() {
	w.constants = map[*model.Configuration]string{}
	for _, c := range w.linked {
		if c.Defaults != nil && w.uses.config {
			w.constants[c] = w.declared.take(camel(c.Namespace) + "Defaults")
		}
	}
}

// defaults are further arguments of the loader: what components bring, each before who imports it.
func (w *writer) defaults() []jen.Code {
	var list []jen.Code
	for _, c := range w.linked {
		if name := w.constants[c]; name != "" {
			list = append(list, q(symDefaults).Values(jen.Id("Name").Op(":").Lit(c.Path+"/config.default.yml"), jen.Id("Content").Op(":").Id(name)))
		}
	}
	return list
}

// defaultsConstants writes the files as they are.
func (w *writer) defaultsConstants(f *jen.File) {
	for _, c := range w.linked {
		name := w.constants[c]
		if name == "" {
			continue
		}
		text := string(c.Defaults)
		value := jen.Lit(text)
		if !strings.ContainsAny(text, "`\r\x00\ufeff") && utf8.ValidString(text) {
			value = jen.Op("`" + text + "`")
		}
		comment(f, name+" is the config.default.yml of component "+c.Namespace+".")
		f.Const().Id(name).Op("=").Add(value)
		f.Line()
	}
}

// checking are the configurations of the unit that are asked for its health.
func (w *writer) checking() []*model.Configuration {
	return slices.DeleteFunc(slices.Clone(w.linked), func(c *model.Configuration) bool { return !c.Health })
}

// health writes the method that asks them, all of them.
func (w *writer) health(f *jen.File) {
	if len(w.checking()) == 0 {
		return
	}
	body := []jen.Code{jen.Var().Id("errs").Index().Error()}
	for _, c := range w.checking() {
		n := w.nodes[c.Provider]
		check := jen.Add(q(symHealth)).Call(jen.Id("ctx"), jen.Lit(c.Provider.Name()), jen.Id("v").Dot("OnHealthCheck"))
		ask := jen.If(jen.List(jen.Id("v"), jen.Err()).Op(":=").Id("get"+title(n.Ident)).Call(jen.Id("u"), jen.Nil()), jen.Err().Op("!=").Nil()).
			Block(jen.Id("errs").Op("=").Append(jen.Id("errs"), jen.Err())).
			Else().Block(jen.Id("errs").Op("=").Append(jen.Id("errs"), check))
		if s := w.ownSlot(n); w.overrides && s.injected {
			ask = jen.If(jen.Id("u").Dot("overrides").Dot(title(s.ident)).Op("==").Nil()).Block(ask)
		}
		body = append(body, ask)
	}
	body = append(body, jen.Return(jen.Qual(pathErrors, "Join").Call(jen.Id("errs").Op("..."))))
	comment(f, "health asks the configurations whether the unit can do its work.")
	f.Func().Params(jen.Id("u").Op("*").Id("unit")).Id("health").Params(jen.Id("ctx").Qual(pathContext, "Context")).Error().Block(body...)
	f.Line()
}
