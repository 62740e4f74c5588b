package framework_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/faasgen/faasgen/framework"
)

// environment are variables of a test.
type environment map[string]string

func (v environment) LookupEnv(name string) (string, bool) { text, ok := v[name]; return text, ok }

// The platform's limit is that of one function in a unit of one, and that of the slowest in a group. Callers see no difference.
func TestOverdueSaysTheLimitOfTheFunction(t *testing.T) {
	for _, tt := range []struct{ own, platform, want time.Duration }{
		{time.Second, time.Second, time.Second},
		{time.Second, 5 * time.Second, time.Second},
		{10 * time.Second, 10 * time.Second, 10 * time.Second},
		{5 * time.Second, time.Second, time.Second},
		{0, time.Second, time.Second},
		{time.Second, 0, time.Second},
	} {
		t.Run(fmt.Sprint(tt.own, " of ", tt.platform), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := function("f", func(c *framework.Context) error { <-c.Done(); time.Sleep(time.Millisecond); return nil })
				f.Timeout = tt.own
				rt := quiet()
				rt.Variables = environment{"FAAS_TIMEOUT": fmt.Sprint(tt.platform.Seconds(), "s")}
				e := framework.NewEngine(rt, &framework.App{Functions: []*framework.Function{f}})
				if err := e.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				said := make(chan error, 1)
				_, err := e.Invoke(t.Context(), framework.Invocation{Function: f})
				_, _ = e.Invoke(context.Background(), framework.Invocation{Function: f, Overdue: func(err error) { said <- err }})
				want := fmt.Sprint("deadline_exceeded: the function did not answer within ", tt.want, ": context deadline exceeded: the handler still runs")
				for _, err := range []error{err, <-said} {
					if err == nil || err.Error() != want {
						t.Errorf("%v, want %s", err, want)
					}
				}
				if err := e.Close(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
