package annotations

import "testing"

func TestPattern(t *testing.T) {
	tests := []struct {
		pattern string
		yes, no [][]string
	}{
		{"order-create", [][]string{{"order-create"}}, [][]string{{"order-creat"}, {"order-create-2"}, {"order", "create"}}},
		{"*", [][]string{{"order-create"}, {""}}, [][]string{{"book", "Store"}, {"book", "Store", "Find"}}},
		{"order-*", [][]string{{"order-"}, {"order-create"}}, [][]string{{"order"}, {"reorder-create"}}},
		{"*-create", [][]string{{"a-create-create"}}, [][]string{{"a-create-x"}, {"create"}}},
		{"a*b*c", [][]string{{"abc"}, {"axbbyc"}, {"abcbc"}}, [][]string{{"acb"}, {"ab"}, {"abcx"}}},
		{"a**c", [][]string{{"abc"}, {"ac"}}, [][]string{{"a"}}},
		{"aa*aa", [][]string{{"aaaa"}}, [][]string{{"aaa"}}},
		{"book.Store", [][]string{{"book", "Store"}, {"book", "Store", "Find"}}, [][]string{{"book-store"}, {"book", "Stores", "Find"}}},
		{"*.*Store.Fi*d", [][]string{{"x", "BookStore", "Find"}}, [][]string{{"x", "Store"}, {"x", "Store", "Fin"}}},
		{"book.Store.*", [][]string{{"book", "Store", "Find"}}, [][]string{{"book", "Store"}}},
	}
	for _, tt := range tests {
		p, ok := ParsePattern(tt.pattern)
		if !ok || p.Not {
			t.Errorf("%s: %v, %v", tt.pattern, p, ok)
		}
		for _, names := range tt.yes {
			if !p.Match(names...) {
				t.Errorf("%s does not match %q", tt.pattern, names)
			}
		}
		for _, names := range tt.no {
			if p.Match(names...) {
				t.Errorf("%s matches %q", tt.pattern, names)
			}
		}
	}
	if p, ok := ParsePattern("!order-*"); !ok || !p.Not || !p.Match("order-a") {
		t.Errorf("!order-*: %v, %v", p, ok)
	}
	for _, bad := range []string{"", "!", "a b", "!!a", "order_x", "größe", "a.b.c.d", "book.", ".Store", "a/b.Store", "book.St ore", "book.1x"} {
		if p, ok := ParsePattern(bad); ok {
			t.Errorf("%q is a pattern: %v", bad, p)
		}
	}
}

// FuzzPattern: what matches with a star does so with the star written out.
func FuzzPattern(f *testing.F) {
	f.Add("a", "b", "c", "abc")
	f.Fuzz(func(t *testing.T, a, b, c, name string) {
		p, ok := ParsePattern(a + "*" + b + "*" + c)
		if !ok {
			return
		}
		if len(p.Parts) == 1 && !p.Not && !p.Match(a+name+b+name+c) && len(a) > 0 && a[0] != '!' {
			t.Errorf("%q does not match itself with %q", p.Parts, name)
		}
		p.Match(name)
	})
}
