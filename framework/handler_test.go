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
		h := framework.Chain(func(*framework.Context) error { ran = true; return nil },
			func(next framework.Handler) framework.Handler {
				return func(c *framework.Context) error { outer = next(c); return outer }
			},
			nil,
			framework.Guard(func(*framework.Context) error { return want }).Middleware)
		if err := h(nil); !errors.Is(err, want) || !errors.Is(outer, want) || ran != (want == nil) {
			t.Errorf("guard %v: error %v, outer %v, ran %t", want, err, outer, ran)
		}
	}
}
