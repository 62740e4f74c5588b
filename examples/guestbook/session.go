package guestbook

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/faasgen/faasgen/framework"
	"github.com/faasgen/faasgen/framework/config"
	"github.com/faasgen/faasgen/framework/trigger/web"
	"github.com/faasgen/faasgen/framework/trigger/web/signed"
)

const (
	cookie = "guest"
	week   = 7 * 24 * time.Hour
)

// NewSigner signs the cookies. Without a key, as in a dev run, they are good as long as the process.
//
//faas:provide
//faas:arg key config=guestbook.key default=""
func NewSigner(key config.Secret) (*signed.Signer, error) {
	if key.IsZero() || key.Is("") {
		random := make([]byte, signed.MinKey)
		_, _ = rand.Read(random) // never fails
		return signed.New(random)
	}
	return signed.New([]byte(key.Reveal()))
}

// Session admits guests who have signed in, from pages of our own.
//
//faas:guard session
type Session struct {
	Signer *signed.Signer  //faas:inject
	Clock  framework.Clock //faas:inject
}

var guestKey = framework.NewKey[string]("guest")

// Guard runs before the form is read.
func (s *Session) Guard(ctx *framework.Context) error {
	x := web.From(ctx)
	if err := x.SameOrigin(); err != nil {
		return err
	}
	guest, err := s.Signer.Value(&x.Request, cookie, s.Clock.Now())
	if err != nil {
		return framework.Errorf(401, "signed_out", "sign in first: %v", err)
	}
	guestKey.Set(ctx, string(guest))
	return nil
}

func guestOf(ctx context.Context) string {
	guest, _ := guestKey.Get(ctx)
	return guest
}

// Desk is where guests sign in.
type Desk struct {
	Signer *signed.Signer  //faas:inject
	Clock  framework.Clock //faas:inject
}

// Name is who signs in.
type Name struct {
	Name string `form:"name,required"`
}

// SignIn gives the guest a cookie.
//
//faas:handler
//faas:http POST /session
func (d *Desk) SignIn(ctx *framework.Context, in Name) (*web.Response, error) {
	c, err := d.Signer.Sign(cookie, []byte(in.Name), d.Clock.Now().Add(week))
	if err != nil {
		return nil, framework.Errorf(400, "long_name", "found a long name, expected a short one")
	}
	web.From(ctx).SetCookie(c)
	return web.Redirect(303, "/"), nil
}

// SignOut takes it away.
//
//faas:handler
//faas:http POST /session/end
func (d *Desk) SignOut(ctx *framework.Context) *web.Response {
	web.From(ctx).SetCookie(d.Signer.Clear(cookie))
	return web.Redirect(303, "/")
}
