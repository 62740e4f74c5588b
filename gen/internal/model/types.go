package model

import (
	"fmt"
	"go/types"
	"strings"
	"unicode"
)

// TypeString is a type as messages show it: with package names, not paths.
func TypeString(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string { return p.Name() })
}

// Lack says what t would need to implement an interface, "" if it does.
func Lack(t types.Type, iface *types.Interface) string {
	m, wrong := types.MissingMethod(t, iface, true)
	if m == nil {
		return ""
	}
	signature := func(f *types.Func) string {
		s := TypeString(f.Signature())
		return f.Name() + s[len("func"):]
	}
	if !wrong {
		if !m.Exported() {
			return fmt.Sprintf("it lacks %s, which only package %s can have", signature(m), m.Pkg().Name())
		}
		return "it lacks " + signature(m)
	}
	if obj, _, _ := types.LookupFieldOrMethod(t, true, m.Pkg(), m.Name()); obj != nil {
		if f, ok := obj.(*types.Func); ok {
			if types.Identical(f.Signature(), m.Signature()) {
				return fmt.Sprintf("its method %s has a pointer receiver", m.Name())
			}
			return fmt.Sprintf("its method is %s, expected %s", signature(f), signature(m))
		}
	}
	return "its method is not " + signature(m)
}

// TypeName is the declaration of a named type or of what a pointer points to, nil if there is none.
func TypeName(t types.Type) *types.TypeName {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj()
	}
	return nil
}

// LowerCamel makes the first letter of a name small, an initialism as a whole: MaxItems becomes maxItems, URL url,
// HTTPPort httpPort.
func LowerCamel(name string) string {
	rs := []rune(name)
	for i, r := range rs {
		if !unicode.IsUpper(r) || i > 0 && i+1 < len(rs) && unicode.IsLower(rs[i+1]) {
			break
		}
		rs[i] = unicode.ToLower(r)
	}
	return string(rs)
}

// Camel makes an identifier of texts: what no identifier may have separates words, the first of which begins in lower case and the
// others in upper case. It is fallback, or begins with it, where that is none: book-create becomes bookCreate.
func Camel(fallback string, texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if b.Len() == 0 {
				b.WriteString(LowerCamel(w))
			} else {
				b.WriteString(Title(w))
			}
		}
	}
	id := b.String()
	if id == "" || !unicode.IsLetter([]rune(id)[0]) {
		return fallback + id
	}
	return id
}

// Title makes the first letter of a name a capital.
func Title(name string) string {
	rs := []rune(name)
	if len(rs) > 0 {
		rs[0] = unicode.ToUpper(rs[0])
	}
	return string(rs)
}
