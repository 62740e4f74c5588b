package aws_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/platform/sim"
	awssim "github.com/faasgen/faasgen/framework/platform/sim/aws"
)

// artefact is the test binary as the suite's artefact, which streams.
func artefact(t *testing.T) sim.Artifact {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(exe, filepath.Join(dir, "bootstrap")); err != nil {
		t.Fatal(err)
	}
	return sim.Artifact{Dir: dir, Command: "bootstrap", Unit: "fixture", Memory: 128, Timeout: testBudget, Output: new(strings.Builder),
		Environment: map[string]string{platformtest.Variable: "1", streamVariable: "1"}}
}

// A stream that fails half way is cut for the client, who has its beginning; Lambda is told the reason that may be shown.
func TestStreamCutShort(t *testing.T) {
	p, err := awssim.New(awssim.Options{Ingress: "url", Streaming: true, Grace: testBudget}).Start(t.Context(), artefact(t))
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	_, err = p.HTTP(t.Context(), &sim.Request{Method: "GET", Target: "/broken-stream", Host: "x", OnBody: func(piece []byte) { got += string(piece) }})
	var failed *sim.FunctionError
	if !errors.Is(err, sim.ErrBroken) || !errors.As(err, &failed) || failed.Type != "Function.Internal" || failed.Message != "the function failed; its log has the reason" {
		t.Errorf("found %v, want a broken answer with the type Function.Internal", err)
	}
	if got != "half" {
		t.Errorf("%q arrived, want half", got)
	}
	if err := p.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

// A unit that streams answers every other ingress as a whole.
func TestStreamBehindOtherIngresses(t *testing.T) {
	for _, ingress := range []string{"apigw-v1", "apigw-v2", "alb"} {
		t.Run(ingress, func(t *testing.T) {
			p, err := awssim.New(awssim.Options{Ingress: ingress, Grace: testBudget}).Start(t.Context(), artefact(t))
			if err != nil {
				t.Fatal(err)
			}
			response, err := p.HTTP(t.Context(), &sim.Request{Method: "GET", Target: "/stream", Host: "x"})
			if err != nil || response.Status != 200 || string(response.Body) != "a,b\n1,2\n" {
				t.Errorf("found %+v, %v", response, err)
			}
			response, err = p.HTTP(t.Context(), &sim.Request{Method: "GET", Target: "/mounted/trickle?until=/", Host: "x"})
			if err != nil || response.Status != 200 || string(response.Body) != "one\ntwo\n" {
				t.Errorf("of a mounted application: found %+v, %v", response, err)
			}
			if err := p.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

// What a mounted application writes beyond Lambda's limit is cut off, and its writes fail.
func TestStreamOfAMountedApplicationThatIsTooLarge(t *testing.T) {
	a := artefact(t)
	a.Timeout = time.Minute // a busy machine takes seconds
	p, err := awssim.New(awssim.Options{Ingress: "url", Streaming: true, Grace: testBudget}).Start(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.HTTP(t.Context(), &sim.Request{Method: "GET", Target: "/mounted/bytes/250000000", Host: "x"})
	var failed *sim.FunctionError
	if !errors.Is(err, sim.ErrBroken) || !errors.As(err, &failed) || failed.Type != "Function.ResponseTooLarge" {
		t.Errorf("found %v, want a broken answer with the type Function.ResponseTooLarge", err)
	}
	if response, err := p.HTTP(t.Context(), &sim.Request{Method: "GET", Target: "/mounted/bytes/100", Host: "x"}); err != nil || response.Status != 202 {
		t.Errorf("the next request: %+v, %v", response, err)
	}
	if err := p.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}
