// Command demo shows that one code base gives the same responses everywhere. It builds the bookstore for every cloud, runs
// each artefact under the simulator of its cloud's runtime and the whole application on localhost, sends the same calls
// to each, and prints one table. It exits with 1 when any two responses differ.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"
)

// application is the folder of the f.yml to show, from the root of the examples.
const application = "bookstore"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	work, err := os.MkdirTemp("", "faasgen-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)

	started := time.Now()
	progress("building %s for tencent, aliyun and aws, and as a local server", application)
	if err := command(ctx, application, "go", "tool", "faasgen", "build", "--target", "tencent,aliyun,aws"); err != nil {
		return err
	}
	server := filepath.Join(work, "local", "server")
	if err := command(ctx, ".", "go", "build", "-o", server, "./"+application+"/internal/faasgen/local"); err != nil {
		return err
	}
	progress("built in %s", time.Since(started).Round(time.Second/10))

	stages, err := stages(work, server)
	if err != nil {
		return err
	}
	responses := make([][]response, len(stages))
	for i, s := range stages {
		progress("calling %s", s.name)
		responses[i], err = play(ctx, s)
		if err = errors.Join(err, s.close(ctx)); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	if !printTable(os.Stdout, stages, responses) {
		return errors.New("the platforms do not agree")
	}
	progress("all responses are equal; %s in all", time.Since(started).Round(time.Second/10))
	return nil
}

// progress writes to standard error, so that standard output is the table alone.
func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, "demo: "+format+"\n", args...) }

func command(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s in %s: %w", name, dir, err)
	}
	return nil
}
