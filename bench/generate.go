package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// benchGenerate times the faasgen command on modules of 10, 100 and 1,000 handlers: the first run without and with a
// cache, a run with nothing changed, one after a function body changed, one after a signature changed.
func benchGenerate(ctx context.Context, work string) (table, error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return nil, err
	}
	tool := filepath.Join(work, "faasgen")
	if err := goBuild(ctx, root, tool, "./cmd/faasgen"); err != nil {
		return nil, err
	}
	rows := table{{"handlers", "cold", "nothing changed", "body edited", "signature edited"}}
	for _, size := range []struct{ packages, handlers int }{{1, 10}, {5, 20}, {50, 20}} {
		dir := filepath.Join(work, fmt.Sprintf("module%d", size.packages*size.handlers))
		if err := makeModule(dir, root, size.packages, size.handlers); err != nil {
			return nil, err
		}
		generate := func() (time.Duration, error) {
			cmd := exec.CommandContext(ctx, tool, "generate")
			cmd.Dir = dir
			started := time.Now()
			out, err := cmd.CombinedOutput()
			if err != nil {
				return 0, fmt.Errorf("generate %s: %w\n%s", dir, err, out)
			}
			return time.Since(started), nil
		}
		best := func(n int, before func(i int) error) (time.Duration, error) {
			var least time.Duration
			for i := range n {
				if err := before(i); err != nil {
					return 0, err
				}
				d, err := generate()
				if err != nil {
					return 0, err
				}
				if i == 0 || d < least {
					least = d
				}
			}
			return least, nil
		}
		edit := filepath.Join(dir, "p0", "p0.go")
		original, err := os.ReadFile(edit)
		if err != nil {
			return nil, err
		}
		replace := func(old, new string) func(int) error {
			return func(i int) error {
				changed := strings.Replace(string(original), old, fmt.Sprintf(new, i), 1)
				if changed == string(original) {
					return fmt.Errorf("%s: nothing to edit", edit)
				}
				return os.WriteFile(edit, []byte(changed), 0o644)
			}
		}
		cold, err := best(1, func(int) error { return nil })
		if err != nil {
			return nil, err
		}
		same, err := best(5, func(int) error { return nil })
		if err != nil {
			return nil, err
		}
		body, err := best(5, replace(`"done"`, `"done%d"`))
		if err != nil {
			return nil, err
		}
		signature, err := best(3, replace(`Name string`, "Name, More%d string"))
		if err != nil {
			return nil, err
		}
		rows = append(rows, []string{fmt.Sprint(size.packages * size.handlers), ms(cold), ms(same), ms(body), ms(signature)})
	}
	return append(rows, []string{"budget at 1000", "", "< 100 ms", "< 100 ms", "< 1500 ms"}), nil
}

func ms(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

// makeModule writes a module of n packages with that many handlers each, half of them with a service of their own.
func makeModule(dir, root string, packages, handlers int) error {
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return err
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	_, requires, _ := strings.Cut(string(mod), "\nrequire ")
	files := map[string]string{
		"go.mod": "module example.com/synthetic\n\ngo 1.26.0\n\nrequire github.com/faasgen/faasgen v0.0.0-00010101000000-000000000000\n\nrequire " + requires +
			"\nreplace github.com/faasgen/faasgen => " + root + "\n",
		"go.sum": string(sum),
		"f.yml":  "service: synthetic\nprovider: {name: aws}\n",
	}
	for p := range packages {
		var b strings.Builder
		fmt.Fprintf(&b, "// Package p%d is synthetic.\npackage p%d\n\nimport (\n\t\"context\"\n\t\"database/sql\"\n\t\"errors\"\n\t\"log/slog\"\n)\n", p, p)
		for h := range handlers {
			fmt.Fprintf(&b, `
// Service%[1]d does the work.
//
//faas:provide
type Service%[1]d struct {
	Log *slog.Logger //faas:inject
}

// Controller%[1]d has one handler.
type Controller%[1]d struct {
	Service *Service%[1]d //faas:inject
	Limit   int           //faas:config key=p%[2]d.limit default=10
}

// Request%[1]d is its input.
type Request%[1]d struct {
	ID   string `+"`path:\"id\"`"+`
	Name string `+"`json:\"name\"`"+`
}

// Do does it.
//
//faas:handler
//faas:http POST /p%[2]d/h%[1]d/{id}
func (c *Controller%[1]d) Do%[1]d(ctx context.Context, in Request%[1]d) (string, error) {
	if in.ID == "" {
		return "", errors.Join(sql.ErrNoRows, ctx.Err())
	}
	return "done", nil
}
`, h, p)
		}
		files[fmt.Sprintf("p%d/p%d.go", p, p)] = b.String()
	}
	return writeFiles(dir, files)
}
