package web

import (
	"net/url"

	"github.com/faasgen/faasgen/framework"
)

// SameOrigin refuses with 403 what a browser sends for a page of another origin and what may change something: methods other than GET, HEAD
// and OPTIONS. A form can be sent from any page with the cookies of the user, so that a guard of functions which trust a cookie and take
// forms calls this. Clients that are no browsers are let through, since they send no cookies of anybody else.
func (x *Exchange) SameOrigin() error {
	switch x.Request.Method {
	case "GET", "HEAD", "OPTIONS":
		return nil
	}
	if fromElsewhere(&x.Request) {
		return &framework.Error{Status: 403, Code: "cross_origin", Message: "the request comes from a page of another origin"}
	}
	return nil
}

// fromElsewhere reports whether a browser sent the request for a page of another origin. Sec-Fetch-Site decides where a browser sends it,
// as no proxy changes what it means, else the Origin. What has neither is no browser, or a page's own request that reads.
func fromElsewhere(r *Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site != "same-origin" && site != "none"
	}
	origins := r.Header["Origin"]
	if len(origins) == 0 {
		return false
	}
	u, err := url.Parse(origins[0])
	return err != nil || len(origins) > 1 || u.Host == "" || u.Host != r.Host
}
