package emit

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/plan"
	"github.com/faasgen/faasgen/gen/internal/wiring"
	"github.com/faasgen/faasgen/gen/spec"
)

const stale = "this code was generated for another version of faasgen; run: go tool faasgen generate"

// unitFile writes unit.go: guards, New, the unit's fields, start, getters, adapters.
func (w *writer) unitFile(f *jen.File) {
	f.PackageComment(w.packageComment())
	w.guards(f)
	w.newFunction(f)
	w.unitType(f)
	if w.starts() {
		w.start(f)
	}
	w.stop(f)
	w.health(f)
	w.defaultsConstants(f)
	for _, n := range w.reach {
		if singleton(n) {
			w.getter(f, n)
		}
	}
	if w.overrides {
		w.slotGetters(f)
	}
	w.callType(f)
	for _, m := range w.unit.Members {
		w.adapter(f, m)
	}
}

func (w *writer) packageComment() string {
	if w.overrides {
		return "// Package app is the whole application in one unit, with Overrides for tests. Only tests and development use it."
	}
	return "// Package " + w.types.Name() + " is the unit " + w.unit.Name + "."
}

// guards are lines that stop stale code from compiling: with another framework, or after a handler was changed.
func (w *writer) guards(f *jen.File) {
	guards := []jen.Code{
		jen.Id("_").Add(q(symLatestVersion)).Op("=").Add(q(symVersion)).Types(jen.Index(jen.Lit(contract)).Struct()).Call(jen.Lit(stale)),
	}
	for _, m := range w.unit.Members {
		if fn := m.Model; fn.Kind != model.HTTPHandler {
			guards = append(guards, jen.Id("_").Add(guardType(fn)).Op("=").Add(callee(fn)))
		}
	}
	comment(f, "These lines do not compile after a change that this code does not know of.")
	f.Var().Defs(guards...)
	f.Line()
}

// guardType is the type of the handler as a function, receiver first.
func guardType(fn *model.Function) *jen.Statement {
	sig := fn.Object.Signature()
	if fn.Kind == model.Func {
		return typeCode(types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()))
	}
	params := []*types.Var{types.NewVar(0, nil, "", fn.Provider.Out)}
	for v := range sig.Params().Variables() {
		params = append(params, v)
	}
	return typeCode(types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic()))
}

// callee is the handler as a function: book.Ping, (*book.Controller).Create.
func callee(fn *model.Function) *jen.Statement {
	if fn.Kind == model.Func {
		return jen.Qual(fn.Object.Pkg().Path(), fn.Object.Name())
	}
	receiver := typeCode(fn.Provider.Out)
	if _, ok := types.Unalias(fn.Provider.Out).(*types.Pointer); ok {
		receiver = jen.Parens(receiver)
	}
	return receiver.Dot(fn.Object.Name())
}

// newFunction writes New.
func (w *writer) newFunction(f *jen.File) {
	comment(f, "New makes the unit. It runs no user code: that begins with Start.")
	body := w.makeUnit
	if w.overrides {
		body = func(...jen.Code) []jen.Code {
			return []jen.Code{jen.Return(jen.Id("NewWith").Call(jen.Id("rt"), jen.Id("Overrides").Values()))}
		}
	}
	f.Func().Id("New").Params(jen.Id("rt").Op("*").Add(q(symRuntime))).Op("*").Add(q(symApp)).Block(body()...)
	f.Line()
	if w.overrides {
		w.overridesType(f)
	}
}

func (w *writer) makeUnit(extra ...jen.Code) []jen.Code {
	fields := []jen.Code{jen.Id("rt").Op(":").Id("rt")}
	if w.uses.logger {
		fields = append(fields, jen.Id("log").Op(":").Id("rt").Dot("Log").Call())
	}
	body := []jen.Code{jen.Id("u").Op(":=").Op("&").Id("unit").Values(append(fields, extra...)...)}
	init := time.Duration(w.unit.Settings.InitTimeout)
	if w.hasContainer() && init > 0 {
		body = append(body, jen.Id("u").Dot("container").Dot("InitTimeout").Op("=").Add(durationCode(init)))
	}
	body = append(body, w.makeLayers()...)
	app := []jen.Code{jen.Id("Unit").Op(":").Lit(w.unit.Name)}
	if len(w.layers) > 0 {
		app = append(app, jen.Id("Layers").Op(":").Add(w.layerList()))
	}
	if init > 0 {
		app = append(app, jen.Id("InitTimeout").Op(":").Add(durationCode(init)))
	}
	if w.starts() {
		app = append(app, jen.Id("Start").Op(":").Id("u").Dot("start"))
	}
	if stop := w.stopCode(); stop != nil {
		app = append(app, jen.Id("Stop").Op(":").Add(stop))
	}
	if len(w.checking()) > 0 {
		app = append(app, jen.Id("Health").Op(":").Id("u").Dot("health"))
	}
	var functions []jen.Code
	for _, m := range w.unit.Members {
		functions = append(functions, w.function(m))
	}
	app = append(app, jen.Id("Functions").Op(":").Index().Op("*").Add(q(symFunction)).Add(lines(functions...)))
	return append(body, jen.Return(jen.Op("&").Add(q(symApp)).Add(lines(app...))))
}

// function is the literal of one framework.Function.
func (w *writer) function(m *plan.Member) jen.Code {
	fields := []jen.Code{
		jen.Id("Name").Op(":").Lit(m.Name),
		jen.Id("Handler").Op(":").Add(w.entry(m)),
	}
	if m.Timeout > 0 {
		fields = append(fields, jen.Id("Timeout").Op(":").Add(durationCode(m.Timeout)))
	}
	if m.Concurrency > 0 {
		fields = append(fields, jen.Id("Concurrency").Op(":").Lit(m.Concurrency))
	}
	var triggers []jen.Code
	for _, t := range slices.Concat(m.Model.Triggers, m.Model.Elsewhere) {
		triggers = append(triggers, triggerCode(t, m.CORS)...)
	}
	if len(triggers) > 0 {
		fields = append(fields, jen.Id("Triggers").Op(":").Index().Add(q(symTrigger)).Add(lines(triggers...)))
	}
	return lines(fields...)
}

// triggerCode is the literal of a trigger; an http trigger of several methods is several routes.
func triggerCode(t model.Trigger, cors *spec.CORS) []jen.Code {
	field := func(list *[]jen.Code, name, value string) {
		if value != "" {
			*list = append(*list, jen.Id(name).Op(":").Lit(value))
		}
	}
	if annotations.HTTPOf(t.Marker) != nil {
		var routes []jen.Code
		for _, r := range t.Routes {
			var fields []jen.Code
			field(&fields, "Method", r.Method)
			field(&fields, "Pattern", r.Pattern)
			field(&fields, "Host", r.Host)
			if r.Status != 0 {
				fields = append(fields, jen.Id("Status").Op(":").Lit(r.Status))
			}
			if cors != nil {
				fields = append(fields, jen.Id("CORS").Op(":").Add(corsCode(cors)))
			}
			routes = append(routes, q(symRoute).Values(fields...))
		}
		return routes
	}
	return batchTrigger(t)
}

// unitType writes the struct that the functions share.
func (w *writer) unitType(f *jen.File) {
	fields := []jen.Code{jen.Id("rt").Op("*").Add(q(symRuntime))}
	if w.uses.logger {
		fields = append(fields, jen.Id("log").Op("*").Qual(pathSlog, "Logger"))
	}
	if w.uses.config {
		fields = append(fields, jen.Id("config").Op("*").Add(q(symConfig)))
		fields = append(fields, w.viewFields()...)
	}
	if w.overrides {
		fields = append(fields, jen.Id("overrides").Id("Overrides"))
	}
	if w.hasContainer() {
		fields = append(fields, jen.Id("container").Add(q(symContainer)), jen.Line())
		for _, n := range w.reach {
			if singleton(n) {
				fields = append(fields, jen.Id(n.Ident).Add(q(symCell)).Types(typeCode(n.Provider.Out)))
			}
		}
	}
	fields = append(fields, w.layerFields()...)
	fields = append(fields, w.lifecycleFields()...)
	fields = append(fields, w.chainFields()...)
	comment(f, "unit is what the functions share: a cell for each singleton.")
	f.Type().Id("unit").Struct(fields...)
	f.Line()
}

func (w *writer) hasContainer() bool {
	for _, n := range w.reach {
		if singleton(n) {
			return true
		}
	}
	return false
}

// getter writes the function that everything gets a singleton from.
func (w *writer) getter(f *jen.File, n *wiring.Node) {
	t := title(n.Ident)
	cleanup, err := w.buildCleans(n), w.buildFails(n)
	build := jen.Id("build"+t).Call(jen.Id("u"), jen.Id("b"))
	var body []jen.Code
	switch {
	case cleanup && err:
		body = []jen.Code{jen.Return(build)}
	case cleanup:
		body = []jen.Code{jen.List(jen.Id("v"), jen.Id("cleanup")).Op(":=").Add(build), jen.Return(jen.Id("v"), jen.Id("cleanup"), jen.Nil())}
	case err:
		body = []jen.Code{jen.List(jen.Id("v"), jen.Err()).Op(":=").Add(build), jen.Return(jen.Id("v"), jen.Nil(), jen.Err())}
	default:
		body = []jen.Code{jen.Return(build, jen.Nil(), jen.Nil())}
	}
	chain := jen.Id("b").Op("*").Add(q(symBuild))
	cell := func() *jen.Statement { return jen.Id("u").Dot(n.Ident) }
	out := typeCode(n.Provider.Out)
	stmts := []jen.Code{
		jen.If(jen.List(jen.Id("v"), jen.Id("ok")).Op(":=").Add(cell()).Dot("Ready").Call(), jen.Id("ok")).Block(jen.Return(jen.Id("v"), jen.Nil())),
		jen.Return(cell().Dot("Get").Call(jen.Op("&").Id("u").Dot("container"), jen.Id("b"), jen.Lit(n.Provider.Name()),
			jen.Func().Params(chain).Params(out, jen.Func().Params(), jen.Error()).Block(body...))),
	}
	if s := w.ownSlot(n); w.overrides && s.injected {
		stmts = append([]jen.Code{w.override(jen.Id("u"), s, jen.Nil())}, stmts...)
	}
	comment(f, "get"+t+" returns the unit's "+describe(n.Provider.Out, w.types)+", which is built when it is first needed.")
	f.Func().Id("get"+t).Params(jen.Id("u").Op("*").Id("unit"), chain).Params(out, jen.Error()).Block(stmts...)
	f.Line()
}

// comment writes a comment, and the user's doc text below it.
func (w *writer) comment(f *jen.File, first, doc string) {
	comment(f, first)
	doc = strings.TrimSpace(doc)
	if doc == "" {
		return
	}
	f.Comment("//")
	for line := range strings.Lines(doc) {
		comment(f, strings.TrimRight(line, "\n"))
	}
}

func comment(f *jen.File, line string) { f.Comment(strings.TrimRight("// "+line, " \t")) }

// describe writes a type for a comment.
func describe(t types.Type, from *types.Package) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == from {
			return ""
		}
		return p.Name()
	})
}

// article is describe with the article before it.
func article(t types.Type, from *types.Package) string {
	s := describe(t, from)
	a := "a"
	if strings.ContainsRune("aeiouAEIOU", rune(strings.TrimLeft(s, "*[]")[0])) {
		a = "an"
	}
	return fmt.Sprintf("%s %s", a, s)
}
