// Command demo shows that one code base gives the same responses everywhere, and that they do not depend on how its functions
// are grouped. It builds the bookstore for every cloud, with a unit for each function and with groups of them, runs each artefact
// under the simulator of its cloud's runtime, where functions of several units call each other through its invoke API, and the
// whole application on localhost, sends the same calls to each, and prints one table. It exits with 1 when any two responses differ.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/faasgen/faasgen/framework/faastest/contract"
)

// application is the folder of the f.yml to show, from the root of the examples.
const application = "bookstore"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, variants()); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// run builds the variants and prints the table. An error is, among others, that two responses differ.
func run(ctx context.Context, out io.Writer, variants []variant) error {
	work, err := os.MkdirTemp("", "faasgen-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)

	document, err := documented()
	if err != nil {
		return err
	}
	started := time.Now()
	server := filepath.Join(work, "local", "server")
	if err := command(ctx, ".", os.Stderr, "go", "build", "-o", server, "./"+application+"/internal/faasgen/local"); err != nil {
		return err
	}
	local, err := localStage(work, server)
	if err != nil {
		return err
	}
	stages, err := builtStages(ctx, work, variants)
	if err != nil {
		return err
	}
	stages = append([]*stage{local}, stages...)
	progress("built in %s", time.Since(started).Round(time.Second/10))

	for _, s := range stages {
		progress("calling %s", s.title())
		s.responses, err = play(ctx, s, document)
		if err = errors.Join(err, s.close(ctx)); err != nil {
			return fmt.Errorf("%s: %w", s.title(), err)
		}
	}
	if !printTable(out, stages) {
		return errors.New("the platforms or the groupings do not agree")
	}
	progress("all responses are equal; %s in all", time.Since(started).Round(time.Second/10))
	return nil
}

// progress writes to standard error, so that standard output is the table alone.
func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, "demo: "+format+"\n", args...) }

func command(ctx context.Context, dir string, out io.Writer, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s in %s: %w", name, dir, err)
	}
	return nil
}

// documented is the OpenAPI document of the application.
func documented() (*contract.Document, error) {
	text, err := os.ReadFile(filepath.Join(application, "openapi.json"))
	if err != nil {
		return nil, err
	}
	return contract.Load(text)
}
