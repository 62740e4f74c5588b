package aws

import (
	"io"
	"time"

	"github.com/faasgen/faasgen/framework/platform"
)

// Serve is Run without the exit, for the tests that drive a simulator, which imports this package.
func Serve(newApp platform.New, codecs []platform.Codec, budget time.Duration, stderr io.Writer) int {
	return serve(newApp, codecs, budget, stderr)
}
