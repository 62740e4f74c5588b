package collect_test

import (
	"flag"
	"testing"

	"github.com/faasgen/faasgen/gen/internal/apptest"
)

var update = flag.Bool("update", false, "write down what was found as what is expected")

func TestCases(t *testing.T) {
	for _, c := range apptest.Cases(t, "testdata") {
		t.Run(c.Name, func(t *testing.T) { c.Check(t, *update) })
	}
}
