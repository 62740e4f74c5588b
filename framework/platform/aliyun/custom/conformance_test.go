package custom_test

import (
	"context"
	"testing"

	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform/aliyun"
	"github.com/faasgen/faasgen/framework/platform/aliyun/custom"
	"github.com/faasgen/faasgen/framework/platform/aliyun/invoke"
	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	sim "github.com/faasgen/faasgen/framework/platform/sim/aliyun"
)

func TestMain(m *testing.M) {
	platformtest.Main(m, func() {
		unit := fixture.With(fixture.Options{Vendor: func(ctx context.Context) string { return aliyun.From(ctx).RequestID }})
		custom.Run(call.With(invoke.New(), unit), platformtest.Codecs(aliyun.Timer(), aliyun.Queue(), aliyun.Raw())...)
	})
}

func TestConformance(t *testing.T) {
	t.Parallel()
	platformtest.Run(t, platformtest.Harness{
		Runtime: sim.NewCustom(), Command: "main", HTTP: true, Timer: true, Raw: true, Queue: "queue", Vendor: true, Concurrent: true, InitReport: true, Streams: true, AnswersPages: true,
	})
}

func TestCalls(t *testing.T) {
	platformtest.RunCalls(t, platformtest.Harness{Runtime: sim.NewCustom(), Command: "main"}, *sim.Cloud().Calls, 128<<10)
}
