// Package injector is what emit hands to those who write injectors, the functions that build one provider's instance out
// of its dependencies. There are two: wirecmd runs the Wire command, native writes the same bytes itself. Nothing but
// this package knows that there is a choice.
package injector

import (
	"bytes"
	"context"
	"fmt"
	"go/types"
	"strings"
)

// Injectors writes the bodies of injectors.
type Injectors interface {
	// Emit returns the content of wire_gen.go for each package, by import path. A package without injectors has none.
	Emit(ctx context.Context, packages []*Package) (map[string][]byte, error)
}

// File is the name of what Injectors writes; Source is the file that the injectors are declared in.
const (
	File   = "wire_gen.go"
	Source = "wire.go"
)

// Package is one generated package with injectors.
type Package struct {
	// Types is the package. Its scope holds every identifier that the package declares, so that local variables can avoid
	// them; only the objects that appear in signatures need to be of the right kind.
	Types *types.Package
	// Source is the text of wire.go.
	Source []byte
	// Injectors are in the order of Source.
	Injectors []*Injector
}

// Injector is one declaration in Source.
type Injector struct {
	Name string
	// Doc is its comment, one line an entry, each beginning with two slashes.
	Doc    []string
	Params []*types.Var
	// Out is what it builds. Cleanup and Err say whether a func() and an error follow.
	Out          types.Type
	Cleanup, Err bool
	// Providers are the functions it may call, each needed; Bindings say which type stands for an interface.
	Providers []*Provider
	Bindings  []Binding
}

// Provider makes one type: a function, a struct of which fields are filled, or a field.
type Provider struct {
	// Name is the function's or the type's, Package where it is declared; nil is the package itself.
	Name    string
	Package *types.Package
	// Struct says that a struct is filled; Fields, parallel to Params, are the names of those that are. Out points to it.
	Struct bool
	Fields []string
	// Field is set for a field of what the only parameter points to.
	Field        string
	Params       []types.Type
	Out          types.Type
	Cleanup, Err bool
}

// Binding makes the provider of Concrete stand for Interface.
type Binding struct{ Interface, Concrete types.Type }

// Shape describes the types that the injectors name as far as it matters: which they are, and how their zero values are
// written.
func (p *Package) Shape() string {
	var b strings.Builder
	seen := map[string]bool{}
	add := func(t types.Type) {
		text := types.TypeString(t, nil)
		if seen[text] {
			return
		}
		seen[text] = true
		name := ""
		if e, ok := t.(*types.Pointer); ok {
			name = fmt.Sprintf(" *%T", e.Elem())
		}
		b.WriteString(text + " " + types.TypeString(types.Unalias(t), nil) + fmt.Sprintf(" %T%s %T", t, name, t.Underlying()))
		if u, ok := t.Underlying().(*types.Basic); ok {
			b.WriteString(" " + u.Name())
		}
		b.WriteByte('\n')
	}
	for _, in := range p.Injectors {
		add(in.Out)
		for _, f := range in.Providers {
			add(f.Out)
			fmt.Fprintln(&b, f.Name, f.Struct, f.Fields, f.Field)
			if f.Package != nil {
				b.WriteString(f.Package.Path() + " " + f.Package.Name() + "\n")
			}
			for _, t := range f.Params {
				add(t)
			}
		}
		for _, binding := range in.Bindings {
			add(binding.Interface)
			add(binding.Concrete)
		}
	}
	return b.String()
}

// Signature returns the Go signature of a function with those results.
func Signature(params []*types.Var, out types.Type, cleanup, err bool) *types.Signature {
	results := []*types.Var{types.NewVar(0, nil, "", out)}
	if cleanup {
		results = append(results, types.NewVar(0, nil, "", types.NewSignatureType(nil, nil, nil, nil, nil, false)))
	}
	if err {
		results = append(results, types.NewVar(0, nil, "", types.Universe.Lookup("error").Type()))
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), types.NewTuple(results...), false)
}

// Normalize takes out of Wire's output what would make "go generate" run Wire in every folder, and the old form of its
// build constraint.
func Normalize(content []byte) []byte {
	var out []byte
	head := true
	for line := range bytes.Lines(content) {
		if head && (bytes.HasPrefix(line, []byte("//go:generate ")) || bytes.HasPrefix(line, []byte("// +build "))) {
			continue
		}
		head = head && !bytes.HasPrefix(line, []byte("package "))
		out = append(out, line...)
	}
	return out
}
