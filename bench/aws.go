package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const (
	starts  = 60   // processes started for each median
	invokes = 5000 // invocations of one process for CPU and memory
)

// measured is one binary's figures.
type measured struct {
	size int64
	poll []time.Duration // start of the process to its first poll
}

func benchAWS(ctx context.Context, work string) (table, error) {
	ours, err := buildOurs(ctx, work)
	if err != nil {
		return nil, err
	}
	theirs := filepath.Join(work, "lambda")
	if err := goBuild(ctx, ".", theirs, "./peer/lambda", "-tags", "lambda.norpc"); err != nil {
		return nil, err
	}
	var a, b measured
	for _, m := range []struct {
		binary string
		into   *measured
	}{{ours, &a}, {theirs, &b}} {
		info, err := os.Stat(m.binary)
		if err != nil {
			return nil, err
		}
		m.into.size = info.Size()
	}
	// The two take turns, so that other work of the machine hits both.
	for range starts {
		for _, m := range []struct {
			binary string
			into   *measured
		}{{ours, &a}, {theirs, &b}} {
			d, _, err := serve(ctx, m.binary, 0)
			if err != nil {
				return nil, err
			}
			m.into.poll = append(m.into.poll, d)
		}
	}
	var cpuA, cpuB, rssA, rssB []float64
	for range 5 {
		_, ua, err := serve(ctx, ours, invokes)
		if err != nil {
			return nil, err
		}
		_, ub, err := serve(ctx, theirs, invokes)
		if err != nil {
			return nil, err
		}
		cpuA, cpuB = append(cpuA, perInvoke(ua)), append(cpuB, perInvoke(ub))
		rssA, rssB = append(rssA, ua.peak), append(rssB, ub.peak)
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return table{
		{"", "faasgen", "aws-lambda-go", "ratio", "budget"},
		compare("stripped binary", "bytes", a.size, b.size, "<= 0.50x"),
		compare("start to first poll", "ms", ms(median(a.poll)), ms(median(b.poll)), "<= 0.75x"),
		compare("CPU per invoke", "us", median(cpuA), median(cpuB), "<= 0.35x"),
		compare("peak RSS", "MB", median(rssA), median(rssB), "<= 1.00x"),
	}, nil
}

func perInvoke(u usage) float64 { return float64(u.cpu.Microseconds()) / invokes }

// buildOurs builds the event-only hello with the faasgen of this checkout and returns the path of its bootstrap.
func buildOurs(ctx context.Context, work string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "tool", "faasgen", "build", "--target", "aws")
	cmd.Dir = "../examples/hello/event"
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("faasgen build: %w", err)
	}
	return unzipEntry(filepath.Join(cmd.Dir, "dist", "aws", "hello.zip"), "bootstrap", work)
}

func goBuild(ctx context.Context, dir, out, pkg string, more ...string) error {
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", out}, more...)
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	return cmd.Run()
}
