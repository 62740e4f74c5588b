package collect_test

import (
	"flag"
	"testing"

	"github.com/faasgen/faasgen/gen/internal/apptest"
)

var update = flag.Bool("update", false, "write down what was found as what is expected")

func TestCases(t *testing.T) { apptest.Run(t, "testdata", *update) }
