package web

import (
	"testing"

	"github.com/faasgen/faasgen/framework/platform/platformtest"
	sim "github.com/faasgen/faasgen/framework/platform/sim/tencent"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	platformtest.Faults(t, platformtest.Harness{Runtime: sim.NewWeb(), Command: "scf_bootstrap", HTTP: true, Concurrent: true, Streams: true, MaxResponse: 6 << 20})
}

func TestGuarantees(t *testing.T) {
	t.Parallel()
	platformtest.Guarantees(t, platformtest.Harness{Runtime: sim.NewWeb(), Command: "scf_bootstrap", HTTP: true})
}
