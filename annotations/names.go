package annotations

import (
	"go/token"
	"strconv"
	"strings"
)

// TypeName is an item of as=: a type as a directive names it.
type TypeName struct {
	// Path is the full import path, when it was given in quotes.
	Path string
	// Package is the name that the file imports it by, when one was given.
	Package string
	// Name is the type's own.
	Name string
}

// ParseTypeName splits Iface, pkg.Iface and "full/path".Iface. It reports false for anything else.
func ParseTypeName(s string) (TypeName, bool) {
	var t TypeName
	if quoted, err := strconv.QuotedPrefix(s); err == nil {
		t.Path, _ = strconv.Unquote(quoted) // QuotedPrefix has checked it
		rest, dot := strings.CutPrefix(s[len(quoted):], ".")
		t.Name = rest
		return t, dot && importPath(t.Path) && identifier(t.Name)
	}
	if pkg, name, ok := strings.Cut(s, "."); ok {
		t.Package, t.Name = pkg, name
		return t, identifier(pkg) && identifier(name)
	}
	t.Name = s
	return t, identifier(s)
}

func typeName(s string) bool {
	_, ok := ParseTypeName(s)
	return ok
}

func identifier(s string) bool { return token.IsIdentifier(s) && s != "_" }

// importPath refuses what no import path holds. Whether the package exists is for the loader to say.
func importPath(s string) bool {
	return s != "" && !strings.HasPrefix(s, "/") && !strings.HasSuffix(s, "/") && !strings.Contains(s, "//") &&
		!strings.ContainsAny(s, " \t\"'`\\:*?<>|;,!#$%&()[]{}^")
}
