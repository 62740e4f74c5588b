// Package partial tells whether the error of a batch speaks of some messages only. It decides nothing else: what becomes of
// those that failed is the platform's and the middleware's business.
package partial

import (
	"errors"

	"github.com/faasgen/faasgen/framework"
)

// Of returns the BatchError that err is or wraps. One that was joined with another error is none: that other one is about
// the whole batch, such as a transaction that was not committed.
func Of(err error) (*framework.BatchError, bool) {
	for err != nil {
		if b, ok := err.(*framework.BatchError); ok {
			return b, len(b.Failures) > 0
		}
		if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) == 1 {
			err = joined.Unwrap()[0]
			continue
		}
		err = errors.Unwrap(err)
	}
	return nil, false
}
