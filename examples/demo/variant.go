package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// targets are the clouds in the words of the command.
const targets = "tencent,aliyun,aws"

// variant is one way to group the functions of the application.
type variant struct {
	name string
	// column is the heading in the table, below the cloud's. Variants of one column have to agree like everything else.
	column string
	// settings are added to f.yml; without any the application is built where it is.
	settings string
}

// mix puts some functions into groups and leaves others alone. The second one has requests and a timer, which Tencent Cloud
// cannot have in one unit.
const mix = `
aggregation:
  reading: {functions: [book-cover, book-get, book-list]}
  writing: {functionsPattern: ["book-*", "!book-cover", "!book-get", "!book-list"]}
`

func variants() []variant {
	return []variant{
		{name: "separate", column: "separate"},
		{name: "all in one group", column: "grouped", settings: "\naggregation:\n  all: {functionsPattern: [\"*\"]}\n"},
		{name: "some groups", column: "grouped", settings: mix},
		{name: "some groups, one package", column: "grouped", settings: "\npackage: {mode: shared}" + mix},
	}
}

// built builds a variant for all clouds, and returns the folder that has one for each. What has settings is built in a copy of the
// application below work, so that its own f.yml and packages stay as they are.
func (v variant) built(ctx context.Context, work string) (string, error) {
	dir, out := application, io.Writer(os.Stderr)
	if v.settings != "" {
		module := filepath.Join(work, "modules", v.name)
		if err := copyModule(ctx, module); err != nil {
			return "", err
		}
		dir, out = filepath.Join(module, application), io.Discard
		f, err := os.OpenFile(filepath.Join(dir, "f.yml"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return "", err
		}
		_, err = f.WriteString(v.settings)
		if wrong := f.Close(); err == nil {
			err = wrong
		}
		if err != nil {
			return "", err
		}
	}
	progress("building %s for %s, %s", application, targets, v.name)
	return filepath.Join(dir, "dist"), command(ctx, dir, out, "go", "tool", "faasgen", "build", "--target", targets)
}

// copyModule copies what the application needs of the module in the working directory.
func copyModule(ctx context.Context, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(name, filepath.Join(to, name)); err != nil {
			return err
		}
	}
	err := filepath.WalkDir(application, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == "dist":
			return filepath.SkipDir
		case e.IsDir():
			return os.MkdirAll(filepath.Join(to, path), 0o755)
		}
		return copyFile(path, filepath.Join(to, path))
	})
	if err != nil {
		return err
	}
	return absolute(ctx, to)
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}

// absolute makes the replacements of a copied go.mod lead where those of the module in the working directory do.
func absolute(ctx context.Context, module string) error {
	var out bytes.Buffer
	if err := command(ctx, ".", &out, "go", "mod", "edit", "-json"); err != nil {
		return err
	}
	var mod struct {
		Replace []struct {
			Old, New struct{ Path, Version string }
		}
	}
	if err := json.Unmarshal(out.Bytes(), &mod); err != nil {
		return fmt.Errorf("read go mod edit -json: %w", err)
	}
	edit := []string{"mod", "edit"}
	for _, r := range mod.Replace {
		if !strings.HasPrefix(r.New.Path, ".") {
			continue
		}
		path, err := filepath.Abs(filepath.FromSlash(r.New.Path))
		if err != nil {
			return err
		}
		old := r.Old.Path
		if r.Old.Version != "" {
			old += "@" + r.Old.Version
		}
		edit = append(edit, "-replace="+old+"="+path)
	}
	if len(edit) == 2 {
		return nil
	}
	return command(ctx, module, os.Stderr, "go", edit...)
}
