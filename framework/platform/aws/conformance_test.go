package aws_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/faasgen/faasgen/framework/call"
	"github.com/faasgen/faasgen/framework/platform"
	"github.com/faasgen/faasgen/framework/platform/aws"
	"github.com/faasgen/faasgen/framework/platform/aws/invoke"
	"github.com/faasgen/faasgen/framework/platform/platformtest"
	"github.com/faasgen/faasgen/framework/platform/platformtest/fixture"
	awssim "github.com/faasgen/faasgen/framework/platform/sim/aws"
)

// testBudget replaces the half second of the vendor, which a machine that is busy with other tests may need for itself.
const testBudget = 10 * time.Second

func TestMain(m *testing.M) {
	platformtest.Main(m, func() {
		http := aws.HTTP()
		if os.Getenv(streamVariable) == "1" {
			http = aws.HTTPStream()
		}
		if os.Getenv(emulatedVariable) != "" {
			aws.Run(emulated, http, aws.Queue(), aws.Raw())
		}
		unit := fixture.With(fixture.Options{Vendor: func(ctx context.Context) string { return aws.From(ctx).RequestID }})
		budget := testBudget
		if os.Getenv(fixture.JournalVariable) != "" {
			budget = faultBudget
		}
		os.Exit(aws.Serve(call.With(invoke.New(), unit), platformtest.Codecs(http, aws.Timer(), aws.Queue(), aws.Raw()), budget, os.Stderr))
	})
}

// streamVariable makes the artefact one that streams.
const streamVariable = "FAAS_PLATFORMTEST_STREAM"

var _ platform.New = fixture.New

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		options awssim.Options
		lacks   platformtest.Lack
		limit   int
		full    bool
	}{
		"url":               {awssim.Options{Ingress: "url"}, 0, 6 << 20, true},
		"url stream":        {awssim.Options{Ingress: "url", Streaming: true}, 0, 6 << 20, true},
		"apigw-v1":          {awssim.Options{Ingress: "apigw-v1"}, 0, 6 << 20, false},
		"apigw-v2":          {awssim.Options{Ingress: "apigw-v2", Routes: []string{"GET /segment/{one}"}}, 0, 6 << 20, false},
		"apigw-v2 stage":    {awssim.Options{Ingress: "apigw-v2", Stage: "dev"}, platformtest.EncodedPath, 6 << 20, false},
		"alb":               {awssim.Options{Ingress: "alb"}, platformtest.SeveralCookies | platformtest.RepeatedValues, 1 << 20, false},
		"alb multi":         {awssim.Options{Ingress: "alb", MultiValue: true}, 0, 1 << 20, false},
		"managed instances": {awssim.Options{Concurrency: 4}, 0, 6 << 20, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.options.Grace = testBudget
			streams, response := tt.options.Streaming, tt.limit
			var environment map[string]string
			if streams {
				response, environment = 0, map[string]string{streamVariable: "1"}
			}
			platformtest.Run(t, platformtest.Harness{
				Streams: streams, Environment: environment,
				Runtime: awssim.New(tt.options), HTTP: true, Timer: true, Raw: true, Queue: "queue", Vendor: true, InitReport: true,
				Lacks: tt.lacks, MaxRequest: tt.limit, MaxResponse: response, Concurrent: tt.options.Concurrency > 1, GoesOn: tt.options.Concurrency > 1, IngressOnly: !tt.full,
				AnswersPages: tt.options.Ingress != "" && tt.options.Ingress != "url",
			})
		})
	}
}

func TestCalls(t *testing.T) {
	platformtest.RunCalls(t, platformtest.Harness{Runtime: awssim.New(awssim.Options{Grace: testBudget})}, *awssim.Cloud().Calls, 1<<20)
}
