package local

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Guard lets only this machine's own pages and tools through to h: a web page from elsewhere can reach a loopback server
// through the user's browser, by a name that resolves to 127.0.0.1 or by a plain form. What a browser reports of the
// request's origin tells them apart; a tool that is not a browser reports nothing and passes.
func Guard(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if reason := refusal(r); reason != "" {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, "refused: %s\nthis development server answers only to pages and tools of this machine, at a loopback name such as localhost\n", reason)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// refusal says what is wrong with the request, nothing if it may pass.
func refusal(r *http.Request) string {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if !Loopback(host) {
		return fmt.Sprintf("the host %.100q is not a loopback name", r.Host)
	}
	if origins := r.Header.Values("Origin"); len(origins) > 0 {
		u, err := url.Parse(origins[0])
		if err != nil || len(origins) > 1 || !Loopback(u.Hostname()) {
			return fmt.Sprintf("the origin %.100q is another site", origins[0])
		}
		return ""
	}
	if r.Header.Get("Sec-Fetch-Site") != "cross-site" {
		return ""
	}
	// A link that the user followed, such as the way back from a sign-in, is a navigation of the whole page.
	if r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document" {
		return ""
	}
	return "the request comes from a page of another site"
}

// Loopback reports whether host, a name or an address without port, can only be this machine.
func Loopback(host string) bool {
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
