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
// and packaged is removed, as where a pipeline builds; runs of both take turns. CPU
// is that of all processes, which says more where the machine has other work.
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
	run := func(n int, target string) (took, cpu time.Duration, err error) {
		dir := dirs[n]
		if err := os.RemoveAll(filepath.Join(dir, "dist")); err != nil {
			return 0, 0, err
		}
		cmd := exec.CommandContext(ctx, tool, "build", "--target", target)
		cmd.Dir = dir
		started := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			return 0, 0, fmt.Errorf("build %s for %s: %w\n%s", dir, target, err, out)
		}
		return time.Since(started), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
	}
	rows := table{{"target", fmt.Sprint(many, " functions"), "one function", "ratio", "budget"}}
	for _, target := range []string{"aws", "tencent"} {
		took, cpu := map[int][]time.Duration{}, map[int][]time.Duration{}
		for i := range 6 {
			for _, n := range []int{1, many} {
				t, c, err := run(n, target)
				if err != nil {
					return nil, err
				}
				if i > 0 { // the first run compiles
					took[n], cpu[n] = append(took[n], t), append(cpu[n], c)
				}
			}
		}
		rows = append(rows,
			compare(target+" time", "ms", median(took[many]).Milliseconds(), median(took[1]).Milliseconds(), "<= 1.2x"),
			compare(target+" CPU", "ms", median(cpu[many]).Milliseconds(), median(cpu[1]).Milliseconds(), "<= 1.2x"))
	}
	return rows, nil
}
