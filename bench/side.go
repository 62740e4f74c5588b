package main

import (
	"archive/zip"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// side is a checkout of faasgen whose figures are compared: this one, and with -old another commit's.
type side struct{ name, root string }

// sides are this checkout and, with -old, the one to compare it with.
func sides() []side {
	all := []side{{"faasgen", ".."}}
	if older != "" {
		all = append(all, side{"before", older})
	}
	return all
}

// older is the folder of -old.
var older string

// build builds an example with the faasgen of the checkout, for targets separated by commas. It returns the folder that it
// writes to.
func (s side) build(ctx context.Context, example, targets string) (dist string, err error) {
	cmd := exec.CommandContext(ctx, "go", "tool", "faasgen", "build", "--target", targets)
	cmd.Dir = filepath.Join(s.root, "examples", example)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: faasgen build of %s: %w\n%s", s.name, example, err, out)
	}
	return filepath.Join(cmd.Dir, "dist"), nil
}

// packages are the zips of a target's units by the unit's name. Checkouts of before packages were called by what is in them
// have other names for them.
func packages(dist, target string) (map[string]string, error) {
	dir := filepath.Join(dist, target)
	content, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return nil, err
	}
	var m struct {
		Units map[string]struct{ Artefact, Package string }
	}
	if err := json.Unmarshal(content, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	all := map[string]string{}
	for name, u := range m.Units {
		all[name] = filepath.Join(dir, filepath.FromSlash(cmp.Or(u.Artefact, u.Package, name+".zip")))
	}
	return all, nil
}

// program extracts the binary of a package, which is its largest file, to a file of that name in dir.
func program(pkg, dir, name string) (string, error) {
	z, err := zip.OpenReader(pkg)
	if err != nil {
		return "", err
	}
	defer z.Close()
	r, err := binaryOf(&z.Reader).Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	out := filepath.Join(dir, name)
	w, err := os.OpenFile(out, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return "", err
	}
	if _, err := io.Copy(w, r); err != nil {
		w.Close()
		return "", err
	}
	return out, w.Close()
}

func binaryOf(z *zip.Reader) *zip.File {
	return slices.MaxFunc(z.File, func(a, b *zip.File) int { return cmp.Compare(a.UncompressedSize64, b.UncompressedSize64) })
}

// benchUnits compares the stripped binary of each unit of the examples.
func benchUnits(ctx context.Context, _ string) (table, error) {
	var names []string
	sizes := map[string][]int64{}
	for at, s := range sides() {
		for _, example := range []string{"bookstore", "hello", "hello/event", "signup"} {
			dist, err := s.build(ctx, example, "all")
			if err != nil {
				return nil, err
			}
			targets, err := filepath.Glob(filepath.Join(dist, "*", "manifest.json"))
			if err != nil {
				return nil, err
			}
			for _, manifest := range targets {
				target := filepath.Base(filepath.Dir(manifest))
				units, err := packages(dist, target)
				if err != nil {
					return nil, err
				}
				for _, unit := range slices.Sorted(maps.Keys(units)) {
					z, err := zip.OpenReader(units[unit])
					if err != nil {
						return nil, err
					}
					size := int64(binaryOf(&z.Reader).UncompressedSize64)
					z.Close()
					name := example + " " + target + "/" + unit
					if at == 0 {
						names = append(names, name)
					}
					sizes[name] = append(sizes[name], size)
				}
			}
		}
	}
	rows := table{{"unit", "bytes", "before", "difference", "budget"}}
	for _, name := range names {
		row := []string{name, fmt.Sprint(sizes[name][0]), "", "", ""}
		if of := sizes[name]; len(of) == 2 {
			row = []string{name, fmt.Sprint(of[0]), fmt.Sprint(of[1]), fmt.Sprintf("%+.2f %%", 100*float64(of[0]-of[1])/float64(of[1])), "<= +0.30 %"}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// benchOlder runs the benchmark of the other checkout, for what is measured within one process.
func benchOlder(ctx context.Context, section string) error {
	cmd := exec.CommandContext(ctx, "go", "run", ".", "-only", section)
	cmd.Dir = filepath.Join(older, "bench")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}
