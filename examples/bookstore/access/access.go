// Package access decides who may do what.
package access

import (
	"crypto/subtle"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Admin lets those in who know the token. Where none is configured it lets nobody in.
//
//faas:guard admin
type Admin struct {
	Token string //faas:config key=admin.token default=""
}

// Guard is asked before anything of the request is read.
func (a *Admin) Guard(ctx *framework.Context) error {
	x := web.From(ctx)
	if x == nil || a.Token == "" || subtle.ConstantTimeCompare([]byte(x.Request.Header.Get("Authorization")), []byte("Bearer "+a.Token)) != 1 {
		return framework.Errorf(403, "forbidden", "this is for the bookseller")
	}
	return nil
}
