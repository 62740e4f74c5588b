package build

import "testing"

// TestRebase names files as the user does, who may be in a link to the module.
func TestRebase(t *testing.T) {
	in := func(relative string) Options {
		return Options{Dir: "/real/shop/app", Module: "/real/shop", Named: "/link", Relative: relative}
	}
	for _, c := range []struct{ output, relative, want string }{
		{"# a\nx/x.go:1:2: no", "/link/app", "# a\nx/x.go:1:2: no"},
		{"x/x.go:1:2: no", "/link", "app/x/x.go:1:2: no"},
		{"../lib/x.go:1:2: no", "/link", "lib/x.go:1:2: no"},
		{"/real/shop/lib/x.go:1:2: no", "/", "link/lib/x.go:1:2: no"},
		{"/other/x.go:1:2: no", "/link", "../other/x.go:1:2: no"},
		{"x/x.go:1:2: no", "", "x/x.go:1:2: no"},
		{"no file.go: no", "/link", "no file.go: no"},
	} {
		if got := rebase(c.output, in(c.relative)); got != c.want {
			t.Errorf("%q from %q: got %q, want %q", c.output, c.relative, got, c.want)
		}
	}
}
