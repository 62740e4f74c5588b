package schema

import (
	"cmp"
	"go/constant"
	"go/types"
	"slices"
	"strings"
)

// enum are the values of a type of the application that has constants, in the order of the source. Numbers are an enumeration only if
// they count from zero or one: others are units, or bits that are combined.
func (s *Set) enum(named *types.Named) (values []any, names []string) {
	pkg := named.Obj().Pkg()
	basic, ok := named.Underlying().(*types.Basic)
	if !ok || pkg == nil || !s.own(pkg) || basic.Info()&(types.IsString|types.IsInteger) == 0 {
		return nil, nil
	}
	var consts []*types.Const
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok && types.Identical(c.Type(), named) {
			consts = append(consts, c)
		}
	}
	slices.SortFunc(consts, func(a, b *types.Const) int { return cmp.Compare(a.Pos(), b.Pos()) })
	seen := map[any]bool{}
	var numbers []int64
	for _, c := range consts {
		var v any
		if basic.Info()&types.IsString != 0 {
			v = constant.StringVal(c.Val())
		} else {
			n, exact := constant.Int64Val(constant.ToInt(c.Val()))
			if !exact {
				return nil, nil
			}
			v, numbers = n, append(numbers, n)
		}
		if seen[v] { // another name of the same
			continue
		}
		seen[v] = true
		values, names = append(values, v), append(names, c.Name())
	}
	if len(values) < 2 || numbers != nil && !counts(numbers) {
		return nil, nil
	}
	return values, names
}

// counts reports whether numbers are those from zero, or three or more from one: 1 and 2 may be bits.
func counts(numbers []int64) bool {
	numbers = slices.Compact(slices.Sorted(slices.Values(numbers)))
	first := numbers[0]
	if first != 0 && (first != 1 || len(numbers) < 3) {
		return false
	}
	return numbers[len(numbers)-1]-first == int64(len(numbers)-1)
}

// own reports whether a package is of the application's module.
func (s *Set) own(pkg *types.Package) bool {
	return pkg.Path() == s.module || strings.HasPrefix(pkg.Path(), s.module+"/")
}
