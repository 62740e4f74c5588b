package both

import (
	"context"
	"testing"

	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	sim "github.com/faasgen/faasgen/framework/platform/sim/tencent"
	"github.com/faasgen/faasgen/framework/platform/tencent"
)

func TestMain(m *testing.M) {
	platformtest.Main(m, func() {
		unit := fixture.With(fixture.Options{Vendor: func(ctx context.Context) string { return tencent.From(ctx).RequestID }})
		Run(unit, platformtest.Codecs(tencent.HTTP(), tencent.Timer(), tencent.Raw())...)
	})
}

// One artefact is started as a web function and as an event function.

func TestConformanceAsWebFunction(t *testing.T) {
	platformtest.Run(t, platformtest.Harness{
		Runtime: sim.NewWeb(), Command: "scf_bootstrap", Script: "#!/bin/sh\nexec ./bootstrap web\n",
		HTTP: true, Vendor: true, Concurrent: true, Streams: true, MaxRequest: 6 << 20, MaxResponse: 6 << 20,
	})
}

func TestConformanceAsEventFunction(t *testing.T) {
	platformtest.Run(t, platformtest.Harness{
		Runtime: sim.NewCustomAPIGateway(), HTTP: true, Timer: true, Raw: true, Vendor: true, MaxRequest: 6 << 20, MaxResponse: 6 << 20,
	})
}

func TestIsWeb(t *testing.T) {
	for _, c := range []struct {
		args []string
		want bool
	}{
		{nil, false}, {[]string{"bootstrap"}, false}, {[]string{"bootstrap", "web"}, true}, {[]string{"web"}, false},
		{[]string{"bootstrap", "", "web"}, false}, {[]string{"bootstrap", "webs"}, false},
	} {
		if got := isWeb(c.args); got != c.want {
			t.Errorf("%q: got %v", c.args, got)
		}
	}
}
