package nimbus_test

import (
	"testing"

	simulator "github.com/faasgen/faasgen/examples/private-cloud/sim/nimbus"
	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/platform/sim"
)

// TestFaults is what every platform of the framework outlives.
func TestFaults(t *testing.T) {
	t.Parallel()
	platformtest.Faults(t, platformtest.Harness{Runtime: simulator.Cloud().Runtime(sim.Entry{}), Command: "function", HTTP: true, Raw: true, Concurrent: true, Streams: true})
}

func TestGuarantees(t *testing.T) {
	t.Parallel()
	platformtest.Guarantees(t, platformtest.Harness{Runtime: simulator.Cloud().Runtime(sim.Entry{}), Command: "function", HTTP: true, Raw: true})
}
