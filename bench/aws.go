package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

const (
	starts  = 60   // processes started for each median
	invokes = 5000 // invocations of one process for CPU and memory
)

// measured is one binary's figures.
type measured struct {
	name, binary string
	size         int64
	poll         []time.Duration // start of the process to its first poll
	cpu, rss     []float64
}

func benchAWS(ctx context.Context, work string) (table, error) {
	var all []*measured
	for _, s := range sides() {
		dist, err := s.build(ctx, "hello/event", "aws")
		if err != nil {
			return nil, err
		}
		units, err := packages(dist, "aws")
		if err != nil {
			return nil, err
		}
		binary, err := program(units["hello"], work, "hello-"+s.name)
		if err != nil {
			return nil, err
		}
		all = append(all, &measured{name: s.name, binary: binary})
	}
	theirs := filepath.Join(work, "lambda")
	if err := goBuild(ctx, ".", theirs, "./peer/lambda", "-tags", "lambda.norpc"); err != nil {
		return nil, err
	}
	all = append(all, &measured{name: "aws-lambda-go", binary: theirs})
	for _, m := range all {
		info, err := os.Stat(m.binary)
		if err != nil {
			return nil, err
		}
		m.size = info.Size()
	}
	// They take turns, so that other work of the machine hits all.
	for range starts {
		for _, m := range all {
			d, _, err := serve(ctx, m.binary, 0)
			if err != nil {
				return nil, err
			}
			m.poll = append(m.poll, d)
		}
	}
	for range 5 {
		for _, m := range all {
			_, u, err := serve(ctx, m.binary, invokes)
			if err != nil {
				return nil, err
			}
			m.cpu, m.rss = append(m.cpu, perInvoke(u)), append(m.rss, u.peak)
		}
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	rows := table{{"", "faasgen", "", "ratio", "budget"}}
	ours := all[0]
	for i, m := range slices.Backward(all[1:]) {
		budgets := []string{"<= 0.42x", "<= 0.65x", "<= 0.22x", "<= 0.60x"}
		if i == 0 && older != "" {
			budgets = []string{"<= 1.00x", "<= 1.00x", "<= 1.00x", "<= 1.00x"}
		}
		rows = append(rows, []string{"", "", m.name, "", ""},
			compare("stripped binary", "bytes", ours.size, m.size, budgets[0]),
			compare("start to first poll", "ms", ms(median(ours.poll)), ms(median(m.poll)), budgets[1]),
			compare("CPU per invoke", "us", median(ours.cpu), median(m.cpu), budgets[2]),
			compare("peak RSS", "MB", median(ours.rss), median(m.rss), budgets[3]))
	}
	return rows, nil
}

func perInvoke(u usage) float64 { return float64(u.cpu.Microseconds()) / invokes }

func goBuild(ctx context.Context, dir, out, pkg string, more ...string) error {
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", out}, more...)
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	return cmd.Run()
}
