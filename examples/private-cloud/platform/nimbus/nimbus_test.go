package nimbus_test

import (
	"context"
	"testing"

	"github.com/faasgen/faasgen/examples/private-cloud/platform/nimbus"
	simulator "github.com/faasgen/faasgen/examples/private-cloud/sim/nimbus"
	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

func TestMain(m *testing.M) {
	platformtest.Main(m, func() {
		unit := fixture.With(fixture.Options{Vendor: func(ctx context.Context) string { return framework.From(ctx).RequestID() }})
		nimbus.Run(unit, platformtest.Codecs(nimbus.Timer(), nimbus.Raw())...)
	})
}

// TestConformance is what every platform of the framework passes.
func TestConformance(t *testing.T) {
	t.Parallel()
	platformtest.Run(t, platformtest.Harness{
		Runtime: simulator.Cloud().Runtime(sim.Entry{}), Command: "function", HTTP: true, Timer: true, Raw: true, Concurrent: true, Streams: true, AnswersPages: true, GoesOn: true,
	})
}
