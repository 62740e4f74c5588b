package native

import (
	"go/token"
	"go/types"
	"strconv"
	"unicode"

	"github.com/faasgen/faasgen/gen/internal/model"
)

// local invents a variable for a value of type t: after the type's name or, when that is taken, its package and name.
func local(t types.Type, taken func(string) bool) string {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	candidates := []string{"v"}
	switch t := t.(type) {
	case *types.Basic:
		candidates = []string{t.Name()}
	case *types.Named:
		name := t.Obj().Name()
		candidates = []string{model.LowerCamel(name)}
		if p := t.Obj().Pkg(); p != nil {
			candidates = append(candidates, model.LowerCamel(p.Name()+upper(name)))
		}
	}
	for _, c := range candidates {
		if !token.IsKeyword(c) && !taken(c) {
			return c
		}
	}
	return free(candidates[0], taken)
}

// free returns name, or name with the first number from 2 on that makes it free.
func free(name string, taken func(string) bool) string {
	ok := func(n string) bool { return !token.IsKeyword(n) && !taken(n) }
	if ok(name) {
		return name
	}
	if last := name[len(name)-1]; '0' <= last && last <= '9' {
		name += "_"
	}
	for i := 2; ; i++ {
		if n := name + strconv.Itoa(i); ok(n) {
			return n
		}
	}
}

func upper(name string) string {
	rs := []rune(name)
	rs[0] = unicode.ToTitle(rs[0])
	return string(rs)
}
