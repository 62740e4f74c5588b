// Package access says who calls, who may, and what they are told when it goes wrong.
package access

import (
	"errors"
	"strings"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// ErrUnknown is what stores return for what they do not have.
var ErrUnknown = errors.New("not found")

// Visit is one call: who made it, and when.
type Visit struct {
	Who   string
	Since time.Time
}

// NewVisit reads who calls from a request. Events come from the shop itself.
//
//faas:provide scope=request
func NewVisit(ctx *framework.Context, clock framework.Clock) *Visit {
	v := &Visit{Who: "shop", Since: clock.Now().UTC()}
	if x := web.From(ctx); x != nil {
		v.Who = x.Request.Header.Get("X-Customer")
	}
	return v
}

// Staff admits those who know the token of the staff. Where none is configured it admits none.
//
//faas:guard staff
type Staff struct {
	Token config.Secret //faas:config key=staff.token default=""
}

// Guard refuses everybody else before anything of the request is read.
func (s *Staff) Guard(ctx *framework.Context) error {
	if x := web.From(ctx); x != nil {
		if token, ok := strings.CutPrefix(x.Request.Header.Get("Authorization"), "Bearer "); ok && s.Token.Is(token) {
			return nil
		}
	}
	return framework.Errorf(403, "forbidden", "this is for the staff")
}

// Public turns errors that a customer may know into ones that say so.
//
//faas:middleware public
func Public(next framework.Handler) framework.Handler {
	return func(ctx *framework.Context) error {
		err := next(ctx)
		if errors.Is(err, ErrUnknown) {
			return framework.Errorf(404, "not_found", "%w", err)
		}
		return err
	}
}

// Calls logs each call of each function.
//
//faas:middleware global
func Calls(next framework.Handler) framework.Handler {
	return func(ctx *framework.Context) error {
		err := next(ctx)
		ctx.Logger().Info("call", "failed", err != nil)
		return err
	}
}
