package aws_test

import (
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform/platformtest"
	awssim "github.com/faasgen/faasgen/framework/platform/sim/aws"
)

// faultBudget is what a process takes of its end at most, since some of the tests wait for all of it; Lambda leaves a little more.
const faultBudget = 4 * time.Second

func TestFaults(t *testing.T) {
	t.Parallel()
	const grace = faultBudget + 2*time.Second
	base := platformtest.Harness{HTTP: true, Raw: true, InitReport: true, MaxResponse: 6 << 20}
	ordinary, streams, managed := base, base, base
	ordinary.Runtime = awssim.New(awssim.Options{Grace: grace})
	streams.Runtime = awssim.New(awssim.Options{Streaming: true, Grace: grace})
	streams.Streams, streams.MaxResponse, streams.Environment = true, 0, map[string]string{streamVariable: "1"}
	managed.Runtime, managed.Concurrent = awssim.New(awssim.Options{Concurrency: 4, Grace: grace}), true
	platformtest.Faults(t, ordinary, streams, managed)
}

func TestGuarantees(t *testing.T) {
	t.Parallel()
	const grace = faultBudget + 2*time.Second
	base := platformtest.Harness{HTTP: true, Raw: true, InitReport: true}
	ordinary, managed := base, base
	ordinary.Runtime = awssim.New(awssim.Options{Grace: grace})
	managed.Runtime, managed.Concurrent = awssim.New(awssim.Options{Concurrency: 4, Grace: grace}), true
	platformtest.Guarantees(t, ordinary, managed)
}
