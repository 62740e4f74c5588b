package collect

import (
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// ruleTag is the struct tag that a framework.Validator reads.
const ruleTag = "validate"

// rules finds the first validate tag of an input, in its fields or anywhere below, nil if there is none.
func (c *handlerDirective) rules(f *function, t types.Type) *model.Rules {
	r := &ruleFinder{c: c.collector, f: f}
	r.search(t, visited{})
	if r.found != nil {
		r.found.Closed = r.shut
	}
	return r.found
}

type ruleFinder struct {
	c     *collector
	f     *function
	found *model.Rules
	shut  []model.RulePlace
	// quiet says that mistakes are reported elsewhere.
	quiet bool
}

// search looks through a type and what it holds.
func (r *ruleFinder) search(t types.Type, seen visited) {
	if seen.again(t) {
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Map:
		r.search(u.Key(), seen)
		r.search(u.Elem(), seen)
	case interface{ Elem() types.Type }: // pointer, slice, array
		r.search(u.Elem(), seen)
	case *types.Struct:
		for i := range u.NumFields() {
			r.field(u.Field(i), u.Tag(i))
			if !r.quiet {
				r.closed(u.Field(i), u.Tag(i))
			}
			r.search(u.Field(i).Type(), seen)
		}
	}
}

func (r *ruleFinder) field(v *types.Var, tag string) {
	value, has := reflect.StructTag(tag).Lookup(ruleTag)
	pos := r.c.position(v.Pos())
	own := r.c.app.Sources[pos.Filename] != nil
	switch {
	case !has && own && malformedRule(tag) && !r.quiet:
		place, length := r.place(v, pos)
		for _, d := range r.c.diagnostics {
			if d.Pos == place {
				return // handlers may share an input
			}
		}
		e := r.c.errorAt(place, length, codeBinding, "the tag of field %s is malformed, so %s would be ignored", v.Name(), ruleTag)
		e.Hint = `write key:"value", one space between two`
		r.c.also(e, r.f.Pos, "input of handler "+r.f.Object.Name())
	case !has || value == "" || value == "-" || r.found != nil:
	case own:
		place, length := r.place(v, pos)
		r.found = &model.Rules{RulePlace: model.RulePlace{Field: v.Name(), Pos: place, Length: length}}
	default: // a type of another module: the handler is what can be pointed at
		r.found = &model.Rules{RulePlace: model.RulePlace{Field: v.Name(), Pos: r.f.Pos, Length: len(r.f.declared.name.Name)}}
	}
}

// closed remembers a field that holds several values with tags, and whose own tag does not say that they count.
func (r *ruleFinder) closed(v *types.Var, tag string) {
	t := v.Type()
	for pointee(t) != nil {
		t = pointee(t)
	}
	var elem types.Type
	switch u := t.Underlying().(type) {
	case *types.Slice:
		elem = u.Elem()
	case *types.Array:
		elem = u.Elem()
	case *types.Map:
		elem = u.Elem()
	}
	pos := r.c.position(v.Pos())
	value := reflect.StructTag(tag).Get(ruleTag)
	if elem == nil || value == "-" || slices.Contains(strings.Split(value, ","), "dive") || r.c.app.Sources[pos.Filename] == nil {
		return
	}
	inner := &ruleFinder{c: r.c, f: r.f, quiet: true}
	inner.search(elem, visited{})
	if inner.found == nil {
		return
	}
	place, length := r.place(v, pos)
	r.shut = append(r.shut, model.RulePlace{Field: v.Name(), Pos: place, Length: length})
}

// place is where the rules of a field are written, or the field.
func (r *ruleFinder) place(v *types.Var, pos token.Position) (token.Position, int) {
	line := r.c.app.Line(pos)
	if pos.Column > len(line) {
		return pos, len(v.Name())
	}
	at := strings.Index(line[pos.Column-1:], ruleTag+":")
	if at < 0 {
		return pos, len(v.Name())
	}
	pos.Column, pos.Offset = pos.Column+at, pos.Offset+at
	return pos, len(ruleTag)
}

// malformedRule reports whether a tag has rules that reflect does not see.
func malformedRule(tag string) bool {
	i := strings.Index(tag, ruleTag+":")
	return i == 0 || i > 0 && !unicode.IsLetter(rune(tag[i-1]))
}
