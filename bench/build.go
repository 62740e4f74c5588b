package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// benchBuild times faasgen build in shared mode of modules of 1 and 30 functions. The compile cache is warm, and what was linked
// and packaged is removed, as where a pipeline builds; runs of both take turns.
func benchBuild(ctx context.Context, work string) (table, error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return nil, err
	}
	tool := filepath.Join(work, "faasgen-build")
	if err := goBuild(ctx, root, tool, "./cmd/faasgen"); err != nil {
		return nil, err
	}
	const many = 30
	dirs := map[int]string{}
	for _, n := range []int{1, many} {
		dirs[n] = filepath.Join(work, fmt.Sprintf("functions%d", n))
		if err := makeModule(dirs[n], root, 1, n); err != nil {
			return nil, err
		}
		file := "service: synthetic\nprovider: {region: eu-central-1}\npackage: {mode: shared}\n"
		if err := writeFiles(dirs[n], map[string]string{"f.yml": file}); err != nil {
			return nil, err
		}
	}
	run := func(n int, target string) (time.Duration, error) {
		dir := dirs[n]
		if err := os.RemoveAll(filepath.Join(dir, "dist")); err != nil {
			return 0, err
		}
		cmd := exec.CommandContext(ctx, tool, "build", "--target", target)
		cmd.Dir = dir
		started := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("build %s for %s: %w\n%s", dir, target, err, out)
		}
		return time.Since(started), nil
	}
	rows := table{{"target", fmt.Sprint(many, " functions"), "one function", "ratio", "budget"}}
	for _, target := range []string{"aws", "tencent"} {
		took := map[int][]time.Duration{}
		for i := range 6 {
			for _, n := range []int{1, many} {
				d, err := run(n, target)
				if err != nil {
					return nil, err
				}
				if i > 0 { // the first run compiles
					took[n] = append(took[n], d)
				}
			}
		}
		rows = append(rows, compare(target, "ms", median(took[many]).Milliseconds(), median(took[1]).Milliseconds(), "<= 1.2x"))
	}
	return rows, nil
}
