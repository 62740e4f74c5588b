package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/faasgen/faasgen/bench/peer/containers"
)

//go:embed container/call.go.tmpl
var callApplication string

//go:embed container/main.go.tmpl
var callMain string

// benchContainer generates the code of synthetic applications, and lets it compete with containers that solve their graph
// when they start, and with code written by hand.
func benchContainer(ctx context.Context, work string) (table, error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return nil, err
	}
	tool := filepath.Join(work, "faasgen")
	if err := goBuild(ctx, root, tool, "./cmd/faasgen"); err != nil {
		return nil, err
	}
	dir := filepath.Join(work, "containers")
	files, err := containerModule(root)
	if err != nil {
		return nil, err
	}
	sizes := []int{10, 100, 1000}
	for _, n := range sizes {
		startFiles(files, n)
	}
	files["call/f.yml"], files["call/call.go"], files["call/measure/main.go"] = "service: call\n", callApplication, callMain
	if err := writeFiles(dir, files); err != nil {
		return nil, err
	}
	if _, err := output(ctx, dir, tool, "generate"); err != nil {
		return nil, err
	}
	rows := table{{"", "", "time", "allocations", "over faasgen", "over by hand"}}
	folders := []string{"call"}
	for _, n := range sizes {
		folders = append(folders, fmt.Sprintf("start%d", n))
	}
	for _, folder := range folders {
		binary := filepath.Join(work, folder)
		if err := goBuild(ctx, dir, binary, "./"+folder+"/measure"); err != nil {
			return nil, err
		}
		out, err := output(ctx, dir, binary)
		if err != nil {
			return nil, err
		}
		var results []containers.Result
		if err := json.Unmarshal(out, &results); err != nil {
			return nil, err
		}
		rows = append(rows, containerRows(results)...)
	}
	return rows, nil
}

// containerRows compares each result with faasgen's and with that of the code written by hand of the same case.
func containerRows(results []containers.Result) table {
	of := func(name, contestant string) (found containers.Result) {
		for _, r := range results {
			if r.Case == name && r.Contestant == contestant {
				found = r
			}
		}
		return found
	}
	var rows table
	for _, r := range results {
		ours, hand := of(r.Case, "faasgen"), of(r.Case, "by hand")
		name := r.Case
		if r.Contestant != "by hand" { // the first of each case
			name = ""
		}
		rows = append(rows, []string{name, r.Contestant, nanoseconds(r.Nanoseconds), fmt.Sprint(r.Allocations),
			fmt.Sprintf("%.2fx", r.Nanoseconds/ours.Nanoseconds),
			fmt.Sprintf("%.2fx, %+d", r.Nanoseconds/hand.Nanoseconds, r.Allocations-hand.Allocations)})
	}
	return rows
}

func nanoseconds(ns float64) string {
	if ns < 1000 {
		return fmt.Sprintf("%.1f ns", ns)
	}
	return fmt.Sprintf("%.0f us", ns/1000)
}

// containerModule is a module that uses the framework and this module's peers.
func containerModule(root string) (map[string]string, error) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		return nil, err
	}
	sum, err := os.ReadFile("go.sum")
	if err != nil {
		return nil, err
	}
	text := strings.Replace(string(mod), "module github.com/faasgen/faasgen/bench", "module example.com/synthetic", 1)
	text = strings.NewReplacer("=> ../examples", "=> "+filepath.Join(root, "examples"), "=> ../\n", "=> "+root+"\n").Replace(text)
	text += "\nrequire github.com/faasgen/faasgen/bench v0.0.0-00010101000000-000000000000\n\nreplace github.com/faasgen/faasgen/bench => " +
		filepath.Join(root, "bench") + "\n"
	return map[string]string{"go.mod": text, "go.sum": string(sum)}, nil
}

// startFiles adds an application of n providers, each of which needs the one before it and another one.
func startFiles(files map[string]string, n int) {
	name := fmt.Sprintf("start%d", n)
	var app, all, hand strings.Builder
	fmt.Fprintf(&app, "// Package %s is synthetic.\npackage %s\n", name, name)
	for i := range n {
		var params, args, fields, values string
		if i > 0 {
			params, args, fields, values = fmt.Sprintf("a *T%d", i-1), fmt.Sprintf("t%d", i-1), fmt.Sprintf("a *T%d", i-1), "a"
		}
		if i > 1 {
			other := (i - 1) / 2
			params, args, fields, values = fmt.Sprintf("%s, b *T%d", params, other), fmt.Sprintf("%s, t%d", args, other), fmt.Sprintf("%s; b *T%d", fields, other), "a, b"
		}
		fmt.Fprintf(&app, "\n// T%[1]d is needed by others.\ntype T%[1]d struct{ %[4]s }\n\n// NewT%[1]d makes it.\n//\n//faas:provide\nfunc NewT%[1]d(%[2]s) *T%[1]d { return &T%[1]d{%[3]s} }\n", i, params, values, fields)
		fmt.Fprintf(&all, "\t\t%s.NewT%d,\n", name, i)
		fmt.Fprintf(&hand, "\tt%d := %s.NewT%d(%s)\n", i, name, i, args)
	}
	fmt.Fprintf(&app, "\n// Controller needs the last, which needs all.\ntype Controller struct {\n\tLast *T%d //faas:inject\n}\n\n// Get gets.\n//\n//faas:handler get\nfunc (c *Controller) Get() {}\n", n-1)
	files[name+"/f.yml"], files[name+"/"+name+".go"] = "service: "+name+"\n", app.String()
	files[name+"/measure/main.go"] = fmt.Sprintf(`// Command measure hands the application %[1]s over.
package main

import (
	"github.com/faasgen/faasgen/bench/peer/containers"

	"example.com/synthetic/%[1]s"
	"example.com/synthetic/%[1]s/internal/faasgen/app"
)

func main() {
	containers.Start(app.New, []any{
%[2]s	}, func(*%[1]s.T%[3]d) {}, byHand)
}

// made keeps what was made, so that it is made at all.
var made *%[1]s.T%[3]d

func byHand() {
%[4]s	made = t%[3]d
}
`, name, all.String(), n-1, hand.String())
}

func writeFiles(dir string, files map[string]string) error {
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// output runs a command and returns what it printed.
func output(ctx context.Context, dir, name string, args ...string) ([]byte, error) {
	var errs bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stderr = dir, &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(name), errors.Join(err, errors.New(errs.String())))
	}
	return out, nil
}
