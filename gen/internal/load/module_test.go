package load

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

func TestParseMod(t *testing.T) {
	got := parseMod([]byte(`// comment
module "example.com/m" // the module

go 1.26

require example.com/other v1.0.0

replace example.com/a => ./a
replace (
	example.com/b v1.0.0 => ../b // next door
	example.com/c => example.com/d v1.2.3
	example.com/e => /abs/e
)

ignore ./static
ignore (
	node_modules
)
tool example.com/tool
`))
	if got.module != "example.com/m" {
		t.Errorf("module %q", got.module)
	}
	if want := []string{"./a", "../b", "/abs/e"}; !slices.Equal(got.replace, want) {
		t.Errorf("replace %q, want %q", got.replace, want)
	}
	if want := []string{"./static", "node_modules"}; !slices.Equal(got.ignore, want) {
		t.Errorf("ignore %q, want %q", got.ignore, want)
	}
	work := parseMod([]byte("go 1.26\nuse ./one\nuse (\n\t./two\n\t`./three`\n)\n"))
	if want := []string{"./one", "./two", "./three"}; !slices.Equal(work.use, want) {
		t.Errorf("use %q, want %q", work.use, want)
	}
}

func TestMatchPattern(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"a/b", "a/b", true},
		{"a/b", "a/b/c", false},
		{"a/...", "a", true},
		{"a/...", "a/b/c", true},
		{"a/...", "ab", false},
		{"a/.../c", "a/b/c", true},
		{"a/.../c", "a/b/d/c", true},
		{"a/.../c", "a/b/d", false},
		{"a.../c", "abc/c", true},
		{"...", "anything", true},
	} {
		if got := matchPattern(c.pattern, c.path); got != c.want {
			t.Errorf("matchPattern(%q, %q) = %v", c.pattern, c.path, got)
		}
	}
}

func TestBlankBodies(t *testing.T) {
	source := "package a\n\nfunc A() {\n\tif {\n}\n\nfunc B(\n\tx int,\n) error {\n\treturn (\n}\n\ntype T struct {\n\tX int\n}\n\nfunc C() { broken\n"
	want := strings.NewReplacer("\tif {", "     ", "\treturn (", "         ").Replace(source)
	got := string(blankBodies([]byte(source)))
	if got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if len(got) != len(source) {
		t.Errorf("%d bytes became %d: positions would move", len(source), len(got))
	}
}

func TestParsePosition(t *testing.T) {
	for in, want := range map[string]string{
		"":             "-",
		"-":            "-",
		"a.go":         "a.go",
		"a.go:3":       "a.go:3",
		"/x/a.go:3:14": "/x/a.go:3:14",
		"c:/a.go:3:14": "c:/a.go:3:14",
	} {
		if got := parsePosition(in).String(); got != want {
			t.Errorf("parsePosition(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestSplitHint(t *testing.T) {
	for _, c := range []struct{ in, message, hint string }{
		{"no required module provides package x/y; to add it:\n\tgo get x/y", "no required module provides package x/y", "run: go get x/y"},
		{"missing go.sum entry for module providing package x; to add:\n\tgo get x", "missing go.sum entry for module providing package x", "run: go get x"},
		{"something else", "something else", ""},
	} {
		message, hint := splitHint(c.in)
		if message != c.message || hint != c.hint {
			t.Errorf("splitHint(%q) = %q, %q", c.in, message, hint)
		}
	}
}

// FuzzParseMod feeds texts that are no go.mod: the go command complains of them, so they must only not crash.
func FuzzParseMod(f *testing.F) {
	for _, s := range []string{"module x", "replace (\n a => ./b\n", "use \"", "replace a =>", "module `x", ")\n(\n", "ignore"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range parseMod([]byte(s)).replace {
			if !isLocal(r) {
				t.Errorf("%q is not local", r)
			}
		}
	})
}

// FuzzBlankBodies checks that blanking never moves a position.
func FuzzBlankBodies(f *testing.F) {
	f.Add("package a\nfunc A() {\n x\n}\n")
	f.Add("func a {\n}\n) {\n x")
	f.Fuzz(func(t *testing.T, s string) {
		out := blankBodies([]byte(s))
		if len(out) != len(s) {
			t.Fatalf("%d bytes became %d", len(s), len(out))
		}
		for i := range out {
			if out[i] != s[i] && out[i] != ' ' {
				t.Fatalf("byte %d became %q", i, out[i])
			}
			if s[i] == '\n' && out[i] != '\n' {
				t.Fatalf("the line end at %d is gone", i)
			}
		}
	})
}

// TestMode pins what the go command is called with: with types or syntax it would compile user code, or read it twice.
func TestMode(t *testing.T) {
	tree := &Tree{Root: t.TempDir(), opts: Options{Env: []string{"GOOS=plan9", "A=b"}, Tags: []string{"x", "y"}, Arch: "arm64"}}
	l := &loader{tree: tree, ctx: t.Context()}
	c := l.config(packages.NeedName)
	for _, want := range []string{"GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0"} {
		if !slices.Contains(c.Env, want) {
			t.Errorf("the environment lacks %s", want)
		}
	}
	if i, j := slices.Index(c.Env, "GOOS=plan9"), slices.Index(c.Env, "GOOS=linux"); i > j {
		t.Errorf("the target's system stands before the user's, which would win")
	}
	if !slices.Contains(c.BuildFlags, "-tags=x,y") || !slices.Contains(c.BuildFlags, "-trimpath") {
		t.Errorf("build flags %q", c.BuildFlags)
	}
}
