package aws

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	awssim "github.com/faasgen/faasgen/framework/platform/sim/aws"
)

// testBudget replaces the half second of the vendor, which a machine that is busy with other tests may need for itself.
const testBudget = 10 * time.Second

func TestMain(m *testing.M) {
	platformtest.Main(m, func() {
		unit := fixture.With(fixture.Options{Vendor: func(ctx context.Context) string { return From(ctx).RequestID }})
		os.Exit(serve(unit, platformtest.Codecs(HTTP(), Timer(), Raw()), testBudget, os.Stderr))
	})
}

var _ platform.New = fixture.New

func TestConformance(t *testing.T) {
	for name, tt := range map[string]struct {
		options awssim.Options
		lacks   platformtest.Lack
		limit   int
		full    bool
	}{
		"url":               {awssim.Options{Front: "url"}, 0, 6 << 20, true},
		"apigw-v1":          {awssim.Options{Front: "apigw-v1"}, 0, 6 << 20, false},
		"apigw-v2":          {awssim.Options{Front: "apigw-v2"}, platformtest.EncodedPath, 6 << 20, false},
		"apigw-v2 stage":    {awssim.Options{Front: "apigw-v2", Stage: "dev"}, platformtest.EncodedPath, 6 << 20, false},
		"alb":               {awssim.Options{Front: "alb"}, platformtest.SeveralCookies | platformtest.RepeatedValues, 1 << 20, false},
		"alb multi":         {awssim.Options{Front: "alb", MultiValue: true}, 0, 1 << 20, false},
		"managed instances": {awssim.Options{Concurrency: 4}, 0, 6 << 20, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.options.Grace = testBudget
			platformtest.Run(t, platformtest.Harness{
				Runtime: awssim.New(tt.options), HTTP: true, Timer: true, Raw: true, Vendor: true, InitReport: true,
				Lacks: tt.lacks, MaxRequest: tt.limit, MaxResponse: tt.limit, Concurrent: tt.options.Concurrency > 1, FrontOnly: !tt.full,
			})
		})
	}
}
