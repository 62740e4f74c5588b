package book

import (
	"errors"

	"github.com/faasgen/faasgen/framework"
)

// Public turns an error that a client may know into one that says so. Handlers return what the Store does.
//
//faas:middleware public
func Public(next framework.Handler) framework.Handler {
	return func(ctx *framework.Context) error {
		err := next(ctx)
		if errors.Is(err, ErrNotFound) {
			return framework.Errorf(404, "not_found", "%w", err)
		}
		return err
	}
}
