package gen

import (
	"bytes"
	"context"
	"errors"
	"go/ast"
	"go/token"
	"path/filepath"
	"strings"

	"github.com/faasgen/faasgen/annotations"
	"github.com/faasgen/faasgen/gen/internal/load"
	"github.com/faasgen/faasgen/gen/spec"
	"github.com/faasgen/faasgen/gen/spec/edit"
)

// Formatted is a file that is not in the canonical form.
type Formatted struct {
	// Path is absolute.
	Path string
	// Before is what the file holds, After what it should.
	Before, After []byte
}

// codeFormat is the diagnostic of an f.yml that is right, and in a form that cannot be formatted.
const codeFormat = "spec-format"

// Format brings the f.yml files and the directives of the applications into the canonical form, and writes nothing. It returns the
// files that change, sorted by path. Diagnostics are about files that cannot be read, which change in nothing; those that are
// read and wrong are formatted all the same. Of the options it reads Dir and Env alone.
func Format(ctx context.Context, o Options) ([]Formatted, annotations.Diagnostics, error) {
	tree, err := load.Scan(load.Options{Dir: o.Dir, Env: o.Env})
	if err != nil {
		return nil, nil, err
	}
	ds := tree.Diagnostics
	var changed []Formatted
	for _, f := range tree.Editable() {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		format := formatGo
		if filepath.Base(f.Path) == load.SpecName {
			format = formatSpec
		}
		after, wrong := format(f.Path, f.Content)
		ds = append(ds, wrong...)
		if wrong == nil && !bytes.Equal(after, f.Content) {
			changed = append(changed, Formatted{f.Path, f.Content, after})
		}
	}
	ds.Sort()
	return changed, ds, nil
}

// formatGo formats the directives of a Go file, unless that is generated.
func formatGo(name string, content []byte) ([]byte, annotations.Diagnostics) {
	fset := token.NewFileSet()
	file, wrong := load.Syntax(fset, name, content)
	if wrong != nil {
		return nil, wrong
	}
	if ast.IsGenerated(file) {
		return content, nil
	}
	return annotations.Format(fset, file, content), nil
}

// formatSpec formats an f.yml.
func formatSpec(name string, content []byte) ([]byte, annotations.Diagnostics) {
	if wrong := spec.Syntax(name, content); wrong != nil {
		return nil, wrong
	}
	after, err := edit.Format(content)
	if err == nil {
		return after, nil
	}
	d := annotations.Diagnostic{Pos: token.Position{Filename: name}, Code: codeFormat, Message: err.Error(), Hint: "the file is left as it is"}
	if refusal, ok := errors.AsType[*edit.Refusal](err); ok {
		d.Message = refusal.Why
		if lines := strings.Split(string(content), "\n"); refusal.Line > 0 && refusal.Line <= len(lines) {
			d.Line = strings.TrimRight(lines[refusal.Line-1], "\r")
			d.Pos.Line, d.Pos.Column, d.Length = refusal.Line, 1+len(d.Line)-len(strings.TrimLeft(d.Line, " ")), 1
		}
	}
	return nil, annotations.Diagnostics{d}
}
