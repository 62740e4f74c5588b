package framework_test

import (
	"errors"
	"testing"

	"github.com/faasgen/faasgen/framework"
)

func TestGuardStopsWhatIsBehindIt(t *testing.T) {
	refused := errors.New("refused")
	for _, want := range []error{nil, refused} {
		ran, outer := false, error(nil)
		f := &framework.Function{
			Name:    "guarded",
			Handler: func(*framework.Context) error { ran = true; return nil },
			Use: []framework.Middleware{
				func(next framework.Handler) framework.Handler {
					return func(c *framework.Context) error { outer = next(c); return outer }
				},
				nil,
				framework.Guard(func(*framework.Context) error { return want }).Middleware,
			},
		}
		e := framework.NewEngine(&framework.Runtime{}, &framework.App{Functions: []*framework.Function{f}})
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Invoke(t.Context(), framework.Invocation{Function: f}); !errors.Is(err, want) || !errors.Is(outer, want) || ran != (want == nil) {
			t.Errorf("guard %v: error %v, outer %v, ran %t", want, err, outer, ran)
		}
	}
}
