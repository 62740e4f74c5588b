// Command bench measures faasgen against its peers, side by side in one run, and prints ratios. It asserts nothing:
// a machine's mood must not fail a build. The peers' dependencies live in this module and nowhere else.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
)

// section is one table.
type section struct {
	name, about string
	run         func(ctx context.Context, work string) (table, error)
	// alone says that it knows of this checkout only: -old runs the other one's own.
	alone bool
}

func sections() []section {
	return []section{
		{"aws", "event-only hello on aws against aws-lambda-go v1.55.1 (lambda.norpc), both built with -trimpath -s -w", benchAWS, false},
		{"units", "the stripped binary of each unit of the examples, as faasgen build makes it", benchUnits, false},
		{"http", "the http hello on the listening loops against bare net/http", benchHTTP, false},
		{"upload", "what a process holds of a file that is read while it arrives", benchUpload, true},
		{"invoke", "the framework's invoke path over the bare handler, in process", benchInvoke, true},
		{"calls", "a call of one function from another over calling its method: in process, and over the wire to another process", benchCalls, true},
		{"layers", "the ready layers over a unit without layers: each, and all together", benchLayers, true},
		{"tracing", "the layer otel over a unit without it, export to a receiver in another process included, and its size", benchTracing, true},
		{"group", "a group of functions: 100 routes against net/http.ServeMux, and 50 functions on aws, built when they are called, against one", benchGroup, true},
		{"container", "generated dependency injection against go.uber.org/fx v1.24, go.uber.org/dig v1.19 and code written by hand", benchContainer, true},
		{"build", "faasgen build of 30 functions in shared mode against one: everything compiled, nothing linked, medians", benchBuild, true},
		{"generate", "faasgen generate on synthetic modules, best of several runs, whole process", benchGenerate, true},
	}
}

func main() {
	only := flag.String("only", "", "comma-separated `sections`: aws, units, http, upload, invoke, calls, layers, tracing, group, container, build, generate")
	flag.StringVar(&older, "old", "", "the `folder` of another checkout of faasgen, to compare this one with in one run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, only string) error {
	work, err := os.MkdirTemp("", "faasgen-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for _, s := range sections() {
		if only != "" && !slices.Contains(strings.Split(only, ","), s.name) {
			continue
		}
		fmt.Printf("\n%s: %s\n", s.name, s.about)
		t, err := s.run(ctx, work)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		t.print(os.Stdout)
		if s.alone && older != "" {
			fmt.Println("\nbefore:")
			if err := benchOlder(ctx, s.name); err != nil {
				return fmt.Errorf("%s before: %w", s.name, err)
			}
		}
	}
	return nil
}
