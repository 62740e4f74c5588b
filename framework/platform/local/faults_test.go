package local_test

import (
	"testing"

	"github.com/faasgen/faasgen/framework/platform/platformtest"
	sim "github.com/faasgen/faasgen/framework/platform/sim/local"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	platformtest.Faults(t, platformtest.Harness{Runtime: sim.New(), HTTP: true, Raw: true, Concurrent: true, Streams: true})
}

func TestGuarantees(t *testing.T) {
	t.Parallel()
	platformtest.Guarantees(t, platformtest.Harness{Runtime: sim.New(), HTTP: true, Raw: true})
}
