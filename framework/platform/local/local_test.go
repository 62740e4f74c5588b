package local_test

import (
	"os"
	"slices"
	"testing"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/local"
	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	sim "github.com/faasgen/faasgen/framework/platform/sim/local"
)

func TestMain(m *testing.M) {
	platformtest.Main(m, func() { local.Run(unit) })
}

// unit is the fixture, without its raw function when the suite wants to see unknown payloads refused: this platform has no
// codecs to leave out.
func unit(rt *framework.Runtime) *framework.App {
	app := fixture.New(rt)
	if os.Getenv("FAAS_PLATFORMTEST_RAW") == "0" {
		app.Functions = slices.DeleteFunc(app.Functions, func(f *framework.Function) bool { return f.Name == "raw" })
	}
	return app
}

func TestConformance(t *testing.T) {
	t.Parallel()
	platformtest.Run(t, platformtest.Harness{Runtime: sim.New(), HTTP: true, Timer: true, Raw: true, Queue: "queue", Concurrent: true, Streams: true, AnswersPages: true, GoesOn: true})
}
