package emit

import (
	"go/types"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/model"
	"github.com/faasgen/faasgen/gen/internal/wiring"
)

// body is the body of one provider function in the making.
type body struct {
	*writer
	node  *wiring.Node
	at    when
	local *space
	stmts []jen.Code
}

func (b *body) add(c ...jen.Code) { b.stmts = append(b.stmts, c...) }

// value is the expression of a dependency that is no parameter; statements it needs are added.
func (b *body) value(e wiring.Edge) jen.Code {
	switch d := e.Dep; {
	case d.Lazy && e.To != nil:
		return b.lazy(e)
	case d.Kind == model.FromConfig:
		return b.config(e)
	case d.Kind == model.FromBuiltin:
		return b.builtin(d)
	}
	if b.node.Provider.Kind == model.Struct {
		return nil // optional and absent: the field is left alone
	}
	if e.Dep.Lazy {
		return q(symLazy).Types(typeCode(e.Dep.Type)).Values()
	}
	return zeroCode(e.Dep.Type)
}

func (b *body) builtin(d *model.Dep) jen.Code {
	switch d.Builtin {
	case model.Logger:
		if b.at == inRequest {
			return jen.Id("ctx").Dot("Logger").Call()
		}
		return jen.Id("u").Dot("log")
	case model.Runtime:
		return jen.Id("u").Dot("rt")
	case model.ConfigValues:
		return b.view(b.node)
	case model.Clock:
		return jen.Id("u").Dot("rt").Dot("Time").Call()
	case model.InitContext:
		if b.at == inBuild {
			return jen.Id("b").Dot("Context").Call()
		}
	}
	return jen.Id("ctx")
}

func (b *body) config(e wiring.Edge) jen.Code {
	d := e.Dep
	name := b.local.take(untitle(d.Name))
	call := q(symConfigGet).Types(typeCode(d.Type)).Call(b.view(b.node), jen.Lit(d.Key))
	if d.Default == nil && d.Optional && slices.ContainsFunc(d.Values, func(m model.ConfigMember) bool { return m.Default != nil }) {
		call = q(symConfigOr).Types(typeCode(d.Type)).Call(b.view(b.node), jen.Lit(d.Key), membersCode(d.Type, d.Values, 0))
	} else if d.Default == nil && d.Optional {
		call = q(symConfigOr).Types(typeCode(d.Type)).Call(b.view(b.node), jen.Lit(d.Key), zeroCode(d.Type))
	}
	if d.Default != nil && d.AsText {
		call = q(symConfigText).Types(typeCode(d.Type)).Call(b.view(b.node), jen.Lit(d.Key), jen.Lit(*d.Default))
	} else if d.Default != nil {
		call = q(symConfigOr).Types(typeCode(d.Type)).Call(b.view(b.node), jen.Lit(d.Key), literal(d.Type, *d.Default))
	}
	b.add(jen.List(jen.Id(name), jen.Err()).Op(":=").Add(call), b.failed(jen.Err()))
	return jen.Id(name)
}

// failed returns err, after cleaning up what was made so far.
func (b *body) failed(err jen.Code, undo ...jen.Code) jen.Code {
	list := []jen.Code{zeroCode(b.node.Provider.Out)}
	if cleans(b.node) {
		list = append(list, jen.Nil())
	}
	return jen.If(jen.Err().Op("!=").Nil()).Block(append(undo, jen.Return(append(list, err)...))...)
}

// lazy makes an ioc.Lazy. Until the owner is built its Get belongs to the owner's chain.
func (b *body) lazy(e wiring.Edge) jen.Code {
	name := b.local.take(variable(e.Dep))
	release := b.local.take("release" + title(name))
	chain := jen.Id("b")
	if b.at == inRequest {
		chain = jen.Nil()
	}
	get := jen.Func().Params(jen.Id("_").Qual(pathContext, "Context"), jen.Id("b").Op("*").Add(q(symBuild))).
		Params(typeCode(e.Dep.Type), jen.Error()).Block(b.get(e)...)
	b.add(jen.List(jen.Id(name), jen.Id(release)).Op(":=").Add(q(symNewLazy)).Call(chain, get), jen.Defer().Id(release).Call())
	return jen.Id(name)
}

// get is the body of a Lazy's getter.
func (b *body) get(e wiring.Edge) []jen.Code {
	if singleton(e.To) {
		return []jen.Code{jen.Return(jen.Id(b.getterName(b.slot(e))).Call(jen.Id("u"), jen.Id("b")))}
	}
	// A prototype has no cell, which would begin a chain of its own.
	stmts := []jen.Code{jen.If(jen.Id("b").Op("==").Nil()).Block(
		jen.Id("b").Op("=").Id("u").Dot("container").Dot("NewBuild").Call(jen.Qual(pathContext, "Background").Call()),
		jen.Defer().Id("b").Dot("Done").Call(),
	)}
	call := jen.Id(b.prototypeName(b.slot(e))).Call(jen.Id("u"), jen.Id("b"))
	if b.buildFails(e.To) {
		return append(stmts, jen.Return(call))
	}
	return append(stmts, jen.Return(call, jen.Nil()))
}

// make constructs the instance out of the values of its dependencies and returns it.
func (b *body) make(values []jen.Code) []jen.Code {
	p := b.node.Provider
	plain := !p.Init && !p.Destroy
	var made jen.Code
	named := false
	switch {
	case b.node.Decoration != nil:
		made = b.decoratorLiteral(b.node, values)
	case p.Kind == model.Struct:
		made = structLiteral(p, values)
		if stmts := promoted(p, values); len(stmts) > 0 {
			b.add(jen.Id("v").Op(":=").Add(made))
			b.add(stmts...)
			made, named = jen.Id("v"), true
		}
	case p.Kind == model.Group:
		made = typeCode(p.Out).Values(values...)
	default:
		fn := jen.Qual(p.Object.Pkg().Path(), p.Object.Name())
		if len(p.Args) > 0 {
			args := make([]jen.Code, len(p.Args))
			for i, a := range p.Args {
				args[i] = typeCode(a)
			}
			fn.Types(args...)
		}
		made = fn.Call(values...)
		if b.direct(plain) {
			b.add(jen.Return(made))
			return b.stmts
		}
	}
	if plain && !p.Err && !p.Cleanup {
		b.add(b.done(made, nil))
		return b.stmts
	}
	left := []jen.Code{jen.Id("v")}
	if p.Cleanup {
		left = append(left, jen.Id("cleanup"))
	}
	if p.Err {
		left = append(left, jen.Err())
	}
	if !named {
		b.add(jen.List(left...).Op(":=").Add(made))
	}
	if p.Err {
		b.add(b.failed(b.wrap(p.Name())))
	}
	var undo []jen.Code
	if p.Cleanup {
		if b.at == inBuild {
			b.add(jen.Id("cleanup").Op("=").Id("b").Dot("OnCleanup").Call(jen.Lit(p.Name()), jen.Id("cleanup")))
		} else {
			b.add(jen.If(jen.Id("cleanup").Op("==").Nil()).Block(jen.Id("cleanup").Op("=").Func().Params().Block()))
		}
		undo = append(undo, jen.Id("cleanup").Call())
	}
	if p.Init {
		b.add(jen.If(jen.Err().Op(":=").Id("v").Dot("Init").Call(b.context()), jen.Err().Op("!=").Nil()).Block(
			append(undo, jen.Return(b.zeros(b.wrap(p.Name()+".Init"))...))...))
	}
	b.add(b.done(jen.Id("v"), b.cleanup()))
	return b.stmts
}

// direct reports whether the constructor's results can be returned as they are.
func (b *body) direct(plain bool) bool {
	p := b.node.Provider
	return plain && !p.Err && !p.Cleanup && !fails(b.node)
}

func (b *body) zeros(err jen.Code) []jen.Code {
	list := []jen.Code{zeroCode(b.node.Provider.Out)}
	if cleans(b.node) {
		list = append(list, jen.Nil())
	}
	return append(list, err)
}

func (b *body) wrap(what string) jen.Code {
	return jen.Qual(pathFmt, "Errorf").Call(jen.Lit(what+": %w"), jen.Err())
}

func (b *body) context() jen.Code {
	if b.at == inRequest {
		return jen.Id("ctx")
	}
	return jen.Id("b").Dot("Context").Call()
}

// done returns what was made.
func (b *body) done(made, cleanup jen.Code) jen.Code {
	list := []jen.Code{made}
	if cleans(b.node) {
		list = append(list, cleanup)
	}
	if fails(b.node) {
		list = append(list, jen.Nil())
	}
	return jen.Return(list...)
}

// cleanup is the expression of the clean-up function: Destroy first, then what the constructor returned.
func (b *body) cleanup() jen.Code {
	p := b.node.Provider
	if !p.Destroy {
		return jen.Id("cleanup")
	}
	if b.at == inBuild {
		destroy := jen.Id("b").Dot("OnDestroy").Call(jen.Lit(p.Name()), jen.Id("v").Dot("Destroy"))
		if !p.Cleanup {
			return destroy
		}
		b.add(jen.Id("destroy").Op(":=").Add(destroy))
		return jen.Func().Params().Block(jen.Id("destroy").Call(), jen.Id("cleanup").Call())
	}
	// The answer is made by then, so that the log is all that can be told of the error.
	stmts := []jen.Code{jen.If(
		jen.Err().Op(":=").Id("v").Dot("Destroy").Call(jen.Qual(pathContext, "WithoutCancel").Call(jen.Id("ctx"))),
		jen.Err().Op("!=").Nil(),
	).Block(jen.Id("ctx").Dot("Logger").Call().Dot("Error").Call(jen.Lit("destroy "+p.Name()), jen.Lit("error"), jen.Err()))}
	if p.Cleanup {
		stmts = append(stmts, jen.Id("cleanup").Call())
	}
	return jen.Func().Params().Block(stmts...)
}

// promoted fills the fields of embedded structs, and makes those that are embedded as pointers first.
func promoted(p *model.Provider, values []jen.Code) []jen.Code {
	var stmts []jen.Code
	made := map[string]bool{}
	for i, d := range p.Deps {
		for j, e := range d.Embedded {
			if at := model.Selector(d.Embedded[:j], e.Name); e.Pointer && !made[at] {
				made[at] = true
				stmts = append(stmts, jen.Id("v").Dot(at).Op("=").New(typeCode(e.Type)))
			}
		}
		if d.Embedded != nil && values[i] != nil {
			stmts = append(stmts, jen.Id("v").Dot(d.Field()).Op("=").Add(values[i]))
		}
	}
	return stmts
}

// structLiteral is &T{...} with the fields of its own in source order.
func structLiteral(p *model.Provider, values []jen.Code) jen.Code {
	t := p.Out
	lit := jen.Null()
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem()
		lit = jen.Op("&")
	}
	var fields []jen.Code
	for i, d := range p.Deps {
		if values[i] != nil && d.Embedded == nil {
			fields = append(fields, jen.Id(d.Name).Op(":").Add(values[i]))
		}
	}
	if len(fields) == 0 {
		return lit.Add(typeCode(t)).Values()
	}
	return lit.Add(typeCode(t)).Add(lines(fields...))
}

// lines is a composite literal's body with one element a line.
func lines(elements ...jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, elements...)
}

// literal writes a default as a constant of type t. Collect has checked that it is one. Numbers are written anew, because
// 010 is ten in a directive and eight in Go.
func literal(t types.Type, text string) jen.Code {
	if isSize(t) {
		if size, err := config.ParseSize(text); err == nil {
			return sizeCode(size)
		}
	}
	if isDuration(t) {
		if seconds, err := strconv.ParseFloat(text, 64); err == nil {
			return durationCode(time.Duration(seconds * float64(time.Second)))
		}
		if d, err := time.ParseDuration(text); err == nil {
			return durationCode(d)
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basicLiteral(u, text)
	case *types.Slice:
		var elements []jen.Code
		if text != "" {
			for e := range strings.SplitSeq(text, ",") {
				elements = append(elements, literal(u.Elem(), strings.TrimSpace(e)))
			}
		}
		return typeCode(t).Values(elements...)
	}
	if text == "" {
		return zeroCode(t) // a config.Secret
	}
	return jen.Lit(text)
}

func basicLiteral(b *types.Basic, text string) jen.Code {
	switch info := b.Info(); {
	case info&types.IsBoolean != 0:
		return jen.Id(text)
	case info&types.IsUnsigned != 0:
		if v, err := strconv.ParseUint(text, 10, 64); err == nil {
			return jen.Op(strconv.FormatUint(v, 10))
		}
	case info&types.IsInteger != 0:
		if v, err := strconv.ParseInt(text, 10, 64); err == nil {
			return jen.Op(strconv.FormatInt(v, 10))
		}
	case info&types.IsFloat != 0:
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			return jen.Op(strconv.FormatFloat(v, 'g', -1, 64))
		}
	}
	return jen.Lit(text)
}

func isDuration(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pathTime && n.Obj().Name() == "Duration"
}

func isSize(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pathConfig && n.Obj().Name() == model.SizeType
}

// sizeCode writes a size as a person would: 64 * config.KiB.
func sizeCode(size config.Size) jen.Code {
	text := size.String()
	unit := strings.TrimLeft(text, "0123456789")
	n := jen.Op(text[:len(text)-len(unit)])
	if unit == "B" {
		return n
	}
	return n.Op("*").Qual(pathConfig, unit)
}

// durationCode writes a span of time as a person would: 10 * time.Second.
func durationCode(d time.Duration) jen.Code {
	units := []struct {
		d    time.Duration
		name string
	}{{time.Hour, "Hour"}, {time.Minute, "Minute"}, {time.Second, "Second"}, {time.Millisecond, "Millisecond"}, {time.Microsecond, "Microsecond"}}
	for _, u := range units {
		switch {
		case d == 0:
			return jen.Lit(0)
		case d == u.d:
			return jen.Qual(pathTime, u.name)
		case d%u.d == 0:
			return jen.Lit(int(d/u.d)).Op("*").Qual(pathTime, u.name)
		}
	}
	return jen.Qual(pathTime, "Duration").Call(jen.Lit(int(d)))
}
