package web

import "net/url"

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
