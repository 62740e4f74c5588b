package custom

import (
	"context"
	"testing"

	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	sim "github.com/faasgen/faasgen/framework/platform/sim/tencent"
	"github.com/faasgen/faasgen/framework/platform/tencent"
	"github.com/faasgen/faasgen/framework/platform/tencent/invoke"
)

func TestMain(m *testing.M) {
	platformtest.Main(m, func() {
		unit := fixture.With(fixture.Options{Vendor: func(ctx context.Context) string { return tencent.From(ctx).RequestID }})
		Run(call.With(invoke.New(), unit), platformtest.Codecs(tencent.HTTP(), tencent.Timer(), tencent.Queue(), tencent.Raw())...)
	})
}

func TestConformanceBehindAPIGateway(t *testing.T) {
	platformtest.Run(t, platformtest.Harness{
		Runtime: sim.NewCustomAPIGateway(), HTTP: true, Timer: true, Raw: true, Queue: "topic", Vendor: true, MaxRequest: 6 << 20, MaxResponse: 6 << 20,
	})
}

// A Function URL has no flag for binary bodies and no documented way for several cookies; see package tencent.
func TestConformanceBehindFunctionURL(t *testing.T) {
	platformtest.Run(t, platformtest.Harness{
		Runtime: sim.NewCustom(), HTTP: true, Timer: true, Raw: true, Queue: "topic", Vendor: true, MaxRequest: 6 << 20, MaxResponse: 6 << 20,
		Lacks: platformtest.SeveralCookies | platformtest.BinaryRequest | platformtest.BinaryResponse,
	})
}

func TestCalls(t *testing.T) {
	platformtest.RunCalls(t, platformtest.Harness{Runtime: sim.NewCustom()}, *sim.Cloud().Calls, 128<<10)
}
