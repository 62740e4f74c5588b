package aws_test

import (
	"testing"

	"github.com/faasgen/faasgen/framework/platform/platformtest"
	awssim "github.com/faasgen/faasgen/framework/platform/sim/aws"
)

func TestFaults(t *testing.T) {
	base := platformtest.Harness{HTTP: true, Raw: true, InitReport: true, MaxResponse: 6 << 20}
	ordinary, streams, managed := base, base, base
	ordinary.Runtime = awssim.New(awssim.Options{Grace: testBudget})
	streams.Runtime = awssim.New(awssim.Options{Streaming: true, Grace: testBudget})
	streams.Streams, streams.MaxResponse, streams.Environment = true, 0, map[string]string{streamVariable: "1"}
	managed.Runtime, managed.Concurrent = awssim.New(awssim.Options{Concurrency: 4, Grace: testBudget}), true
	platformtest.Faults(t, ordinary, streams, managed)
}
