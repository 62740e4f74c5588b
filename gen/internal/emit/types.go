package emit

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/gen/internal/model"
)

// nameable reports whether generated code can write t: every name in it is exported.
func nameable(t types.Type) bool {
	ok := true
	seen := map[types.Type]bool{}
	var walk func(types.Type)
	walk = func(t types.Type) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Named:
			ok = ok && (t.Obj().Pkg() == nil || ast.IsExported(t.Obj().Name()) && t.Obj().Parent() == t.Obj().Pkg().Scope())
			for a := range t.TypeArgs().Types() {
				walk(a)
			}
		case *types.Alias:
			if t.Obj().Pkg() != nil && !t.Obj().Exported() {
				walk(t.Rhs())
			}
			for a := range t.TypeArgs().Types() {
				walk(a)
			}
		case *types.Map:
			walk(t.Key())
			walk(t.Elem())
		case interface{ Elem() types.Type }:
			walk(t.Elem())
		case *types.Signature:
			for v := range t.Params().Variables() {
				walk(v.Type())
			}
			for v := range t.Results().Variables() {
				walk(v.Type())
			}
		}
	}
	walk(t)
	return ok
}

// zero is the zero value of t.
func (f *file) zero(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return "false"
		case u.Info()&types.IsNumeric != 0:
			return "0"
		case u.Info()&types.IsString != 0:
			return `""`
		}
	case *types.Struct, *types.Array:
		return f.typ(t) + "{}"
	}
	return "nil"
}

// literal writes a default as a constant of type t. Collect has checked that it is one. Numbers are written anew, because
// 010 is ten in a directive and eight in Go.
func (f *file) literal(t types.Type, text string) string {
	if isNamed(t, model.ConfigPath, model.SizeType) {
		if size, err := config.ParseSize(text); err == nil {
			return f.size(size)
		}
	}
	if isNamed(t, "time", "Duration") {
		if seconds, err := strconv.ParseFloat(text, 64); err == nil {
			return f.duration(time.Duration(seconds * float64(time.Second)))
		}
		if d, err := time.ParseDuration(text); err == nil {
			return f.duration(d)
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basicLiteral(u, text)
	case *types.Slice:
		var elements []string
		if text != "" {
			for e := range strings.SplitSeq(text, ",") {
				elements = append(elements, f.literal(u.Elem(), strings.TrimSpace(e)))
			}
		}
		return f.typ(t) + "{" + strings.Join(elements, ", ") + "}"
	}
	if text == "" {
		return f.zero(t) // a config.Secret or a config.DSN
	}
	return strconv.Quote(text)
}

func basicLiteral(b *types.Basic, text string) string {
	switch info := b.Info(); {
	case info&types.IsBoolean != 0:
		return text
	case info&types.IsUnsigned != 0:
		if v, err := strconv.ParseUint(text, 10, 64); err == nil {
			return strconv.FormatUint(v, 10)
		}
	case info&types.IsInteger != 0:
		if v, err := strconv.ParseInt(text, 10, 64); err == nil {
			return strconv.FormatInt(v, 10)
		}
	case info&types.IsFloat != 0:
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			return strconv.FormatFloat(v, 'g', -1, 64)
		}
	}
	return strconv.Quote(text)
}

// isNamed reports whether a type is a declared one.
func isNamed(t types.Type, path, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == path && n.Obj().Name() == name
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// size writes a size as a person would: 64 * config.KiB.
func (f *file) size(size config.Size) string {
	text := size.String()
	unit := strings.TrimLeft(text, "0123456789")
	n := text[:len(text)-len(unit)]
	if unit == "B" {
		return n
	}
	return f.s("%s * %s", n, symbol(pathConfig+"."+unit))
}

// duration writes a span of time as a person would: 10 * time.Second.
func (f *file) duration(d time.Duration) string {
	units := []struct {
		d    time.Duration
		name symbol
	}{{time.Hour, "time.Hour"}, {time.Minute, "time.Minute"}, {time.Second, "time.Second"}, {time.Millisecond, "time.Millisecond"}, {time.Microsecond, "time.Microsecond"}}
	for _, u := range units {
		switch {
		case d == 0:
			return "0"
		case d == u.d:
			return f.s("%s", u.name)
		case d%u.d == 0:
			return f.s("%d * %s", int64(d/u.d), u.name)
		}
	}
	return f.s("%s(%d)", symbol("time.Duration"), int64(d))
}

// describe writes a type for a comment.
func (w *writer) describe(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == w.path {
			return ""
		}
		return p.Name()
	})
}

// article is describe with the article before it.
func (w *writer) article(t types.Type) string {
	s := w.describe(t)
	if strings.ContainsRune("aeiouAEIOU", rune(strings.TrimLeft(s, "*[]")[0])) {
		return "an " + s
	}
	return "a " + s
}

// pointee is what a pointer points to.
func pointee(t types.Type) types.Type { return types.Unalias(t).(*types.Pointer).Elem() }
