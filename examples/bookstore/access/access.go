// Package access decides who may do what.
package access

import (
	"strings"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Admin admits requests with the token. Where none is configured it admits none.
//
//faas:guard admin scheme=bearer
type Admin struct {
	Token config.Secret //faas:config key=admin.token default=""
}

// Guard runs before anything of the request is read.
func (a *Admin) Guard(ctx *framework.Context) error {
	if x := web.From(ctx); x != nil {
		if token, ok := strings.CutPrefix(x.Request.Header.Get("Authorization"), "Bearer "); ok && a.Token.Is(token) {
			return nil
		}
	}
	return framework.Errorf(403, "forbidden", "this is for the bookseller")
}
