package hello_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/sim"
	"github.com/faasgen/faasgen/framework/platform/sim/aliyun"
	"github.com/faasgen/faasgen/framework/platform/sim/aws"
	"github.com/faasgen/faasgen/framework/platform/sim/tencent"
)

// build compiles a generated main as faasgen build does and returns it as an artefact.
func build(t *testing.T, pkg, command string, flags ...string) sim.Artifact {
	t.Helper()
	dir := t.TempDir()
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-o", filepath.Join(dir, command)}, flags...)
	cmd := exec.Command("go", append(args, pkg)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", pkg, err, out)
	}
	return sim.Artifact{Dir: dir, Command: command, Unit: "hello", Timeout: 5 * time.Second, Output: t.Output()}
}

func start(t *testing.T, r sim.Runtime, a sim.Artifact) (context.Context, sim.Process) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	p, err := r.Start(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return ctx, p
}

func TestOneFunctionOnEveryCloud(t *testing.T) {
	for _, tt := range []struct {
		main, command string
		runtime       sim.Runtime
	}{
		{"aws", "bootstrap", aws.New(aws.Options{Ingress: "apigw-v2"})},
		{"aliyun", "main", aliyun.NewCustom()},
		{"tencent", "scf_bootstrap", tencent.NewWeb()},
	} {
		t.Run(tt.main, func(t *testing.T) {
			t.Parallel()
			ctx, p := start(t, tt.runtime, build(t, "./internal/faasgen/"+tt.main, tt.command, "-ldflags=-s -w"))
			r, err := p.HTTP(ctx, &sim.Request{Method: "GET", Target: "/hello?name=Ann", Host: "hello.example.com"})
			if err != nil || r.Status != 200 || string(r.Body) != `{"message":"hello Ann"}` {
				t.Errorf("got %+v, %v", r, err)
			}
		})
	}
}

// The event-only build of the same function runs on the polling loops and links no http at all.
func TestEventOnlyUnitsLinkNoHTTP(t *testing.T) {
	for _, tt := range []struct {
		main    string
		runtime sim.Runtime
	}{{"aws", aws.New(aws.Options{})}, {"tencent", tencent.NewCustom()}} {
		t.Run(tt.main, func(t *testing.T) {
			t.Parallel()
			a := build(t, "./event/internal/faasgen/"+tt.main, "bootstrap")
			symbols, err := exec.Command("go", "tool", "nm", filepath.Join(a.Dir, a.Command)).Output()
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(symbols, []byte("hello/event/internal/faasgen/app.New")) {
				t.Fatal("the unit is not among the symbols: the check would find nothing")
			}
			for _, unwanted := range []string{" net/http.", " crypto/tls."} {
				if bytes.Contains(symbols, []byte(unwanted)) {
					t.Errorf("the binary links%s", unwanted)
				}
			}
			ctx, p := start(t, tt.runtime, a)
			r, err := p.Invoke(ctx, []byte(`{"name":"Ann"}`))
			if err != nil || r.Error != nil || string(r.Body) != `{"message":"hello Ann"}` {
				t.Errorf("got %+v, %v", r, err)
			}
		})
	}
}
