package custom_test

import (
	"testing"

	"github.com/faasgen/faasgen/framework/platform/platformtest"
	sim "github.com/faasgen/faasgen/framework/platform/sim/aliyun"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	platformtest.Faults(t, platformtest.Harness{Runtime: sim.NewCustom(), Command: "main", HTTP: true, Raw: true, Concurrent: true, InitReport: true, StopReport: true, Streams: true})
}

func TestGuarantees(t *testing.T) {
	t.Parallel()
	platformtest.Guarantees(t, platformtest.Harness{Runtime: sim.NewCustom(), Command: "main", HTTP: true, Raw: true, StopReport: true})
}
