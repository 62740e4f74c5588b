// Package session remembers a visitor's choices in cookies.
package session

import (
	"context"

	"github.com/faasgen/faasgen/framework/trigger/web"
)

// Choice is what a visitor chose.
type Choice struct {
	Language string `json:"language"`
	Theme    string `json:"theme"`
}

// Start keeps the choice in two cookies.
//
//faas:handler session-start
//faas:http POST /session
func Start(ctx context.Context, in Choice) {
	x := web.From(ctx)
	x.SetCookie(web.Cookie{Name: "language", Value: in.Language, Path: "/", HttpOnly: true})
	x.SetCookie(web.Cookie{Name: "theme", Value: in.Theme, Path: "/", MaxAge: 86400})
}
